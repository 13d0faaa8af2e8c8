"""Somebody low, and under which name: one for as long as it is the same one's need."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

Pair = tuple[float, float]
WIDE = 1.5
"""Of who was told of: which end of a body cameras see, differs."""
AGAIN_S = 120.0
"""Who is low so soon where somebody low was lost from sight is the same one, hidden meanwhile."""
HELPED_S = 30.0
"""And so soon, where somebody was upright at the place who may have been a helper."""


BESIDE_S = 5.0
"""Who was glimpsed beside, and is not seen for longer, is helped by nobody."""


@dataclass(slots=True)
class Low:
    """Somebody low at ``xy`` since ``from_s``, seen so last at ``last_s`` for ``seen`` seconds in
    all, in ``fits`` of them as somebody who lies may look; ``at`` when each camera did last. For
    ``upright`` seconds nobody has been low and somebody upright; for ``rose`` it was known to be
    this one; ``fell`` whether somebody was upright here before; ``gone`` whether somebody stood
    here who has vanished; ``helped_s`` when last somebody beside likelier lay; ``told`` whether it
    was told; ``odds`` the sum of the log odds that somebody lies; ``who`` names it; ``key`` is that
    of the person, ``own_m`` how tall he or she is upright, where known."""

    who: str
    xy: Pair
    from_s: float
    last_s: float
    key: int | None = None
    own_m: float | None = None
    seen: int = 0
    fits: int = 0
    upright: int = 0
    rose: int = 0
    fell: bool = False
    gone: bool = False
    helped_s: float = -math.inf
    told: bool = False
    odds: float = 0.0
    visit: str | None = None
    at: dict[str, float] = field(default_factory=dict)
    _best: float | None = None
    _fits: bool = False

    def see(self, now_s: float, camera: str, odds: float, *, fits: bool) -> None:
        """One of ``camera``'s boxes in this second: of all that there are, the likeliest counts."""
        if self.last_s < now_s or not self.seen:
            self.seen += 1
        self._fits |= fits
        self._best = max(odds, self._best) if self._best is not None else odds
        self.last_s, self.upright, self.rose = now_s, 0, 0
        self.at[camera] = now_s

    def close(self, most: float) -> None:
        """The second is over: no more than ``most`` of it counts, and the sum is no less than 0."""
        if self._best is not None:
            self.odds, self._best = max(self.odds + min(self._best, most), 0.0), None
            self.fits, self._fits = self.fits + self._fits, False


def helps(now_s: float, one: Low, low: Iterable[Low], near_m: float) -> bool:
    """Whether ``one`` of those who are ``low`` squats within ``near_m`` of another who likelier
    lies."""
    return not one.told and any(
        (other.told or (other.odds > one.odds and now_s - other.last_s <= BESIDE_S))
        and math.dist(other.xy, one.xy) <= near_m
        for other in low
        if other is not one
    )


class Names:
    """Gives a name to whoever is newly low. Calls are told once a name: who is hidden for a while
    and found again keeps it, who has risen and falls again, and who falls beside, gets another."""

    def __init__(self, up_s: float) -> None:
        self._up_s = up_s
        self._lost: list[Low] = []
        self._next = 0

    def of(
        self,
        now_s: float,
        xy: Pair,
        within: float,
        key: int | None,
        cameras: Collection[str],
        low: Iterable[Low],
    ) -> str:
        """For somebody newly low at ``xy`` in the second that begins at ``now_s``, whom ``cameras``
        see, of the person ``key`` if that is known: the name of who was told of no farther than
        ``within``, unless that is somebody else; else a new one. ``low`` are all who are low;
        places in metres or pixels."""
        for one in (*self._lost, *(one for one in low if one.told)):
            if math.dist(one.xy, xy) > within or _is_other(now_s, one, key, cameras):
                continue
            if key is None or one.rose < self._up_s:
                return one.who
        return self._new()

    def over(self, now_s: float, over: Sequence[Low]) -> None:
        """In each second, who is low no more: remembers who was told of. Who was upright for
        ``up_s`` has risen, and falls again if low again; for a moment, somebody of whom nobody
        knows who it is may still be this one, and who rose a helper."""
        risen = {one.who for one in over if one.rose >= self._up_s}
        before = [one for one in self._lost if one.who not in risen]
        self._lost = [
            one
            for one in (*before, *(one for one in over if one.told))
            if now_s - one.last_s <= (AGAIN_S if one.upright < self._up_s else HELPED_S)
        ]

    def part(self, now_s: float, low: Sequence[Low]) -> None:
        """Gives a name of his or her own to who has that of another whom the same camera sees in
        this second."""
        for i, one in enumerate(low):
            if any(one.who == before.who and _are_two(now_s, one, before) for before in low[:i]):
                one.who = self._new()

    def _new(self) -> str:
        self._next += 1
        return f"low-{self._next}"


def _is_other(now_s: float, one: Low, key: int | None, cameras: Collection[str]) -> bool:
    """Whether who is seen in this second is not ``one``. What two cameras see beside each other may
    be one body, whosever the fusion takes it for; what one camera does are two."""
    if key is not None and one.key == key:
        return False
    known = key is not None and one.key is not None
    return any(c in one.at and (known or one.at[c] == now_s) for c in cameras)


def _are_two(now_s: float, one: Low, other: Low) -> bool:
    """Whether a camera sees both in this second, and it is not known to be the same person."""
    at_once = any(s == now_s == other.at.get(camera) for camera, s in one.at.items())
    return at_once and (one.key is None or one.key != other.key)
