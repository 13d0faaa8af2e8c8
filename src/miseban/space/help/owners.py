"""Whose aid, or whose slow walk, has been told of already: tracks break, and the fusion goes on
with somebody else."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from statistics import median

from miseban.space.help.bodies import Body
from miseban.space.help.people import Person
from miseban.space.help.settings import HelpSettings
from miseban.space.help.shapes import OTHER_M, Shape, sits_odds
from miseban.space.help.signs import Aid
from miseban.vocabulary.events import HelpKind

Pair = tuple[float, float]
Track = tuple[str, int]
BACK_S, BACK_M, BACK_MPS, BACK_FAR_M = 600.0, 2.0, 0.8, 60.0
"""Who shows such a need so shortly after another has shown it last, where that one can have got to
meanwhile, may be the same."""
TALL_M, SECOND_M = 0.02, 0.05
"""Heights of one person err by so much from camera to camera, and more where few seconds tell."""
OFTEN_S = 100.0
"""Who was lost is mostly found again within so long."""
SAME = 5.0
"""Who costs less, in square deviations of the height and ``OFTEN_S``, is the same."""
LEFT_S = 60.0
"""Of whom it showed so shortly before he or she was last seen outside has left with it."""
APART_S = 60.0
"""What was seen so long before the rest was of somebody else."""
HIDDEN_S = 2.0
"""Who is not seen for so long may come back as somebody else."""
ODD_S = 3
"""Who is as tall as somebody else for so many seconds more than not, is somebody else by now."""
DOUBT = 4
"""Seconds in motion in which it does not show, after which that may have happened."""
BACK_SLOW_S, TALLER_SLOW_M, TALLER_LATER_M = 300.0, 0.15, 0.08
"""Of a slow walk it shows only over a while; who is found again after ``OFTEN_S`` must be more
alike, for others have walked slowly meanwhile."""
FASTER = 1.25
"""Who is as many times as fast as somebody who walks slowly does not."""
CAME_S = 150.0
"""Who came in by a door so shortly before is nobody's that was lost."""
TALLS = 40
TRACK_S, TRACK_M = 60.0, 0.1
"""A track in which an aid showed so shortly before is its owner's, if it is as tall."""


@dataclass(slots=True, eq=False)
class Said:
    """What is said of ``person``, ``tall`` metres, under the name ``who``; it showed last at
    ``shown_s`` and ``xy``, as tall as ``talls`` in each of the last seconds. ``odd`` seconds since,
    in motion or not, he or she was as tall as somebody else."""

    person: Person
    kind: HelpKind
    who: str
    tall: float
    shown_s: float
    xy: Pair
    talls: deque[float] = field(default_factory=lambda: deque(maxlen=TALLS))
    odd: int = 0


