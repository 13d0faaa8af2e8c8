"""What is held out, as a hand would be: where it lies about a facing, and that it is as before when
the arm has gone back.

An arm hides what was seen before, for as long as it is held out, and then the same is seen again;
who turns round, or a sleeve that stays, leaves something else behind. Bodies at a shelf stand
still but for the two moments at which the arm goes out and comes back.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from miseban.vision.sealed import Sealed

Floats = NDArray[np.float64]
Image = NDArray[np.float32]
Places = NDArray[np.int64]

ALIKE = 16.0
"""Levels of 255: what is nearer than this looks the same."""
LOOKS_S = 4.0
"""How much bodies moved is known for so long."""
PICTURES_S = 1.3
"""And what was seen for so long: what is held out is noticed within a second."""
JUST_S = 0.05
"""Moments are as exact as this."""
COLUMNS, ROWS = 7, 6
WIDE, ABOVE, BELOW = 1.25, 2.0, 2.5
"""The grid about a facing: so many of its widths to either side of its middle, and of its heights
above and below."""
NUMBERS = 2 * COLUMNS * ROWS
"""How many numbers tell where it lies."""


class Former(Sealed):
    """What was seen at some places before something was held out there: pixels, so it is sealed."""

    __slots__ = ("_levels",)

    def __init__(self, levels: Image) -> None:
        """``levels`` (N, 3)."""
        self._levels = levels

    def alike(self, now: Image) -> NDArray[np.bool_]:
        """(N,) where ``now`` (N, 3) shows the same."""
        return np.asarray(np.abs(now - self._levels).max(axis=1) < ALIKE)


class Gestures(Sealed):
    """The last pictures, and how much of each body's surroundings changed from one to the next."""

    __slots__ = ("_moved", "_pictures")

    def __init__(self) -> None:
        self._pictures: list[tuple[float, Image]] = []
        self._moved: list[tuple[float, dict[int, float]]] = []

    def see(
        self, time_s: float, small: Image, moving: NDArray[np.bool_],
        boxes: Mapping[int, Floats], tall: float,
    ) -> None:  # fmt: skip
        """``small`` (h, w, 3) is what is seen, ``moving`` (h, w) what has just changed, ``boxes``
        those of the tracks, of bodies ``tall`` small pixels high."""
        self._pictures = [one for one in self._pictures if time_s - one[0] < PICTURES_S]
        self._pictures.append((time_s, small))
        self._moved = [one for one in self._moved if time_s - one[0] < LOOKS_S]
        self._moved.append((time_s, {
            track: _changed(moving, box, tall) for track, box in boxes.items()
        }))  # fmt: skip

    def forget(self) -> None:
        """Keeps no picture."""
        self._pictures = []

    def before(self, since_s: float, where: Places) -> Former:
        """What was seen at the flat places ``where`` (N,) just before ``since_s``."""
        earlier = [small for at_s, small in self._pictures if at_s < since_s - JUST_S]
        small = earlier[-1] if earlier else self._pictures[0][1]
        return Former(small.reshape(-1, 3)[where])

    def back(self, former: Former, where: Places) -> NDArray[np.bool_]:
        """(N,) whether the same is seen at ``where`` as before."""
        return former.alike(self._pictures[-1][1].reshape(-1, 3)[where])

    def moved(self, track: int | None, since_s: float) -> tuple[float, float, float, float]:
        """How much changed about ``track`` in the second before ``since_s``, just then, from then
        until now, and now, in parts of the square of its height."""
        if track is None:
            return 0.0, 0.0, 0.0, 0.0
        known = [(at_s, one[track]) for at_s, one in self._moved if track in one]
        before = [m for at_s, m in known if since_s - 1.0 <= at_s < since_s - JUST_S]
        then = [m for at_s, m in known if abs(at_s - since_s) <= JUST_S]
        during = [m for at_s, m in known[:-1] if at_s > since_s + JUST_S]
        now = [m for _, m in known[-1:]]
        return _mean(before), _mean(then), _mean(during), _mean(now)


def about(
    xs: NDArray[np.int64], ys: NDArray[np.int64], back: NDArray[np.bool_],
    middle: tuple[float, float], span: tuple[float, float], from_x: float,
) -> list[float]:  # fmt: skip
    """(NUMBERS,) what part of each cell of a grid about a facing is held out, at the small pixels
    ``xs``, ``ys`` (N,), and then of that which is as before. ``middle`` and ``span`` are the
    facing's; the side from which the body at ``from_x`` reaches is always the same."""
    (fx, fy), (wide, high) = middle, span
    side = 1.0 if from_x <= fx else -1.0
    across = np.floor((side * (xs - fx) / wide + WIDE) / (2 * WIDE) * COLUMNS).astype(np.int64)
    down = np.floor(((ys - fy) / high + ABOVE) / (ABOVE + BELOW) * ROWS).astype(np.int64)
    inside = (across >= 0) & (across < COLUMNS) & (down >= 0) & (down < ROWS)
    cell = (down * COLUMNS + across)[inside]
    size = 2 * WIDE * wide / COLUMNS * (ABOVE + BELOW) * high / ROWS
    held = np.bincount(cell, minlength=COLUMNS * ROWS)
    same = np.bincount(cell[back[inside]], minlength=COLUMNS * ROWS)
    return [*(held / size).tolist(), *(same / size).tolist()]


def _changed(moving: NDArray[np.bool_], box: Floats, tall: float) -> float:
    """How much of ``moving`` is in ``box`` and a little around it."""
    around = 0.15 * tall
    x1, y1 = np.maximum(box[:2] - around, 0).astype(int).tolist()
    x2, y2 = np.maximum(box[2:] + around, 0).astype(int).tolist()
    return float(np.count_nonzero(moving[y1:y2, x1:x2])) / max(tall * tall, 1.0)


def _mean(values: list[float]) -> float:
    return float(np.mean(values)) if values else 0.0
