"""Heat maps: colour in the right place, in proportion, and readable."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from miseban.insight.heat_picture import LegendUnit, draw_heat, floor_unit, picture_unit
from miseban.vision.pixels import Image

SIZE = (640, 360)


def decoded(png: bytes) -> Image:
    assert png.startswith(b"\x89PNG")
    image = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR)
    return np.asarray(image, np.uint8)


def spot(row: int, column: int, seconds: float = 50.0) -> NDArray[np.float64]:
    heat = np.zeros((18, 32))
    heat[row, column] = seconds
    return heat


@pytest.mark.parametrize(("row", "column"), [(4, 8), (12, 25), (0, 0), (17, 31)])
def test_the_spot_is_coloured_and_the_rest_is_not(row: int, column: int) -> None:
    none = decoded(draw_heat(np.zeros((18, 32)), SIZE, legend_unit=picture_unit(18 * 32)))
    some = decoded(draw_heat(spot(row, column), SIZE, legend_unit=picture_unit(18 * 32)))

    changed = cv2.absdiff(none, some)[:360].max(axis=2) > 20
    ys, xs = np.nonzero(changed)
    assert abs(ys.mean() - (row + 0.5) * 20) < 15
    assert abs(xs.mean() - (column + 0.5) * 20) < 15
    assert changed.mean() < 0.05


def test_the_legend_is_below_the_picture() -> None:
    image = decoded(draw_heat(spot(4, 8), SIZE, legend_unit=floor_unit(0.5)))

    assert image.shape[1] == SIZE[0]
    strip = image[SIZE[1] :]
    assert 30 < len(strip) < 80
    assert (strip[:, -40:-20].std(axis=2) > 20).any(), "the bright end of the scale"


@pytest.mark.parametrize(
    ("unit", "value"),
    [
        pytest.param(picture_unit(576), 5.76, id="a cell is 1/576, a hundredth has 5.76 of them"),
        pytest.param(floor_unit(0.5), 1 / 15, id="one second on a quarter of a square metre"),
    ],
)
def test_units(unit: LegendUnit, value: float) -> None:
    assert unit.per_cell == pytest.approx(value)


def test_the_ground_is_the_background_without_its_colour() -> None:
    background = np.full((90, 160, 3), (30, 60, 200), np.uint8)
    image = decoded(
        draw_heat(np.zeros((9, 16)), SIZE, legend_unit=picture_unit(144), background=background)
    )

    seen, given = image[100, 100].astype(int), background[0, 0].astype(int)
    assert np.ptp(seen) < np.ptp(given) / 3


def test_cells_beyond_the_edge_do_not_shift_the_map() -> None:
    """250 pixels in cells of 60 are five columns, of which the last is half outside."""
    heat = np.zeros((4, 5))
    heat[1, 2] = 10
    image = decoded(draw_heat(heat, (250, 200), legend_unit=picture_unit(14), cell=60.0))

    yellow = cv2.blur(image[:200, :, 2].astype(np.float32) - image[:200, :, 0], (31, 31))
    y, x = np.unravel_index(int(np.argmax(yellow)), yellow.shape)
    assert abs(x - 150) < 8
    assert abs(y - 90) < 12


def test_zones_are_drawn_on_a_plan_in_metres() -> None:
    zones = {"aisle": [(2.0, 2.0), (10.0, 2.0), (10.0, 8.0), (2.0, 8.0)]}
    unit = floor_unit(1.0)
    plain = decoded(draw_heat(np.zeros((16, 24)), (480, 320), legend_unit=unit, extent=(24, 16)))
    drawn = decoded(
        draw_heat(np.zeros((16, 24)), (480, 320), legend_unit=unit, zones=zones, extent=(24, 16))
    )

    ys, xs = np.nonzero(cv2.absdiff(plain, drawn)[:320].max(axis=2) > 60)
    assert (abs(xs.min() - 40) <= 3, abs(xs.max() - 200) <= 3) == (True, True)
    assert (abs(ys.min() - 40) <= 3, abs(ys.max() - 160) <= 3) == (True, True)


@pytest.mark.parametrize("size", [(16, 16), (10, 960), (1, 1)])
def test_a_narrow_picture_has_a_legend_too(size: tuple[int, int]) -> None:
    png = draw_heat(np.ones((2, 2)), size, legend_unit=picture_unit(4))
    picture = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    assert picture.shape[1] == 200
    assert picture.shape[0] > size[1]
