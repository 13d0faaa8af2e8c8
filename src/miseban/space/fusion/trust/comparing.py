"""Cameras beside each other, stretch after stretch of ten seconds."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from miseban.space.fusion.trust.bank import EvidenceBank
from miseban.space.fusion.trust.beside import Scene, evidence, matched, offsets
from miseban.space.fusion.trust.lens import TurnedLens
from miseban.space.fusion.trust.trails import STEP_S, Sightings
from miseban.space.homography import Homography
from miseban.vocabulary.shop import Shop

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

STRETCH_S = 10.0
SEARCH_S = 5.0
"""Clocks may be apart by so much at once and are still found beside each other."""
SEARCH_STEP_S = 0.4
MEMORY_S = 60.0
"""What was found about offsets counts less and less, half after about 40 s."""
LEAST_FIT, LEAST_FAR_S, FAR_BETTER = 3.0, 1.0, 1.7
"""Another offset is believed when so many people fit it, it is so far from the one that was taken,
and fits so much better."""
_MARGIN = round((SEARCH_S + 1.2) / STEP_S)
_MOMENTS = round(STRETCH_S / STEP_S)
_MOST = round(SEARCH_S / STEP_S / 2) * 2
_LAGS = range(-_MOST, _MOST + 1, round(SEARCH_STEP_S / STEP_S))
_NEAR = np.abs(np.array(_LAGS)) * STEP_S < LEAST_FAR_S
OVERLAP_M2 = 3.0
_CELL_M = 0.5


def views(shop: Shop) -> tuple[list[TurnedLens], tuple[float, float]]:
    """The lenses of the cameras of ``shop`` that have floor points, and how large the floor is."""
    lenses, corners = [], [np.zeros(2)]
    for camera in shop.cameras:
        if not camera.floor_points:
            continue
        floor_m = [point.floor_m for point in camera.floor_points]
        where = f'[[camera]] "{camera.id}" floor_points'
        floor = Homography.from_points([p.pixel for p in camera.floor_points], floor_m, where)
        width, height = camera.resolution
        lenses.append(TurnedLens(floor, (float(width), float(height))))
        corners.append(np.max(floor_m, axis=0) + 3.0)
    plan, far = shop.shop.floor, np.max(corners, axis=0)
    size = (plan.width_m, plan.depth_m) if plan else (float(far[0]), float(far[1]))
    return lenses, size


class Comparing:
    """C cameras whose ``lenses`` look at one floor of ``size`` metres.

    ``now`` (C, 4) is what is taken to be wrong with each: seconds by which its clock is ahead, and
    its turn. Scenes are made with it, so that people are found again.
    """

    def __init__(self, lenses: Sequence[TurnedLens], size: tuple[float, float]) -> None:
        self.lenses = lenses
        self.now: Floats = np.zeros((len(lenses), 4))
        self.seen = [Sightings() for _ in lenses]
        self.pairs = overlaps(lenses, size)
        self._scores = {pair: np.zeros(len(_LAGS)) for pair in self.pairs}
        self.core = slice(_MARGIN, _MARGIN + _MOMENTS)

    def scenes(self, from_s: float) -> list[Scene | None]:
        """Everybody on the floor from ``from_s`` on, and for some seconds before and after: by the
        shop's clock and on the true floor, as far as ``now`` knows. None where nobody was seen."""
        result: list[Scene | None] = []
        for seen, lens, now in zip(self.seen, self.lenses, self.now, strict=True):
            begin_s = from_s - _MARGIN * STEP_S + float(now[0])
            trails = seen.trails(begin_s, 2 * _MARGIN + _MOMENTS)
            result.append(Scene.of(trails, lens, now[1:]) if len(trails.track) else None)
        return result

    def people(self, scenes: Sequence[Scene | None]) -> Floats:
        """(C,) how many each saw, on average over the stretch itself."""
        tall = [None if scene is None else scene.trails.height_px[:, self.core] for scene in scenes]
        seen = [0.0 if h is None else float(np.isfinite(h).sum()) / _MOMENTS for h in tall]
        return np.array(seen)

    def moments_s(self, from_s: float) -> Floats:
        """(T,) the shop's time of every moment of the scenes of the stretch from ``from_s`` on."""
        number = np.arange(2 * _MARGIN + _MOMENTS) - _MARGIN
        return np.asarray(from_s + STEP_S * number, np.float64)

    def compare(self, from_s: float, scenes: Sequence[Scene | None], bank: EvidenceBank) -> None:
        """Adds to ``bank`` what the stretch from ``from_s`` on tells."""
        fade = np.exp(-STRETCH_S / MEMORY_S)
        for a, b in self.pairs:
            self._scores[a, b] *= fade
            first, second = scenes[a], scenes[b]
            if first is None or second is None:
                continue
            rows = matched(first, second, self.core)
            self._scores[a, b] += offsets(first, second, self.core, _LAGS, rows, _NEAR)
            if len(rows[0]):
                lenses = self.lenses[a], self.lenses[b]
                now = self.now[a], self.now[b]
                found = evidence(first, second, rows, self.core, lenses, now)
                bank.add(from_s + STRETCH_S, a, b, found)

    def far_apart(self, *, doubtful: bool = False) -> dict[tuple[int, int], float]:
        """The pairs whose people fit much better at another offset than the one that was taken: by
        how many seconds the first's clock is ahead of the second's. With ``doubtful`` also those
        where it is not sure yet."""
        better, least = (1.0, LEAST_FIT / 2) if doubtful else (FAR_BETTER, LEAST_FIT)
        result = {}
        for (a, b), score in self._scores.items():
            best = int(score.argmax())
            if score[best] < least or _NEAR[best]:
                continue
            if score[best] >= better * float(score[_NEAR].max()):
                taken = float(self.now[a, 0] - self.now[b, 0])
                result[a, b] = taken - _LAGS[best] * STEP_S
        return result

    def take(self, clock_s: Floats, turn: Floats) -> None:
        """From now on the cameras are taken to be off by ``clock_s`` (C,) and ``turn`` (C, 3)."""
        far = np.abs(clock_s - self.now[:, 0]) >= SEARCH_STEP_S
        for (a, b), score in self._scores.items():
            if far[a] or far[b]:  # what was found of offsets was found beside the old ones
                score[:] = 0.0
        self.now = np.column_stack([clock_s, turn])

    def forget(self, before_s: float) -> None:
        for seen, now in zip(self.seen, self.now, strict=True):
            seen.forget(before_s + float(now[0]))


def overlaps(lenses: Sequence[TurnedLens], size: tuple[float, float]) -> list[tuple[int, int]]:
    """The pairs of cameras in whose pictures the same ``OVERLAP_M2`` of the floor lie."""
    x, y = np.meshgrid(
        np.arange(_CELL_M / 2, size[0], _CELL_M), np.arange(_CELL_M / 2, size[1], _CELL_M)
    )
    cells = np.column_stack([x.ravel(), y.ravel()])
    visible = []
    for lens in lenses:
        pixel = lens.pixel(cells)
        with np.errstate(invalid="ignore"):
            visible.append(((pixel >= 0) & (pixel <= lens.size)).all(axis=1))
    least = OVERLAP_M2 / _CELL_M**2
    every = combinations(range(len(lenses)), 2)
    return [(a, b) for a, b in every if (visible[a] & visible[b]).sum() >= least]
