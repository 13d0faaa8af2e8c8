"""Heat maps as pictures: where people spent their time, on the camera's view or the floor plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from miseban.camera.drawing import DARK, Overlay, Point, draw_overlay, letter_scale
from miseban.vision.pixels import Image
from miseban.vocabulary.errors import Failed

LEAST_SHOWN = 0.02
"""Below this part of the scale nothing is coloured: a passer-by's second is not heat."""
STRONGEST = 0.85
_PLAIN: tuple[int, int, int] = (236, 233, 230)
_GRID: tuple[int, int, int] = (216, 212, 208)


@dataclass(frozen=True)
class LegendUnit:
    """How the colours read: ``label`` (ASCII) names the unit, ``per_cell`` turns person-seconds in
    one cell into it."""

    label: str
    per_cell: float


def picture_unit(cells: float) -> LegendUnit:
    """Person-seconds per hundredth of the picture: the eye's measure, since a pixel near the
    camera is less floor than one far away. ``cells`` is how many the whole
    picture has (its area over that of a cell)."""
    return LegendUnit("person-s per 1 % of the picture", cells / 100)


def floor_unit(cell_m: float) -> LegendUnit:
    """Person-minutes per square metre; ``cell_m`` is the side of a cell."""
    return LegendUnit("person-min per sq m", 1 / 60 / cell_m**2)


_LEGEND_PX = 200
"""The numbers below a heat map need as much, however narrow the picture or the floor."""


def draw_heat(
    seconds: NDArray[np.float64],
    size: tuple[int, int],
    *,
    legend_unit: LegendUnit,
    background: Image | None = None,
    lines: Mapping[str, Sequence[Point]] | None = None,
    zones: Mapping[str, Sequence[Point]] | None = None,
    extent: tuple[float, float] | None = None,
    cell: float | None = None,
) -> bytes:
    """A PNG of ``size`` (width, height) pixels of heat with a legend strip below it, which
    is at least 200 pixels wide.

    ``seconds`` (rows, cols) person-seconds per cell, covering the whole picture or floor;
    ``background`` (any size) must be free of people, None for a plain ground. ``lines`` and
    ``zones`` by id are in the units of ``extent`` (width, height), pixels of ``size`` without it;
    on a floor plan that is the floor in metres. ``cell`` is the side of a cell in the same units:
    then the last row and column may reach beyond the extent; without it the cells just fill it.
    Colour is in proportion to the smoothed time up to
    the top of the scale, which is its 99.5th percentile where there is any.
    """
    width, height = size
    scale = (width / extent[0], height / extent[1]) if extent else (1.0, 1.0)
    rows, columns = seconds.shape
    grid = size
    if cell is not None:
        grid = (round(columns * cell * scale[0]), round(rows * cell * scale[1]))
    values = np.asarray(seconds, np.float64) * legend_unit.per_cell
    heat, top = _smooth(values, (max(grid[0], width), max(grid[1], height)))
    heat = heat[:height, :width]
    canvas = _ground(background, size)
    part = np.clip(heat / top, 0.0, 1.0) if top > 0 else np.zeros_like(heat)
    colours = np.asarray(
        cv2.applyColorMap((part * 255).astype(np.uint8), cv2.COLORMAP_CIVIDIS), np.float32
    )
    alpha = np.where(part >= LEAST_SHOWN, STRONGEST * np.minimum(1.0, part * 4) ** 0.5, 0.0)
    mixed = canvas * (1 - alpha[..., None]) + colours * alpha[..., None]
    image: Image = np.clip(mixed, 0, 255).astype(np.uint8)
    draw_overlay(image, Overlay(lines or {}, zones or {}).scaled(*scale), {})
    wide = max(width, _LEGEND_PX)  # beside a narrow picture the paper stays white
    image = np.pad(image, ((0, 0), (0, wide - width), (0, 0)), constant_values=255)
    whole = np.vstack([image, _legend(wide, top, legend_unit.label)])
    done, png = cv2.imencode(".png", whole)
    if not done:
        raise Failed("heat-map", "heat map", f"could not be encoded as PNG at {width}x{height}")
    return png.tobytes()


def _smooth(
    values: NDArray[np.float64], size: tuple[int, int]
) -> tuple[NDArray[np.float64], float]:
    """The layer at full size (H, W) and the top of its scale. A Gaussian of 0.8 cells keeps the
    total and hides the edges of the cells."""
    soft = cv2.GaussianBlur(values, (0, 0), 0.8, borderType=cv2.BORDER_REFLECT)
    layer = np.maximum(cv2.resize(soft, size, interpolation=cv2.INTER_CUBIC), 0.0)
    some = layer[layer > 1e-9]
    return np.asarray(layer, np.float64), float(np.percentile(some, 99.5)) if some.size else 0.0


def _ground(background: Image | None, size: tuple[int, int]) -> NDArray[np.float32]:
    """Quiet enough to read colours on: grey at half contrast, or a plain light grid."""
    width, height = size
    if background is None:
        plain = np.full((height, width, 3), _PLAIN, np.uint8)
        step = max(8, round(max(size) / 24))
        plain[::step, :] = _GRID
        plain[:, ::step] = _GRID
        return plain.astype(np.float32)
    full = cv2.resize(background, size, interpolation=cv2.INTER_LINEAR)
    grey = cv2.cvtColor(full, cv2.COLOR_BGR2GRAY).astype(np.float32)[..., None]
    return np.asarray((0.3 * full + 0.7 * grey) * 0.6 + 70, np.float32)


def _legend(width: int, top: float, unit: str) -> Image:
    """A strip with the colours, their numbers and unit."""
    probe = np.zeros((1, width, 3), np.uint8)
    scale = max(0.4, 1.4 * letter_scale(probe))  # read on a phone, at half the size
    (_, letters), under = cv2.getTextSize("0", cv2.FONT_HERSHEY_SIMPLEX, scale, 1)
    pad, bar = 8, 12
    strip = np.full((pad * 4 + bar + 2 * (letters + under), width, 3), 255, np.uint8)
    left, right = pad * 2, width - pad * 2
    ramp = np.linspace(0, 255, right - left).astype(np.uint8)[None, :].repeat(bar, axis=0)
    first = pad + letters + under + pad

    def put(text: str, x: int, y: int) -> None:
        cv2.putText(strip, text, (x, y), cv2.FONT_HERSHEY_SIMPLEX, scale, DARK, 1, cv2.LINE_AA)

    if top <= 0:
        put("nobody was seen", left, pad + letters)
        return strip
    put(unit, left, pad + letters)
    strip[first : first + bar, left:right] = cv2.applyColorMap(ramp, cv2.COLORMAP_CIVIDIS)
    for part in (0.0, 0.25, 0.5, 0.75, 1.0):
        text = _readable(top * part) + ("+" if part == 1.0 else "")
        (wide, _), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, scale, 1)
        x = left + int((right - left) * part) - wide // 2
        x = min(max(x, left), right - wide)
        put(text, x, first + bar + pad + letters)
    return strip


def _readable(value: float) -> str:
    """Two significant digits or all before the point, no exponent: 0, 0.031, 4.2, 137."""
    if value == 0:
        return "0"
    digits = max(0, 1 - int(np.floor(np.log10(value))))
    return f"{value:,.{digits}f}"
