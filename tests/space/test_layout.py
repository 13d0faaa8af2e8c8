"""Where the shop's drawings lie on the floor, and which side of a door is inside."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from miseban.space.columns import Columns
from miseban.space.layout import Layout
from miseban.space.seconds import Seconds
from miseban.vocabulary.floor import FloorRows
from miseban.vocabulary.shop import parse_shop
from tests.space.crowds import SHOP, shop


def depth(x: float, y: float) -> float:
    return float(Layout(shop()).depth_m(np.array([[x, y]]))[0])


@pytest.mark.parametrize(
    ("x", "y", "expected"),
    [
        pytest.param(6.0, 7.0, 3.0, id="inside"),
        pytest.param(6.0, 11.5, -1.5, id="on the pavement"),
        pytest.param(1.0, 4.0, np.hypot(4.0, 6.0), id="inside, far from the door"),
        pytest.param(2.0, 11.5, -np.hypot(3.0, 1.5), id="in front of the window"),
        pytest.param(2.0, 10.3, np.nan, id="at the wall, who knows on which side"),
    ],
)
def test_how_far_inside(x: float, y: float, expected: float) -> None:
    assert depth(x, y) == pytest.approx(expected, nan_ok=True)


def test_the_side_is_that_of_who_walks_along_the_line() -> None:
    """Drawn the other way round, the street is inside."""
    turned = SHOP.replace("[[7.0, 10.0], [5.0, 10.0]]", "[[5.0, 10.0], [7.0, 10.0]]")
    layout = Layout(parse_shop(turned, "shop.toml"))
    assert layout.depth_m(np.array([[6.0, 7.0]]))[0] == pytest.approx(-3.0)


def test_without_a_door_all_is_inside() -> None:
    head = SHOP.split("# In is up")[0]
    layout = Layout(parse_shop(head, "shop.toml"))
    assert not layout.has_doors
    assert np.isposinf(layout.depth_m(np.zeros((2, 2)))).all()
    assert not layout.within("crew", np.zeros((2, 2))).any()


def test_zones_by_kind() -> None:
    layout = Layout(shop(crew=True))
    at = np.array([[8.5, 7.0], [10.0, 5.0], [11.0, 5.0], [1.0, 1.0]])
    assert layout.within("queue", at).tolist() == [True, False, False, False]
    assert layout.within("counter", at).tolist() == [False, True, False, False]
    assert layout.within("crew", at).tolist() == [False, False, True, False]
    assert layout.has("crew")
    assert not layout.has("area")


@given(
    st.lists(st.tuples(st.floats(0, 20), st.integers(0, 3)), max_size=40),
    st.lists(st.integers(0, 40), max_size=5),
)
def test_a_second_has_everybody_once_however_it_is_cut(
    seen: list[tuple[float, int]], cuts: list[int]
) -> None:
    seen.sort()
    t = np.array([one[0] for one in seen])
    visit = np.array([one[1] for one in seen], np.int64)
    n = len(seen)
    rows = FloorRows(t, visit, np.arange(2.0 * n).reshape(n, 2), np.zeros(n), np.ones(n, np.int64))
    seconds, told = Seconds(), []
    edges = sorted({0, n, *(cut for cut in cuts if cut < n)})
    for a, b in pairwise(edges):
        told += list(seconds.of(rows.take(slice(a, b))))
    told += list(seconds.rest())
    pairs = [(one.time_s, v) for one in told for v in one.visit.tolist()]
    assert sorted(pairs) == sorted({(float(np.floor(s)), v) for s, v in seen})
    for one in told:
        for v, xy in zip(one.visit.tolist(), one.xy, strict=True):
            last = np.flatnonzero((np.floor(t) == one.time_s) & (visit == v))[-1]
            assert (xy == rows.xy[last]).all()


def test_rows_of_a_table_come_back_empty() -> None:
    table = Columns(("a", "b"), rows=2)
    rows = [table.begin(a=float(n)) for n in range(5)]
    assert len(set(rows)) == 5
    assert table["a"][rows].tolist() == [0.0, 1.0, 2.0, 3.0, 4.0]
    table["b"][rows[2]] = 7.0
    table.end(rows[2])
    again = table.begin()
    assert again == rows[2]
    assert (table["a"][again], table["b"][again]) == (0.0, 0.0)
    assert table.used.sum() == 5
