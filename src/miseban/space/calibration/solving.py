"""The pinhole that fits people, clicks and known places best, all at once."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

from miseban.space.calibration.people import (
    Anchor,
    Beliefs,
    breadths_of,
    feet_of,
    height_sd,
    heights_of,
    soft,
    speeds_of,
    whitened,
)
from miseban.space.calibration.walkers import Walkers
from miseban.vocabulary.shop.pinhole import LONGEST, SHORTEST, Pinhole

Floats = NDArray[np.float64]

CLICK_PX = 2.0
CLICK_M = 0.05
"""How far off a spot is measured on the plan; together with ``CLICK_PX`` in the picture."""
PLACE_M = 0.3
"""How far off another camera, and this one's box, place somebody."""
_NEVER = 3.0  # deviations that a box tells which cannot be of anybody on this floor
_CHILD = 0.25  # who is this part smaller or taller than others is a child, sits or is half hidden


@dataclass(frozen=True, slots=True)
class Clicks:
    """Spots of the floor: (N, 2) ``pixels`` and (N, 2) ``floor_m``."""

    pixels: Floats = field(default_factory=lambda: np.empty((0, 2)))
    floor_m: Floats = field(default_factory=lambda: np.empty((0, 2)))

    def __len__(self) -> int:
        return len(self.pixels)


@dataclass(frozen=True, slots=True)
class Places:
    """Where people with boxes ``xyxy`` (N, 4) stood, (N, 2) ``floor_m``, by other cameras."""

    xyxy: Floats = field(default_factory=lambda: np.empty((0, 4)))
    floor_m: Floats = field(default_factory=lambda: np.empty((0, 2)))

    def __len__(self) -> int:
        return len(self.xyxy)


