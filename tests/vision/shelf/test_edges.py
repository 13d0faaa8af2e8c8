"""The shelf's edges: where another is seen, somebody is before it, or it was learned wrongly."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from numpy.typing import NDArray

from miseban.vision.shelf.edges import AGAIN, STEADY, Edges
from miseban.vision.shelf.grid import COLUMNS, EDGE_ROWS

Floats = NDArray[np.float32]

COUNT = 4
FREE = np.ones((COUNT, EDGE_ROWS, COLUMNS), np.bool_)
ALL = np.ones(COUNT, np.bool_)
NONE = ~ALL


def seen(**others: float) -> Floats:
    """Edges of one colour, but for those ``others``, by number: ``_1=3.0``."""
    levels = np.full((COUNT, EDGE_ROWS, COLUMNS, 3), 5.0, np.float32)
    for number, level in others.items():
        levels[int(number[1:])] = level
    return levels


def learned(now: Floats) -> Edges:
    edges = Edges(COUNT)
    for _ in range(STEADY):
        edges.learn(now, FREE, ALL)
    return edges


def test_whoever_is_before_an_edge_hides_it() -> None:
    edges = learned(seen())
    assert edges.hidden(seen(_1=4.0), FREE).tolist() == [False, True, False, False]
    assert not Edges(COUNT).hidden(seen(), FREE).any()


def test_what_is_seen_below_an_edge_may_change() -> None:
    """Goods of the facing below went: dark is seen in the lower rows."""
    edges = learned(seen())
    now = seen()
    now[2, 1:] = 4.0
    assert not edges.hidden(now, FREE).any()


def test_where_nothing_of_an_edge_is_in_view_it_is_not_known_to_be_hidden() -> None:
    free = FREE.copy()
    free[1] = False
    assert not learned(seen()).hidden(seen(_1=4.0), free).any()
    free[1, 0] = True  # a row of it is
    assert learned(seen()).hidden(seen(_1=4.0), free).tolist() == [False, True, False, False]


def test_an_edge_that_was_learned_with_somebody_before_it_is_learned_again() -> None:
    edges = learned(seen(_3=4.0))
    for _ in range(AGAIN):
        hidden = edges.hidden(seen(), FREE)
        assert hidden.tolist() == [False, False, False, True]
        edges.again(seen(), FREE, hidden)
    assert edges.known.tolist() == [True, True, True, False]
    for _ in range(STEADY):
        edges.learn(seen(), FREE, ~edges.known | NONE)
    assert not edges.hidden(seen(), FREE).any()
    assert edges.known.all()


def test_whoever_stays_before_an_edge_is_not_learned_as_one() -> None:
    edges = learned(seen())
    for _ in range(3 * AGAIN):
        edges.again(seen(_1=4.0), FREE, edges.hidden(seen(_1=4.0), FREE))
    assert edges.known.all()


def test_an_edge_behind_people_is_not_learned_again() -> None:
    edges = learned(seen(_3=4.0))
    free = FREE.copy()
    free[3, :, :20] = False
    for _ in range(3 * AGAIN):
        edges.again(seen(), free, edges.hidden(seen(), free))
    assert edges.known.all()


def test_what_it_remembers_of_pictures_cannot_be_written() -> None:
    with pytest.raises(TypeError, match="sealed"):
        pickle.dumps(learned(seen()))
