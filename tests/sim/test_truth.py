"""The truth of hand-made trails, worked out by hand."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, Polygon

from miseban.sim.truth.drawings import on_floor, passages, times_inside
from miseban.sim.truth.events import truth
from miseban.sim.truth.occupancy import minutes, queue_changes
from miseban.sim.world.people import Person
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.events import (
    Event,
    LineCrossed,
    QueueState,
    VisitEnded,
    ZoneLeft,
    ZoneOccupancy,
)
from miseban.vocabulary.shop import Shop, parse_shop
from tests.sim.konbini import shop as konbini
from tests.sim.konbini import simulated

START = datetime(2026, 4, 6, 3, 0, 30, tzinfo=UTC)
SHOP = """
[shop]
id = "s"
timezone = "UTC"
policy = "strict"
floor = { width_m = 10.0, depth_m = 10.0 }

[[line]]
id = "door"
points = [[0.0, 5.0], [10.0, 5.0]]

[[zone]]
id = "queue"
kind = "queue"
polygon = [[2.0, 0.0], [4.0, 0.0], [4.0, 2.0], [2.0, 2.0]]
min_stay_s = 2.0
"""


def walker(number: int, *knots: tuple[float, float, float], gone: bool = True) -> Person:
    """Somebody who is at (x, y) at second t for each of ``knots``."""
    person = Person(number, "quick", number, False, False, 1.2, 1.7, "", 0, gone=gone)
    for t, x, y in knots:
        person.trail.t.append(t)
        person.trail.x.append(x)
        person.trail.y.append(y)
        person.trail.walked_m.append(0.0)
    return person


def told(*people: Person, duration_s: float = 100.0) -> list[Event]:
    return truth(parse_shop(SHOP, "s.toml"), list(people), START, duration_s, 1).events


def seconds(event: Event) -> float:
    return (event.time - START).total_seconds()


CROSSINGS: dict[str, tuple[list[tuple[float, float, float]], list[tuple[str, float]]]] = {
    # Along the line from left to right, one's left is up on the plan: down is in.
    "down is in": ([(0, 1, 4), (2, 1, 6)], [("in", 1.0)]),
    "up is out": ([(0, 1, 6), (4, 1, 4)], [("out", 2.0)]),
    "there and back": ([(0, 1, 4), (2, 1, 6), (4, 1, 4)], [("in", 1.0), ("out", 3.0)]),
    "a sway is none": ([(0, 1, 4), (1, 1, 5.2), (2, 1, 4)], []),
    "a sway before the passage": (
        [(0, 1, 4), (1, 1, 5.1), (2, 1, 4.9), (3, 1, 7)],
        [("in", 2 + 1 / 21)],
    ),
    "stops on the line": ([(0, 1, 4), (1, 1, 5), (9, 1, 5), (10, 1, 6)], [("in", 1.0)]),
    "beyond its end": ([(0, 11, 4), (2, 11, 6)], []),
    "along it": ([(0, 1, 4.9), (2, 9, 4.9)], []),
}


@pytest.mark.parametrize("name", CROSSINGS)
def test_passages_of_a_line(name: str) -> None:
    knots, wanted = CROSSINGS[name]
    found = [e for e in told(walker(1, *knots)) if isinstance(e, LineCrossed)]
    assert [e.direction for e in found] == [way for way, _ in wanted]
    assert np.allclose([seconds(e) for e in found], [at_s for _, at_s in wanted], atol=1e-5)


STAYS: dict[str, tuple[list[tuple[float, float, float]], list[tuple[float, float]]]] = {
    "through": ([(0, 0, 1), (6, 6, 1)], [(2, 4)]),
    "too short": ([(0, 0, 1), (3, 6, 1)], []),
    "stands": ([(0, 0, 1), (3, 3, 1), (13, 3, 1), (19, 9, 1)], [(2, 14)]),
    "a step out": (
        [(0, 3, 1), (5, 3, 1), (6, 4.2, 1), (7, 3, 1), (9, 3, 1), (10, 9, 1)],
        [(0, 9 + 1 / 6)],
    ),
    "out for longer": (
        [(0, 3, 1), (5, 3, 1), (6, 5, 1), (8, 5, 1), (9, 3, 1), (12, 3, 1), (13, 9, 1)],
        [(0, 5.5), (8.5, 12 + 1 / 6)],
    ),
    "still there at the end": ([(90, 3, 1), (95, 3.5, 1)], [(90, 100)]),
}


@pytest.mark.parametrize("name", STAYS)
def test_stays_in_a_zone(name: str) -> None:
    knots, wanted = STAYS[name]
    stays = name != "still there at the end"
    found = [e for e in told(walker(1, *knots, gone=stays)) if isinstance(e, ZoneLeft)]
    got = [(seconds(e) - e.dwell_s, seconds(e)) for e in found]
    assert np.allclose(got, wanted, atol=1e-5) if wanted else not got


def test_occupancy_and_queue_of_two() -> None:
    one = walker(1, (0, 3, 1), (20, 3, 1), (21, 9, 1))
    other = walker(2, (9, 0, 1), (10, 3, 1), (50, 3, 1), (51, 9, 1))
    events = told(one, other)
    minute = [e for e in events if isinstance(e, ZoneOccupancy)]
    assert [seconds(e) for e in minute] == [30, 90, 100]  # whole minutes of the clock
    assert [e.people for e in minute] == [1, 0, 0]
    assert [e.people_max for e in minute] == [2, 1, 0]
    total = sum(e.dwell_s for e in events if isinstance(e, ZoneLeft))
    assert sum(e.person_s for e in minute) == pytest.approx(total, abs=1e-5)
    states = [e for e in events if isinstance(e, QueueState)]
    assert [e.length for e in states] == [1, 2, 1, 0]
    arrived = 9 + 2 / 3
    waits = [0, arrived, 20 + 1 / 6 - arrived, 0]
    assert np.allclose([e.waiting_s for e in states], waits, atol=1e-5)


def test_a_visit_with_its_trail() -> None:
    (visit,) = (e for e in told(walker(1, (0.5, 0, 1), (6.5, 6, 1))) if isinstance(e, VisitEnded))
    assert visit.started == START + timedelta(seconds=0.5)
    assert visit.t == (0.5, 1, 2, 3, 4, 5, 6)
    assert np.allclose(visit.x, [0, 0.5, 1.5, 2.5, 3.5, 4.5, 5.5])
    assert visit.areas == ("queue",)
    assert visit.unit == "m"


@given(st.integers(0, 10**6))
def test_passages_and_stays_agree_with_geometry(seed: int) -> None:
    """A path crosses a line as often as shapely finds points, and is inside a polygon for the
    share of its length that shapely finds inside."""
    rng = random.Random(seed)
    xy = np.array([(rng.uniform(0, 10), rng.uniform(0, 10)) for _ in range(6)])
    t = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(xy, axis=0).T))])  # 1 m/s
    line = np.array([(rng.uniform(0, 10), rng.uniform(0, 10)) for _ in range(2)])
    crossed = sum(LineString(xy[k : k + 2]).crosses(LineString(line)) for k in range(len(xy) - 1))
    assert len(passages(t, xy, line)) == crossed
    polygon = Polygon([(rng.uniform(0, 10), rng.uniform(0, 10)) for _ in range(5)])
    if polygon.is_valid:
        inside = times_inside(t, xy, np.array(polygon.exterior.coords)[:-1])
        spent = sum(
            LineString(xy[k : k + 2]).intersection(polygon).length for k in range(len(xy) - 1)
        )
        assert sum(b - a for a, b in inside) == pytest.approx(spent, abs=1e-6)


stay = st.tuples(st.integers(0, 300), st.integers(1, 200)).map(
    lambda s: (s[0] / 2, (s[0] + s[1]) / 2, "x")
)


@given(st.lists(stay, max_size=12), st.integers(0, 59))
def test_minutes_and_queue_add_up(stays: list[tuple[float, float, str]], offset: int) -> None:
    end_s = 260.0
    told = list(minutes(stays, float(offset), end_s))
    assert told[0].start_s == 0
    assert told[-1].end_s == end_s
    assert sum(m.person_s for m in told) == pytest.approx(sum(b - a for a, b, _ in stays))
    for m in told:
        assert m.people == sum(a <= m.end_s < b for a, b, _ in stays)
        assert m.people_max >= m.people
        assert m.person_s <= m.people_max * (m.end_s - m.start_s) + 1e-9
    lengths = [length for _, length, _ in queue_changes(stays)]
    assert len(lengths) == 2 * len(stays)
    assert lengths[-1:] in ([], [0])


def test_truth_does_not_depend_on_how_it_was_simulated() -> None:
    """Nor does a longer run change what happened before."""
    short, long = simulated(3, 10), simulated(3, 20)
    one = truth(short.shop, short.people, short.start, 600, 3)
    other = truth(long.shop, long.people, long.start, 600, 3)
    plain = [e.model_dump(exclude={"id"}) for e in one.events]
    assert plain == [e.model_dump(exclude={"id"}) for e in other.events]
    assert len(plain) > 50


def test_entrance_balance_is_people_behind_the_line() -> None:
    """In less out is who is behind the entrance line, at each second."""
    world = simulated(8, 20)
    events = truth(world.shop, world.people, world.start, 1200, 8).events
    crossed = [e for e in events if isinstance(e, LineCrossed)]
    behind = [p for p in world.people if len(p.trail.t)]
    at_start = sum(p.staff for p in behind)
    for second in range(0, 1200, 7):
        balance = sum(
            (1 if e.direction == "in" else -1)
            for e in crossed
            if (e.time - world.start).total_seconds() <= second
        )
        inside = sum(
            p.trail.place(second)[1] < 8.75
            for p in behind
            if p.trail.start_s <= second and not (p.gone and p.trail.end_s <= second)
        )
        assert abs(balance + at_start - inside) <= 1  # the drawn line is not quite straight
    assert len(crossed) > 10


@pytest.mark.parametrize("case", ["no floor points", "above the horizon"])
def test_drawings_without_a_place_on_the_floor_are_refused(case: str) -> None:
    camera: dict[str, object] = {"id": "c", "source": "sim:c", "resolution": (640, 360)}
    points = [
        ((0, 360), (0, 10)),
        ((640, 360), (10, 10)),
        ((240, 100), (0, 0)),
        ((400, 100), (10, 0)),
    ]
    if case != "no floor points":
        camera["floor_points"] = [{"pixel": a, "floor_m": b} for a, b in points]
    line = {"id": "l", "camera": "c", "points": [(10, 0), (600, 0)]}
    info = konbini().shop.model_dump()
    shop = Shop.checked({"shop": info, "camera": [camera], "line": [line]}, "s.toml")
    with pytest.raises(BadInput, match=r'\[\[line\]\] "l": expected'):
        on_floor(shop)


def test_a_way_has_places_as_far_apart_as_asked_for() -> None:
    person = walker(1, (0.5, 1.0, 1.0), (4.5, 5.0, 1.0), (9.0, 5.0, 1.0))
    found = truth(parse_shop(SHOP, "s.toml"), [person], START, 100.0, 1, trail_s=2.0).events
    (visit,) = [event for event in found if isinstance(event, VisitEnded)]
    assert visit.t == (0.5, 2.0, 4.0, 6.0, 8.0)
    assert visit.x == pytest.approx((1.0, 2.5, 4.5, 5.0, 5.0))
    assert [one for one in found if one != visit] == [
        one for one in told(person) if not isinstance(one, VisitEnded)
    ]
