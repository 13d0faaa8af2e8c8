"""Wheelchairs, walking frames and a very slow walk: by shape and motion, over seconds of motion."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from statistics import median

from miseban.space.help.bodies import Body
from miseban.space.help.owners import AIDS, Owners, Said
from miseban.space.help.people import Person
from miseban.space.help.settings import HelpSettings
from miseban.space.help.signs import Aid, KnowsObjects, Sign
from miseban.vocabulary.events import HelpKind

Found = tuple[HelpKind, float]
SURE = 0.8
"""What a detector of objects must be sure of, on average over three seconds."""
KNOWN = 3
CLOSE_M = 0.015
"""So near to the limit between those who sit and those who stoop it takes longer to tell them."""
RECENT_S = 10.0
"""An aid that has not shown for longer may have been somebody else's."""
ALONG_M, ALONG_S = 4.0, 12.0
"""Who walks as slowly and stays so near to somebody in need for so long keeps company."""


class Aids:
    """One of the three at most is said of a person, and it stays said."""

    def __init__(
        self, settings: HelpSettings, waits: float, objects: KnowsObjects | None = None
    ) -> None:
        self._s, self._waits, self._objects = settings, waits, objects
        self._owners = Owners(settings)
        self._beside: set[int] = set()
        self._recognised: dict[tuple[int, Aid], list[float]] = {}

    def look(self, now_s: float, people: Sequence[tuple[Person, Sequence[Body]]]) -> Iterator[Sign]:
        """Everybody seen in this second, with what cameras saw."""
        self._owners.look(now_s, people)
        for person, bodies in people:
            if person.staff or person.key in self._beside:
                continue
            said, sure = self._owners.of(person), 0.9
            if said is None or said.kind == "slow_walk":  # what it is may show from the side yet
                found = self._found(person, bodies)
                if found is not None and (said is None or found[0] != said.kind):
                    sure = found[1]
                    said = self._begun(now_s, person, bodies, found[0])
            if said is not None:
                yield Sign(said.kind, said.who, person.xy, sure, person.name)

    def _begun(
        self, now_s: float, person: Person, bodies: Sequence[Body], kind: HelpKind
    ) -> Said | None:
        """None for who only keeps company."""
        if kind == "slow_walk" and self._comes_along(now_s, person):
            self._beside.add(person.key)
            return None
        return self._owners.begin(now_s, person, bodies, kind)

    def forget(self, person: Person) -> None:
        """He or she is gone."""
        self._owners.forget(person)
        self._beside.discard(person.key)
        for kind in AIDS:
            self._recognised.pop((person.key, kind), None)

    def _comes_along(self, now_s: float, person: Person) -> bool:
        """Whether somebody walks slowly beside another who needs to."""
        mine = {t: (x, y) for t, x, y in person.way if now_s - t <= ALONG_S}
        for one in self._owners.all():
            both = [math.dist(mine[t], (x, y)) for t, x, y in one.person.way if t in mine]
            if one.kind == "slow_walk" and len(both) >= ALONG_S / 2 and median(both) <= ALONG_M:
                return True
        return False

    def _found(self, person: Person, bodies: Sequence[Body]) -> Found | None:
        s, waits = self._s, self._waits
        recognised = self._object(person, bodies)
        if recognised is not None:
            return recognised
        if person.own_m is None or not person.shapes:
            return None
        pace, shapes = person.pace, self._owners.shapes(person)
        n = len(shapes)
        broad = [shape.at_s for shape in shapes if shape.broad >= s.aid_broad]
        shows = bool(broad) and person.last_s - broad[-1] <= RECENT_S
        if shows and len(broad) >= max(s.aid_times, s.aid_part * n):
            tall = median(shape.tall for shape in shapes)
            sure = min(0.95, 0.6 + len(broad) / n)
            close = abs(tall - s.stooped_m) < CLOSE_M
            if n < s.aid_s * waits * (2 if close else 1):
                return None
            if tall < s.stooped_m or (pace is not None and pace > s.aid_mps and tall < s.seated_m):
                return "wheelchair", sure
            return ("walking_aid", sure) if pace is not None and pace <= s.aid_mps else None
        enough = sum(v > s.moving_mps / 2 for v in person.speeds) >= s.slow_windows * waits
        if pace is None or person.own_m < s.adult_m or not enough:
            return None
        if pace <= s.slow_mps and person.walked_m >= s.slow_walked_m * waits:
            return "slow_walk", min(0.9, 0.6 + s.slow_mps - pace)
        return None

    def _object(self, person: Person, bodies: Iterable[Body]) -> Found | None:
        """What the registered detector of objects, if there is one, has recognised."""
        if self._objects is None:
            return None
        for body in bodies:
            seen = self._objects.aid(body.camera, body.track)
            if seen is not None:
                kept = self._recognised.setdefault((person.key, seen[0]), [])
                kept.append(seen[1])
                del kept[:-KNOWN]
        for kind in AIDS:
            kept = self._recognised.get((person.key, kind), [])
            if len(kept) == KNOWN and sum(kept) / KNOWN >= SURE:
                return kind, sum(kept) / KNOWN
        return None
