"""Those who work in the shop: shelves are filled, tills served, and nobody does it by magic."""

from __future__ import annotations

import math
from collections import Counter
from itertools import combinations, pairwise

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from shapely import LineString, Polygon, union_all

from miseban.sim.scenario.file import parse_scenario
from miseban.sim.truth.events import truth
from miseban.sim.world.arrivals import arrival_times
from miseban.sim.world.floorplan import BODY_M
from miseban.sim.world.people import Person
from miseban.sim.world.simulation import Simulation
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.events import VisitEnded
from tests.sim import grocery, manned
from tests.sim.books import audit
from tests.sim.konbini import scenario, shop
from tests.sim.manned import CLERK, EVERYTHING, FILLER, POST, filled, incident, simulated

seeds = st.integers(0, 2**32 - 1)
worlds = settings(  # a smaller seed is no simpler world: nothing to shrink
    max_examples=5,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
PLENTY = (
    ("back_room = 4", "back_room = 4000"),
    ("price = 158\n", "price = 158\nback_room = 4000\nrefill_at = 4\n"),
    ("price = 90\n", "price = 90\nback_room = 4000\nrefill_at = 11\n"),
)
FILLED = ("cooler/tea", "cooler/water", "cooler/cola")


def staff(world: Simulation) -> list[Person]:
    return [person for person in world.people if person.staff]


@worlds
@given(seeds)
def test_staff_fill_shelves_by_hand_and_no_piece_is_lost(seed: int) -> None:
    world = filled(seed, 60, *PLENTY)
    audit(world.goods)
    kinds = Counter(change.what for change in world.goods.changes)
    assert kinds["fetched"] > 0
    assert kinds["refilled"] > 10
    people = {person.id: person for person in staff(world)}
    for change in world.goods.changes:
        if change.what != "refilled":
            continue
        assert change.count == 1
        person, place = people[change.person_id or 0], world.goods.places[change.key]
        here = person.trail.place(change.time_s)
        assert here in [world.plan.centre(spot.cell) for spot in place.spots]
        ends = [a for a in person.trail.acts if math.isclose(a.end_s, change.time_s)]
        assert [a.posture for a in ends] == ["crouch" if place.front[2] < 0.5 else "reach"]
        assert ends[0].reach_to in (None, place.front)
        assert 1.5 <= ends[0].end_s - ends[0].start_s <= 3.0
    touching = {c.person_id for c in world.goods.changes if c.what in ("touch", "take")}
    assert touching
    assert not touching & set(people)


def test_pieces_come_from_the_back_room() -> None:
    """The hands are full from there to the shelf, and only then."""
    world = filled(4, 90, *PLENTY)
    trail = staff(world)[0].trail
    before = [(0.0, 0), *trail.in_hand]
    loads = [(b[0], b[1]) for a, b in pairwise(before) if b[1] > a[1]]
    assert len(loads) > 2
    for time_s, pieces in loads:
        assert trail.place(time_s) == (9.25, 0.75)
        assert 1 <= pieces <= 24
    for minute in range(90):
        fetched = sum(c.count for c in world.goods.changes if c.what == "fetched")
        assert fetched >= sum(p.trail.holds(minute * 60) for p in staff(world)) >= 0
    held = sum(person.trail.holds(5400) for person in staff(world))
    assert held == sum(world.goods.with_staff(key) for key in FILLED)


def test_who_is_told_of_an_empty_facing_goes_out_of_turn() -> None:
    """On a round of hours, only a word makes anybody go."""
    slow = FILLER.replace("stop_s = [20.0, 60.0]", "stop_s = [20000.0, 20000.0]")
    dull = (("price = 158\n", "price = 158\nstock = 0\nback_room = 40\n"),)
    never = ("told_after_s = 120.0", "told_after_s = 0.0")
    shelves = []
    for changes in (dull, (*dull, never)):
        text = grocery.scenario_text(*changes, per_hour=0.01) + slow
        world = Simulation(grocery.shop(), parse_scenario(text, grocery.shop(), "a"), 1)
        world.run_until(400)
        shelves.append(world.goods.pieces("cooler/tea"))
        firsts = [c.time_s for c in world.goods.changes if c.what == "refilled"]
        assert not firsts or 120 < firsts[0] < 200
    assert shelves == [12, 0]


def test_staff_elsewhere_fill_nothing() -> None:
    """Facings in nobody's zones stay empty."""
    away = FILLER.replace('"drinks", "papers"', '"papers"').replace('"drinks"', '"papers"')
    text = grocery.scenario_text(*PLENTY, per_hour=120) + away
    world = Simulation(grocery.shop(), parse_scenario(text, grocery.shop(), "a"), 2)
    world.run_until(3600)
    assert len(staff(world)) == 2
    assert {c.what for c in world.goods.changes} & {"fetched", "refilled"} == set()
    assert world.goods.to_fill()


@worlds
@given(seeds)
def test_with_staff_and_incidents_nobody_walks_through_anybody_or_anything(seed: int) -> None:
    world = Simulation(shop(), simulated(seed, 0, EVERYTHING).scenario, seed)
    fixtures = union_all([Polygon(f.polygon) for f in world.scenario.fixtures])
    for number in range(4000):
        scene = world.scene(number * 0.3)
        for one, other in combinations(scene.figures, 2):
            apart = max(abs(one.x - other.x), abs(one.y - other.y))
            assert apart >= 2 * BODY_M - 1e-6, (scene.time_s, one, other)
    for person in world.people:
        _, xy = person.trail.knots(1200)
        if len(xy) > 1:
            assert LineString(xy).distance(fixtures) >= BODY_M - 1e-6


def at(person: Person, time_s: float, place: tuple[float, float]) -> bool:
    return math.dist(person.trail.place(time_s), place) < 1e-9


@worlds
@given(seeds)
def test_an_unmanned_till_serves_nobody(seed: int) -> None:
    """Whoever comes to the till has the clerk before them while served, 20 s at least."""
    more = CLERK + incident("unmanned_counter", till="till-1", per_day=300.0, lasts_s=[30.0, 90.0])
    world = simulated(seed, 60, more)
    clerk = next(person for person in staff(world) if at(person, 0.0, POST))
    spot = world.plan.centre(world.plan.lanes[0].tills[0][1].cell)
    came = [
        time_s
        for person in world.people
        if not person.staff
        for time_s, _ in person.trail.facing
        if at(person, time_s, spot)
    ]
    assert len(came) > 20
    for time_s in came:
        assert all(at(clerk, time_s + part, POST) for part in range(21))
    away = [number for number in range(3600) if not at(clerk, number, POST)]
    assert len(away) > 30


def test_a_clerk_faces_the_customer_and_hands_things_over() -> None:
    world = simulated(1, 30, CLERK)
    clerk = next(person for person in staff(world) if at(person, 0.0, POST))
    assert clerk.trail.end_s == 0.0  # never away
    x, y = world.plan.centre(world.plan.lanes[0].tills[0][1].cell)
    assert clerk.trail.facing == [(0.0, math.atan2(y - POST[1], x - POST[0]))]
    assert len(clerk.trail.acts) > 20
    for act in clerk.trail.acts:
        assert act.posture == "reach"
        assert act.reach_to is not None
        assert math.dist(act.reach_to[:2], POST) < 0.6
    assert all(a.end_s <= b.start_s for a, b in pairwise(clerk.trail.acts))


def test_the_truth_says_who_works_and_who_came_together() -> None:
    world = simulated(3, 40, CLERK)
    known = truth(world.shop, world.people, world.start, 2400, 3)
    ended = {e.visit: e for e in known.events if isinstance(e, VisitEnded)}
    groups: dict[int, set[str | None]] = {}
    for person in world.people:
        if person.id not in known.visits:
            continue
        visit = ended[known.visits[person.id]]
        assert visit.role == ("staff" if person.staff else "shopper")
        assert (visit.group is None) == person.staff
        if not person.staff:
            groups.setdefault(person.group, set()).add(visit.group)
    assert all(len(ids) == 1 for ids in groups.values())
    assert len(set.union(*groups.values())) == len(groups) > 20
    assert max(Counter(p.group for p in world.people).values()) > 1
    longer = simulated(3, 60, CLERK)
    later = truth(longer.shop, longer.people, longer.start, 3600, 3)
    again = {e.visit: e.group for e in later.events if isinstance(e, VisitEnded)}
    assert all(again[visit] == event.group for visit, event in ended.items())


def test_some_mornings_are_quiet() -> None:
    rush = ("rush_chance = 0.05", "rush_chance = 1.0\nquiet_chance = 1.0\nquiet_factor = 0.0")
    quiet = ("rush_chance = 0.05", "quiet_chance = 1.0\nquiet_factor = 0.1")
    never = ("rush_chance = 0.05", "quiet_chance = 0.0\nquiet_factor = 0.1")
    plain = ("rush_chance = 0.05", "rush_chance = 0.0")
    noon_s = 5 * 3600

    def arrivals(change: tuple[str, str]) -> list[float]:
        times = arrival_times(scenario(change), "Asia/Tokyo", 7)
        return [time_s for time_s in (next(times) for _ in range(400)) if time_s < 2 * noon_s]

    def parts(times: list[float]) -> tuple[int, int]:
        morning = sum(time_s < noon_s for time_s in times)
        return morning, len(times) - morning

    assert arrivals(plain) == arrivals(never)
    usual, some, busy = parts(arrivals(plain)), parts(arrivals(quiet)), parts(arrivals(rush))
    assert usual[0] > 120
    assert 5 < some[0] < 40
    assert some[1] > 150
    assert busy[0] > usual[0]  # an hour is one or the other


SAME = "", ""
WRONG: dict[str, tuple[tuple[str, str], str, str, str]] = {
    "nothing to do": (
        ('zones = ["drinks", "bento"]', ""),
        "",
        '[[staff]] 1 "stocker" zones',
        "expected zones to work in, or a till, found neither",
    ),
    "a place without a till": (
        SAME,
        '[[staff]]\nid = "x"\nzones = ["drinks"]\nat = [12.3, 4.0]',
        '[[staff]] 2 "x" at',
        "expected a till to stand at, found none",
    ),
    "a till without a place": (
        SAME,
        CLERK.replace("at =", "# at ="),
        '[[staff]] 2 "clerk" at',
        "expected the place [x, y] where the clerk stands, found none",
    ),
    "an unknown till": (
        SAME,
        CLERK.replace("till-1", "till-7"),
        '[[staff]] 2 "clerk" till',
        "expected the id of a till with a [[service]] (till-1)",
    ),
    "a till that is closed": (
        SAME,
        CLERK.replace("till-1", "till-2"),
        '[[staff]] 2 "clerk" till',
        'found "till-2"',
    ),
    "two clerks at a till": (
        SAME,
        CLERK + CLERK.replace('"clerk"', '"other"').replace("4.1", "6.1"),
        '[[staff]] 3 "other" till',
        'expected one clerk at a till, found "till-1", where number 2 works',
    ),
    "a clerk on the counter": (
        SAME,
        CLERK.replace("12.3", "11.8"),
        '[[staff]] 2 "clerk" at',
        "expected a point whose cell of 0.5 m is free floor, found a fixture",
    ),
    "a clerk outside": (
        SAME,
        CLERK.replace("12.3", "-2.0"),
        '[[staff]] 2 "clerk" at',
        "expected a point whose cell",
    ),
    "a clerk in the door": (
        SAME,
        CLERK.replace("[12.3, 4.1]", "[0.2, 9.8]"),
        '[[staff]] 2 "clerk" at',
        "expected a place beside the doors",
    ),
    "a clerk walled in": (
        ("[11.5, 3.0], [12.0, 3.0], [12.0, 8.5]", "[11.5, 0.0], [12.0, 0.0], [12.0, 8.5]"),
        CLERK,
        '[[staff]] 2 "clerk" at',
        "expected a way there from the doors, found none",
    ),
    "a back room in a shelf": (
        SAME,
        '[[staff]]\nid = "x"\nzones = ["drinks"]\nback_room = [3.0, 3.0]',
        '[[staff]] 2 "x" back_room',
        "expected a point whose cell",
    ),
    "a clerk who fetches": (
        SAME,
        CLERK + "back_room = [12.3, 1.0]",
        '[[staff]] 2 "clerk" back_room',
        "expected none for a clerk",
    ),
    "a part of more than all": (
        ("rush_chance = 0.05", "quiet_factor = 1.5"),
        "",
        "[arrivals] quiet_factor",
        "expected a number of at most 1, found 1.5",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_staff_who_cannot_be_are_refused(name: str) -> None:
    change, more, place, what = WRONG[name]
    with pytest.raises(BadInput) as caught:
        manned.scenario(more, change)
    line = str(caught.value)
    assert "\n" not in line
    assert f"a.scenario.toml: {place}" in line
    assert what in line
