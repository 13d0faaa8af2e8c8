"""Somebody low, and under which name: one for as long as it is the same one's need."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Pair = tuple[float, float]
WIDE = 1.5
"""Of who was told of: which end of a body cameras see, differs."""
AGAIN_S = 120.0
"""Who is low so soon where somebody low was lost from sight is the same one, hidden meanwhile."""


@dataclass(slots=True)
class Low:
    """Somebody low at ``xy`` since ``from_s``, seen so last at ``last_s`` for ``seen`` seconds in
    all, ``lying`` of them not only sitting. ``upright`` for so many seconds nobody has been low;
    ``fell`` whether somebody was upright here before; ``gone`` whether somebody stood here who has
    vanished; ``told`` whether it was told; ``odds`` the sum of the log odds that somebody lies;
    ``who`` names it; ``key`` is that of the person, where known."""

    who: str
    xy: Pair
    from_s: float
    last_s: float
    key: int | None = None
    seen: int = 0
    lying: int = 0
    upright: int = 0
    fell: bool = False
    gone: bool = False
    told: bool = False
    odds: float = 0.0
    visit: str | None = None
    staff: bool = False


class Names:
    """Gives a name to whoever is newly low. Calls are told once a name: who is hidden for a while
    and found again keeps it, who has risen and falls again, and who falls beside, gets another."""

    def __init__(self) -> None:
        self._lost: list[Low] = []
        self._next = 0

    def of(self, now_s: float, xy: Pair, within: float, key: int | None, low: Iterable[Low]) -> str:
        """For somebody newly low at ``xy`` in the second that begins at ``now_s``, of the person
        ``key`` if that is known: the name of who was told of no farther than ``within`` and is not
        seen now, unless that is known to be somebody else; else a new one. ``low`` are all who are
        low, those seen in this second brought up to date; places in metres or pixels."""
        for one in (*self._lost, *(one for one in low if one.told)):
            known = key is not None and one.key is not None
            may = one.key == key if known else one.last_s < now_s  # who is seen elsewhere is not
            if may and math.dist(one.xy, xy) <= within:
                return one.who
        self._next += 1
        return f"low-{self._next}"

    def over(self, now_s: float, over: Sequence[Low], up_s: float) -> None:
        """In each second, who is low no more: remembers who was told of and lost from sight. Who
        was upright for ``up_s`` has risen, and falls again if low again."""
        risen = {one.who for one in over if one.upright >= up_s}
        self._lost = [
            one
            for one in (*self._lost, *(one for one in over if one.told))
            if one.who not in risen and now_s - one.last_s <= AGAIN_S
        ]
