"""Wheelchairs, walking frames and a very slow walk: by shape and motion, over seconds of motion."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from miseban.space.help.bodies import Body
from miseban.space.help.people import WAY_S, Person
from miseban.space.help.settings import HelpSettings
from miseban.space.help.signs import Aid, KnowsObjects, Sign
from miseban.vocabulary.events import HelpKind

Found = tuple[HelpKind, float]
SURE = 0.8
"""What a detector of objects must be sure of, on average over three seconds."""
KNOWN = 3
CLOSE_M = 0.015
"""So near to the limit between those who sit and those who stoop it takes longer to tell them."""
COMPANY_M, COMPANY_S = 4.0, 12.0
"""Who walks as slowly and stays so near to somebody in need for so long keeps company."""
CAME_S = 60.0
"""Who came in by a door so shortly before is nobody's that was lost."""
BACK_M, BACK_MPS, BACK_S = 2.0, 0.8, 180.0
"""Two in such need at one time are rare: who turns up where the one that was lost can have got to
meanwhile is the same."""


@dataclass(slots=True)
class _Said:
    """What is said of somebody, under the name ``who``; seen last at ``last_s`` and ``xy``; ``way``
    (time, x, y) of the last seconds."""

    kind: HelpKind
    who: str
    last_s: float
    xy: tuple[float, float]
    way: deque[tuple[float, float, float]]


class Aids:
    """One of the three at most is said of a person, and it stays said."""

    def __init__(
        self, settings: HelpSettings, waits: float, objects: KnowsObjects | None = None
    ) -> None:
        self._s, self._waits, self._objects = settings, waits, objects
        self._said: dict[int, _Said] = {}
        self._lost: list[_Said] = []
        self._beside: set[int] = set()
        self._recognised: dict[tuple[int, Aid], list[float]] = {}

    def look(self, now_s: float, people: Sequence[tuple[Person, Sequence[Body]]]) -> Iterator[Sign]:
        """Everybody seen in this second, with what cameras saw."""
        self._lost = [one for one in self._lost if now_s - one.last_s <= BACK_S]
        for person, _ in people:
            if person.key in self._said:
                said = self._said[person.key]
                said.last_s, said.xy = now_s, person.xy
                said.way.append((now_s, *person.xy))
        for person, bodies in people:
            if person.staff or person.key in self._beside:
                continue
            said, sure = self._said.get(person.key), 0.9
            if said is None or said.kind == "slow_walk":  # what it is may show from the side yet
                found = self._found(person, bodies)
                if found is not None and (said is None or found[0] != said.kind):
                    sure = found[1]
                    said = self._begun(now_s, person, found[0])
            if said is not None:
                yield Sign(said.kind, said.who, person.xy, sure, person.name)

    def _begun(self, now_s: float, person: Person, kind: HelpKind) -> _Said | None:
        """None for who only keeps company."""
        who = self._is_back(now_s, kind, person)
        if who is None and kind == "slow_walk" and self._keeps_to(now_s, person):
            self._beside.add(person.key)
            return None
        who = who or f"person-{person.key}"
        way = deque(person.way, maxlen=WAY_S)
        said = self._said[person.key] = _Said(kind, who, now_s, person.xy, way)
        return said

    def forget(self, person: Person) -> None:
        """He or she is gone."""
        said = self._said.pop(person.key, None)
        if said is not None:
            self._lost.append(said)
        self._beside.discard(person.key)
        for kind in _AIDS:
            self._recognised.pop((person.key, kind), None)

    def _is_back(self, now_s: float, kind: HelpKind, person: Person) -> str | None:
        """Who of those with such a need was lost and can be this person."""
        if person.came_in and now_s - person.first_s < CAME_S:
            return None
        best: tuple[float, str] | None = None
        for one in [*self._said.values(), *self._lost]:
            away_s = person.first_s - one.last_s  # whoever was seen since is somebody else
            if one.kind != kind or now_s - one.last_s < 2.0 or away_s > BACK_S:
                continue
            far = math.dist(one.xy, person.xy)
            reach_m = BACK_M + BACK_MPS * (now_s - one.last_s)
            if far <= reach_m and (best is None or far < best[0]):
                best = far, one.who
        return best[1] if best is not None else None

    def _keeps_to(self, now_s: float, person: Person) -> bool:
        """Whether somebody walks slowly beside another who needs to."""
        mine = {t: (x, y) for t, x, y in person.way}
        for one in self._said.values():
            common = [
                math.dist(mine[t], (x, y))
                for t, x, y in one.way
                if t in mine and now_s - t <= COMPANY_S
            ]
            if len(common) >= COMPANY_S / 2 and median(common) <= COMPANY_M:
                return True
        return False

    def _found(self, person: Person, bodies: Sequence[Body]) -> Found | None:
        s, waits = self._s, self._waits
        recognised = self._object(person, bodies)
        if recognised is not None:
            return recognised
        if person.own_m is None or not person.shapes:
            return None
        pace = person.pace
        n = len(person.shapes)
        broad = sum(broad >= s.aid_broad for _, broad in person.shapes)
        if broad >= max(s.aid_times, s.aid_part * n):
            tall = median(tall for tall, _ in person.shapes)
            sure = min(0.95, 0.6 + broad / n)
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
        for kind in _AIDS:
            kept = self._recognised.get((person.key, kind), [])
            if len(kept) == KNOWN and sum(kept) / KNOWN >= SURE:
                return kind, sum(kept) / KNOWN
        return None


_AIDS: tuple[Aid, Aid] = ("wheelchair", "walking_aid")
