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

LOST_M = 5.0
"""The error of a place of which nothing is known."""
OFF_M = 0.3
"""So far off the plan may still be an error."""
LEAST_BREADTH_PX = 6.0
"""Of somebody who leans in the picture, less than this is no breadth."""


@dataclass(frozen=True, slots=True)
class StandingSettings:
    """``adult_m`` is mean and standard deviation of grown people's heights with shoes; a part
    ``child`` of all is of any height there is. ``slim`` is how broad people's boxes are in heights:
    median, and standard deviations of the logarithm upwards and downwards, since sides are hidden
    too. ``hidden`` is how often, before anything is
    known, feet are not seen. ``box`` is how far a box's upper or lower edge is off, in box heights,
    and at least ``box_px``. A track tells its height anew every ``step_m`` metres, and ``fresh`` is
    how much of that is new: what is wrong in one place is often wrong in the next. No explanation
    is less likely than ``doubt``: others like it may be wrong together. Boxes that end within
    ``edge_px`` of the picture's edge are cut off there. A track not seen for ``forget_s`` is
    forgotten."""

    adult_m: tuple[float, float] = (1.66, 0.09)
    child: float = 0.03
    slim: tuple[float, float, float] = (0.37, 0.25, 0.7)
    hidden: float = 0.3
    box: float = 0.03
    box_px: float = 1.5
    fresh: float = 0.25
    step_m: float = 0.7
    doubt: float = 0.1
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


@dataclass(frozen=True, slots=True)
class _Seen:
    """What N boxes tell: pixels (N, 2) of the heads; the places (N, 2) where the feet would be, and
    how high above these the heads are; how broad the bodies are."""

    head: Floats
    at_feet: Floats
    height_m: Floats
    height_sd: Floats
    breadth_px: Floats
    usable: NDArray[np.bool_]
    feet_cut: NDArray[np.bool_]


@dataclass(slots=True)
class _Known:
    """Of one track: the logarithm of how likely each height is by what was told in other places;
    and what was told last in ``place``, and when."""

    belief: Floats
    place: Floats
    told: Floats | None = None
    seen_s: float = 0.0


