"""Visits: whose track is this? Broken tracks are stitched when place and time fit (rule 8)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from miseban.space.covering import covers, unbroken_until
from miseban.space.leaving import came_in, left_the_picture
from miseban.space.settings import SpaceSettings
from miseban.space.visit import Visit
from miseban.vocabulary.identifiers import VisitIds

Floats = NDArray[np.float64]


class VisitBook:
    """The visits under way. What changes with every frame lies in arrays by slot; what changes
    seldom in ``Visit`` objects.

    ``last_s`` (C,), ``last_xy`` (C, 2) pixels, ``last_floor`` (C, 2) metres or NaN, ``last_box``
    (C, 4) pixels, ``codes`` (C, Z), ``observations`` (C,). A free slot has ``last_s`` infinite,
    so that it never looks silent. ``covered_s`` (C,) is until when somebody stood before the place
    of who is not seen, without a break since ``last_s``; not above it where nobody did.
    """

    def __init__(
        self,
        zones: int,
        size: tuple[float, float],
        settings: SpaceSettings,
        ids: VisitIds,
        doors: tuple[int, ...] = (),
    ) -> None:
        # The shortest time between two sights of one track: nobody is silent for less.
        self.interval_s = np.inf
        self._settings = settings
        self._size = size
        self._ids = ids
        self._doors = list(doors)
        self._zones = zones
        self.visits: list[Visit | None] = []
        self.by_track: dict[int, int] = {}
        self._by_former: dict[int, int] = {}
        self._free: list[int] = []
        self._grow(16)

    def _grow(self, capacity: int) -> None:
        def wider(name: str, shape: tuple[int, ...], fill: float, kind: type) -> None:
            fresh: NDArray[np.generic] = np.full((capacity, *shape), fill, kind)
            if self.visits:
                fresh[: len(self.visits)] = getattr(self, name)
            setattr(self, name, fresh)

        self.last_s: Floats
        self.covered_s: Floats
        self.last_xy: Floats
        self.last_floor: Floats
        self.last_box: Floats
        self.codes: NDArray[np.int8]
        self.observations: NDArray[np.int64]
        wider("last_s", (), np.inf, float)
        wider("covered_s", (), -np.inf, float)
        wider("last_xy", (2,), 0.0, float)
        wider("last_floor", (2,), np.nan, float)
        wider("last_box", (4,), 0.0, float)
        wider("codes", (self._zones,), 0, np.int8)
        wider("observations", (), 0, np.int64)
        self._free.extend(reversed(range(len(self.visits), capacity)))
        self.visits.extend([None] * (capacity - len(self.visits)))

    def at(self, slot: int) -> Visit:
        visit = self.visits[slot]
        assert visit is not None  # noqa: S101 - slots handed out are in use until ``close``
        return visit

    def begin(
        self, track: int, time_s: float, xy: Floats, box: Floats, busy: set[int]
    ) -> tuple[int, int | None]:
        """The slot for a track that is not known yet, seen first at ``time_s``.

        ``busy`` are slots seen at this very moment. Returns the slot and, when it continues a
        visit, the track that used to carry that visit.
        """
        slot = self._back(track, time_s)
        if slot is not None:
            return slot, self._handed(slot, track)
        slot = self._continued(time_s, xy, box, busy)
        if slot is not None:
            visit = self.at(slot)
            visit.joined_s.append(time_s)
            former = self._handed(slot, track)
            self._forget_former(visit, time_s - self._settings.stitch_s)
            visit.former[former], self._by_former[former] = float(self.last_s[slot]), slot
            return slot, former
        if not self._free:
            self._grow(2 * len(self.visits))
        slot = self._free.pop()
        mark = (time_s, float(xy[0]), float(xy[1]))
        self.visits[slot] = Visit(self._ids.next(), track, time_s, (mark, mark))
        self.by_track[track] = slot
        self.last_s[slot] = time_s
        self.observations[slot] = 0
        self.last_xy[slot] = xy
        self.codes[slot] = 0
        return slot, None

    def scale(self, slot: int) -> float:
        """The height of the last box, in pixels."""
        return float(self.last_box[slot, 3] - self.last_box[slot, 1])

    def has_been(self, track: int) -> bool:
        """Whether a visit was taken from ``track``."""
        return track in self._by_former

    def _back(self, track: int, time_s: float) -> int | None:
        """The visit that was taken from ``track`` while it was not seen: now that it is back,
        whoever took it is somebody else. None without one, and after ``stitch_s``."""
        slot = self._by_former.pop(track, None)
        if slot is None:
            return None
        seen_s = self.at(slot).former.pop(track)
        return slot if time_s - seen_s <= self._settings.stitch_s else None

    def _forget_former(self, visit: Visit, before_s: float) -> None:
        for track in [track for track, seen_s in visit.former.items() if seen_s < before_s]:
            del visit.former[track], self._by_former[track]

    def _handed(self, slot: int, track: int) -> int:
        """Gives the visit to ``track``; returns whose it was."""
        visit = self.at(slot)
        former = visit.track
        self.by_track.pop(former, None)
        visit.track = track
        self.by_track[track] = slot
        return former

    def awaited_s(self, slot: int) -> float:
        """Until when the visit of ``slot`` is waited for."""
        return max(float(self.last_s[slot]), float(self.covered_s[slot])) + self._settings.stitch_s

    def cover(self, time_s: Floats, xyxy: Floats, slot: NDArray[np.int64]) -> None:
        """Takes into account that people of visits ``slot`` (N,) were seen at ``time_s`` (N,) in
        boxes ``xyxy`` (N, 4): who is not seen may stand behind one of them."""
        lost = np.flatnonzero(self.last_s < time_s.max())
        if not len(lost):
            return
        s = self._settings
        hides = covers(self.last_box[lost], xyxy, s.hidden_part)
        hides &= (time_s > self.last_s[lost, None]) & (slot != lost[:, None])
        some = np.flatnonzero(hides.any(axis=1))
        lost, hides = lost[some], hides[some]
        since_s = np.maximum(self.last_s[lost], self.covered_s[lost])
        until_s = np.where(hides, time_s, -np.inf).max(axis=1, initial=-np.inf)
        for k in np.flatnonzero(until_s - since_s > s.stitch_s).tolist():
            until_s[k] = unbroken_until(float(since_s[k]), time_s[hides[k]], s.stitch_s)
        until_s = np.minimum(until_s, self.last_s[lost] + s.hidden_s)
        self.covered_s[lost] = np.maximum(until_s, since_s)

    def silent(self, before_s: float) -> list[int]:
        """Slots of visits neither seen nor covered since ``before_s``, longest silent first."""
        slots = np.flatnonzero(np.maximum(self.last_s, self.covered_s) < before_s)
        ordered: list[int] = slots[np.argsort(self.last_s[slots], kind="stable")].tolist()
        return ordered

    def close(self, slot: int) -> Visit:
        visit = self.at(slot)
        if self.by_track.get(visit.track) == slot:
            del self.by_track[visit.track]
        self._forget_former(visit, np.inf)
        self.visits[slot] = None
        self.last_s[slot], self.covered_s[slot] = np.inf, -np.inf
        self._free.append(slot)
        return visit

    def _continued(self, time_s: float, xy: Floats, box: Floats, busy: set[int]) -> int | None:
        """The silent visit that a new track at ``xy`` most likely continues, if any."""
        s = self._settings
        # Where people are not all looked at in the same moments, one who was seen less than an
        # interval ago is not lost.
        least_s = 0.75 * self.interval_s if np.isfinite(self.interval_s) else 0.0
        silent = (self.last_s < time_s) & (self.last_s <= time_s - least_s)
        lately = np.maximum(self.last_s, self.covered_s) >= time_s - s.stitch_s
        slots = np.flatnonzero(silent & lately)
        # At equal cost the one seen last, then the one who came first, whatever the slots' order.
        best, least = None, (1.0, 0.0, 0.0)
        height = max(1.0, float(box[3] - box[1]))
        step = s.stitch_speed_heights * min(self.interval_s, s.step_most_s)
        for slot in slots.tolist():
            silent_s = time_s - float(self.last_s[slot])
            if slot in busy or self._went_out(slot, silent_s):
                continue
            if self.observations[slot] < 2 and silent_s > s.stitch_single_s:
                continue  # one sight is hardly a person
            last = self.last_box[slot]
            if came_in(box, last, self._velocity(slot), step, self._size):
                continue
            ratio = height / max(1.0, float(last[3] - last[1]))
            if not 0.5 < ratio < 2.0:
                continue
            heights = s.stitch_base_heights + s.stitch_speed_heights * silent_s
            if silent_s > s.stitch_s:  # who is hidden for so long stands there
                heights = s.hidden_heights
            reach = min(heights, s.stitch_most_heights) * max(height, float(last[3] - last[1]))
            # Close to the lens a height is half the picture, and says little about the place.
            reach = min(reach, s.stitch_most_picture * self._size[0])
            # People walk on for a moment behind an obstacle, then anything may happen.
            expected = self.last_xy[slot] + self._velocity(slot) * min(silent_s, 1.0)
            away = min(
                float(np.hypot(*(expected - xy))), float(np.hypot(*(self.last_xy[slot] - xy)))
            )
            cost = (away / reach, silent_s, self.at(slot).started_s)
            if cost < least:
                best, least = slot, cost
        return best

    def _velocity(self, slot: int) -> Floats:
        """Pixels a second, from the last second or so; zero while too little is known."""
        time_s, x, y = self.at(slot).marks[0]
        span = float(self.last_s[slot]) - time_s
        if span < 0.2:
            return np.zeros(2)
        result: Floats = (self.last_xy[slot] - (x, y)) / span
        return result

    def _went_out(self, slot: int, silent_s: float) -> bool:
        """Whether the person was last seen going out, through a door or over the picture's edge."""
        if any(self.codes[slot, z] == 2 for z in self._doors):
            return True
        return left_the_picture(self.last_box[slot], self._velocity(slot), silent_s, self._size)
