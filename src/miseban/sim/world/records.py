"""What the ledger of goods writes down: each change, and each receipt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

What = Literal[
    "touch", "take", "put_back", "keep", "lost", "substituted", "sold", "stolen",
    "delivered", "fetched", "refilled", "returned", "told",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """What happened at facing ``key``, to ``count`` pieces (1 for what concerns none), by whom,
    and how many pieces are on the shelf and in the back room from then on. ``instead`` is the
    facing turned to by who found this one empty."""

    time_s: float
    key: str
    what: What
    person_id: int | None
    group: int | None
    pieces_after: int
    back_room_after: int
    count: int = 1
    instead: str | None = None


@dataclass(frozen=True, slots=True)
class Sale:
    """``quantity`` pieces of a facing at ``price`` each."""

    key: str
    gtin: str
    quantity: int
    price: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """What ``group`` bought at ``till``; ``number`` counts the till's receipts from 1, ``person``
    stood there and paid."""

    time_s: float
    till: str
    number: int
    group: int
    person: int
    lines: tuple[Sale, ...]
