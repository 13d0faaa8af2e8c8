"""What the counting engine asks of a ground (a picture or the floor) and of a book of visits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from miseban.space.polygons import Codes
from miseban.space.segments import Crossing
from miseban.space.steps import Steps
from miseban.space.visit import Visit
from miseban.vocabulary.shop import Line, Zone


class Ground(Protocol):
    """Where lines and zones lie, and how far a person is from them.

    ``zones`` and ``lines`` are in a fixed order; indices everywhere in ``space`` refer to it.
    ``unit`` is that of the visits' trails.
    """

    @property
    def zones(self) -> Sequence[Zone]: ...
    @property
    def lines(self) -> Sequence[Line]: ...
    @property
    def unit(self) -> Literal["m", "px"]: ...

    def codes(self, steps: Steps) -> Codes:
        """(N, Z) of ``polygons.OUTSIDE``, ``NEAR`` or ``INSIDE``."""
        ...

    def border_s(self, steps: Steps, i: int, z: int, *, entering: bool) -> float:
        """When, during step ``i``, the path passed the border of zone ``z``; the step's end where
        it came from nowhere."""
        ...

    def crossings(self, steps: Steps) -> list[Crossing]:
        """Where steps pass lines, in order of steps."""
        ...

    def line_distance(self, steps: Steps, i: int, line: int) -> tuple[float, float]:
        """Distance from line ``line`` after step ``i``, and the band around it."""
        ...

    def last_band(self, scale: float) -> list[float]:
        """The band around each line for a person last seen at ``Book.scale``."""
        ...

    def camera_of(self, drawn: Line | Zone) -> str | None:
        """The camera that facts about a line or zone name."""
        ...

    def watchers(self, zone: Zone) -> Sequence[str]:
        """The cameras that look at a zone: where they see nothing, it is not covered."""
        ...


class Book(Protocol):
    """The visits under way, by slot. ``codes`` (C, Z) are those after each visit's last step."""

    codes: NDArray[np.int8]

    def at(self, slot: int) -> Visit:
        """The visit in a slot that is in use."""
        ...

    def scale(self, slot: int) -> float:
        """What bands around the person grow with, when last seen: the height of the box in
        pixels, or the spread of the place in metres."""
        ...
