"""Wheelchairs, walking frames and a very slow walk: by shape and motion, over seconds of motion."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from miseban.space.help.bodies import Body
from miseban.space.help.people import Person, Shape
from miseban.space.help.settings import HelpSettings
from miseban.space.help.signs import Aid, KnowsObjects, Sign
from miseban.vocabulary.events import HelpKind

Found = tuple[HelpKind, float]
SURE = 0.8
"""What a detector of objects must be sure of, on average over three seconds."""
KNOWN = 3
CLOSE_M = 0.015
"""So near to the limit between those who sit and those who stoop it takes longer to tell them."""
BACK_S, BACK_M, BACK_MPS, BACK_FAR_M = 600.0, 2.0, 0.8, 60.0
"""Who shows such a need so shortly after another has shown it last, where that one can have got to
meanwhile, is the same: tracks break, and the fusion goes on with somebody else."""
TALLER_M = 0.04
"""If they are as tall."""
APART_S = 60.0
"""What was seen so long before the rest was of somebody else."""
HIDDEN_S = 2.0
"""Who is not seen for so long may come back as somebody else."""
DOUBT = 4
"""Seconds in motion in which it does not show, after which that may have happened."""
BACK_SLOW_S, TALLER_SLOW_M = 180.0, 0.15
"""Of a slow walk it shows only over a while."""
FASTER = 1.25
"""Who is as many times as fast as somebody who walks slowly does not."""
ALONG_M, ALONG_S = 4.0, 12.0
"""Who walks as slowly and stays so near to somebody in need for so long keeps company."""
CAME_S = 150.0
"""Who came in by a door so shortly before is nobody's that was lost."""


@dataclass(slots=True)
class _Said:
    """What is said of ``person``, ``tall`` metres, under the name ``who``; it showed last at
    ``shown_s`` and ``xy``."""

    person: Person
    kind: HelpKind
    who: str
    tall: float
    shown_s: float
    xy: tuple[float, float]


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
        self._lost = [one for one in self._lost if now_s - one.shown_s <= BACK_S]
        for person, _ in people:
            said = self._said.get(person.key)
            if said is not None and self._shows(now_s, said):
                said.shown_s, said.xy = now_s, person.xy
                seen_m = person.own_m if said.kind == "slow_walk" else person.tall
                said.tall += 0.2 * ((seen_m or said.tall) - said.tall)
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
        if kind == "slow_walk" and self._comes_along(now_s, person):
            self._beside.add(person.key)
            return None
        before = self._before(now_s, kind, person)
        who = before.who if before is not None else f"person-{person.key}"
        if before is not None and before in self._lost:
            self._lost.remove(before)
        elif before is not None:
            self._said.pop(before.person.key, None)
        same = before.kind if before is not None else kind  # who sits does not begin to stoop
        said = self._said[person.key] = _Said(
            person, same, who, person.own_m or 0.0, now_s, person.xy
        )
        return said

    def _shows(self, now_s: float, said: _Said) -> bool:
        """Whether that need shows in this second."""
        person = said.person
        if said.kind == "slow_walk":
            return not self._is_fast(person)
        last = person.shapes[-1] if person.shapes else None
        return last is not None and last.at_s == now_s and last.broad >= self._s.aid_broad

    def _is_fast(self, person: Person) -> bool:
        last = list(person.speeds)[-DOUBT:]
        return bool(last) and median(last) > FASTER * self._s.slow_mps

    def forget(self, person: Person) -> None:
        """He or she is gone."""
        said = self._said.pop(person.key, None)
        if said is not None:
            self._lost.append(said)
        self._beside.discard(person.key)
        for kind in _AIDS:
            self._recognised.pop((person.key, kind), None)

    def _before(self, now_s: float, kind: HelpKind, person: Person) -> _Said | None:
        """Who showed such a need shortly before, and can be this person."""
        if person.came_in and now_s - person.first_s < CAME_S:
            return None
        lately, longest_s, taller_m, far_m = self._lately(person), BACK_S, TALLER_M, BACK_FAR_M
        if kind == "slow_walk":
            lately = [Shape(person.last_s, person.xy, person.own_m or 0.0, 1.0)]
            longest_s, taller_m, far_m = BACK_SLOW_S, TALLER_SLOW_M, math.inf
        first, tall = lately[0], median(one.tall for one in lately)
        doubtful = (one for one in self._said.values() if self._is_doubtful(now_s, one))
        best: tuple[float, _Said] | None = None
        for one in (*self._lost, *doubtful):
            gap_s = first.at_s - one.shown_s
            if not _alike(one.kind, kind) or one.person is person or not -2.0 <= gap_s <= longest_s:
                continue
            reach_m = BACK_M + BACK_MPS * max(gap_s, 0.0)
            far = math.dist(one.xy, first.xy)
            if abs(one.tall - tall) <= taller_m and far <= min(reach_m, far_m):
                best = min(best or (far, one), (far, one), key=lambda found: found[0])
        return best[1] if best is not None else None

    def _lately(self, person: Person) -> list[Shape]:
        """When an aid showed, the last time that it did."""
        found: list[Shape] = []
        for one in reversed(person.shapes):
            if one.broad >= self._s.aid_broad:
                if found and found[-1].at_s - one.at_s > APART_S:
                    break
                found.append(one)
        return found[::-1]

    def _is_doubtful(self, now_s: float, said: _Said) -> bool:
        """Whether it may be said of the wrong one by now."""
        if said.person.last_s <= now_s - HIDDEN_S:
            return True
        if said.kind == "slow_walk":
            return self._is_fast(said.person)
        since = [one for one in said.person.shapes if one.at_s > said.shown_s]
        return len(since) >= DOUBT and all(one.broad < self._s.aid_broad for one in since)

    def _comes_along(self, now_s: float, person: Person) -> bool:
        """Whether somebody walks slowly beside another who needs to."""
        mine = {t: (x, y) for t, x, y in person.way if now_s - t <= ALONG_S}
        for one in self._said.values():
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
        pace = person.pace
        n = len(person.shapes)
        broad = sum(shape.broad >= s.aid_broad for shape in person.shapes)
        if broad >= max(s.aid_times, s.aid_part * n):
            tall = median(shape.tall for shape in person.shapes)
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


def _alike(one: HelpKind, other: HelpKind) -> bool:
    """Whether both may be seen of one person: what kind of aid it is, errs."""
    return one == other or (one in _AIDS and other in _AIDS)


_AIDS: tuple[Aid, Aid] = ("wheelchair", "walking_aid")
