"""A child that walks about with nobody, second by second."""

from __future__ import annotations

import pytest

from miseban.space.help.children import Children
from miseban.space.help.people import Person
from miseban.space.help.settings import HelpSettings


def walks(seconds: int, hidden: range = range(0), outside: range = range(0)) -> list[float]:
    """When a child is told of that walks straight on, at 1 m/s, and is not seen, or outside a door,
    for a while."""
    children, child, told = Children(HelpSettings(), 1.0), Person(1, None, 0.0, 0.0, (0.0, 5.0)), []
    child.own_m = 1.15
    child.heights.extend([1.15] * 20)
    for second in range(seconds):
        if second in hidden:
            continue
        child.last_s, child.xy = float(second), (float(second), 5.0)
        child.outside = second in outside
        child.way.append((child.last_s, *child.xy))
        told += [child.last_s for _ in children.look(child.last_s, [child])]
    return told


def test_a_child_that_never_stands_is_told_of() -> None:
    told = walks(60)
    assert told
    assert 30.0 <= told[0] <= 42.0
    assert not walks(30)


@pytest.mark.parametrize("times", [1.0, 2.0])
def test_so_it_is_where_more_time_is_asked(times: float) -> None:
    children = Children(HelpSettings(), times)
    child = Person(1, None, 0.0, 0.0, (0.0, 5.0), own_m=1.15)
    child.heights.extend([1.15] * 20)
    for second in range(120):
        child.last_s, child.xy = float(second), (float(second), 5.0)
        child.way.append((child.last_s, *child.xy))
        if list(children.look(child.last_s, [child])):
            assert 30.0 * times <= second <= 30.0 * times + 12.0
            return
    pytest.fail("it was not told of")


def test_who_is_not_seen_for_long_may_have_stood_with_somebody() -> None:
    assert walks(60, range(20, 30))
    assert not walks(60, range(24, 44))


def test_the_way_in_the_shop_ends_at_the_door() -> None:
    """Who goes along the front then may be seen again where nobody knows that it is outside."""
    assert walks(44, range(30, 34))
    assert not walks(44, outside=range(30, 34))
