"""What was read of one person at one moment, and the best of a track's moments."""

from __future__ import annotations

import heapq
from itertools import count

import numpy as np

from miseban.vision.faces.face import Floats
from miseban.vision.sealed import Sealed

MOST_FACES, MOST_BODIES = 5, 12
"""Moments of a track that are kept. Of faces the best few; of bodies more, since how somebody
stands matters there, and not how near."""


class Moment(Sealed):
    """Numbers read at one moment. ``male`` (V,) and ``age`` (V,) over the views of a face; of a
    body one view and no age. ``male`` is empty where gender may not be read; an age is there, read
    or not, to tell who may be below 20. ``quality`` 0 to 1."""

    __slots__ = ("age", "from_face", "male", "quality")

    def __init__(
        self, quality: float, male: Floats, age: Floats | None = None, *, from_face: bool = True
    ) -> None:
        self.quality = quality
        self.male = male
        self.age = np.empty(0) if age is None else age
        self.from_face = from_face


class BestMoments(Sealed):
    """The best moments of faces and of bodies of one track or visit."""

    __slots__ = ("_bodies", "_faces", "_next")

    def __init__(self) -> None:
        self._faces: list[tuple[float, int, Moment]] = []
        self._bodies: list[tuple[float, int, Moment]] = []
        self._next = count()

    def add(self, moment: Moment) -> None:
        heap, most = (self._faces, MOST_FACES) if moment.from_face else (self._bodies, MOST_BODIES)
        entry = (moment.quality, next(self._next), moment)  # the number settles ties
        if len(heap) < most:
            heapq.heappush(heap, entry)
        else:
            heapq.heappushpop(heap, entry)

    def join(self, other: BestMoments) -> None:
        """Takes over the moments of another piece of the same visit."""
        for moment in (*other.faces, *other.bodies):
            self.add(moment)

    @property
    def faces(self) -> list[Moment]:
        return [moment for _, _, moment in sorted(self._faces, key=lambda e: e[:2], reverse=True)]

    @property
    def bodies(self) -> list[Moment]:
        return [moment for _, _, moment in sorted(self._bodies, key=lambda e: e[:2], reverse=True)]
