"""The floor's metres drawn over a picture without people, for an eye to check."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from miseban.camera.calibration.answer import Answer
from miseban.camera.drawing import DARK, LINE_COLOUR, WHITE, ZONE_COLOUR, whole, write
from miseban.vision.pixels import Image
from miseban.vocabulary.errors import Failed
from miseban.vocabulary.shop.pinhole import over, plane_homography

Floats = NDArray[np.float64]

_PLAIN = (200, 196, 192)
_LEAST_PX = 6.0  # lines nearer together than this are left out
_STEP_M = 0.1


def grid_picture(answer: Answer, background: Image | None, size: tuple[int, int]) -> bytes:
    """A PNG at ``size`` (width, height): a line each metre of the plan, bold each five, and the
    floor points with their places. The grid is that of the floor points themselves, as everything
    that reads the shop file will see it. ``background`` must be free of people."""
    width, height = size
    if background is None:
        picture = np.full((height, width, 3), _PLAIN, np.uint8)
    else:
        picture = np.asarray(cv2.resize(background, size, interpolation=cv2.INTER_LINEAR))
    pixels = np.array([p for p, _ in answer.spots])
    floor_m = np.array([f for _, f in answer.spots])
    to_pixel = plane_homography(floor_m, pixels)
    low, high = _reach(np.asarray(np.linalg.inv(to_pixel), np.float64), size, floor_m)
    for axis in (0, 1):
        for at in range(int(np.floor(low[axis])), int(np.ceil(high[axis])) + 1):
            _line(picture, to_pixel, axis, at, low, high)
    for axis in (0, 1):
        for at in range(int(np.ceil(low[axis] / 5)) * 5, int(high[axis]) + 1, 5):
            _number(picture, to_pixel, axis, at, low, high)
    for (u, v), (x, y) in answer.spots:
        spot = (round(u), round(v))
        cv2.circle(picture, spot, 5, DARK, -1, cv2.LINE_AA)
        cv2.circle(picture, spot, 3, LINE_COLOUR, -1, cv2.LINE_AA)
        write(picture, f"{x:g}, {y:g}", (spot[0] + 7, spot[1] - 3))
    done, png = cv2.imencode(".png", picture)
    if not done:
        raise Failed("grid", "grid picture", "could not be encoded as PNG")
    return png.tobytes()


def _reach(to_floor: Floats, size: tuple[int, int], floor_m: Floats) -> tuple[Floats, Floats]:
    """The part of the plan around the floor points that lies in the picture."""
    x, y = np.meshgrid(np.linspace(0, size[0], 25), np.linspace(0, size[1], 25))
    seen = over(to_floor, np.column_stack([x.ravel(), y.ravel()]))
    middle = floor_m.mean(axis=0)
    wide = max(float(np.ptp(floor_m, axis=0).max()), 4.0)
    near = seen[np.isfinite(seen).all(axis=1)]
    near = near[(np.abs(near - middle) < 1.5 * wide).all(axis=1)]
    every = np.concatenate([near, floor_m])
    return every.min(axis=0), every.max(axis=0)


def _along(to_pixel: Floats, axis: int, at: float, low: Floats, high: Floats) -> Floats:
    """Pixels (N, 2) along the plan's line where coordinate ``axis`` is ``at``; NaN behind."""
    other = np.arange(low[1 - axis], high[1 - axis] + _STEP_M, _STEP_M)
    places = np.full((len(other), 2), float(at))
    places[:, 1 - axis] = other
    return over(to_pixel, places)


def _line(picture: Image, to_pixel: Floats, axis: int, at: int, low: Floats, high: Floats) -> None:
    line = _along(to_pixel, axis, at, low, high)
    next_one = _along(to_pixel, axis, at + 1, low, high)
    bold = at % 5 == 0
    with np.errstate(invalid="ignore"):
        there = np.isfinite(line).all(axis=1) & (np.abs(line) < 10_000).all(axis=1)
        there &= bold | (np.linalg.norm(line - next_one, axis=1) > _LEAST_PX)
    for part in np.split(np.arange(len(line)), np.flatnonzero(np.diff(there)) + 1):
        if there[part[0]] and len(part) > 1:
            corners = [whole([tuple(p) for p in line[part].tolist()])]
            cv2.polylines(picture, corners, False, DARK, 3 if bold else 1, cv2.LINE_AA)
            colour = ZONE_COLOUR if bold else WHITE
            cv2.polylines(picture, corners, False, colour, 1, cv2.LINE_AA)


def _number(
    picture: Image, to_pixel: Floats, axis: int, at: int, low: Floats, high: Floats
) -> None:
    """Beside the nearest end of the line that is in the picture."""
    line = _along(to_pixel, axis, at, low, high)
    height, width = picture.shape[:2]
    with np.errstate(invalid="ignore"):
        inside = ((line > 4) & (line < [width - 40, height - 4])).all(axis=1)
    if inside.any():
        x, y = line[inside][np.argmax(line[inside][:, 1])].tolist()
        write(picture, f"{'xy'[axis]} {at} m", (int(x), int(y)))
