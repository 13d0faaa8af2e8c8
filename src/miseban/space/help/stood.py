"""Where everybody stood last, and whose track is whose: what is known of who may lie there now."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from miseban.space.help.bodies import Body
from miseban.space.help.people import Person

Pair = tuple[float, float]
UPRIGHT, STILL_MPS, SAME_M = 0.9, 0.3, 0.4
"""Of one's own height, how fast, and how near to before: who stands still. In the second of a fall
a box is half upright."""
STOOD_S, STOOD_M = 60.0, 0.7
"""So long it is remembered where somebody stood; who lies there and is nobody's is he or she."""
SEEN_GO_S = 4.0
"""Who is elsewhere so soon after standing there has walked off; later the fusion may have gone on
with somebody else, and who stood there may lie there."""
BROKE_S, LAY_M, ALIKE = 10.0, 0.4, 0.2
"""Tracks of who lies break: one that begins so soon after, so near, and with a box so much the same
in the logarithms of its sides, is of who lay there, whosever the fusion takes it for."""


@dataclass(frozen=True, slots=True)
class Look:
    """How ``tall`` and ``broad`` somebody upright looked, and from how ``steep`` above, as ``Body``
    has it."""

    tall: float
    broad: float
    steep: float


@dataclass(frozen=True, slots=True)
class Place:
    """``person`` stood still at ``xy`` in the second from ``at_s`` on, and ``looks`` so to each
    camera."""

    person: Person
    at_s: float
    xy: Pair
    looks: Mapping[str, Look] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Lay:
    """``person``, who had stood at ``place``, where known, lay there in the second from ``at_s``
    on, in the box of ``body``."""

    person: Person
    at_s: float
    body: Body
    place: Place | None


class Stood:
    """Of those who were upright within ``STOOD_S``."""

    def __init__(self) -> None:
        self._places: dict[int, Place] = {}
        self._left: list[Place] = []  # by whom nobody saw go
        self._tracks: dict[tuple[str, int], tuple[float, Person]] = {}
        self._lay: dict[tuple[str, int], _Lay] = {}

    def see(self, now_s: float, body: Body, person: Person | None) -> None:
        """A box of which it is certain that somebody is upright, and whose it is, if known."""
        if person is None or person.own_m is None or body.tall < UPRIGHT * person.own_m:
            return
        self.owns(now_s, body, person)
        self._lay.pop((body.camera, body.track), None)
        before, xy = self._places.get(person.key), body.xy
        if person.speed() > STILL_MPS:
            if before is not None and math.dist(before.xy, xy) > STOOD_M:
                self._leave(now_s, before)
                del self._places[person.key]
            return
        look, looks = Look(body.tall, body.broad, body.steep), {}
        if before is not None and math.dist(before.xy, xy) <= SAME_M:
            xy = (0.7 * before.xy[0] + 0.3 * xy[0], 0.7 * before.xy[1] + 0.3 * xy[1])
            looks = dict(before.looks)
        elif before is not None:
            self._leave(now_s, before)
        looks[body.camera] = _between(looks.get(body.camera, look), look)
        self._places[person.key] = Place(person, now_s, xy, looks)

    def _leave(self, now_s: float, place: Place) -> None:
        """Who stood there is elsewhere."""
        if now_s - place.at_s > SEEN_GO_S:
            self._left.append(place)

    def owns(self, now_s: float, body: Body, person: Person) -> None:
        """The track is that person's."""
        self._tracks[body.camera, body.track] = now_s, person

    def owner(self, body: Body) -> Person | None:
        """Whose track that was when somebody upright was seen: of who is low the fusion knows less,
        and goes on with who helps."""
        known = self._tracks.get((body.camera, body.track))
        return known[1] if known is not None else None

    def down(self, body: Body, person: Person | None) -> Person | None:
        """Whose box that is, of somebody low: whose track it was; or, since tracks break when
        somebody goes down, ``person``, if he or she stood still where the foot of the box is."""
        owner = self.owner(body)
        stood = self._places.get(person.key) if person is not None and owner is None else None
        near = stood is not None and math.dist(stood.xy, body.xy) <= SAME_M
        return person if near else owner

    def lies(self, now_s: float, body: Body, person: Person | None, place: Place | None) -> None:
        """A box of somebody who likelier lies than not, of ``person`` who stood at ``place``, where
        known. That stays known though the fusion goes on with that person elsewhere."""
        if person is None:
            return
        track = body.camera, body.track
        before = self._lay.get(track)
        if before is not None and before.person is person:
            place = before.place
        self._lay[track] = _Lay(person, now_s, body, place)

    def begins(self, now_s: float, body: Body, person: Person | None) -> None:
        """A track that begins where one of somebody who lay broke off is that one's, unless it is
        held for that of somebody who stood where the foot of the box is."""
        if (body.camera, body.track) in self._tracks or body.middle is None:
            return
        stands = self._places.get(person.key) if person is not None else None
        if stands is not None and math.dist(stands.xy, body.xy) <= STOOD_M:
            return
        broke = [
            lay
            for lay in self._lay.values()
            if lay.body.camera == body.camera and lay.at_s < now_s and _is_alike(lay.body, body)
        ]
        if broke:
            last = max(broke, key=lambda lay: lay.at_s)
            self.owns(now_s, body, last.person)
            self._lay[body.camera, body.track] = replace(last, body=body)

    def place(self, now_s: float, body: Body, person: Person | None) -> Place | None:
        """Where who is seen stood last; or, if nothing is known of him or her, who stood there and
        is not seen."""
        middle = body.middle
        lay = self._lay.get((body.camera, body.track))
        if lay is not None and lay.place is not None:
            return lay.place
        if person is not None and (person.own_m is not None or person.key in self._places):
            return self._places.get(person.key)
        if middle is None:
            return None
        lost = [one for one in self._places.values() if one.person.last_s < now_s]
        lost = [one for one in lost + self._left if math.dist(one.xy, middle) <= STOOD_M]
        return min(lost, key=lambda one: math.dist(one.xy, middle), default=None)

    def forget(self, now_s: float) -> None:
        """What is too long ago."""
        self._places = {k: p for k, p in self._places.items() if now_s - p.at_s <= STOOD_S}
        self._left = [p for p in self._left if now_s - p.at_s <= STOOD_S]
        self._tracks = {k: one for k, one in self._tracks.items() if now_s - one[0] <= STOOD_S}
        self._lay = {k: one for k, one in self._lay.items() if now_s - one.at_s <= BROKE_S}


def _between(before: Look, now: Look) -> Look:
    return Look(
        0.7 * before.tall + 0.3 * now.tall,
        0.7 * before.broad + 0.3 * now.broad,
        0.7 * before.steep + 0.3 * now.steep,
    )


def _is_alike(one: Body, other: Body) -> bool:
    """Whether two boxes in one camera's picture are as large, and at the same place."""
    assert one.middle is not None  # noqa: S101 - it lay
    assert other.middle is not None  # noqa: S101 - its caller has looked
    sides = ((one.box_px, other.box_px), (one.aspect * one.box_px, other.aspect * other.box_px))
    as_large = all(
        abs(math.log(max(theirs, 1.0) / max(mine, 1.0))) <= ALIKE for mine, theirs in sides
    )
    return as_large and math.dist(one.middle, other.middle) <= LAY_M
