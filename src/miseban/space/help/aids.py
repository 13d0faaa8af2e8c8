"""Wheelchairs, walking frames and a very slow walk: by shape and motion, over seconds of motion."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

from miseban.space.help.bodies import Body
from miseban.space.help.people import Person
from miseban.space.help.settings import HelpSettings
from miseban.space.help.signs import KnowsObjects, Sign

SURE = 0.8
"""What a detector of objects must be sure of, on average over three seconds."""
KNOWN = 3
COMPANY_M, COMPANY_S = 5.0, 10.0
"""Who walks as slowly within this of somebody in need keeps company."""


class Aids:
    """One of the three at most is said of a person, and it stays said."""

    def __init__(
        self, settings: HelpSettings, waits: float, objects: KnowsObjects | None = None
    ) -> None:
        self._s, self._waits, self._objects = settings, waits, objects
        self._said: dict[int, str] = {}
        self._beside: set[int] = set()
        self._last: dict[int, tuple[float, tuple[float, float]]] = {}
        self._recognised: dict[tuple[int, str], list[float]] = {}

    def look(
        self, now_s: float, people: Iterable[tuple[Person, tuple[Body, ...]]]
    ) -> Iterator[Sign]:
        """Everybody seen in this second, with what cameras saw."""
        here = list(people)
        self._last |= {p.key: (now_s, p.xy) for p, _ in here if p.key in self._said}
        for person, bodies in here:
            if person.staff:
                continue
            kind, sure = self._kind(person, bodies)
            if kind is None or person.key in self._beside:
                continue
            if (
                kind == "slow_walk"
                and person.key not in self._said
                and self._keeps_to(now_s, person)
            ):
                self._beside.add(person.key)
                continue
            self._said[person.key] = kind
            self._last[person.key] = now_s, person.xy
            yield Sign(kind, f"person-{person.key}", person.xy, sure, person.name)

    def forget(self, person: Person) -> None:
        """He or she is gone."""
        self._said.pop(person.key, None)
        self._beside.discard(person.key)
        self._last.pop(person.key, None)
        for kind in ("wheelchair", "walking_aid"):
            self._recognised.pop((person.key, kind), None)

    def _keeps_to(self, now_s: float, person: Person) -> bool:
        """Whether somebody walks slowly beside another who needs to."""
        return any(
            key != person.key
            and now_s - at_s <= COMPANY_S
            and math.dist(xy, person.xy) <= COMPANY_M
            for key, (at_s, xy) in self._last.items()
        )

    def _kind(self, person: Person, bodies: tuple[Body, ...]):  # type: ignore[no-untyped-def]
        s, waits = self._s, self._waits
        said = self._said.get(person.key)
        if said is not None:
            return said, 0.9
        recognised = self._object(person, bodies)
        if recognised is not None:
            return recognised
        if person.shaped >= s.seated_s * waits:
            part = person.seated / person.shaped
            if part >= s.share:
                return "wheelchair", min(0.95, part)
        pace = person.pace
        enough = len([v for v in person.speeds if v > s.moving_mps / 2]) >= s.slow_windows * waits
        tall = person.own_m is not None and person.own_m > s.seated_m * 0.95
        if pace is None or not enough or not tall:
            return None, 0.0
        if person.shaped >= s.stooped_s * waits and pace <= s.aid_mps:
            broad = person.stooped / person.shaped
            if broad >= s.stooped_broad:
                return "walking_aid", min(0.9, 0.5 + broad - s.stooped_broad)
        if pace <= s.slow_mps and person.walked_m >= s.slow_walked_m * waits:
            return "slow_walk", min(0.9, 0.6 + s.slow_mps - pace)
        return None, 0.0

    def _object(self, person: Person, bodies: tuple[Body, ...]):  # type: ignore[no-untyped-def]
        """What the registered detector of objects, if there is one, has recognised."""
        if self._objects is None:
            return None
        for body in bodies:
            seen = self._objects.aid(body.camera, body.track)
            if seen is not None:
                kept = self._recognised.setdefault((person.key, seen[0]), [])
                kept.append(seen[1])
                del kept[:-KNOWN]
        for kind in ("wheelchair", "walking_aid"):
            kept = self._recognised.get((person.key, kind), [])
            if len(kept) == KNOWN and sum(kept) / KNOWN >= SURE:
                return kind, sum(kept) / KNOWN
        return None
