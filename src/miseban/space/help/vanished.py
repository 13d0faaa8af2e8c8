"""Who stood in view, and at the next moment is not seen any more: on the floor, where shelves hide
who lies, or where a detector that knows people upright finds nobody. One camera errs where others
come to stand before somebody; several that see the place hardly do at once."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from miseban.space.help.bodies import Body
from miseban.space.help.in_the_way import Box, box_of, found, seen_past
from miseban.space.help.people import Person

Pair = tuple[float, float]
STOOD_S, STIRRED_M = 6, 0.25
"""So long before somebody stood, and was seen in all seconds but one or two; who is farther from
there in the last of them has begun to walk."""
WITHIN_S = 8.0
SEEN = 0.2
"""A camera that saw somebody in fewer of its frames does not count."""
SECOND = 1.2
"""The most that one second is worth: an error of this model lasts for more than one frame."""
SELDOM = 0.5
"""Less, if cameras together saw him or her no more often: half hidden, a step aside is enough."""
HIDDEN = 0.6
"""What a second costs in which nothing could be seen: he or she may have walked off."""
STRANGER, NEAR_M, OFF_MPS, FAR_M = 2.0, 0.8, 1.2, 3.0
"""And one in which somebody stands so near, whom no camera saw then, that it may be he or she."""
FLICKER_S = 1.0
"""Who was not seen for so long was there."""
ENOUGH = 7.2
"""Log odds, of not being seen though standing there, at which it is certain: six seconds."""
LATEST_S = 10.0
"""So long after that it is no longer certain."""
TAKEN_M = 0.9
"""Who is seen upright so near is the one, or stands where somebody would lie."""
COME_M, STANDS_MPS = 1.6, 0.2
"""Somebody who has come to stand so near hides more than boxes tell."""
BESIDE_M = 2.0
JUMP_MPS = 3.0
"""Nobody is as fast: the fusion has gone on with somebody else."""


@dataclass(frozen=True, slots=True)
class _Sight:
    """Of somebody who does not lie, in the second from ``at_s`` on: what each camera has of him or
    her, and where the one with most has it, ``xy``."""

    at_s: float
    bodies: Mapping[str, Body]
    xy: Pair
    waits: bool = False


@dataclass(slots=True)
class _Known:
    """``person``, seen in the last seconds."""

    person: Person
    sights: deque[_Sight] = field(default_factory=lambda: deque(maxlen=STOOD_S))


@dataclass(slots=True)
class Gone:
    """``person``, seen last at ``xy`` in the second from ``last_s`` on, by cameras that had him or
    her in the part ``often`` of their frames, in ``boxes`` of ``tracks``; ``odds`` that nobody
    stands there, since; ``beside`` are who stood beside him or her, ``seen`` who was seen then."""

    person: Person
    xy: Pair
    last_s: float
    often: Mapping[str, float]
    boxes: Mapping[str, Box]
    tracks: frozenset[tuple[str, int]]
    beside: frozenset[int]
    seen: frozenset[int]
    waits: bool = False
    odds: float = 0.0


class Vanished:
    """For places in metres. One camera alone tells only ``by_one``, and then of some people for
    nothing whom others hide."""

    def __init__(self, *, by_one: bool = False) -> None:
        self._by_one = by_one
        self._known: dict[int, _Known] = {}
        self._most: dict[str, int] = {}
        self._gone: dict[int, Gone] = {}

    def look(
        self, now_s: float, stand: Sequence[tuple[Body, Person | None]], bodies: Sequence[Body]
    ) -> list[Gone]:
        """Who ``stand``, or squat, in this second, with whose they are where known; ``bodies`` are
        all. Returns those of whom it is certain now."""
        for body in bodies:
            self._most[body.camera] = max(self._most.get(body.camera, 1), body.rows)
        for key, (person, sight) in self._seen(now_s, stand).items():
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
            gone for gone in list(self._gone.values()) if self._is_sure(now_s, gone, stand, bodies)
        ]

    def _seen(
        self, now_s: float, stand: Sequence[tuple[Body, Person | None]]
    ) -> dict[int, tuple[Person, _Sight]]:
        seen: dict[int, dict[str, Body]] = {}
        people: dict[int, Person] = {}
        for body, person in stand:
            if person is None or person.staff or person.outside:
                continue
            people[person.key] = person
            mine = seen.setdefault(person.key, {})
            if body.camera not in mine or mine[body.camera].rows < body.rows:
                mine[body.camera] = body
        return {
            key: (
                people[key],
                _Sight(
                    now_s,
                    bodies,
                    max(bodies.values(), key=lambda body: body.rows).xy,
                    people[key].waits,
                ),
            )
            for key, bodies in seen.items()
        }

    def _lose(self, known: _Known) -> None:
        """Somebody is not seen any more: begins to look for him or her, who stood in view."""
        sights, last = list(known.sights), known.sights[-1]
        span_s = last.at_s + 1.0 - sights[0].at_s
        if len(sights) < STOOD_S - 1 or span_s > WITHIN_S:
            return
        n = len(sights) - 1
        middle = (
            sum(one.xy[0] for one in sights[:-1]) / n,
            sum(one.xy[1] for one in sights[:-1]) / n,
        )
        if math.dist(middle, last.xy) > STIRRED_M:
            return
        rows: dict[str, int] = {}
        boxes: dict[str, Box] = {}
        tracks = frozenset(
            (body.camera, body.track) for one in sights for body in one.bodies.values()
        )
        for one in sights:
            for camera, body in one.bodies.items():
                rows[camera] = rows.get(camera, 0) + body.rows
                boxes[camera] = box_of(body)
        often = {camera: n / (self._most[camera] * span_s) for camera, n in rows.items()}
        often = {camera: part for camera, part in often.items() if part >= SEEN}
        if often:
            beside = frozenset(
                key
                for key, one in self._known.items()
                if one is not known and _stood_by(one.sights, last)
            )
            seen = frozenset(
                key
                for key, one in self._known.items()
                if one.sights[-1].at_s >= last.at_s - FLICKER_S
            )
            self._gone[known.person.key] = Gone(
                known.person, last.xy, last.at_s, often, boxes, tracks, beside, seen,
                any(one.waits for one in sights),
            )  # fmt: skip

    def _is_sure(
        self,
        now_s: float,
        gone: Gone,
        stand: Sequence[tuple[Body, Person | None]],
        bodies: Sequence[Body],
    ) -> bool:
        taken = any(
            (body.camera, body.track) in gone.tracks  # whosever the fusion takes it for
            or math.dist(body.xy, gone.xy)
            <= (STIRRED_M if person is not None and person.key in gone.beside else TAKEN_M)
            for body, person in stand
        )
        if taken or now_s - gone.last_s > LATEST_S:
            del self._gone[gone.person.key]
            return False
        told = 0.0
        for camera, often in gone.often.items():
            others = [box_of(body) for body in bodies if body.camera == camera]
            if others:  # else nothing says that the camera works
                chance = min(often, 0.95) * found(seen_past(gone.boxes[camera], others))
                told += -self._most[camera] * math.log1p(-chance)
        if any(self._has_come(gone, body, person) for body, person in stand):
            told = 0.0
        told = min(told, SECOND)
        gone.odds += told * min(self._seen_by(gone) / SELDOM, 1.0)
        gone.odds -= HIDDEN * (1.0 - told / SECOND)
        reach_m = min(NEAR_M + OFF_MPS * (now_s - gone.last_s), FAR_M)
        if any(
            (who is None or (who.key not in gone.seen and not who.staff))
            and math.dist(body.xy, gone.xy) <= reach_m
            for body, who in stand
        ):
            gone.odds -= STRANGER
        if gone.odds < ENOUGH:
            return False
        del self._gone[gone.person.key]
        return True

    def _seen_by(self, gone: Gone) -> float:
        """How often cameras saw ``gone``; but for the one that did most, if that may not tell
        alone. In a queue people hide each other from one camera for long."""
        often = sorted(gone.often.values())
        return sum(often if self._by_one and not gone.waits else often[:-1])

    @staticmethod
    def _has_come(gone: Gone, body: Body, person: Person | None) -> bool:
        """Whether a customer stands there now who was not beside him or her before."""
        return (
            person is not None
            and not person.staff
            and person.key not in gone.beside
            and person.speed() < STANDS_MPS
            and math.dist(body.xy, gone.xy) <= COME_M
        )


def _stood_by(sights: Sequence[_Sight], last: _Sight) -> bool:
    """Whether somebody was beside another who was seen ``last``, and not only now."""
    return any(
        one.at_s < last.at_s
        and last.at_s - one.at_s <= 2.0
        and math.dist(one.xy, last.xy) <= BESIDE_M
        for one in sights
    )
