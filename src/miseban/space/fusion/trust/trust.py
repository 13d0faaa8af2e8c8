"""Whether each camera can be trusted, online, from what only shows beside the others."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from miseban.space.fusion.trust.bank import EvidenceBank
from miseban.space.fusion.trust.clocks import Clocks, Edge, settle
from miseban.space.fusion.trust.comparing import SEARCH_S, STRETCH_S, Comparing
from miseban.space.fusion.trust.judging import Judge
from miseban.space.fusion.trust.lens import TurnedLens
from miseban.space.fusion.trust.trouble import CameraTrouble
from miseban.space.fusion.trust.turned import Turns, who_turned
from miseban.space.homography import Homography
from miseban.vocabulary.shop import Shop

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LATE_S = 2.5
"""Rows may come so late: a track's first ones come when it is confirmed."""
WINDOW_S = 90.0
CLOCK_BEGINS_S, CLOCK_ENDS_S, CLOCK_SURE = 0.3, 0.2, 4.0
"""A clock is told when it is off by more than the first for sure, so many standard deviations from
none, and again when it is off by less than the second."""
CLOCK_LEAST_S = 0.04
"""Less than a fifth of a frame is left alone."""
MOVED_WEIGHT = 0.5
VAGUE_S = 0.8
"""What is known worse of two clocks says nothing."""
RECENT_S = 60.0
"""What two clocks were before is forgotten when they surely were otherwise for so long."""
_LASTING_S = STRETCH_S