class Standing:
    """One camera's. Fed its rows in order of time, track by track or mixed."""

    def __init__(
        self,
        lens: Lens,
        size: tuple[float, float],
        plan: tuple[float, float] | None = None,
        settings: StandingSettings | None = None,
    ) -> None:
        """``size`` is the picture's in pixels, ``plan`` the floor's in metres where it is known."""
        self._lens, self._size, self._plan = lens, size, plan
        self._s = s = settings or StandingSettings()
        adult = np.exp(-0.5 * ((HEIGHTS_M - s.adult_m[0]) / s.adult_m[1]) ** 2)
        any_height = np.full(len(HEIGHTS_M), 1.0 / len(HEIGHTS_M))
        prior = (1 - s.child) * adult / adult.sum() + s.child * any_height
        self._prior: Floats = np.log(prior)
        self._known: dict[int, _Known] = {}

    @classmethod
    def of(
        cls,
        floor: Homography,
        size: tuple[float, float],
        plan: tuple[float, float] | None = None,
    ) -> Standing | None:
        """None where the floor points do not tell how the camera hangs (see ``Lens``)."""
        lens = Lens.of(floor, size)
        return None if lens is None else cls(lens, size, plan)

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
        seen = _Seen(
            head, at_feet, seen_m, np.maximum(seen_sd, 0.02),
            breadth_px=np.maximum(box[:, 2] - box[:, 0] - np.abs(head[:, 0] - foot[:, 0]), 0.0),
            usable=np.isfinite(seen_m + seen_sd + feet_sd) & (box[:, 1] > s.edge_px),
            feet_cut=box[:, 3] >= self._size[1] - s.edge_px,
        )  # fmt: skip
        feet, mean, sd = self._heights(rows, seen)
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
        return Places(xy, _ellipses(away, along, across), feet, mean, sd)

    def _heights(self, rows: TrackRows, seen: _Seen) -> tuple[Floats, Floats, Floats]:
        """(N,) how likely the feet were seen; (N,) mean and standard deviation of the height."""
        s, n, h, lens = self._s, len(rows), HEIGHTS_M, self._lens
        feet, mean, sd = np.zeros(n), np.empty(n), np.empty(n)
        sure = seen.height_sd[:, None]
        whole = np.exp(-0.5 * ((seen.height_m[:, None] - h) / sure) ** 2) / sure / 2.507
        whole *= self._likely_breadth(seen.breadth_px, seen.at_feet)
        hidden = (seen.height_m[:, None] < h + sure) / (h - 0.2)
        for g, height in enumerate(h.tolist()):
            there = lens.at_height(seen.head, np.full(n, height))
            hidden[:, g] *= self._likely_breadth(seen.breadth_px, there)[:, g]
        unseen = seen.feet_cut | self._off_plan(seen.at_feet)
        whole *= np.where(unseen, 0.0, 1 - s.hidden)[:, None]
        hidden *= np.where(unseen, 1.0, s.hidden)[:, None]
        both = whole + hidden + 1e-9
        told, part = np.log(both), whole / both
        for i in np.argsort(rows.time_s, kind="stable").tolist():
            track, time_s = int(rows.track[i]), float(rows.time_s[i])
            known = self._known.setdefault(track, _Known(self._prior, seen.at_feet[i]))
            known.seen_s = time_s
            share = _share(known.belief)
            if seen.usable[i]:
                # Who stands still says the same again and again.
                moved = float(np.linalg.norm(seen.at_feet[i] - known.place))
                if moved >= s.step_m and known.told is not None:
                    known.belief = known.belief + s.fresh * known.told
                    known.place = seen.at_feet[i]
                known.told = told[i]
                share = _share(known.belief + told[i])
                feet[i] = share @ part[i]
                share = share * (part[i] if feet[i] > 0.5 else 1 - part[i])
                share /= share.sum()
            mean[i] = share @ h
            sd[i] = max(float(np.sqrt(share @ (h - mean[i]) ** 2)), 0.02)
        if n:
            before_s = float(rows.time_s.max()) - s.forget_s
            for track in [t for t, known in self._known.items() if known.seen_s < before_s]:
                del self._known[track]
        return feet, mean, sd

    def _off_plan(self, place: Floats) -> NDArray[np.bool_]:
        """(N,): whether nobody can stand at the places (N, 2): they lie off the plan."""
        if self._plan is None:
            return np.zeros(len(place), bool)
        over: NDArray[np.bool_] = (place < -OFF_M) | (place > np.add(self._plan, OFF_M))
        return over.any(axis=1)

    def _likely_breadth(self, breadth_px: Floats, there: Floats) -> Floats:
        """(N, G) how likely a body as broad as (N,) pixels is at the places (N, 2), for each height
        there is; the same for all where the breadth cannot be told."""
        median, more_sd, less_sd = self._s.slim
        far = np.hypot(np.linalg.norm(there - self._lens.eye[:2], axis=1), self._lens.eye[2] - 1.0)
        broad = np.nan_to_num(breadth_px * far / self._lens.focal, nan=0.0)
        off = np.log(np.maximum(broad, 1e-3)[:, None] / HEIGHTS_M / median)
        off = np.where(off > 0, off / more_sd, off / less_sd)
        likely: Floats = np.exp(-0.5 * np.minimum(np.abs(off), 4.0) ** 2)
        return np.where(
            (breadth_px < LEAST_BREADTH_PX)[:, None] | (broad <= 0)[:, None], 0.5, likely
        )

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


def _share(log: Floats) -> Floats:
    """(G,) parts of 1, in proportion to exp(``log``)."""
    value: Floats = np.exp(log - log.max())
    return value / value.sum()
