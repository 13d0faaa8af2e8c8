"""Whose need somebody low is: the same one's as before, or another's."""

from __future__ import annotations

import pytest

from miseban.space.help.low import AGAIN_S, Low, Names

UP_S = 4.0
HERE = (5.0, 5.0)


def low(names: Names, key: int | None = 1, *, told: bool = True, last_s: float = 10.0) -> Low:
    return Low(names.of(0.0, HERE, 1.8, key, []), HERE, 0.0, last_s, key, told=told)


@pytest.mark.parametrize(
    ("after_s", "x", "key", "same"),
    [
        (20.0, 5.0, 1, True),
        (20.0, 6.5, 1, True),
        (20.0, 5.0, None, True),
        (20.0, 5.0, 2, False),
        (20.0, 7.0, 1, False),
        (AGAIN_S + 1.0, 5.0, 1, False),
    ],
)
def test_who_was_lost_from_sight_and_is_low_there_soon_is_the_same(
    after_s: float, x: float, key: int | None, same: bool
) -> None:
    names = Names()
    lost = low(names)
    names.over(30.0, [lost], UP_S)
    now_s = lost.last_s + after_s
    names.over(now_s, [], UP_S)
    assert (names.of(now_s, (x, 5.0), 1.8, key, []) == lost.who) is same


def test_who_was_seen_to_rise_or_never_told_of_is_not() -> None:
    names = Names()
    risen, untold = low(names), low(names, told=False)
    risen.upright = int(UP_S)
    names.over(20.0, [risen, untold], UP_S)
    assert names.of(21.0, HERE, 1.8, 1, []) not in (risen.who, untold.who)


def test_who_was_lost_and_found_and_has_risen_is_not_either() -> None:
    names = Names()
    lost = low(names)
    names.over(30.0, [lost], UP_S)
    found = Low(names.of(40.0, HERE, 1.8, 1, []), HERE, 40.0, 50.0, 1, told=True)
    assert found.who == lost.who
    found.upright = int(UP_S)
    names.over(55.0, [found], UP_S)
    assert names.of(60.0, HERE, 1.8, 1, []) != lost.who


def test_who_is_seen_elsewhere_in_this_second_is_another_unless_known_to_be_the_same() -> None:
    names = Names()
    there = low(names, key=None)
    assert names.of(10.0, (6.5, 5.0), 1.8, None, [there]) != there.who
    assert names.of(11.0, (6.5, 5.0), 1.8, None, [there]) == there.who
    known = low(names, key=1)
    assert names.of(10.0, (6.5, 5.0), 1.8, 1, [known]) == known.who  # by two cameras
    assert names.of(11.0, (6.5, 5.0), 1.8, 2, [known]) != known.who
