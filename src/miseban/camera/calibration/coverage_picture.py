"""The plan of a shop, its floor coloured by how many cameras see somebody who lies there."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from miseban.camera.drawing import DARK, WHITE, Colour, whole, write
from miseban.space.coverage import Coverage, Hung
from miseban.vocabulary.errors import Failed
from miseban.vocabulary.shop.pinhole import fit_pinhole

Image = NDArray[np.uint8]

COLOURS: tuple[Colour, ...] = ((0, 94, 213), (66, 228, 240), (233, 180, 86), (178, 114, 0))
"""Of floor that none, one, two, more see (Okabe and Ito, in BGR)."""
WORDS = ("none", "1", "2", "3 and more")
_FIXTURE: Colour = (150, 146, 142)
_OUTSIDE: Colour = (225, 222, 220)
_LONGEST_PX = 1200
_STRIP_PX = 30


def coverage_picture(coverage: Coverage, more: Sequence[Hung] = ()) -> bytes:
    """A PNG: fixtures grey, cameras of the shop as dots with their ids, ``more`` as numbered
    rings."""
    floor = coverage.shop.shop.floor
    assert floor is not None  # noqa: S101 - else there is no coverage
    scale = _LONGEST_PX / max(floor.width_m, floor.depth_m)
    size = (round(floor.depth_m * scale), round(floor.width_m * scale))
    picture: Image = np.full((*size, 3), _OUTSIDE, np.uint8)
    half = coverage.step_m / 2
    counts = np.minimum(coverage.by["lies"], len(COLOURS) - 1)
    for (x, y), count in zip(coverage.places.tolist(), counts.tolist(), strict=True):
        left, top, right, bottom = (
            round(v * scale) for v in (x - half, y - half, x + half, y + half)
        )
        picture[top:bottom, left:right] = COLOURS[count]
    for fixture in coverage.shop.fixtures:
        corners = whole([(x * scale, y * scale) for x, y in fixture.polygon])
        cv2.fillPoly(picture, [corners], _FIXTURE)
        cv2.polylines(picture, [corners], True, DARK, 1, cv2.LINE_AA)
    for camera in coverage.shop.cameras:
        if camera.floor_points:
            lens, _ = fit_pinhole(
                np.array([point.pixel for point in camera.floor_points], float),
                np.array([point.floor_m for point in camera.floor_points], float),
                (float(camera.width), float(camera.height)),
            )
            ahead = (lens.x + np.cos(lens.heading), lens.y + np.sin(lens.heading))
            _camera(picture, (lens.x, lens.y), ahead, camera.id, scale, filled=True)
    for number, one in enumerate(more, start=1):
        _camera(picture, (one.x, one.y), one.looks_at, str(number), scale, filled=False)
    return _png(np.vstack([picture, _legend(picture.shape[1])]))


def _camera(
    picture: Image,
    at: tuple[float, float],
    ahead: tuple[float, float],
    name: str,
    scale: float,
    *,
    filled: bool,
) -> None:
    """A dot or a ring, with a stroke of a metre to where it looks, moved into the picture."""
    height, width = picture.shape[:2]
    x = int(np.clip(at[0] * scale, 8, width - 8))
    y = int(np.clip(at[1] * scale, 8, height - 8))
    way = np.array(ahead) - at
    end = np.array([x, y]) + way / max(float(np.hypot(*way)), 1e-9) * scale
    cv2.line(picture, (x, y), (round(end[0]), round(end[1])), DARK, 2, cv2.LINE_AA)
    cv2.circle(picture, (x, y), 7, DARK if filled else WHITE, -1, cv2.LINE_AA)
    cv2.circle(picture, (x, y), 7, WHITE if filled else DARK, 2, cv2.LINE_AA)
    write(picture, name, (min(x + 10, width - 8 * len(name) - 4), max(y - 6, 14)))


def _legend(width: int) -> Image:
    strip: Image = np.full((_STRIP_PX, width, 3), WHITE, np.uint8)
    for i, (colour, word) in enumerate(zip(COLOURS, WORDS, strict=True)):
        left = 10 + i * 130
        cv2.rectangle(strip, (left, 8), (left + 22, 22), colour, -1)
        write(strip, word, (left + 30, 20))
    return strip


def _png(picture: Image) -> bytes:
    done, png = cv2.imencode(".png", picture)
    if not done:
        raise Failed("coverage", "picture", "could not be encoded as PNG")
    return png.tobytes()
