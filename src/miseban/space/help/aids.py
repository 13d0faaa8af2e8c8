"""Wheelchairs, walking frames and a very slow walk: by shape and motion, over seconds of motion."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Sequence
from statistics import median

from miseban.space.help.bodies import Body
from miseban.space.help.likeness import AIDS, Said
from miseban.space.help.owners import Owners
from miseban.space.help.people import Person
from miseban.space.help.settings import HelpSettings
from miseban.space.help.shapes import Shape, sits_odds
from miseban.space.help.signs import Aid, KnowsObjects, Sign
from miseban.vocabulary.events import HelpKind

Found = tuple[HelpKind, float]
SURE = 0.8
"""What a detector of objects must be sure of, on average over three seconds."""
KNOWN, KNOWN_S = 3, 30.0
"""So many seconds, none of them longer ago."""
CERTAIN, DOUBT_S = 1.0, 30.0
"""With smaller log odds that somebody sits rather than leans, or the other way round, more is
waited for, up to so many seconds of motion."""
RECENT_S = 10.0
"""An aid that has not shown for longer may have been somebody else's."""
STOUT, STOUT_PART = 1.1, 1 / 6
"""Who is so broad in more than so many of the seconds in motion, or broader in any, may have an aid
that shows yet, and is not told of for walking slowly: of those who only walk slowly hardly any
is."""
ALONG_M, ALONG_S, ALONG_LEAST_S = 4.0, 40.0, 10
"""Who walks as slowly, and has mostly been so near to somebody in need lately, keeps company, if
both were seen for so many seconds of that time."""
ALONG_IN_ALL_S = 10
"""So does who has ever walked so near to him or her for so many seconds since it was told."""


