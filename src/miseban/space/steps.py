"""Steps: observations joined to the ones before, so that paths, not points, are judged (rule 5)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(slots=True)
class Steps:
    """N observations in order of time, in columns.

    ``time_s`` (N,); ``track`` (N,); ``xyxy`` (N, 4) pixels; ``xy`` (N, 2) pixels, where the
    person stands; ``floor`` (N, 2) metres, NaN without floor points; ``height`` (N,) pixels;
    ``spread`` (N,) metres, how uncertain the place is. On the floor of several cameras there are no
    pixels: ``xy`` are metres too, ``xyxy`` has no columns, and ``height`` is 1 m.

    After ``connect`` also where each step came from: ``from_s``, ``from_xy``, ``from_floor``; a
    step that cannot be walked, or the first of a visit, comes from where it is. After
    ``belong_to`` also whose they are: ``slots`` (T,) by track, ``slot_by_step`` (N,), and
    ``spans``, slot to its first step and the one after its last.
    """

    time_s: Floats
    track: Ints
    xyxy: Floats
    xy: Floats
    floor: Floats
    height: Floats
    spread: Floats
    firsts: Ints = field(default_factory=lambda: np.empty(0, np.int64))
    lasts: Ints = field(default_factory=lambda: np.empty(0, np.int64))
    from_s: Floats = field(default_factory=lambda: np.empty(0))
    from_xy: Floats = field(default_factory=lambda: np.empty((0, 2)))
    from_floor: Floats = field(default_factory=lambda: np.empty((0, 2)))
    slots: Ints = field(default_factory=lambda: np.empty(0, np.int64))
    slot_by_step: Ints = field(default_factory=lambda: np.empty(0, np.int64))
    spans: dict[int, tuple[int, int]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.time_s)

    def _take(self, index: Ints | slice) -> Self:
        return replace(
            self,
            time_s=self.time_s[index],
            track=self.track[index],
            xyxy=self.xyxy[index],
            xy=self.xy[index],
            floor=self.floor[index],
            height=self.height[index],
            spread=self.spread[index],
        )

    def belong_to(self, slots: Ints) -> None:
        """Says whose steps these are: ``slots`` (T,) of the T tracks' visits, as ``firsts``."""
        self.slots = slots
        self.slot_by_step = np.repeat(slots, self.lasts - self.firsts + 1)
        ends = (self.lasts + 1).tolist()
        self.spans = {
            slot: (first, end)
            for slot, first, end in zip(slots.tolist(), self.firsts.tolist(), ends, strict=True)
        }

    def part(self, start: int, end: int) -> Self:
        return self if start == 0 and end == len(self) else self._take(slice(start, end))

    def by_track(self) -> Self:
        """Ordered by track and, within a track, by time; ``firsts`` and ``lasts`` are each
        track's first and last step."""
        steps = self._take(np.argsort(self.track, kind="stable"))
        new = np.flatnonzero(steps.track[1:] != steps.track[:-1]) + 1
        steps.firsts = np.concatenate([[0], new]).astype(np.int64)
        steps.lasts = np.concatenate([new - 1, [len(steps) - 1]]).astype(np.int64)
        return steps

    def beginnings(
        self, by_track: dict[int, int], last_s: Floats, longest_gap_s: float
    ) -> list[float]:
        """Times at which a track starts that is not known, or was silent too long to go on."""
        order = np.argsort(self.track, kind="stable")
        track, time_s = self.track[order], self.time_s[order]
        first = np.ones(len(order), bool)
        first[1:] = track[1:] != track[:-1]
        long_silent = np.zeros(len(order), bool)
        long_silent[1:] = ~first[1:] & (time_s[1:] - time_s[:-1] > longest_gap_s)
        starts: list[float] = time_s[long_silent].tolist()
        for t, s in zip(track[first].tolist(), time_s[first].tolist(), strict=True):
            slot = by_track.get(t)
            if slot is None or s - last_s[slot] > longest_gap_s:
                starts.append(s)
        return starts

    def connect(
        self,
        from_s: Floats,
        from_xy: Floats,
        from_floor: Floats,
        from_height: Floats,
        *,
        base: float,
        speed: float,
    ) -> None:
        """Joins each step to the one before; the arguments say where each track's first step
        comes from. ``base`` (heights) and ``speed`` (heights a second) bound what can be walked.
        """

        def before(values: Floats, first: Floats) -> Floats:
            shifted = np.empty_like(values)
            shifted[1:] = values[:-1]
            shifted[self.firsts] = first
            return shifted

        self.from_s = before(self.time_s, from_s)
        self.from_xy = before(self.xy, from_xy)
        self.from_floor = before(self.floor, from_floor)
        way = np.hypot(*(self.xy - self.from_xy).T)
        # The taller box of the two: where feet are hidden for a moment, the way there must be as
        # long as the way back, or a person would pass a line again and again in one direction.
        height = np.maximum(self.height, before(self.height, from_height))
        broken = way > height * (base + speed * (self.time_s - self.from_s))
        if broken.any():
            self.from_xy = np.where(broken[:, None], self.xy, self.from_xy)
            self.from_floor = np.where(broken[:, None], self.floor, self.from_floor)
