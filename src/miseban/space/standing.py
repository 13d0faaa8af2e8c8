"""Where people stand whose feet are not seen: from the head, at a height that is learnt on the way.

A detector's box ends where furniture, somebody else or the picture's edge hides the feet, and what
looks like the feet's place then lies metres behind the person. The head is nearly always seen, and
a head at a known height has one place on the floor.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from miseban.space.homography import Homography
from miseban.space.lens import Lens
from miseban.space.upright import SHOE_M
from miseban.vocabulary.tracks import TrackRows

Floats = NDArray[np.float64]

HEIGHTS_M = np.arange(0.95, 2.051, 0.05)
"""(G,) the body heights that are told apart."""


@dataclass(frozen=True, slots=True)
class StandingSettings:
    """``adult_m`` is mean and standard deviation of grown people's heights with shoes; a part
    ``child`` of all is of any height there is. ``hidden`` is how often, before anything is known,
    feet are not seen. ``box`` is how far a box's upper or lower edge is off, in box heights, and at
    least ``box_px``; ``fresh`` how much of a new fact the next frame of a track is: what is wrong
    in one is mostly wrong in the next. Boxes that end within ``edge_px`` of the picture's edge are
    cut off there. A track not seen for ``forget_s`` is forgotten."""

    adult_m: tuple[float, float] = (1.66, 0.09)
    child: float = 0.1
    hidden: float = 0.25
    box: float = 0.03
    box_px: float = 1.5
    fresh: float = 0.15
    edge_px: float = 2.0
    forget_s: float = 10.0


@dataclass(frozen=True, slots=True)
class Places:
    """Of N boxes. ``xy`` (N, 2) metres; ``cov`` (N, 2, 2) square metres, their error; ``feet`` (N,)
    how likely it is, 0 to 1, that the feet were seen; ``height_m`` (N,) the person's height as far
    as it is known, and ``height_sd_m`` (N,) how far it may be off."""

    xy: Floats
    cov: Floats
    feet: Floats
    height_m: Floats
    height_sd_m: Floats


class Standing:
    """One camera's. Fed its rows in order of time, track by track or mixed."""

    def __init__(
        self, lens: Lens, size: tuple[float, float], settings: StandingSettings | None = None
    ) -> None:
        self._lens, self._size = lens, size
        self._s = s = settings or StandingSettings()
        adult = np.exp(-0.5 * ((HEIGHTS_M - s.adult_m[0]) / s.adult_m[1]) ** 2)
        any_height = np.full(len(HEIGHTS_M), 1.0 / len(HEIGHTS_M))
        prior = (1 - s.child) * adult / adult.sum() + s.child * any_height
        self._prior: Floats = np.log(prior)
        self._known: dict[int, tuple[float, Floats]] = {}

    @classmethod
    def of(cls, floor: Homography, size: tuple[float, float]) -> Standing | None:
        """None where the floor points do not tell how the camera hangs (see ``Lens``)."""
        lens = Lens.of(floor, size)
        return None if lens is None else cls(lens, size)

    def places(self, rows: TrackRows) -> Places:
        """Where the people of ``rows`` stand."""
        s, lens, box = self._s, self._lens, rows.xyxy
        foot, head = self._ends(box)
        tall = np.maximum(box[:, 3] - box[:, 1], 1.0)
        off_px = np.maximum(s.box * tall, s.box_px)
        at_feet = self._shod(lens.at_height(foot, np.zeros(len(box))))
        lower = self._shod(lens.at_height(foot + np.outer(off_px, (0.0, 1.0)), np.zeros(len(box))))
        feet_sd = np.linalg.norm(at_feet - lower, axis=1)
        seen_m = lens.height_over(head, at_feet)
        above = lens.height_over(head - np.outer(off_px, (0.0, 1.0)), at_feet)
        below = lens.height_over(head, lower)
        seen_sd = np.hypot(above - seen_m, below - seen_m)
        known = np.isfinite(at_feet).all(axis=1) & np.isfinite(seen_m + seen_sd + feet_sd)
        head_cut = box[:, 1] <= s.edge_px
        feet_cut = box[:, 3] >= self._size[1] - s.edge_px
        feet, mean, sd = self._heights(
            rows, seen_m, np.maximum(seen_sd, 0.02), known & ~head_cut, feet_cut
        )
        at_head = lens.at_height(head, mean)
        slope = np.linalg.norm(at_head - lens.eye[:2], axis=1) / np.maximum(lens.eye[2] - mean, 0.1)
        head_px_sd = np.linalg.norm(
            at_head - lens.at_height(head - np.outer(off_px, (0.0, 1.0)), mean), axis=1
        )
        head_sd = np.hypot(slope * sd, np.nan_to_num(head_px_sd, nan=9.0))
        no_head = head_cut | ~np.isfinite(at_head).all(axis=1) | (lens.eye[2] - mean < 0.3)
        feet = np.where(no_head, 1.0, np.where(known, feet, 0.0))
        # The mean of both where the feet were seen, the head's alone where not.
        weight = np.where(no_head, 1.0, head_sd**2 / (head_sd**2 + feet_sd**2)) * (feet > 0.5)
        weight = np.where(known, weight, 0.0)
        xy = np.where(weight[:, None] > 0, weight[:, None] * at_feet, 0.0) + np.where(
            weight[:, None] < 1, (1 - weight)[:, None] * at_head, 0.0
        )
        along = np.where(feet > 0.5, feet_sd * np.sqrt(weight), head_sd)
        along = np.where(no_head, feet_sd, along)
        doubt = np.minimum(feet, 1 - feet)  # the other explanation may be the right one
        apart = np.nan_to_num(np.linalg.norm(at_feet - at_head, axis=1), nan=5.0)
        along = np.hypot(along, np.where(no_head, 0.0, np.sqrt(doubt) * np.minimum(apart, 5.0)))
        across = np.hypot(
            0.05,
            0.1 * (box[:, 2] - box[:, 0]) / lens.focal * np.linalg.norm(xy - lens.eye[:2], axis=1),
        )
        return Places(xy, _ellipses(xy - lens.eye[:2], along, across), feet, mean, sd)

    def _heights(
        self,
        rows: TrackRows,
        seen_m: Floats,
        seen_sd: Floats,
        usable: NDArray[np.bool_],
        feet_cut: NDArray[np.bool_],
    ) -> tuple[Floats, Floats, Floats]:
        """(N,) how likely the feet were seen; (N,) mean and standard deviation of the height."""
        s, n = self._s, len(rows)
        feet, mean, sd = np.empty(n), np.empty(n), np.empty(n)
        h = HEIGHTS_M
        whole = np.exp(-0.5 * ((seen_m[:, None] - h) / seen_sd[:, None]) ** 2)
        whole /= seen_sd[:, None] * np.sqrt(2 * np.pi)
        part = (seen_m[:, None] < h + seen_sd[:, None]) / (h - 0.2)
        whole = whole * np.where(feet_cut, 0.0, 1 - s.hidden)[:, None]
        part = np.where(feet_cut[:, None], 1.0, part * s.hidden) + 1e-6
        for i in np.argsort(rows.time_s, kind="stable").tolist():
            track, time_s = int(rows.track[i]), float(rows.time_s[i])
            _, belief = self._known.get(track, (time_s, self._prior))
            if usable[i]:
                told = np.log(whole[i] + part[i])
                now = belief + told
                belief = belief + s.fresh * told
                belief = belief - belief.max()
            else:
                now = belief
            self._known[track] = time_s, belief
            post = np.exp(now - now.max())
            post /= post.sum()
            feet[i] = float(post @ (whole[i] / (whole[i] + part[i]))) if usable[i] else 0.0
            keep = np.exp(belief - belief.max())
            keep /= keep.sum()
            mean[i] = keep @ h
            sd[i] = max(float(np.sqrt(keep @ (h - mean[i]) ** 2)), 0.02)
        if n:
            now_s = float(rows.time_s.max())
            gone = [t for t, (last, _) in self._known.items() if last < now_s - s.forget_s]
            for track in gone:
                del self._known[track]
        return feet, mean, sd

    def _ends(self, box: Floats) -> tuple[Floats, Floats]:
        """(N, 2) pixels each: where the plumb line through the box's middle leaves it, below and
        above."""
        middle, half = (box[:, :2] + box[:, 2:]) / 2, (box[:, 2:] - box[:, :2]) / 2
        down = self._lens.plumb(middle)
        part = np.min(half / np.maximum(np.abs(down), 1e-9), axis=1)[:, None]
        return middle + part * down, middle - part * down

    def _shod(self, near: Floats) -> Floats:
        """The lowest that is seen is the near edge of the shoes."""
        away = near - self._lens.eye[:2]
        far = np.maximum(np.linalg.norm(away, axis=1), SHOE_M)[:, None]
        return near + SHOE_M * away / far


def _ellipses(way: Floats, along: Floats, across: Floats) -> Floats:
    """(N, 2, 2) with standard deviations ``along`` (N,) the ``way`` (N, 2) and ``across`` it."""
    ahead = way / np.maximum(np.linalg.norm(way, axis=1), 1e-9)[:, None]
    aside = np.stack([-ahead[:, 1], ahead[:, 0]], axis=1)
    result: Floats = (along**2)[:, None, None] * ahead[:, :, None] * ahead[:, None, :]
    result += (across**2)[:, None, None] * aside[:, :, None] * aside[:, None, :]
    return result
