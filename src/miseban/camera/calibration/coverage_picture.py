"""The plan of a shop, its floor coloured by how many cameras see somebody who lies there."""

from __future__ import annotations

from collections.abc import Collection

import cv2
import numpy as np

from miseban.camera.drawing import DARK, WHITE, Colour, whole, write
from miseban.space.coverage import Coverage
from miseban.vision.pixels import Image
from miseban.vocabulary.errors import Failed
from miseban.vocabulary.shop.pinhole import Pinhole

COLOURS: tuple[Colour, ...] = ((0, 94, 213), (66, 228, 240), (233, 180, 86), (178, 114, 0))
"""Of floor that none, one, two, more see (Okabe and Ito, in BGR)."""
FIXTURE: Colour = (150, 146, 142)
OUTSIDE: Colour = (225, 222, 220)
TITLE = "How many cameras see somebody who lies there; metres"
_LEGEND = ((COLOURS[0], "none"), (COLOURS[1], "1"), (COLOURS[2], "2"), (COLOURS[3], "3+"))
_LONGEST_PX, _LEAST_PX = 1200, 640
_EDGE_PX = 34
_TICK_M = 5


def coverage_picture(coverage: Coverage, more: Collection[str] = ()) -> bytes:
    """A PNG: fixtures grey, cameras as dots with their names, those of ``more`` as rings."""
    floor = coverage.shop.shop.floor
    assert floor is not None  # noqa: S101 - else there is no coverage
    scale = _LONGEST_PX / max(floor.width_m, floor.depth_m)
    wide, deep = (max(1, round(side * scale)) for side in (floor.width_m, floor.depth_m))
    plan: Image = np.full((deep, wide, 3), OUTSIDE, np.uint8)
    outlines = [
        whole([(x * scale, y * scale) for x, y in f.polygon]) for f in coverage.shop.fixtures
    ]
    for corners in outlines:  # and what is left of squares that are half covered
        cv2.polylines(plan, [corners], True, FIXTURE, max(1, round(2 * coverage.step_m * scale)))
    half = coverage.step_m / 2
    counts = np.minimum(coverage.by["lies"], len(COLOURS) - 1)
    for (x, y), count in zip(coverage.places.tolist(), counts.tolist(), strict=True):
        left, top, right, bottom = (
            round(v * scale) for v in (x - half, y - half, x + half, y + half)
        )
        plan[top:bottom, left:right] = COLOURS[count]
    for corners in outlines:
        cv2.fillPoly(plan, [corners], FIXTURE)
        cv2.polylines(plan, [corners], True, DARK, 1, cv2.LINE_AA)
    for name, lens in coverage.lenses.items():
        _camera(plan, lens, name, scale, filled=name not in more)
    return _png(_framed(plan, scale))


def _camera(plan: Image, lens: Pinhole, name: str, scale: float, *, filled: bool) -> None:
    """A dot or a ring, with a stroke of a metre to where it looks, moved into the picture."""
    height, width = plan.shape[:2]
    x, y = int(np.clip(lens.x * scale, 0, width - 1)), int(np.clip(lens.y * scale, 0, height - 1))
    end = (round(x + np.cos(lens.heading) * scale), round(y + np.sin(lens.heading) * scale))
    cv2.line(plan, (x, y), end, DARK, 2, cv2.LINE_AA)
    cv2.circle(plan, (x, y), 7, DARK if filled else WHITE, -1, cv2.LINE_AA)
    cv2.circle(plan, (x, y), 7, WHITE if filled else DARK, 2, cv2.LINE_AA)
    write(plan, name, (x + 10, y - 6))


def _framed(plan: Image, scale: float) -> Image:
    """With metres at the top and the left, a title and what the colours mean."""
    deep, wide = plan.shape[:2]
    size = (deep + 3 * _EDGE_PX, max(wide + _EDGE_PX, _LEAST_PX), 3)
    picture: Image = np.full(size, WHITE, np.uint8)
    picture[2 * _EDGE_PX : 2 * _EDGE_PX + deep, _EDGE_PX : _EDGE_PX + wide] = plan
    write(picture, TITLE, (8, 22))
    for axis, longest in enumerate((wide, deep)):
        for metres in range(0, int(longest / scale) + 1, _TICK_M):
            at = round(metres * scale)
            middle = (_EDGE_PX + at, 50) if axis == 0 else (14, 2 * _EDGE_PX + at)
            write(picture, str(metres), middle, centred=True)
    for i, (colour, word) in enumerate((*_LEGEND, (FIXTURE, "fixture"))):
        left, top = 8 + i * 100, size[0] - 24
        cv2.rectangle(picture, (left, top), (left + 18, top + 14), colour, -1)
        write(picture, word, (left + 26, top + 13))
    return picture


def _png(picture: Image) -> bytes:
    done, png = cv2.imencode(".png", picture)
    if not done:
        raise Failed("coverage", "picture", "could not be encoded as PNG")
    return png.tobytes()
