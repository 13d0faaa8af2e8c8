"""A search shows by stops that are short for the place where they are."""

from __future__ import annotations

import pytest

from miseban.space.help.habits import REMEMBERED, Habits
from miseban.space.help.people import Person, Stop
from miseban.space.help.searching import Searches
from miseban.space.help.settings import HelpSettings
from miseban.space.help.shapes import Shape

SHELVES = [(2.0, 2.0), (14.0, 2.0), (8.0, 9.0), (2.0, 9.0), (14.0, 9.0), (8.0, 2.0)]
BEHIND = [(x, y + 1.2) for x, y in SHELVES]


def visit(key: int, stays: list[tuple[tuple[float, float], float]], from_s: float) -> Person:
    """Somebody with these stops, a quarter of a minute apart."""
    person = Person(key, None, from_s, from_s, stays[-1][0])
    person.own_m = 1.7
    now = from_s
    for xy, stay_s in stays:
        person.stops.append(Stop(now, now + stay_s, xy, whole=True))
        now += stay_s + 15.0
    person.last_s = now
    return person


def customers(searches: Searches) -> None:
    """A dozen, each of whom waits behind others for a moment once, and stands before shelves for
    long many times."""
    for n in range(12):
        stays = [(SHELVES[m % 6], 60.0) for m in range(12)]
        stays.insert(1, (BEHIND[n % 6], 9.0))
        customer = visit(n, stays, 2000.0 * n)
        assert not list(searches.look([customer]))
        searches.forget(customer)


@pytest.mark.parametrize(("places", "told"), [(SHELVES, 1), (BEHIND, 0)])
def test_a_short_stop_where_all_stop_shortly_says_nothing(
    places: list[tuple[float, float]], told: int
) -> None:
    searches = Searches(HelpSettings(), 1.0)
    customers(searches)
    person = visit(99, [(xy, 9.0) for xy in places], 30000.0)
    assert len(list(searches.look([person]))) == told


def test_nor_does_it_speak_against_a_search() -> None:
    """Who looks for something waits there, too."""
    searches = Searches(HelpSettings(), 1.0)
    customers(searches)
    stays = [(xy, 9.0) for xy in (*SHELVES[:5], *BEHIND, SHELVES[5])]
    assert len(list(searches.look([visit(99, stays, 30000.0)]))) == 1


def test_that_all_stand_for_long_at_a_shelf_makes_no_stop_there_a_search() -> None:
    searches = Searches(HelpSettings(), 1.0)
    customers(searches)
    stays = [(xy, 45.0) for xy in SHELVES]
    assert not list(searches.look([visit(99, stays, 30000.0)]))


@pytest.mark.parametrize(("far", "told"), [(0.0, 1), (30.0, 0)])
def test_where_all_stay_for_longer_fewer_short_stops_tell_of_a_search(
    far: float, told: int
) -> None:
    searches = Searches(HelpSettings(), 1.0)
    customers(searches)
    places = [(x + far, y) for x, y in SHELVES]
    stays = [(places[0], 30.0), (places[1], 9.0), (places[2], 9.0)]
    person = visit(99, stays, 30000.0)
    assert len(list(searches.look([person]))) == told


@pytest.mark.parametrize(("before", "told"), [(0, 1), (2, 0)])
def test_who_has_stopped_as_customers_do_shows_a_little_more(before: int, told: int) -> None:
    searches = Searches(HelpSettings(), 1.0)
    stays = [(SHELVES[n], 60.0) for n in range(before)]
    stays += [(SHELVES[n], 12.0) for n in range(2, 5)]
    assert len(list(searches.look([visit(99, stays, 0.0)]))) == told


@pytest.mark.parametrize(("first", "told"), [(0, 1), (1, 0)])
def test_a_stop_whose_coming_was_not_seen_is_one_too(first: int, told: int) -> None:
    """Though nobody knows how long it was."""
    searches = Searches(HelpSettings(), 1.0)
    customers(searches)
    person = visit(99, [(xy, 9.0) for xy in SHELVES[:3]], 30000.0)
    person.stops[0].whole = False
    person.stops = person.stops[first:]
    assert len(list(searches.look([person]))) == told


def test_ones_own_stops_are_no_habit_of_others() -> None:
    habits, stop = Habits(), Stop(0.0, 9.0, (2.0, 2.0), whole=True)
    for _ in range(5):
        habits.stopped(stop, 1)
    assert habits.short_here(stop, 1) == pytest.approx(1.0)
    assert habits.short_here(stop, 2) > 5.0
    habits.searched(1)
    assert habits.short_here(stop, 2) == pytest.approx(1.0)


def test_where_one_searched_another_may_search_too() -> None:
    """Whoever has been told of stops on, and that is no custom of the place."""
    searches = Searches(HelpSettings(), 1.0)
    places = [(3.0 * n, 6.0 * (n % 3)) for n in range(12)]
    for key, some in ((100, places), (101, places[3:])):
        person = visit(key, [(xy, 9.0) for xy in some], 1_000.0 * key)
        stops = list(person.stops)
        person.stops.clear()
        signs = 0
        for stop in stops:
            person.stops.append(stop)
            signs += len(list(searches.look([person])))
        assert signs, key
        searches.forget(person)


def test_places_are_forgotten_after_many_stops() -> None:
    habits, stop = Habits(), Stop(0.0, 9.0, (2.0, 2.0), whole=True)
    habits.stopped(stop, 1)
    for n in range(REMEMBERED):
        habits.stopped(Stop(0.0, 9.0, (9.0, 9.0), whole=True), n)
    assert habits.short_here(stop, 2) == pytest.approx(1.0)


@pytest.mark.parametrize(("broad", "told"), [(1.5, 1), (1.0, 0)])
def test_who_searches_in_a_wheelchair_is_no_child(broad: float, told: int) -> None:
    searches = Searches(HelpSettings(), 1.0)
    customers(searches)
    person = visit(99, [(xy, 9.0) for xy in SHELVES], 30000.0)
    person.own_m = 1.3
    person.shapes.extend(Shape(float(n), person.xy, 1.3, broad) for n in range(10))
    assert len(list(searches.look([person]))) == told


def test_what_a_child_has_stopped_for_says_nothing_of_an_adult() -> None:
    """With whom the fusion has gone on."""
    searches = Searches(HelpSettings(), 1.0)
    person = visit(1, [(xy, 9.0) for xy in SHELVES[:5]], 0.0)
    person.own_m = 1.3
    assert not list(searches.look([person]))
    person.own_m = 1.7
    assert not list(searches.look([person]))
    more = visit(1, [(xy, 9.0) for xy in SHELVES], 200.0)
    person.stops += more.stops
    assert len(list(searches.look([person]))) == 1
