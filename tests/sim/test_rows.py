"""Where a hand reaches to is where the picture shows the goods."""

from __future__ import annotations

import math

import numpy as np
import pytest

from miseban.sim.render.furnishing import furnish
from miseban.sim.render.furniture import Furniture, Shelf, row_place, standing
from miseban.sim.rows import Row, ShelfFrame, is_rectangle
from tests.sim.grocery import scenario

OUTLINES: dict[str, list[tuple[float, float]]] = {
    "along x": [(1, 1), (5, 1), (5, 2), (1, 2)],
    "the other way round": [(1, 2), (5, 2), (5, 1), (1, 1)],
    "short side first": [(1, 1), (1, 2), (5, 2), (5, 1)],
    "along y": [(1, 1), (2, 1), (2, 5), (1, 5)],
    "aslant": [(1, 1), (4, 5), (3.2, 5.6), (0.2, 1.6)],
}


def along(outline: list[tuple[float, float]]) -> np.ndarray:
    """From the first to the second point of a longer side, of length 1."""
    a, b, c = (np.array(point, float) for point in outline[:3])
    long = b - a if math.dist(a, b) >= math.dist(b, c) else c - b
    return np.asarray(long / np.linalg.norm(long))


@pytest.mark.parametrize("side", [0, 1])
@pytest.mark.parametrize("name", OUTLINES)
def test_the_front_is_where_the_side_says(name: str, side: int) -> None:
    """Side 0 is on the right hand of who walks along: on a plan with y down, at (-y, x)."""
    outline = OUTLINES[name]
    row = Row("s/f", "shelf", side, 2, 0.5, 1.0)
    frame = ShelfFrame(outline, 2.0)
    x, y, z = frame.front(row)
    way, middle = along(outline), np.mean(outline, axis=0)
    right = np.array([-way[1], way[0]])
    outward = right if side == 0 else -right
    assert np.allclose(frame.outward(row), outward)
    # 0.5 m to 1.5 m of 4 or 5 m from the start; 0.02 m behind the edge.
    wanted = middle + (1.0 - frame.length / 2) * way + (0.5 - 0.02) * outward
    assert np.allclose((x, y), wanted)
    assert 0.12 + 2 * frame.gap < z < 0.12 + 3 * frame.gap


@pytest.mark.parametrize("side", [0, 1])
@pytest.mark.parametrize("name", OUTLINES)
def test_the_picture_has_the_goods_there(name: str, side: int) -> None:
    """The corners of the row's space, placed on the stage as all goods are."""
    outline = tuple(OUTLINES[name])
    furniture = Furniture("shelf", outline, 2.0)
    row = Row("s/f", "shelf", side, 1, 0.5, 1.0)
    shelf, frame = Shelf(furniture), ShelfFrame(outline, 2.0)
    assert row_place(furniture, row) == frame.front(row)
    low, high = shelf.span(row)
    corners = np.array([[x, y, z] for x in (low[0], high[0]) for y in (low[1], high[1])
                        for z in (low[2], high[2])])  # fmt: skip
    stage = corners @ shelf.turn.T + [*shelf.middle, 0.0]
    plan = stage * [1.0, -1.0, 1.0]
    outward = np.array([*frame.outward(row), 0.0])
    front = plan[np.argsort(plan @ outward)[-4:]]  # the four corners farthest out
    assert np.allclose(front.mean(axis=0), frame.front(row))


def test_half_a_row_is_as_deep_and_high() -> None:
    shelf = Shelf(Furniture("shelf", tuple(OUTLINES["along x"]), 2.0))
    row = Row("s/f", "shelf", 0, 1, 0.5, 1.0)
    (low, high), (half_low, half_high) = shelf.span(row), shelf.span(row, 0.5)
    assert np.allclose(low, half_low)
    assert np.allclose(high - half_high, [0.5, 0.0, 0.0])


RECTANGLES: dict[str, tuple[list[tuple[float, float]], bool]] = {
    "along x": (OUTLINES["along x"], True),
    "aslant": (OUTLINES["aslant"], True),
    "three corners": ([(0, 0), (1, 0), (1, 1)], False),
    "five": ([(0, 0), (2, 0), (2, 1), (1, 2), (0, 1)], False),
    "a trapezium": ([(0, 0), (4, 0), (3, 1), (1, 1)], False),
}


@pytest.mark.parametrize("name", RECTANGLES)
def test_what_can_be_a_shelf(name: str) -> None:
    outline, wanted = RECTANGLES[name]
    assert is_rectangle(outline) is wanted


def test_a_facing_of_the_scenario_is_a_row() -> None:
    cola = next(f for f in scenario().facings if f.facing == "cola")
    assert cola.row == Row("cooler/cola", "cooler", 0, 4, 3.5, 1.0)


@pytest.mark.parametrize("share", [0.0, 0.05, 0.5, 1.0])
def test_packages_stand_where_the_picture_has_them(share: float) -> None:
    outline = OUTLINES["along x"]
    thing = Furniture("shelf", tuple(outline), 2.0)
    row = Row("s/f", "shelf", 0, 1, 0.5, 1.0)
    spans = standing(thing, row, share, 3)
    assert (spans[:, 0] < spans[:, 1]).all()
    assert ((spans >= 0) & (spans <= 1)).all()
    seen, _ = furnish([thing], [row], {row.id: share}, 3)
    bare, _ = furnish([thing], [row], {row.id: 0.0}, 3)
    assert seen is not None
    assert bare is not None
    goods = Shelf(thing).turn.T @ (
        seen.points[len(bare.points) :] - [*Shelf(thing).middle, 0.0]
    ).T  # fmt: skip
    assert (len(spans) == 0) == (share == 0.0) == (goods.shape[1] == 0)
    if share:
        start = Shelf(thing).span(row)[0][0]
        assert goods[0].min() == pytest.approx(start + spans[:, 0].min() * row.width_m)
        assert goods[0].max() == pytest.approx(start + spans[:, 1].max() * row.width_m)