class Aids:
    """One of the three at most is said of a person, and it stays said."""

    def __init__(
        self, settings: HelpSettings, waits: float, objects: KnowsObjects | None = None
    ) -> None:
        self._s, self._waits, self._objects = settings, waits, objects
        self._owners = Owners(settings)
        self._beside: set[int] = set()
        self._along_s: dict[tuple[str, int], int] = {}
        self._recognised: dict[tuple[int, Aid], list[tuple[float, float]]] = {}

    def look(self, now_s: float, people: Sequence[tuple[Person, Sequence[Body]]]) -> Iterator[Sign]:
        """Everybody seen in this second, with what cameras saw."""
        self._owners.look(now_s, people)
        self._keep_company([person for person, _ in people])
        for person, bodies in people:
            if person.staff:
                continue
            said, sure = self._owners.of(person), 0.9
            if said is None or said.kind == "slow_walk":  # what it is may show from the side yet
                found = self._found(now_s, person, bodies)
                if found is not None and (said is None or found[0] != said.kind):
                    begun = self._begun(now_s, person, bodies, found[0])
                    if begun is not None:  # till then what was said stays said
                        said, sure = begun, found[1]
            if said is not None:
                yield Sign(said.kind, said.who, person.xy, sure, person.name)

    def _begun(
        self, now_s: float, person: Person, bodies: Sequence[Body], kind: HelpKind
    ) -> Said | None:
        """None for who only keeps company, and while nobody can know whose it is."""
        beside = person.key in self._beside
        if kind == "slow_walk" and (beside or self._comes_along(now_s, person)):
            self._beside.add(person.key)  # an aid of his or her own is told of all the same
            return None
        return self._owners.begin(now_s, person, bodies, kind)

    def forget(self, person: Person) -> None:
        """He or she is gone."""
        self._owners.forget(person)
        self._beside.discard(person.key)
        self._along_s = {p: n for p, n in self._along_s.items() if p[1] != person.key}
        for kind in AIDS:
            self._recognised.pop((person.key, kind), None)

    def _keep_company(self, people: Sequence[Person]) -> None:
        """Counts the seconds in which somebody walks with one of whom something was said."""
        names = {one.who for one in self._owners.known()}
        self._along_s = {p: n for p, n in self._along_s.items() if p[0] in names}
        walking = [person for person in people if person.speed() >= self._s.moving_mps]
        for one in self._owners.all():
            if one.person.staff or one.person not in walking:
                continue
            for person in walking:
                if (
                    person is not one.person
                    and not person.staff
                    and math.dist(person.xy, one.person.xy) <= ALONG_M
                ):
                    pair = one.who, person.key
                    self._along_s[pair] = self._along_s.get(pair, 0) + 1

    def _comes_along(self, now_s: float, person: Person) -> bool:
        """Whether somebody walks slowly beside another who needs to, or has for long before."""
        if any(
            self._along_s.get((one.who, person.key), 0) >= ALONG_IN_ALL_S
            for one in self._owners.known()
            if not one.person.staff
        ):
            return True
        mine = {t: (x, y) for t, x, y in person.way if now_s - t <= ALONG_S}
        for one in self._owners.all():
            both = [math.dist(mine[t], (x, y)) for t, x, y in one.person.way if t in mine]
            near = len(both) >= ALONG_LEAST_S and median(both) <= ALONG_M
            if near and not one.person.staff:
                return True
        return False

    def _found(self, now_s: float, person: Person, bodies: Sequence[Body]) -> Found | None:
        s, waits = self._s, self._waits
        recognised = self._object(now_s, person, bodies)
        if recognised is not None:
            return recognised
        if person.own_m is None or not person.shapes:
            return None
        pace, shapes = person.pace, self._owners.shapes(person)
        n = len(shapes)
        broad = [shape.at_s for shape in shapes if shape.broad >= s.aid_broad]
        shows = bool(broad) and person.last_s - broad[-1] <= RECENT_S
        if shows and len(broad) >= max(s.aid_times, s.aid_part * n):
            tall, odds = median(shape.tall for shape in shapes), sits_odds(shapes, s.aid_broad)
            sure = min(0.95, 0.6 + len(broad) / n)
            if n < waits * s.aid_s or (abs(odds) < CERTAIN and n < DOUBT_S):
                return None
            fast = pace is not None and pace > s.aid_mps
            if tall < s.seated_m and (odds > 0.0 or fast):
                return "wheelchair", sure
            return ("walking_aid", sure) if pace is not None and not fast else None
        if _may_have_an_aid(person.shapes, s):
            return None
        enough = sum(v > s.moving_mps / 2 for v in person.speeds) >= s.slow_windows * waits
        if pace is None or person.own_m < s.adult_m or not enough:
            return None
        if pace <= s.slow_mps and person.walked_m >= s.slow_walked_m * waits:
            return "slow_walk", min(0.9, 0.6 + s.slow_mps - pace)
        return None

    def _object(self, now_s: float, person: Person, bodies: Iterable[Body]) -> Found | None:
        """What the registered detector of objects, if there is one, has recognised: in a second as
        surely as the cameras that recognise it are on average."""
        if self._objects is None:
            return None
        seen = [self._objects.aid(body.camera, body.track) for body in bodies]
        since_s = max(now_s - KNOWN_S, self._owners.since_s(person))
        for kind in AIDS:
            kept = self._recognised.setdefault((person.key, kind), [])
            now = [one[1] for one in seen if one is not None and one[0] == kind]
            if now:
                kept.append((now_s, sum(now) / len(now)))
            kept[:] = [one for one in kept if one[0] > since_s][-KNOWN:]
            sure = sum(one[1] for one in kept) / KNOWN
            if len(kept) == KNOWN and sure >= SURE:
                return kind, sure
        return None


def _may_have_an_aid(shapes: Collection[Shape], settings: HelpSettings) -> bool:
    if any(shape.broad >= settings.aid_broad for shape in shapes):
        return True
    return sum(shape.broad >= STOUT for shape in shapes) > STOUT_PART * len(shapes)
