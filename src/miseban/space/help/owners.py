"""Whose aid, or whose slow walk, has been told of already: tracks break, and the fusion goes on
with somebody else."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from statistics import median

from miseban.space.help.bodies import Body
from miseban.space.help.likeness import (
    BACK_S,
    DOUBT,
    HIDDEN_S,
    ODD_S,
    SAME,
    Said,
    is_fast,
    most_of,
    slim_since,
    unlike,
)
from miseban.space.help.people import Person
from miseban.space.help.settings import HelpSettings
from miseban.space.help.shapes import OTHER_M, Shape
from miseban.vocabulary.events import HelpKind

Track = tuple[str, int]
LEFT_S = 60.0
"""Of whom it showed so shortly before he or she was last seen outside has left with it."""
APART_S = 60.0
"""What was seen so long before the rest was of somebody else."""
WAIT_S = 20.0
"""Whose aid is as like one that is somebody's who is there, of whom it has not shown since, is not
told of for so long: if it shows there, they are two, and if not, it may have been this one's."""
FEW = 3
"""Seconds in which it shows; from fewer nobody can know that it is one of somebody who was lost."""
TRACK_S, TRACK_M = 60.0, 0.1
"""A track in which an aid showed so shortly before is its owner's, if it is as tall."""


class Owners:
    """Those of whom it is said, by the number of the person; and who was lost within ``BACK_S``."""

    def __init__(self, settings: HelpSettings) -> None:
        self._s = settings
        self._said: dict[int, Said] = {}
        self._lost: list[Said] = []
        self._tracks: dict[Track, tuple[float, Said]] = {}
        self._taken: dict[int, Said] = {}  # from whom, with what was said then
        self._anew_s: dict[int, float] = {}
        self._asked_s: dict[int, tuple[float, float]] = {}  # first and last

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

    def begin(
        self, now_s: float, person: Person, bodies: Sequence[Body], kind: HelpKind
    ) -> Said | None:
        """It is said of ``person``; under the name of before if that is the same. None while
        nobody can know."""
        before, known = self._before(now_s, kind, person, bodies)
        if not known:
            return None
        own = self._taken.pop(person.key, None)
        if before is None and own is not None and kind != "slow_walk":
            before = self._given_back(own, kind, person)
        self._asked_s.pop(person.key, None)
        # Who walks slowly, and is seen to have an aid, is the same to who keeps company.
        mine = before or self._said.get(person.key)
        who = mine.who if mine is not None else self._name(person)
        if before is not None and before in self._lost:
            self._lost.remove(before)
        elif before is not None and self._said.get(before.person.key) is before:
            if own is None or own.who != before.who:  # else it is the owner who takes it back
                self._taken[before.person.key] = before
            del self._said[before.person.key]
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
        self._taken.pop(person.key, None)
        self._anew_s.pop(person.key, None)
        self._asked_s.pop(person.key, None)

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

    def _shows(self, now_s: float, said: Said) -> bool:
        """Whether that need shows in this second."""
        person = said.person
        if said.kind == "slow_walk":
            return not is_fast(person, self._s)
        last = person.shapes[-1] if person.shapes else None
        now = last is not None and last.sure and last.at_s == now_s
        return last is not None and now and last.broad >= self._s.aid_broad

    def _before(
        self, now_s: float, kind: HelpKind, person: Person, bodies: Sequence[Body]
    ) -> tuple[Said | None, bool]:
        """Who showed such a need shortly before, and can be this person; and whether that can be
        known by now."""
        lately = self.lately(person)
        if kind == "slow_walk":
            lately = [Shape(person.last_s, person.xy, person.own_m or 0.0, 1.0)]
        elif (same := self._by_track(now_s, person, bodies)) is not None:
            return same, True
        if not lately:
            return None, True
        most = most_of(now_s, kind, person)
        found = []
        for one in self.known():
            if one.person is person:
                continue
            held = one not in self._lost and not self._is_doubtful(now_s, one)
            cost = unlike(one, person, kind, lately, self._s, held=held)
            if cost < most:
                found.append((cost, held, one))
        for _, held, one in sorted(found, key=lambda one: one[0]):
            if not held:
                enough = kind == "slow_walk" or len(lately) >= FEW
                return (one, True) if enough else (None, False)
            if not self._has_waited(now_s, person):
                return None, False
        return None, True

    def _given_back(self, own: Said, kind: HelpKind, person: Person) -> Said | None:
        """``own``, said of ``person`` till somebody else was taken for the owner, if it shows here
        again: so there are two, and that one gets another name."""
        lately = self.lately(person)
        now = next((one for one in self.known() if one.who == own.who), None)
        if now is None or not lately:
            return None
        if unlike(own, person, kind, lately, self._s, held=False) >= SAME:
            return None
        now.who = self._name(now.person)
        return own

    def _has_waited(self, now_s: float, person: Person) -> bool:
        first_s, last_s = self._asked_s.get(person.key, (now_s, now_s))
        if now_s - last_s > WAIT_S:  # it did not show any more: this is another time
            first_s = now_s
        self._asked_s[person.key] = first_s, now_s
        return now_s - first_s >= WAIT_S

    def known(self) -> Iterable[Said]:
        """Also those who were lost lately."""
        return (*self._lost, *self._said.values())

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
            return is_fast(said.person, self._s)
        return said.odd >= ODD_S or slim_since(said, self._s) >= DOUBT
