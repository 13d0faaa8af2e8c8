"""What is known of everybody on the floor while they are there, and of nobody afterwards."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from miseban.space.help.bodies import Body
from miseban.space.help.hidden import Seen, has_only_walked
from miseban.space.help.settings import HelpSettings
from miseban.space.help.shapes import STEEP, Eyes, Shape
from miseban.space.help.usual import FIRST, SURE, Usual

Pair = tuple[float, float]

HEIGHTS, SHAPES = 60, 40
"""Seconds in motion that are remembered."""
OTHER_M, OTHER_S = 0.2, 3
"""Who is so much taller or smaller in motion for so many seconds is somebody else, with whom the
fusion has gone on."""
WAY_S = 40
"""So many seconds of somebody's way are remembered."""
WINDOW_S = 3
SPEEDS = 60
QUIET_MPS = 0.12
"""Slower, somebody stands: places err by a few centimetres."""
FOLLOW_M, FOLLOW_MPS = 1.5, 1.0
"""Who turns up so near to where somebody was lost, or can have walked there since, is the same."""
FOLLOW_FAR_M = 12.0
SOON_S = 5.0
"""Who was lost for no longer came in by a door if he or she did before."""
TALLER_M, TALLER_COSTS = 0.12, 30.0
"""Heights are told to a few centimetres: metres of way that a metre more is worth."""


@dataclass(frozen=True, slots=True)
class Glimpse:
    """A visit in one second: ``xy`` metres (pixels without a floor); ``bodies`` what cameras saw of
    it; ``name`` the visit's id in events; ``staff`` as far as is known; ``waits`` in a queue or at
    a counter; ``outside`` before a door."""

    xy: Pair
    bodies: Sequence[Body]
    name: str | None
    staff: bool = False
    waits: bool = False
    outside: bool = False


@dataclass(slots=True)
class Stop:
    """``from_s`` to ``to_s`` at ``xy``; ``whole`` if somebody was seen to come and to go on, or
    can only have walked while unseen, so that it was as long as that."""

    from_s: float
    to_s: float
    xy: Pair
    whole: bool = False


@dataclass(slots=True)
class Person:
    """Somebody under the number ``key``, who may go on through several visits; ``came_in`` by a
    door when first seen. ``tall`` in this second, None where it cannot be told; ``own_m`` how tall
    upright; ``shapes`` how tall and broad in each of the last seconds in motion; ``odd`` seconds in
    motion lately as tall as somebody else; ``lost`` the last of the way before the present one;
    ``speeds`` m/s over windows of ``WINDOW_S``; ``stops`` those that have ended, ``stop`` where
    somebody stands."""

    key: int
    name: str | None
    first_s: float
    last_s: float
    xy: Pair
    came_in: bool = False
    staff: bool = False
    staff_s: int = 0
    waits: bool = False
    outside: bool = False
    tall: float | None = None
    own_m: float | None = None
    odd: int = 0
    walked_m: float = 0.0
    stop: Stop | None = None
    heights: deque[float] = field(default_factory=lambda: deque(maxlen=HEIGHTS))
    shapes: deque[Shape] = field(default_factory=lambda: deque(maxlen=SHAPES))
    way: deque[Seen] = field(default_factory=lambda: deque(maxlen=WAY_S))
    lost: Seen | None = None
    speeds: deque[float] = field(default_factory=lambda: deque(maxlen=SPEEDS))
    stops: list[Stop] = field(default_factory=list)

    def speed(self, seconds: int = 2) -> float:
        """Over the last seconds, metres a second."""
        if len(self.way) <= seconds:
            return 0.0
        t, x, y = self.way[-1 - seconds]
        return math.dist((x, y), self.xy) / max(self.last_s - t, 1.0)

    def ahead(self) -> Pair:
        """From where somebody was two seconds before, in metres."""
        _, x, y = self.way[-3] if len(self.way) > 2 else self.way[-1]
        return self.xy[0] - x, self.xy[1] - y

    @property
    def pace(self) -> float | None:
        """How fast somebody walks when walking: what one in five windows is faster than."""
        walking = sorted(v for v in self.speeds if v > QUIET_MPS)
        return walking[int(0.8 * (len(walking) - 1))] if len(walking) >= WINDOW_S else None


