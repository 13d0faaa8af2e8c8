"""Whose need somebody low is: the same one's as before, or another's."""

from __future__ import annotations

import pytest

from miseban.space.help.low import AGAIN_S, HELPED_S, Low, Names

UP_S = 4.0
HERE = (5.0, 5.0)


def low(names: Names, key: int | None = 1, *, told: bool = True, last_s: float = 10.0) -> Low:
    who = names.of(0.0, HERE, 1.8, key, ["c"], [])
    return Low(who, HERE, 0.0, last_s, key, told=told, at={"c": last_s})


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
    names = Names(UP_S)
    lost = low(names)
    names.over(30.0, [lost])
    now_s = lost.last_s + after_s
    names.over(now_s, [])
    assert (names.of(now_s, (x, 5.0), 1.8, key, ["c"], []) == lost.who) is same


def test_who_was_seen_to_rise_or_never_told_of_is_not() -> None:
    names = Names(UP_S)
    risen, untold = low(names), low(names, told=False)
    risen.upright = risen.rose = int(UP_S)
    names.over(20.0, [risen, untold])
    assert names.of(21.0, HERE, 1.8, 1, ["c"], []) not in (risen.who, untold.who)


def test_who_rose_may_have_been_a_helper_if_nobody_knows_who_is_low_then() -> None:
    names = Names(UP_S)
    risen = low(names)
    risen.upright = risen.rose = int(UP_S)
    names.over(15.0, [risen])
    assert names.of(20.0, HERE, 1.8, None, ["c"], []) == risen.who
    names.over(60.0, [])
    assert names.of(60.0, HERE, 1.8, None, ["c"], []) != risen.who


def test_who_was_lost_and_found_and_has_risen_is_not_either() -> None:
    names = Names(UP_S)
    lost = low(names)
    names.over(30.0, [lost])
    found = Low(names.of(40.0, HERE, 1.8, 1, ["c"], []), HERE, 40.0, 50.0, 1, told=True)
    assert found.who == lost.who
    found.upright = found.rose = int(UP_S)
    names.over(55.0, [found])
    assert names.of(60.0, HERE, 1.8, 1, ["c"], []) != lost.who


def test_where_only_somebody_stood_it_is_the_same_one_for_a_moment() -> None:
    for away_s, same in ((HELPED_S, True), (HELPED_S + 1.0, False)):
        names = Names(UP_S)
        lost = low(names, key=None)
        lost.upright = int(UP_S)  # a helper, perhaps
        names.over(15.0, [lost])
        names.over(10.0 + away_s, [])
        assert (names.of(10.0 + away_s, HERE, 1.8, None, ["c"], []) == lost.who) is same


def test_whom_one_camera_sees_beside_is_another_unless_known_to_be_the_same() -> None:
    names, beside = Names(UP_S), (6.5, 5.0)
    there = low(names, key=None)
    assert names.of(10.0, beside, 1.8, None, ["c"], [there]) != there.who
    assert names.of(10.0, beside, 1.8, None, ["d"], [there]) == there.who
    assert names.of(11.0, beside, 1.8, None, ["c"], [there]) == there.who
    known = low(names, key=1)
    assert names.of(10.0, beside, 1.8, 1, ["c"], [known]) == known.who
    assert names.of(11.0, beside, 1.8, 2, ["c"], [known]) != known.who
    assert names.of(11.0, beside, 1.8, 2, ["d"], [known]) == known.who  # the fusion may err


def test_two_whom_a_camera_sees_at_once_part() -> None:
    names = Names(UP_S)
    one, other, same = low(names, key=1), low(names, key=2), low(names, key=1)
    other.who = same.who = one.who
    other.at = {"d": 10.0}
    names.part(10.0, [one, other, same])
    assert one.who == other.who == same.who
    other.at["c"] = 10.0
    names.part(10.0, [one, other, same])
    assert other.who != one.who == same.who
