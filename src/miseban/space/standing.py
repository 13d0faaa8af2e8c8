"""Where people stand whose feet are not seen: from the head, at a height that is learnt on the way.

A detector's box ends where furniture, somebody else or the picture's edge hides the feet, and what
looks like the feet's place then lies metres behind the person. The head is nearly always seen, and
a head at a known height has one place on the floor.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from miseban.space.heights import Heights, Seen, StandingSettings
from miseban.space.homography import Homography
from miseban.space.lens import Lens
from miseban.space.upright import SHOE_M
from miseban.vocabulary.tracks import TrackRows

Floats = NDArray[np.float64]

LOST_M = 5.0
"""The error of a place of which nothing is known."""


@dataclass(frozen=True, slots=True)
class Places:
    """Of N boxes. ``xy`` (N, 2) metres; ``cov`` (N, 2, 2) square metres, their error; ``feet`` (N,)
    how likely it is, 0 to 1, that the feet were seen; ``height_m`` (N,) the person's height as far
    as it is known."""

    xy: Floats
    cov: Floats
    feet: Floats
    height_m: Floats


class Standing:
    """One camera's. Fed its rows in order of time, track by track or mixed."""

    def __init__(
        self,
        lens: Lens,
        size: tuple[float, float],
        plan: tuple[float, float] | None = None,
        *,
        leaning: bool = True,
        settings: StandingSettings | None = None,
    ) -> None:
        """``size`` is the picture's in pixels, ``plan`` the floor's in metres where it is known.
        Boxes lean with the people in them (``anchor = "upright"``), or else stand on the middle of
        their lower edge."""
        self._lens, self._size, self._leaning = lens, size, leaning
        self._s = s = settings or StandingSettings()
        self._heights = Heights(lens, plan, s)

    @classmethod
    def of(
        cls,
        floor: Homography,
        size: tuple[float, float],
        plan: tuple[float, float] | None = None,
        *,
        leaning: bool = True,
    ) -> Standing | None:
        """None where the floor points do not tell how the camera hangs (see ``Lens``)."""
        lens = Lens.of(floor, size)
        return None if lens is None else cls(lens, size, plan, leaning=leaning)

    @property
    def eye(self) -> Floats:
        """(2,) above which place of the floor the lens hangs, in metres."""
        return self._lens.eye[:2]

    def places(self, rows: TrackRows) -> Places:
        """Where the people of ``rows`` stand."""
        s, lens, box = self._s, self._lens, rows.xyxy
        foot, head = self._ends(box)
        up = np.outer(np.maximum(s.box * (box[:, 3] - box[:, 1]), s.box_px), (0.0, -1.0))
        ground = np.zeros(len(box))
        at_feet = self._shod(lens.at_height(foot, ground))
        lower = self._shod(lens.at_height(foot - up, ground))
        feet_sd = np.linalg.norm(at_feet - lower, axis=1)
        seen_m = lens.height_over(head, at_feet)
        seen_sd = np.hypot(
            lens.height_over(head + up, at_feet) - seen_m, lens.height_over(head, lower) - seen_m
        )
        seen = Seen(
            head, at_feet, seen_m, np.maximum(seen_sd, 0.02),
            breadth_px=np.maximum(box[:, 2] - box[:, 0] - np.abs(head[:, 0] - foot[:, 0]), 0.0),
            usable=np.isfinite(seen_m + seen_sd + feet_sd) & (box[:, 1] > s.edge_px),
            feet_cut=box[:, 3] >= self._size[1] - s.edge_px,
        )  # fmt: skip
        feet, mean, sd = self._heights.told_by(rows, seen)
        at_head = lens.at_height(head, mean)
        far = np.linalg.norm(at_head - lens.eye[:2], axis=1)
        by_box = np.linalg.norm(at_head - lens.at_height(head + up, mean), axis=1)
        head_sd = np.hypot(far / np.maximum(lens.eye[2] - mean, 0.1) * sd, by_box)
        headless = (box[:, 1] <= s.edge_px) | ~np.isfinite(head_sd) | (lens.eye[2] - mean < 0.3)
        footless = ~np.isfinite(feet_sd) | ~np.isfinite(at_feet).all(axis=1)
        feet = np.where(headless & ~footless, 1.0, np.where(footless, 0.0, feet))
        head_sd = np.where(headless, LOST_M, head_sd)
        feet_sd = np.where(footless, LOST_M, feet_sd)
        # The mean of both where the feet were seen, the head's alone where not.
        weight = np.where(headless, 1.0, head_sd**2 / (head_sd**2 + feet_sd**2)) * (feet > 0.5)
        apart = np.nan_to_num(at_feet - at_head, nan=LOST_M)
        xy = np.where(headless[:, None], at_feet, at_head + weight[:, None] * apart)
        xy = np.where((weight == 0)[:, None], at_head, xy)
        along = np.where(feet > 0.5, feet_sd * np.sqrt(weight), head_sd)
        # The other explanation may be the right one.
        doubt = np.sqrt(np.clip(np.minimum(feet, 1 - feet), s.doubt, 0.5))
        doubt *= np.linalg.norm(apart, axis=1)
        along = np.hypot(along, np.where(headless | footless, 0.0, np.minimum(doubt, LOST_M)))
        away = xy - lens.eye[:2]
        across = 0.05 + 0.1 * (box[:, 2] - box[:, 0]) / lens.focal * np.linalg.norm(away, axis=1)
        return Places(xy, _ellipses(away, along, across), feet, mean)

    def _ends(self, box: Floats) -> tuple[Floats, Floats]:
        """(N, 2) pixels each of what is lowest and highest of people in boxes (N, 4): where the
        plumb line through the box's middle, or up from its lower edge, leaves it."""
        middle, half = (box[:, :2] + box[:, 2:]) / 2, (box[:, 2:] - box[:, :2]) / 2
        if not self._leaning:
            foot = np.stack([middle[:, 0], box[:, 3]], axis=1)
            down = self._lens.plumb(foot)
            steep = np.maximum(np.abs(down[:, 1]), 1e-9)
            return foot, foot - down * ((box[:, 3] - box[:, 1]) / steep)[:, None]
        down = self._lens.plumb(middle)
        part = np.min(half / np.maximum(np.abs(down), 1e-9), axis=1)[:, None]
        return middle + part * down, middle - part * down

    def _shod(self, near: Floats) -> Floats:
        """The lowest that is seen of leaning boxes is the near edge of the shoes."""
        if not self._leaning:
            return near
        away = near - self._lens.eye[:2]
        far = np.maximum(np.linalg.norm(away, axis=1), SHOE_M)[:, None]
        return np.asarray(near + SHOE_M * away / far, np.float64)


def _ellipses(way: Floats, along: Floats, across: Floats) -> Floats:
    """(N, 2, 2) with standard deviations ``along`` (N,) the ``way`` (N, 2) and ``across`` it."""
    ahead = way / np.maximum(np.linalg.norm(way, axis=1), 1e-9)[:, None]
    aside = np.stack([-ahead[:, 1], ahead[:, 0]], axis=1)
    result: Floats = (along**2)[:, None, None] * ahead[:, :, None] * ahead[:, None, :]
    result += (across**2)[:, None, None] * aside[:, :, None] * aside[:, None, :]
    return result
