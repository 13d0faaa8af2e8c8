"""Whether somebody who is not seen any more has left the picture, or who is new came into it."""

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


def came_in(
    box: Floats, last: Floats, velocity: Floats, step: float, size: tuple[float, float]
) -> bool:
    """Whether who is first seen in ``box`` (4,) comes in over an edge of a picture of ``size``, and
    so is not the person last seen in ``last`` (4,), at ``velocity`` (2,) pixels a second: one who
    was neither at that edge nor walking to it. Whoever comes in may have made a ``step``, in
    heights, before the first frame."""
    width, height = size
    inside = EDGE * height + step * float(box[3] - box[1])
    ends = np.array([inside, inside, width - inside, height - inside])
    outward = np.concatenate([-velocity, velocity]) / max(1.0, float(last[3] - last[1]))
    sign = np.array([-1.0, -1.0, 1.0, 1.0])
    there, was_there = (sign * (side - ends) >= 0 for side in (box, last))
    return bool((there & ~was_there & (outward <= WALKING)).any())
