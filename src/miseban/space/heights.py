"""How tall people are and whether their feet were seen, from what their boxes tell on the way."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from miseban.space.lens import Lens
from miseban.vocabulary.tracks import TrackRows

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

HEIGHTS_M = np.arange(0.95, 2.051, 0.05)
"""(G,) the body heights that are told apart."""

_ROOM = 64  # tracks at first
OFF_M = 0.3
"""So far off the plan may still be an error."""
LEAST_BREADTH_PX = 6.0
"""Of somebody who leans in the picture, less than this is no breadth."""


@dataclass(frozen=True, slots=True)
class StandingSettings:
    """``adult_m`` is mean and standard deviation of grown people's heights with shoes; a part
    ``child`` of all is of any height there is. ``slim`` is how broad people's boxes are in heights:
    median, and standard deviations of the logarithm upwards and downwards, since sides are hidden
    too. ``hidden`` is how often, before anything is known, feet are not seen. ``box`` is how far a
    box's upper or lower edge is off, in box heights, and at least ``box_px``. A track tells its height anew every ``step_m`` metres, and ``fresh`` is
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
class Seen:
    """What N boxes tell: pixels (N, 2) of the heads; the places (N, 2) where the feet would be, and
    how high above these the heads are; how broad the bodies are."""

    head: Floats
    at_feet: Floats
    height_m: Floats
    height_sd: Floats
    breadth_px: Floats
    usable: NDArray[np.bool_]
    feet_cut: NDArray[np.bool_]


