"""What of the furniture can hide somebody from one camera."""

from __future__ import annotations

import numpy as np

from miseban.sim.render.canvas import draw
from miseban.sim.render.lens import Lens
from miseban.sim.render.mesh import Mesh, Part


def seen_of(part: Part, lens: Lens, size: tuple[int, int]) -> Mesh | None:
    """The triangles of ``part`` that show in a picture of ``size`` = (width, height), all black
    and of nobody's identity. None if there are none.

    What is itself behind other furniture hides nobody who is not hidden already, so that leaving
    it out changes no picture, and most triangles of a shelf are out of sight.
    """
    count = len(part.triangles)
    number = np.arange(1, count + 1, dtype="<u4")
    paint = np.repeat(number.view(np.uint8).reshape(-1, 4)[:, [2, 1, 0, 3]], 3, axis=0)
    apart = np.arange(3 * count, dtype=np.uint32).reshape(-1, 3)
    drawn = draw(size, lens, Mesh(part.points[part.triangles.ravel()], paint, apart))
    shown = np.unique(drawn.view("<u4"))
    shown = shown[(shown > 0) & (shown <= count)] - 1
    if not len(shown):
        return None
    used, corners = np.unique(part.triangles[shown], return_inverse=True)
    triangles = corners.reshape(-1, 3).astype(np.uint32)
    points = part.points[used].astype(np.float32)
    return Mesh(points, np.zeros((len(used), 4), np.uint8), triangles)
