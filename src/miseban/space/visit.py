"""One visit under way: its trail, its stays and its passages."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field

from miseban.space.passages import Passage
from miseban.space.stays import Stay

Mark = tuple[float, float, float]


@dataclass(slots=True)
class Visit:
    """One person's time in view. ``t``, ``x``, ``y`` are the trail, sampled at 1 Hz; ``marks`` the
    last two whole seconds as (time, x, y) in pixels, for the speed; ``joined_s`` when the person
    was found again after a piece of track had broken off."""

    id: str
    track: int
    started_s: float
    marks: tuple[Mark, Mark]
    joined_s: list[float] = field(default_factory=list)
    t: array[float] = field(default_factory=lambda: array("d"))
    x: array[float] = field(default_factory=lambda: array("d"))
    y: array[float] = field(default_factory=lambda: array("d"))
    stays: dict[int, Stay] = field(default_factory=dict)
    stayed: dict[int, int] = field(default_factory=dict)  # finished stays by zone
    passages: dict[int, Passage] = field(default_factory=dict)
    areas: list[tuple[float, str]] = field(default_factory=list)
    former: dict[int, float] = field(default_factory=dict)  # tracks before, and when last seen

    @property
    def pieces(self) -> int:
        """From how many pieces of track the visit was put together."""
        return 1 + len(self.joined_s)

    def pieces_of(self, stay: Stay, ended_s: float) -> int:
        """From how many pieces one of its stays was put together."""
        return 1 + sum(stay.entered_s < at <= ended_s for at in self.joined_s)