class People:
    """Everybody, by visit. Who is lost and found near, as tall as before, is the same person, if it
    ``follows``; who turns up ``at_door`` or outside comes in, and who was lost there has gone."""

    def __init__(
        self,
        settings: HelpSettings,
        usual: Usual,
        at_door: Callable[[Pair], bool],
        eyes: Eyes | None = None,
        *,
        follows: bool = True,
    ) -> None:
        self._s, self._usual, self._at_door, self._follows = settings, usual, at_door, follows
        self._eyes = eyes or Eyes({})
        self._by_visit: dict[Hashable, Person] = {}
        self._next = 0

    def here(self, now_s: float) -> Iterator[Person]:
        """Seen in the second that begins at ``now_s``."""
        return (person for person in self._by_visit.values() if person.last_s == now_s)

    def all(self) -> Iterator[Person]:
        """Seen lately."""
        return iter(self._by_visit.values())

    def by_visit(self, visit: Hashable) -> Person | None:
        return self._by_visit.get(visit)

    def take(self, now_s: float, seen: Mapping[Hashable, Glimpse]) -> list[Person]:
        """The second that begins at ``now_s``; returns who is gone."""
        gone = []
        for visit, glimpse in seen.items():
            person = self._by_visit.get(visit)
            if person is None:
                person = self._found(now_s, visit, glimpse, seen)
            self._see(now_s, person, glimpse)
            if person.odd >= OTHER_S:
                gone.append(person)
                self._by_visit[visit] = self._somebody(now_s, glimpse)
        late = [v for v, p in self._by_visit.items() if p.last_s < now_s - self._s.gone_s]
        return gone + [self._by_visit.pop(visit) for visit in late]

    def _somebody(self, now_s: float, glimpse: Glimpse) -> Person:
        """Of whom nothing is known."""
        self._next += 1
        person = Person(self._next, glimpse.name, now_s, now_s, glimpse.xy)
        person.way.append((now_s, *glimpse.xy))
        return person

    def _found(
        self, now_s: float, visit: Hashable, glimpse: Glimpse, seen: Mapping[Hashable, Glimpse]
    ) -> Person:
        tall = _mean([b.tall for b in glimpse.bodies])
        best: tuple[float, Hashable] | None = None
        new = glimpse.outside or self._at_door(glimpse.xy)
        follows = self._follows and not new
        for other, person in self._by_visit.items() if follows else ():
            away_s = now_s - person.last_s
            if other in seen or away_s <= 0 or person.outside or self._at_door(person.xy):
                continue
            far = math.dist(person.xy, glimpse.xy)
            if far > min(FOLLOW_M + FOLLOW_MPS * away_s, FOLLOW_FAR_M):
                continue
            taller_m = abs(tall - person.own_m) if tall and person.own_m else 0.5 * TALLER_M
            if taller_m > TALLER_M and tall is not None and tall > self._s.lying_m:
                continue
            cost = far + 0.1 * away_s + TALLER_COSTS * taller_m
            if best is None or cost < best[0]:
                best = cost, other
        if best is not None:
            person = self._by_visit.pop(best[1])
            person.name = glimpse.name or person.name
            person.came_in = person.came_in and now_s - person.last_s <= SOON_S
        else:
            person = self._somebody(now_s, glimpse)
            person.way.clear()
            person.came_in = new
        self._by_visit[visit] = person
        return person

    def _see(self, now_s: float, person: Person, glimpse: Glimpse) -> None:
        if now_s > person.last_s + 2 * WINDOW_S and person.way:
            person.lost = person.way[-1]
            person.way.clear()
        person.last_s, person.xy, person.name = now_s, glimpse.xy, glimpse.name or person.name
        person.waits, person.outside = glimpse.waits, glimpse.outside
        # A role that flickers is none: staff are who are held to be most of the time.
        person.staff_s = max(-60, min(120, person.staff_s + (2 if glimpse.staff else -1)))
        person.staff = person.staff_s > 0
        person.way.append((now_s, *glimpse.xy))
        self._shape(person, glimpse)
        self._walk(person)
        self._stand(now_s, person)

    def _shape(self, person: Person, glimpse: Glimpse) -> None:
        s = self._s
        whole = [b for b in glimpse.bodies if b.whole and math.isfinite(b.tall)]
        level = [b for b in whole if b.steep < STEEP] or whole
        person.tall = tall = _mean([b.tall for b in level])
        in_motion = person.speed() >= s.moving_mps
        broad = []
        for body in level:
            if body.tall > s.lying_m and body.broad > 0:
                found = self._usual.broader(body.camera, body.broad, SURE)
                broad.append((found is not None, body.broad / FIRST if found is None else found))
                if in_motion:
                    self._usual.add(body.camera, body.broad)
        if tall is None or tall <= s.lying_m or not (in_motion or person.own_m is None):
            return
        # Who squats stands still: one's own height is that in motion.
        other = person.own_m is not None and abs(tall - person.own_m) > OTHER_M
        person.odd = person.odd + 1 if other else max(0, person.odd - 1)
        if other:
            return
        person.heights.append(tall)
        if len(person.heights) >= 3:
            ordered = sorted(person.heights)
            person.own_m = ordered[int(0.8 * (len(ordered) - 1))]
        if in_motion and broad:
            # From before and behind an aid does not show, from the side it does.
            sure, most = max(broad)
            sits, leans = self._eyes.heads(level, person.ahead()) or (None, None)
            person.shapes.append(Shape(person.last_s, person.xy, tall, most, sure, sits, leans))

    def _walk(self, person: Person) -> None:
        """One more window of the way, unless somebody waits where all are slow."""
        way = person.way
        if len(way) > 1 and way[-1][0] - way[-2][0] <= WINDOW_S:
            step_m = math.dist(way[-1][1:], way[-2][1:])
            if step_m > QUIET_MPS:
                person.walked_m += step_m
        if person.waits or len(way) <= WINDOW_S:
            return
        t, x, y = way[-1 - WINDOW_S]
        last = list(way)[-1 - WINDOW_S :]
        steps = [math.dist(a[1:], b[1:]) for a, b in pairwise(last)]
        # Somebody walks all the time, not a step or two from shelf to shelf.
        if way[-1][0] - t == WINDOW_S and min(steps) > QUIET_MPS:
            person.speeds.append(math.dist((x, y), person.xy) / WINDOW_S)

    def _stand(self, now_s: float, person: Person) -> None:
        s, stop = self._s, person.stop
        if stop is not None:
            if math.dist(stop.xy, person.xy) <= s.left_m:
                stop.to_s = now_s
                return
            stop.whole &= has_only_walked((stop.to_s, *stop.xy), (now_s, *person.xy))
            if stop.to_s - stop.from_s >= s.stop_s:
                person.stops.append(stop)
            person.stop = None
        if len(person.way) > 2 and not person.waits:
            t, x, y = person.way[-3]
            if math.dist((x, y), person.xy) <= s.stop_m / 2:
                way = list(person.way)
                if len(way) == 3 and person.lost:
                    way.insert(0, person.lost)
                soon = len(way) > 3 and has_only_walked(way[-4], way[-3])
                came = soon and any(math.dist(one[1:], person.xy) > s.left_m for one in way)
                person.stop = Stop(t, now_s, person.xy, whole=came)


def _mean(values: Sequence[float]) -> float | None:
    known = [value for value in values if math.isfinite(value)]
    return sum(known) / len(known) if known else None