class CameraTrust:
    """The cameras of ``shop`` that have floor points, in its order, as ``cameras``.

    Feed it ``raw`` sightings of every camera and call ``advance`` now and then; ask it before
    each step. It works on stretches of ten seconds and knows them some ten seconds late. Times
    are seconds since the start.
    """

    def __init__(self, shop: Shop) -> None:
        views = [camera for camera in shop.cameras if camera.floor_points]
        self.cameras: tuple[str, ...] = tuple(camera.id for camera in views)
        self._number = {name: n for n, name in enumerate(self.cameras)}
        lenses, corners = [], []
        for camera in views:
            floor_m = [point.floor_m for point in camera.floor_points]
            where = f'[[camera]] "{camera.id}" floor_points'
            floor = Homography.from_points([p.pixel for p in camera.floor_points], floor_m, where)
            width, height = camera.resolution
            lenses.append(TurnedLens(floor, (float(width), float(height))))
            corners.append(np.max(floor_m, axis=0) + 3.0)
        plan = shop.shop.floor
        far = np.max(corners, axis=0) if corners else np.zeros(2)
        size = (plan.width_m, plan.depth_m) if plan else (float(far[0]), float(far[1]))
        self._comparing = Comparing(lenses, size)
        count = len(views)
        self._bank = EvidenceBank(count, WINDOW_S)
        self._clocks = settle([], np.zeros(count), CLOCK_BEGINS_S)
        self._turns = Turns.none(count)
        self._rest_m = np.full(count, np.nan)
        self._clock_judges = [Judge(c, "clock", _LASTING_S, 30.0) for c in self.cameras]
        self._moved_judges = [Judge(c, "moved", _LASTING_S, 30.0) for c in self.cameras]
        self._found: list[CameraTrouble] = []
        self._next_s: float | None = None

    # --- What comes in ----------------------------------------------------------------------------

    def raw(self, camera: str, time_s: Floats, track: Ints, pixel: Floats, xyxy: Floats) -> None:
        """What ``camera`` saw: ``time_s`` (N,) by its own clock, ``track`` (N,), ``pixel`` (N, 2)
        where the feet are in its picture, and ``xyxy`` (N, 4) boxes; nothing of it corrected. A
        camera without floor points is passed over."""
        number = self._number.get(camera)
        if number is None or not len(time_s):
            return
        self._comparing.seen[number].add(time_s, track, pixel, xyxy)
        if self._next_s is None:
            self._next_s = float(np.floor(time_s.min() / STRETCH_S) * STRETCH_S)

    def advance(self, until_s: float) -> None:
        """All that was seen up to ``until_s`` by the shop's clock has come in."""
        if self._next_s is None:
            return
        while self._next_s + STRETCH_S + SEARCH_S + 1.0 + LATE_S <= until_s:
            self._look(self._next_s)
            self._next_s += STRETCH_S

    # --- What can be asked ------------------------------------------------------------------------

    def clock_s(self, camera: str) -> float:
        """By how many seconds the camera's clock is ahead of the shop's; 0 where it is not known."""
        return float(self._comparing.now[self._number[camera], 0])

    def shift_px(self, camera: str) -> tuple[float, float]:
        """How far things went in the middle of its picture, to the right and downwards."""
        _, right, down, _ = self._comparing.now[self._number[camera]]
        return float(right), float(down)

    def unturned(self, camera: str, pixel: Floats) -> Floats:
        """(N, 2) where ``pixel`` (N, 2) would be, had the camera not been turned: what the floor
        points take to the floor."""
        number = self._number[camera]
        return self._comparing.lenses[number].unturned(pixel, self._comparing.now[number, 1:])

    def weight(self, camera: str) -> float:
        """How far its positions are to be believed, from 0 to 1: errors are larger by the inverse."""
        number = self._number[camera]
        return MOVED_WEIGHT if self._moved_judges[number].on else 1.0

    def rest_m(self, camera: str) -> float:
        """The median distance of late between where it and others see somebody, in metres, after
        what is known to be wrong was removed; NaN where nobody was seen by two."""
        return float(self._rest_m[self._number[camera]])

    def troubles(self) -> list[CameraTrouble]:
        """What became wrong, or right again, since the last call."""
        found, self._found = self._found, []
        return found

    # --- Every ten seconds ------------------------------------------------------------------------

    def _look(self, from_s: float) -> None:
        now_s = from_s + STRETCH_S
        scenes = self._comparing.scenes(from_s)
        self._comparing.compare(from_s, scenes, [self._bank])
        self._comparing.forget(from_s - SEARCH_S - 1.0)
        self._bank.forget(now_s)
        edges = self._edges(now_s)
        self._clocks = settle(edges, self._comparing.now[:, 0], CLOCK_BEGINS_S)
        clock = self._clocks.ahead_s
        self._turns = who_turned(self._bank, clock, self._turns, now_s)
        self._rest_m = self._bank.rest_m()
        self._tell(now_s)
        known = np.isfinite(self._clocks.error_s)
        least_s = np.where(known, np.maximum(CLOCK_LEAST_S, 2.5 * self._clocks.error_s), 0.0)
        self._comparing.take(np.where(np.abs(clock) >= least_s, clock, 0.0), self._turns.turn)

    def _edges(self, now_s: float) -> list[Edge]:
        """How far clocks are apart: where people fit much better at another offset than the one
        that was taken, by that; else by those who were found to be the same."""
        theta = np.zeros((len(self.cameras), 4))
        theta[:, 1:] = self._comparing.now[:, 1:]
        coarse = self._comparing.far_apart()
        for a, b in coarse:
            self._bank.forget_pair(a, b, np.inf)
        for a, b in self._bank.clocks(theta).changed(
            self._bank.since(now_s - RECENT_S).clocks(theta)
        ):
            self._bank.forget_pair(a, b, now_s - RECENT_S)
        fine = self._bank.clocks(theta)
        edges = []
        for k, (a, b) in enumerate(fine.pairs.tolist()):
            if (a, b) in coarse or fine.error_s[k] > VAGUE_S:
                continue
            edges.append(Edge(a, b, float(fine.ahead_s[k]), float(fine.error_s[k])))
        edges += [Edge(a, b, ahead_s, 0.15) for (a, b), ahead_s in coarse.items()]
        return edges

    def _tell(self, now_s: float) -> None:
        clocks: Clocks = self._clocks
        for n in range(len(self.cameras)):
            ahead_s, error_s = float(clocks.ahead_s[n]), float(clocks.error_s[n])
            judge = self._clock_judges[n]
            sign: bool | None = None
            if np.isfinite(error_s):
                size_s = abs(ahead_s)
                if judge.on:
                    sign = None if CLOCK_ENDS_S < size_s < CLOCK_BEGINS_S else size_s > CLOCK_ENDS_S
                else:
                    sign = size_s >= CLOCK_BEGINS_S and size_s >= CLOCK_SURE * error_s
            self._note(judge.look(now_s, sign, self._clock_reason(n), clock_s=round(ahead_s, 2)))
            turn = self._turns.turn[n]
            moved = bool(turn.any())
            self._note(
                self._moved_judges[n].look(
                    now_s,
                    moved if moved or np.isfinite(self._turns.error_px[n]) else None,
                    self._moved_reason(n),
                    shift_px=(round(float(turn[0]), 1), round(float(turn[1]), 1)),
                )
            )

    def _clock_reason(self, n: int) -> str:
        ahead_s = float(self._clocks.ahead_s[n])
        way = "ahead of" if ahead_s > 0 else "behind"
        reason = f"its clock is {abs(ahead_s):.1f} s {way} those of the cameras beside it"
        other = self._clocks.either.get(n)
        if other is not None:
            reason += f", or that of {self.cameras[other]} is off the other way: nobody can tell"
        return reason

    def _moved_reason(self, n: int) -> str:
        other = self._turns.either.get(n)
        reason = "others see people elsewhere"
        return reason if other is None else f"{reason}; or {self.cameras[other]} was moved"

    def _note(self, trouble: CameraTrouble | None) -> None:
        if trouble is not None:
            self._found.append(trouble)
