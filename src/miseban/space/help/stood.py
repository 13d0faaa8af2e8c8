"""Where everybody stood last, and whose track is whose: what is known of who may lie there now."""

from __future__ import annotations

import math
from dataclasses import dataclass

from miseban.space.help.bodies import Body
from miseban.space.help.people import Person

Pair = tuple[float, float]
UPRIGHT, STILL_MPS, SAME_M = 0.9, 0.3, 0.4
"""Of one's own height, how fast, and how near to before: who stands still. In the second of a fall
a box is half upright."""
STOOD_S, STOOD_M = 60.0, 0.7
"""So long it is remembered where somebody stood; who lies there and is nobody's is he or she."""


@dataclass(frozen=True, slots=True)
class Place:
    """``person`` stood still at ``xy`` in the second from ``at_s`` on."""

    person: Person
    at_s: float
    xy: Pair


class Stood:
    """Of those who were upright within ``STOOD_S``."""

    def __init__(self) -> None:
        self._places: dict[int, Place] = {}
        self._tracks: dict[tuple[str, int], tuple[float, Person]] = {}

    def see(self, now_s: float, body: Body, person: Person | None) -> None:
        """A box of which it is certain that somebody is upright, and whose it is, if known."""
        if person is None or person.own_m is None or body.tall < UPRIGHT * person.own_m:
            return
        self.owns(now_s, body, person)
        before, xy = self._places.get(person.key), body.xy
        if person.speed() > STILL_MPS:
            if before is not None and math.dist(before.xy, xy) > STOOD_M:
                del self._places[person.key]  # and has walked off
            return
        if before is not None and math.dist(before.xy, xy) <= SAME_M:
            xy = (0.7 * before.xy[0] + 0.3 * xy[0], 0.7 * before.xy[1] + 0.3 * xy[1])
        self._places[person.key] = Place(person, now_s, xy)

    def owns(self, now_s: float, body: Body, person: Person) -> None:
        """The track is that person's."""
        self._tracks[body.camera, body.track] = now_s, person

    def owner(self, body: Body) -> Person | None:
        """Whose track that was when somebody upright was seen: of who is low the fusion knows less,
        and goes on with who helps."""
        known = self._tracks.get((body.camera, body.track))
        return known[1] if known is not None else None

    def place(self, now_s: float, body: Body, person: Person | None) -> Place | None:
        """Where who is seen stood last; or, if nothing is known of him or her, who stood there and
        is not seen."""
        middle = body.middle
        if person is not None and (person.own_m is not None or person.key in self._places):
            return self._places.get(person.key)
        if middle is None:
            return None
        lost = [
            one
            for one in self._places.values()
            if one.person.last_s < now_s and math.dist(one.xy, middle) <= STOOD_M
        ]
        return min(lost, key=lambda one: math.dist(one.xy, middle), default=None)

    def forget(self, now_s: float) -> None:
        """What is too long ago."""
        self._places = {k: p for k, p in self._places.items() if now_s - p.at_s <= STOOD_S}
        self._tracks = {k: one for k, one in self._tracks.items() if now_s - one[0] <= STOOD_S}
