"""Who stood in full view, and at the next moment is not seen any more: on the floor, where shelves
hide who lies, or where a detector that knows people upright finds nobody."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from miseban.space.help.bodies import Body
from miseban.space.help.people import Person

Pair = tuple[float, float]
STOOD_S, STIRRED_M = 6, 0.25
"""So long before somebody stood, and was seen in all seconds but one; who is farther from there in
the last of them has begun to walk."""
STEADY = 0.5
"""In so many of the frames of the camera that saw him or her best, at the least."""
GONE_S = 5
"""Seconds in which nobody was in the way, and the camera saw others."""
LATEST_S = 20.0
"""So long after that it is no longer looked for."""
TAKEN_M = 0.9
"""Who is seen upright so near is the one, or stands where somebody would lie."""
BESIDE_M = 2.0
BROAD_M = 0.5
"""Half as broad is the view that somebody in front takes away."""
JUMP_MPS = 3.0
"""Nobody is as fast: the fusion has gone on with somebody else."""


@dataclass(frozen=True, slots=True)
class _Sight:
    """Of somebody upright, in the second from ``at_s`` on, in so many ``rows`` of ``camera``."""

    at_s: float
    camera: str
    rows: int
    xy: Pair


@dataclass(slots=True)
class _Known:
    """``person``, upright in the last seconds."""

    person: Person
    sights: deque[_Sight] = field(default_factory=lambda: deque(maxlen=STOOD_S))


@dataclass(slots=True)
class Gone:
    """``person``, seen upright last at ``xy`` in the second from ``last_s`` on, best by ``camera``;
    ``clear`` seconds with a free view since; ``beside`` are who stood beside him or her."""

    person: Person
    xy: Pair
    last_s: float
    camera: str
    beside: frozenset[int]
    clear: int = 0


class Vanished:
    """``eyes`` are where cameras hang, in metres of the plan."""

    def __init__(self, eyes: Mapping[str, Pair]) -> None:
        self._eyes = eyes
        self._known: dict[int, _Known] = {}
        self._most: dict[str, int] = {}
        self._gone: dict[int, Gone] = {}

    def look(
        self, now_s: float, upright: Sequence[tuple[Body, Person | None]], bodies: Sequence[Body]
    ) -> list[Gone]:
        """``upright`` in this second, with whose they are where known; ``bodies`` are all. Returns
        those of whom it is certain now."""
        for body in bodies:
            self._most[body.camera] = max(self._most.get(body.camera, 1), body.rows)
        for key, (person, sight) in self._best(now_s, upright).items():
            known = self._known.setdefault(key, _Known(person))
            last = known.sights[-1] if known.sights else sight
            if math.dist(last.xy, sight.xy) > JUMP_MPS * (now_s - last.at_s):
                self._lose(known)
                known.sights.clear()
            else:
                self._gone.pop(key, None)
            known.sights.append(sight)
        for key, known in list(self._known.items()):
            away_s = now_s - known.sights[-1].at_s
            if away_s == 1.0:
                self._lose(known)
            elif away_s > LATEST_S:
                del self._known[key]
        return [
            gone
            for gone in list(self._gone.values())
            if self._is_sure(now_s, gone, upright, bodies)
        ]

    def near(self, xy: Pair, within_m: float) -> Gone | None:
        """Who is gone from there, if anybody."""
        found = [one for one in self._gone.values() if math.dist(one.xy, xy) <= within_m]
        return min(found, key=lambda one: math.dist(one.xy, xy), default=None)

    def _best(
        self, now_s: float, upright: Sequence[tuple[Body, Person | None]]
    ) -> dict[int, tuple[Person, _Sight]]:
        seen: dict[int, tuple[Person, _Sight]] = {}
        for body, person in upright:
            if person is None or person.staff or person.outside or body.camera not in self._eyes:
                continue
            best = seen.get(person.key)
            if best is None or best[1].rows < body.rows:
                seen[person.key] = person, _Sight(now_s, body.camera, body.rows, body.xy)
        return seen

    def _lose(self, known: _Known) -> None:
        """Somebody is not seen any more: begins to look for him or her, who stood in full view."""
        sights, last = list(known.sights), known.sights[-1]
        of_best = [one for one in sights if one.camera == last.camera]
        if len(sights) < STOOD_S - 1 or last.at_s - sights[0].at_s > STOOD_S:
            return
        n = len(sights) - 1
        middle = (
            sum(one.xy[0] for one in sights[:-1]) / n,
            sum(one.xy[1] for one in sights[:-1]) / n,
        )
        if math.dist(middle, last.xy) > STIRRED_M:
            return
        if sum(one.rows for one in sights) < STEADY * self._most[last.camera] * len(sights):
            return
        if len(of_best) >= STOOD_S / 2:
            beside = frozenset(
                key
                for key, one in self._known.items()
                if one is not known and _stood_by(one.sights, last)
            )
            self._gone[known.person.key] = Gone(
                known.person, last.xy, last.at_s, last.camera, beside
            )

    def _is_sure(
        self,
        now_s: float,
        gone: Gone,
        upright: Sequence[tuple[Body, Person | None]],
        bodies: Sequence[Body],
    ) -> bool:
        taken = any(
            math.dist(body.xy, gone.xy)
            <= (STIRRED_M if person is not None and person.key in gone.beside else TAKEN_M)
            for body, person in upright
        )
        if taken or now_s - gone.last_s > LATEST_S:
            del self._gone[gone.person.key]
            return False
        works = any(body.camera == gone.camera for body in bodies)
        hidden = any(b.camera == gone.camera and self._hides(gone, b) for b, _ in upright)
        gone.clear += works and not hidden
        if gone.clear < GONE_S:
            return False
        del self._gone[gone.person.key]
        return True

    def _hides(self, gone: Gone, body: Body) -> bool:
        """Whether somebody stands between the camera and the place."""
        (ex, ey), (x, y), (bx, by) = self._eyes[gone.camera], gone.xy, body.xy
        far = math.dist((ex, ey), (x, y))
        along = ((bx - ex) * (x - ex) + (by - ey) * (y - ey)) / max(far, 1e-6)
        across = abs((bx - ex) * (y - ey) - (by - ey) * (x - ex)) / max(far, 1e-6)
        return 0.0 < along < far and across <= BROAD_M


def _stood_by(sights: Sequence[_Sight], last: _Sight) -> bool:
    """Whether somebody was beside another who was seen ``last``, and not only now."""
    return any(
        one.at_s < last.at_s
        and last.at_s - one.at_s <= 2.0
        and math.dist(one.xy, last.xy) <= BESIDE_M
        for one in sights
    )