class Heights:
    """Of the tracks of one camera: two explanations of a box are weighed against each other. Either
    the feet were seen, and the person is as tall as the head is above them; or they were not, and
    then he or she stands nearer, and is of any height above that."""

    def __init__(
        self, lens: Lens, plan: tuple[float, float] | None, settings: StandingSettings
    ) -> None:
        self._lens, self._plan, self._s = lens, plan, settings
        s = settings
        adult = np.exp(-0.5 * ((HEIGHTS_M - s.adult_m[0]) / s.adult_m[1]) ** 2)
        any_height = np.full(len(HEIGHTS_M), 1.0 / len(HEIGHTS_M))
        prior = (1 - s.child) * adult / adult.sum() + s.child * any_height
        self._prior: Floats = np.log(prior)
        # Of each track: the logarithm of how likely each height is by what was told in other
        # places; what was told last, where, and when.
        self._slot_of: dict[int, int] = {}
        self._belief: Floats = np.zeros((_ROOM, len(HEIGHTS_M)))
        self._last: Floats = np.zeros((_ROOM, len(HEIGHTS_M)))
        self._place: Floats = np.zeros((_ROOM, 2))
        self._spoke = np.zeros(_ROOM, bool)
        self._seen_s: Floats = np.full(_ROOM, -np.inf)
        self._free = list(range(_ROOM - 1, -1, -1))

    def told_by(self, rows: TrackRows, seen: Seen) -> tuple[Floats, Floats, Floats]:
        """(N,) how likely the feet were seen; (N,) mean and standard deviation of the height."""
        n, h = len(rows), HEIGHTS_M
        told, part = self._told(seen)
        feet, mean, sd = np.zeros(n), np.empty(n), np.empty(n)
        slots = self._slots(rows, seen)
        order = np.lexsort((rows.time_s, slots))
        turn = np.arange(n) - np.searchsorted(slots[order], slots[order])
        for k in range(int(turn.max(initial=-1)) + 1):  # the k-th row of each track
            at = order[turn == k]
            share = _shares(self._learn(slots[at], at, seen, told))
            good = seen.usable[at]
            feet[at] = np.where(good, np.einsum("ng,ng->n", share, part[at]), 0.0)
            mine = np.where((feet[at] > 0.5)[:, None], part[at], 1 - part[at])
            share = np.where(good[:, None], share * mine, share)
            share /= share.sum(axis=1, keepdims=True)
            mean[at] = share @ h
            spread = np.einsum("ng,ng->n", share, (h - mean[at, None]) ** 2)
            sd[at] = np.maximum(np.sqrt(spread), 0.02)
        return feet, mean, sd

    def _told(self, seen: Seen) -> tuple[Floats, Floats]:
        """(N, G) the logarithm of how likely the box is at each height, and the part of that which
        is due to feet that were seen."""
        s, h = self._s, HEIGHTS_M
        sure = seen.height_sd[:, None]
        whole = np.exp(-0.5 * ((seen.height_m[:, None] - h) / sure) ** 2) / sure / 2.507
        whole *= self._likely_breadth(seen.breadth_px, seen.at_feet[:, None])
        hidden = (seen.height_m[:, None] < h + sure) / (h - 0.2)
        hidden *= self._likely_breadth(seen.breadth_px, self._lens.at_heights(seen.head, h))
        unseen = seen.feet_cut | self._off_plan(seen.at_feet)
        whole *= np.where(unseen, 0.0, 1 - s.hidden)[:, None]
        hidden *= np.where(unseen, 1.0, s.hidden)[:, None]
        both = np.where(seen.usable[:, None], whole + hidden, 1.0) + 1e-9
        return np.log(both), np.where(seen.usable[:, None], whole, 0.0) / both

    def _learn(self, slots: Ints, at: Ints, seen: Seen, told: Floats) -> Floats:
        """(M, G) what is believed of the tracks in ``slots`` (M,) after their rows ``at`` (M,)."""
        s, good = self._s, seen.usable[at]
        # Who stands still says the same again and again.
        moved = np.linalg.norm(seen.at_feet[at] - self._place[slots], axis=1) >= s.step_m
        on = good & moved & self._spoke[slots]
        self._belief[slots[on]] += s.fresh * self._last[slots[on]]
        fresh = good & (moved | ~self._spoke[slots])
        self._place[slots[fresh]] = seen.at_feet[at[fresh]]
        self._last[slots[good]] = told[at[good]]
        self._spoke[slots[good]] = True
        result: Floats = self._belief[slots] + np.where(good[:, None], told[at], 0.0)
        return result

    def _slots(self, rows: TrackRows, seen: Seen) -> Ints:
        """(N,) each row's place in the tables; tracks that were not seen for long leave theirs."""
        tracks, first, which = np.unique(rows.track, return_index=True, return_inverse=True)
        found = np.array([self._slot_of.get(t, -1) for t in tracks.tolist()], np.int64)
        for k in np.flatnonzero(found < 0).tolist():
            found[k] = slot = self._free.pop() if self._free else self._more()
            self._slot_of[int(tracks[k])] = slot
            self._belief[slot], self._last[slot] = self._prior, 0.0
            self._spoke[slot], self._place[slot] = False, seen.at_feet[first[k]]
        slots: Ints = found[which]
        np.maximum.at(self._seen_s, slots, rows.time_s)
        if len(rows) and len(self._slot_of) > 64:
            before_s = float(rows.time_s.max()) - self._s.forget_s
            for track, slot in list(self._slot_of.items()):
                if self._seen_s[slot] < before_s:
                    del self._slot_of[track]
                    self._free.append(slot)
                    self._seen_s[slot] = -np.inf
        return slots

    def _more(self) -> int:
        """Twice as much room in the tables."""
        n = len(self._seen_s)
        self._belief = np.concatenate([self._belief, np.zeros((n, len(HEIGHTS_M)))])
        self._last = np.concatenate([self._last, np.zeros((n, len(HEIGHTS_M)))])
        self._place = np.concatenate([self._place, np.zeros((n, 2))])
        self._spoke = np.concatenate([self._spoke, np.zeros(n, bool)])
        self._seen_s = np.concatenate([self._seen_s, np.full(n, -np.inf)])
        self._free = list(range(2 * n - 1, n, -1))
        return n

    def _off_plan(self, place: Floats) -> NDArray[np.bool_]:
        """(N,): whether nobody can stand at the places (N, 2): they lie off the plan."""
        if self._plan is None:
            return np.zeros(len(place), bool)
        over = (place < -OFF_M) | (place > np.add(self._plan, OFF_M))
        return np.asarray(over.any(axis=1), np.bool_)

    def _likely_breadth(self, breadth_px: Floats, there: Floats) -> Floats:
        """(N, G) how likely a body as broad as (N,) pixels is at the places (N, G or 1, 2), for
        each height there is; the same for all where the breadth cannot be told."""
        median, more_sd, less_sd = self._s.slim
        far = np.hypot(np.linalg.norm(there - self._lens.eye[:2], axis=2), self._lens.eye[2] - 1.0)
        broad = np.nan_to_num(breadth_px[:, None] * far / self._lens.focal, nan=0.0)
        off = np.log(np.maximum(broad, 1e-3) / HEIGHTS_M / median)
        off = np.abs(np.where(off > 0, off / more_sd, off / less_sd))
        likely: Floats = np.exp(-0.5 * np.minimum(off, 4.0) ** 2)
        return np.where((breadth_px[:, None] < LEAST_BREADTH_PX) | (broad <= 0), 0.5, likely)


def _shares(log: Floats) -> Floats:
    """(N, G) parts of 1, in proportion to exp(``log``)."""
    value = np.exp(log - log.max(axis=1, keepdims=True))
    share: Floats = value / value.sum(axis=1, keepdims=True)
    return share