class Owners:
    """Those of whom it is said, by the number of the person; and who was lost within ``BACK_S``."""

    def __init__(self, settings: HelpSettings) -> None:
        self._s = settings
        self._said: dict[int, Said] = {}
        self._lost: list[Said] = []
        self._tracks: dict[Track, tuple[float, Said]] = {}
        self._anew_s: dict[int, float] = {}

    def of(self, person: Person) -> Said | None:
        return self._said.get(person.key)

    def all(self) -> Iterable[Said]:
        return self._said.values()

    def look(self, now_s: float, people: Iterable[tuple[Person, Sequence[Body]]]) -> None:
        """Of whom it shows in this second."""
        self._lost = [one for one in self._lost if now_s - one.shown_s <= BACK_S]
        self._tracks = {t: one for t, one in self._tracks.items() if now_s - one[0] <= TRACK_S}
        for person, bodies in people:
            said = self._said.get(person.key)
            if said is None:
                continue
            if not self._shows(now_s, said):
                if person.tall is not None and said.kind != "slow_walk":
                    other = abs(person.tall - said.tall) > OTHER_M
                    said.odd = max(0, said.odd + (1 if other else -1))
                continue
            said.shown_s, said.xy, said.odd = now_s, person.xy, 0
            if said.kind == "slow_walk":
                said.tall += 0.2 * ((person.own_m or said.tall) - said.tall)
                continue
            said.talls.append(person.shapes[-1].high(seated=said.kind == "wheelchair"))
            said.tall = median(said.talls)
            for body in bodies:
                if abs(body.tall - person.shapes[-1].tall) <= TRACK_M:
                    self._tracks[body.camera, body.track] = now_s, said

    def begin(self, now_s: float, person: Person, bodies: Sequence[Body], kind: HelpKind) -> Said:
        """It is said of ``person``; under the name of before if that is the same."""
        before = self._before(now_s, kind, person, bodies)
        # Who walks slowly, and is seen to have an aid, is the same to who keeps company.
        mine = before or self._said.get(person.key)
        who = mine.who if mine is not None else self._name(person)
        if before is not None and before in self._lost:
            self._lost.remove(before)
        elif before is not None and self._said.pop(before.person.key, None) is not None:
            self._anew_s[before.person.key] = now_s  # what showed was the other's
        same = before.kind if before is not None else kind  # who sits does not begin to stoop
        said = Said(person, same, who, person.own_m or 0.0, now_s, person.xy)
        if kind != "slow_walk" and (lately := self.lately(person)):
            said.talls.extend(one.high(seated=same == "wheelchair") for one in lately)
            said.tall, said.shown_s, said.xy = median(said.talls), lately[-1].at_s, lately[-1].xy
        self._said[person.key] = said
        for track, (at_s, whose) in self._tracks.items():
            if whose is before:
                self._tracks[track] = at_s, said
        return said

    def _name(self, person: Person) -> str:
        """One that nobody has: that of this person may have gone on with somebody else."""
        taken = {one.who for one in (*self._said.values(), *self._lost)}
        name, number = f"person-{person.key}", 2
        while name in taken:
            name, number = f"person-{person.key}-{number}", number + 1
        return name

    def forget(self, person: Person) -> None:
        """He or she is gone."""
        said = self._said.pop(person.key, None)
        if said is not None and not (
            said.kind != "slow_walk" and person.outside and person.last_s - said.shown_s <= LEFT_S
        ):
            self._lost.append(said)
        self._anew_s.pop(person.key, None)

    def shapes(self, person: Person) -> list[Shape]:
        """Those of a breadth that is known, and not known to be somebody else's."""
        anew_s = self.since_s(person)
        return [one for one in person.shapes if one.sure and one.at_s > anew_s]

    def since_s(self, person: Person) -> float:
        """When it was found last that what had shown was somebody else's."""
        return self._anew_s.get(person.key, -math.inf)

    def lately(self, person: Person) -> list[Shape]:
        """When an aid showed, the last time that it did."""
        found: list[Shape] = []
        for one in reversed(self.shapes(person)):
            if one.broad >= self._s.aid_broad:
                if found and found[-1].at_s - one.at_s > APART_S:
                    break
                found.append(one)
        return found[::-1]

    def is_fast(self, person: Person) -> bool:
        """For somebody of whom a slow walk was said."""
        last = list(person.speeds)[-DOUBT:]
        return bool(last) and median(last) > FASTER * self._s.slow_mps

    def _shows(self, now_s: float, said: Said) -> bool:
        """Whether that need shows in this second."""
        person = said.person
        if said.kind == "slow_walk":
            return not self.is_fast(person)
        last = person.shapes[-1] if person.shapes else None
        now = last is not None and last.sure and last.at_s == now_s
        return last is not None and now and last.broad >= self._s.aid_broad

    def _before(
        self, now_s: float, kind: HelpKind, person: Person, bodies: Sequence[Body]
    ) -> Said | None:
        """Who showed such a need shortly before, and can be this person."""
        lately = self.lately(person)
        if kind == "slow_walk":
            lately = [Shape(person.last_s, person.xy, person.own_m or 0.0, 1.0)]
        elif (same := self._by_track(now_s, person, bodies)) is not None:
            return same
        if not lately or (person.came_in and now_s - person.first_s < CAME_S):
            return None
        costs = ((self._cost(now_s, kind, one, person, lately), one) for one in self.known())
        cost, best = min(costs, key=lambda one: one[0], default=(math.inf, None))
        return best if cost < math.inf else None

    def known(self) -> Iterable[Said]:
        """Also those who were lost lately."""
        return (*self._lost, *self._said.values())

    def _cost(
        self, now_s: float, kind: HelpKind, one: Said, person: Person, lately: Sequence[Shape]
    ) -> float:
        """How unlike ``person``, of whom such a need showed in the seconds ``lately``, is to
        ``one``; infinite if it is not the same."""
        first = lately[0]
        tall = median(shape.high(seated=one.kind == "wheelchair") for shape in lately)
        gap_s, far = first.at_s - one.shown_s, math.dist(one.xy, first.xy)
        if not alike(one.kind, kind) or one.person is person or gap_s < -HIDDEN_S:
            return math.inf
        if one not in self._lost and not self._is_doubtful(now_s, one):
            return math.inf
        reach_m = BACK_M + BACK_MPS * max(gap_s, 0.0)
        if kind == "slow_walk":
            most_m = TALLER_SLOW_M if gap_s <= OFTEN_S else TALLER_LATER_M
            fits = gap_s <= BACK_SLOW_S and abs(one.tall - tall) <= most_m
            return far if fits and far <= reach_m else math.inf
        if gap_s > BACK_S or far > min(reach_m, BACK_FAR_M):
            return math.inf
        errs = TALL_M**2 + SECOND_M**2 * (1 / max(len(one.talls), 1) + 1 / len(lately))
        cost = (one.tall - tall) ** 2 / errs + max(gap_s, 0.0) / OFTEN_S
        odds = sits_odds(lately, self._s.aid_broad)
        cost += max(0.0, -2.0 * odds if one.kind == "wheelchair" else 2.0 * odds)
        return cost if cost < SAME else math.inf

    def _by_track(self, now_s: float, person: Person, bodies: Sequence[Body]) -> Said | None:
        """Whose aid showed in one of the tracks of ``bodies``, if it does not now elsewhere."""
        for body in bodies:
            _, said = self._tracks.get((body.camera, body.track), (0.0, None))
            if said is None or said.person is person or said.shown_s >= now_s:
                continue
            if said in self._lost or self._said.get(said.person.key) is said:
                return said
        return None

    def _is_doubtful(self, now_s: float, said: Said) -> bool:
        """Whether it may be said of the wrong one by now."""
        if said.person.last_s <= now_s - HIDDEN_S:
            return True
        if said.kind == "slow_walk":
            return self.is_fast(said.person)
        if said.odd >= ODD_S:
            return True
        since = [one for one in said.person.shapes if one.sure and one.at_s > said.shown_s]
        return len(since) >= DOUBT and all(one.broad < self._s.aid_broad for one in since)


def alike(one: HelpKind, other: HelpKind) -> bool:
    """Whether both may be seen of one person: what kind of aid it is, errs."""
    return one == other or (one in AIDS and other in AIDS)


AIDS: tuple[Aid, Aid] = ("wheelchair", "walking_aid")
