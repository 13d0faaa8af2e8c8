"""What of the furniture one camera can see, and what of it can hide somebody."""

from __future__ import annotations

import numpy as np

from miseban.sim.render.canvas import draw
from miseban.sim.render.lens import Lens
from miseban.sim.render.mesh import Mesh, Part

_NEARLY = 0.001
"""Metres that the eye must be behind a triangle, or its corners off the picture, for it to be left
out."""


def towards(part: Part, lens: Lens) -> Part:
    """``part`` without triangles that turn their backs to ``lens`` and those that lie off its
    picture, and without the points that only these have. Neither is drawn, so leaving them out
    changes no picture (but for a pixel where a back, rounded to whole pixels, looked like a front);
    of a shop, one camera keeps a tenth."""
    seen = (part.points - lens.eye) @ lens.axes.T  # right, forward, up
    across, down = lens.tangent
    off = np.stack(
        [
            sign * seen[:, axis] > seen[:, 1] * slope + _NEARLY
            for axis, slope in ((0, across), (2, down))
            for sign in (1, -1)
        ]
    )
    a, b, c = (seen[part.triangles[:, corner]] for corner in range(3))
    out = np.cross(b - a, c - a)
    turned = np.einsum("ij,ij->i", out, -a) > -_NEARLY * np.linalg.norm(out, axis=1)
    kept = turned & ~off[:, part.triangles].all(axis=2).any(axis=0)
    used, corners = np.unique(part.triangles[kept], return_inverse=True)
    return Part(
        part.points[used], part.normals[used], part.colour[used], part.tag[used],
        corners.reshape(-1, 3).astype(np.uint32),
    )  # fmt: skip


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
