"""Whether somebody who is not seen any more has left the picture."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

EDGE = 0.015
"""How near to the edge a box is cut by it, in widths and heights of the picture."""
WALKING = 0.25
"""Slower than this nobody walks on: heights a second."""


def left_the_picture(
    box: Floats, velocity: Floats, silent_s: float, size: tuple[float, float]
) -> bool:
    """Whether a person last seen in ``box`` (4,), at ``velocity`` (2,) pixels a second, was going
    over the edge of a picture of ``size``, or must have reached it in the first of the
    ``silent_s`` seconds since then."""
    width, height = size
    x1, y1, x2, y2 = box.tolist()
    vx, vy = (velocity / max(1.0, y2 - y1)).tolist()
    onward_x, onward_y = (velocity * min(silent_s, 1.0)).tolist()
    x1, x2, y1, y2 = x1 + onward_x, x2 + onward_x, y1 + onward_y, y2 + onward_y
    return bool(
        (x1 <= EDGE * width and vx < -WALKING)
        or (x2 >= width - EDGE * width and vx > WALKING)
        or (y1 <= EDGE * height and vy < -WALKING)
        or (y2 >= height - EDGE * height and vy > WALKING)
    )
