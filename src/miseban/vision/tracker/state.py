"""All tracks in one table: a column per track, a row per quantity."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# Shape of a box, here and in every (4, N) array of the tracker: centre x, centre y in pixels,
# natural logarithm of width and of height in pixels.
BOX: Final = slice(0, 4)
CENTRE: Final = slice(0, 2)
SHAPE: Final = slice(2, 4)
SPEED: Final = slice(4, 6)  # of the centre, pixels per second
# Covariance of (position, speed) of one axis, the same for x and y, in squared sizes.
VAR: Final = 6
COV: Final = 7
SPEED_VAR: Final = 8
SHAPE_VAR: Final = 9
LAST: Final = slice(10, 12)  # centre of the last observation
SEEN: Final = 12  # time of the last observation
FRAMES: Final = 13  # frames since birth, the first included
SCORE: Final = 14  # mean recent score
HITS: Final = 15
STRONG: Final = 16  # how many strong boxes
FIRST_STRONG: Final = 17  # time of the first of them
ANCHOR: Final = slice(18, 20)  # centre at the last proof
PROVEN: Final = 20  # time of the last proof
SERIAL: Final = 21  # number in order of birth, to find a tentative track's earlier rows
ID: Final = 22  # the random id handed out; 0 while tentative
ROWS: Final = 23


def sizes(table: Floats) -> Floats:
    """Square root of the area of each track's box, (N,) pixels."""
    return np.asarray(np.exp(0.5 * (table[2] + table[3])))


def to_state(xyxy: Floats) -> Floats:
    """(N, 4) left, top, right, bottom to (4, N) centre and logarithm of the sides."""
    state = np.empty((4, len(xyxy)))
    corners = xyxy.T
    np.subtract(corners[2:], corners[:2], out=state[SHAPE])
    np.add(corners[2:], corners[:2], out=state[CENTRE])
    state[CENTRE] *= 0.5
    np.log(state[SHAPE], out=state[SHAPE])
    return state


def to_xyxy(state: Floats) -> Floats:
    """The inverse of ``to_state``."""
    half = 0.5 * np.exp(state[SHAPE])
    return np.concatenate((state[CENTRE] - half, state[CENTRE] + half)).T