class Evidence:
    """All that is known of one camera; asked how badly a pinhole explains it.

    Without ``clicks`` and ``places`` the camera's place on the plan is left as it is.
    """

    def __init__(
        self,
        seen: Walkers,
        anchor: Anchor,
        beliefs: Beliefs,
        clicks: Clicks | None = None,
        places: Places | None = None,
    ) -> None:
        self.seen, self.anchor, self.beliefs = seen, anchor, beliefs
        self.clicks, self.places = clicks or Clicks(), places or Places()
        self._sd = height_sd(beliefs, seen.xyxy)
        self._walk = np.ones(len(seen.steps), bool)
        self._free = 7 if len(self.clicks) or len(self.places) else 4
        self._slope, self._at = np.eye(self._free + 2), np.zeros(self._free + 2)

    def fit(self, start: Pinhole, rounds: int = 3) -> Pinhole:
        """The best pinhole near ``start``. Who is no grown person standing, by that camera, is
        left out from the second round on."""
        camera = start
        for turn in range(rounds):
            self._look(camera, drop=turn > 0)
            b = self.beliefs
            begin = np.append(camera.vector[: self._free], np.log([b.height_m, b.slim]))
            width = camera.size[0]
            low, high = np.full(len(begin), -np.inf), np.full(len(begin), np.inf)
            low[0], high[0] = np.log(SHORTEST * width), np.log(LONGEST * width)
            low[2], high[2] = -0.3, 1.57
            begin = np.clip(begin, low + 1e-6, high - 1e-6)
            solved = least_squares(
                self._residuals, begin, args=(camera,), bounds=(low, high),
                x_scale=np.maximum(np.abs(begin), 0.1), max_nfev=60,
            )  # fmt: skip
            camera = self._camera(solved.x, camera)
            self._slope = np.asarray(solved.jac, np.float64)
            self._at = np.asarray(solved.x, np.float64)
        return camera

    def drawn(self, camera: Pinhole, count: int) -> list[Pinhole]:
        """``count`` cameras that explain the evidence about as well as the one last fitted: drawn
        from the normal distribution around it (Laplace's approximation)."""
        spread = np.linalg.pinv(self._slope.T @ self._slope, rcond=1e-12)
        chance = np.random.default_rng(0)
        vectors = chance.multivariate_normal(self._at, spread, count, check_valid="ignore")
        return [self._camera(v, camera) for v in vectors]

    def heights(self, camera: Pinhole) -> Floats:
        """(N,) metres of each box; NaN where that is no height."""
        return heights_of(camera, self.seen.xyxy, feet_of(camera, self.seen.xyxy, self.anchor))

    def _look(self, camera: Pinhole, *, drop: bool) -> None:
        """Who walks, and who is no grown person standing."""
        if drop:
            off = np.log(self.heights(camera) / self.beliefs.height_m)
            there = np.isfinite(off)
            weight = np.bincount(self.seen.person, there)
            own = np.bincount(self.seen.person, np.nan_to_num(off)) / np.maximum(weight, 1)
            middle = float(np.median(own[weight > 0])) if (weight > 0).any() else 0.0
            good = (weight > 0) & (np.abs(own - middle) < _CHILD)
            if 0 < good.sum() < self.seen.people:
                self.seen = self.seen.of(good)
                self._sd = height_sd(self.beliefs, self.seen.xyxy)
        places = camera.to_floor(feet_of(camera, self.seen.xyxy, self.anchor))
        with np.errstate(invalid="ignore"):
            self._walk = speeds_of(places, self.seen) > self.beliefs.walks_mps

    def _camera(self, vector: Floats, at: Pinhole) -> Pinhole:
        whole = at.vector
        whole[: self._free] = vector[: self._free]
        return Pinhole.from_vector(whole, at.size)

    def _residuals(self, vector: Floats, at: Pinhole) -> Floats:
        camera, b = self._camera(vector, at), self.beliefs
        mean, slim = vector[-2:]
        parts = [
            np.array([(mean - np.log(b.height_m)) / b.height_sd, camera.roll / b.roll_sd]),
            np.log(camera.focal_px / camera.size[0] / b.focal_widths)[None] / b.focal_sd,
            np.array([(slim - np.log(b.slim)) / b.slim_sd]),
        ]
        if len(self.seen.xyxy):
            worth = np.sqrt(min(1.0, b.worth / len(self.seen.xyxy)))
            feet = feet_of(camera, self.seen.xyxy, self.anchor)
            tall = heights_of(camera, self.seen.xyxy, feet)
            parts += [worth * self._tall(tall, mean), worth * self._fast(camera, feet)]
            if self.anchor == "upright":
                parts.append(worth * self._broad(camera, feet, tall, slim))
        if len(self.clicks):
            parts.append(_clicked(camera, self.clicks))
        if len(self.places):
            there = camera.to_floor(feet_of(camera, self.places.xyxy, self.anchor))
            away = np.nan_to_num((there - self.places.floor_m) / PLACE_M, nan=_NEVER)
            worth = np.sqrt(min(1.0, b.worth / len(self.places)))
            parts.append(worth * soft(np.clip(away, -20, 20).ravel()))
        return np.concatenate(parts)

    def _tall(self, tall: Floats, mean: float) -> Floats:
        there = np.isfinite(tall)
        off = np.where(there, np.log(np.where(there, tall, 1.0)) - mean, _NEVER * self._sd)
        return soft(
            whitened(np.clip(off, -1, 1), self._sd, self.seen.person, self.beliefs.person_sd)
        )

    def _broad(self, camera: Pinhole, feet: Floats, tall: Floats, slim: float) -> Floats:
        broad = breadths_of(camera, self.seen.xyxy, feet, tall)
        there = np.isfinite(broad)
        off = np.where(there, np.log(np.where(there, broad / tall, 1.0)) - slim, 0.5)
        sd = np.full(len(off), self.beliefs.breadth_sd)
        return soft(whitened(np.clip(off, -1, 1), sd, self.seen.person, self.beliefs.breadth_sd))

    def _fast(self, camera: Pinhole, feet: Floats) -> Floats:
        steps = self.seen.steps[self._walk]
        if len(steps) < 10:
            return np.empty(0)
        seen = replace(self.seen, steps=steps)
        pace = speeds_of(camera.to_floor(feet), seen)
        there = np.isfinite(pace) & (pace > 0)
        off = np.where(there, np.log(np.where(there, pace, 1.0)), 0.0)
        # The mean over all is unknown: heights, not paces, say how large a metre is.
        off = np.where(there, off - off[there].mean() if there.any() else 0.0, _NEVER)
        sd = np.full(len(steps), self.beliefs.pace_sd * 2)
        person = seen.person[steps[:, 0]]
        return soft(whitened(np.clip(off, -2, 2), sd, person, self.beliefs.pace_sd))


def _clicked(camera: Pinhole, clicks: Clicks) -> Floats:
    """In pixels and metres together: a spot far away is measured no better on the plan."""
    seen = camera.to_pixel(clicks.floor_m)
    step = [
        camera.to_pixel(clicks.floor_m + CLICK_M * np.array(d)) - seen for d in ((1, 0), (0, 1))
    ]
    blur = np.sqrt(CLICK_PX**2 + sum(s**2 for s in step))
    away = np.nan_to_num((seen - clicks.pixels) / np.nan_to_num(blur, nan=1.0), nan=100.0)
    return np.asarray(np.clip(away, -1e3, 1e3).ravel(), np.float64)
