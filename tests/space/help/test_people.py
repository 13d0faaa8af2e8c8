"""What is remembered of the way of somebody: stops, and whether all of one was seen."""

from __future__ import annotations

import pytest

from miseban.space.help.people import Glimpse, People, Stop
from miseban.space.help.settings import HelpSettings
from miseban.space.help.usual import Usual


def stops(hidden: range = range(0)) -> list[Stop]:
    """Of somebody who comes from the left, stands from 10 to 25 s and goes on, but is not seen in
    the seconds ``hidden``."""
    people = People(HelpSettings(), Usual(), lambda _: False)
    for second in range(36):
        x = min(float(second), 10.0) + max(second - 25.0, 0.0)
        if second not in hidden:
            people.take(float(second), {"v": Glimpse((x, 5.0), (), "v")})
    person = people.by_visit("v")
    assert person is not None
    return person.stops


def test_a_stop_seen_from_coming_to_going_is_whole() -> None:
    (stop,) = stops()
    assert stop.whole
    assert abs(stop.from_s - 10.0) <= 1.0
    assert abs(stop.to_s - 25.0) <= 1.0


def test_a_moment_unseen_makes_no_difference() -> None:
    assert [stop.whole for stop in stops(range(10, 12))] == [True]
    assert [stop.whole for stop in stops(range(25, 27))] == [True]


def test_who_is_found_standing_or_is_lost_there_has_stood_for_nobody_knows_how_long() -> None:
    for hidden in (range(10, 15), range(9, 15), range(8, 20), range(20, 30)):
        assert [stop.whole for stop in stops(hidden)] == [False]


def stops_apart(way_s: float, unseen_s: float) -> list[Stop]:
    """Of somebody who stands from 10 to 20 s, is seen no more while going on by 10 m, which takes
    ``way_s``, stands there as long, and goes on."""
    people = People(HelpSettings(), Usual(), lambda _: False)
    there_s = 20.0 + way_s
    for second in range(60):
        x = min(float(second), 10.0)
        if second > there_s:
            x = 20.0 + max(second - there_s - 10.0, 0.0)
        if not 20.0 < second < 20.0 + unseen_s:
            people.take(float(second), {"v": Glimpse((x, 5.0), (), "v")})
    person = people.by_visit("v")
    assert person is not None
    return person.stops


def test_who_is_unseen_no_longer_than_the_way_takes_has_only_walked() -> None:
    assert [stop.whole for stop in stops_apart(10.0, 11.0)] == [True, True]
    assert [stop.whole for stop in stops_apart(10.0, 14.0)] == [True, True]
    assert [stop.whole for stop in stops_apart(20.0, 21.0)] == [False, False]  # may have stood


def test_who_came_in_and_is_lost_for_a_moment_only_has_come_in() -> None:
    for away_s, came_in in ((3, True), (20, False)):
        people = People(HelpSettings(), Usual(), lambda xy: xy[0] < 2.0)
        for second in range(5):
            people.take(float(second), {"v": Glimpse((1.0 + second, 5.0), (), "v")})
        people.take(4.0 + away_s, {"w": Glimpse((6.0, 5.0), (), "w")})
        person = people.by_visit("w")
        assert person is not None
        assert person.key == 1
        assert person.came_in is came_in


@pytest.mark.parametrize(("out", "turns_up"), [(True, True), (True, False), (False, True)])
def test_who_is_lost_outside_has_gone_and_who_turns_up_there_is_somebody_else(
    *, out: bool, turns_up: bool
) -> None:
    """On the pavement, far from the door: another one with a walking frame comes along there."""
    people = People(HelpSettings(), Usual(), lambda _: False)
    people.take(0.0, {"v": Glimpse((1.0, 9.5), (), "v", outside=out)})
    people.take(20.0, {"w": Glimpse((6.0, 9.5), (), "w", outside=turns_up)})
    person = people.by_visit("w")
    assert person is not None
    assert person.key == 2
    assert person.came_in is turns_up
