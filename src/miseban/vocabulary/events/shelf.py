"""Events about shelves: what stands on them, and the hands that reach for it."""

from __future__ import annotations

from typing import Literal

from miseban.vocabulary.events.base import EventBase, Fraction, Seconds
from miseban.vocabulary.identifiers import Name

Touch = Literal["reach", "pick_up", "put_back"]
Stocked = Literal["full", "low", "empty", "blocked", "wrong", "unknown"]


class ShelfTouched(EventBase):
    """A shopper's hand was at a facing: it only reached there, took a piece, or put one back.
    ``time`` is when the hand was at the goods; ``visit`` whose it was, where that is known."""

    type: Literal["shelf.touched"] = "shelf.touched"
    shelf: Name
    facing: Name
    kind: Touch
    visit: str | None = None
    confidence: Fraction


class ShelfFaced(EventBase):
    """Somebody stood before a facing, turned to it as far as standing there tells, for ``dwell_s``
    seconds in all. ``time`` is when that began first in the visit."""

    type: Literal["shelf.faced"] = "shelf.faced"
    shelf: Name
    facing: Name
    visit: str
    dwell_s: Seconds


class ShelfState(EventBase):
    """How a facing looks from ``time`` on: ``fill`` is the part of its capacity that is there.
    Sent at the start, when ``state`` changes, and when ``fill`` has changed much within it."""

    type: Literal["shelf.state"] = "shelf.state"
    shelf: Name
    facing: Name
    fill: Fraction
    state: Stocked
    confidence: Fraction


class ShelfConfirmed(EventBase):
    """Staff say how a facing looks at ``time``: from it the facing's own classifier learns. Who
    said so is not told."""

    type: Literal["shelf.confirmed"] = "shelf.confirmed"
    shelf: Name
    facing: Name
    state: Stocked
