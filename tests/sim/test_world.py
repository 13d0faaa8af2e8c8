"""What holds in every simulated world, whatever the seed."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely import LineString, Polygon, union_all

from miseban.sim.scenario import Scenario
from miseban.sim.world.floorplan import BODY_M
from miseban.sim.world.people import Person
from miseban.sim.world.simulation import Simulation
from tests.sim.konbini import NOON, scenario, shop, simulated

RUSH = ("rush_chance = 0.05", "rush_chance = 1.0")
seeds = st.integers(0, 2**32 - 1)
factors = st.sampled_from([0.3, 1.0, 2.0, 4.0])
worlds = settings(max_examples=8, suppress_health_check=list(HealthCheck))


def busy(factor: float) -> Scenario:
    """The konbini at noon, ``factor`` times as busy."""
    return scenario(NOON, RUSH, ("rush_factor = 1.6", f"rush_factor = {factor}"))


@worlds
@given(seeds, factors)
def test_nobody_walks_through_a_fixture_or_faster_than_they_can(seed: int, factor: float) -> None:
    world = Simulation(shop(), busy(factor), seed)
    world.run_until(1200)
    fixtures = union_all([Polygon(f.polygon) for f in world.scenario.fixtures])
    floor = world.shop.shop.floor
    assert floor is not None
    assert len(world.people) > 3
    for person in world.people:
        t, xy = person.trail.knots(1200)
        assert (np.diff(t) > 0).all()
        if len(t) > 1:
            assert LineString(xy).distance(fixtures) >= BODY_M - 1e-6
            speed = np.hypot(*np.diff(xy, axis=0).T) / np.diff(t)
            assert speed.max() <= person.speed_mps + 1e-6
        assert xy.min() >= BODY_M
        assert (xy <= (floor.width_m - BODY_M, floor.depth_m - BODY_M)).all()


@worlds
@given(seeds, factors)
def test_nobody_walks_through_anybody(seed: int, factor: float) -> None:
    world = Simulation(shop(), busy(factor), seed)
    for number in range(6000):
        scene = world.scene(number / 10)
        if number % 3:
            continue
        for one, other in combinations(scene.figures, 2):
            apart = max(abs(one.x - other.x), abs(one.y - other.y))
            assert apart >= 2 * BODY_M - 1e-6, (scene.time_s, one, other)


@worlds
@given(seeds, factors)
def test_people_are_conserved_at_every_instant(seed: int, factor: float) -> None:
    """Came less went is inside, for the floor and for the shop behind the entrance line."""
    world = Simulation(shop(), busy(factor), seed)
    times = np.arange(0, 900, 0.5)
    inside = [{figure.id for figure in world.scene(time_s).figures} for time_s in times.tolist()]
    for time_s, there in zip(times.tolist(), inside, strict=True):
        seen = [p for p in world.people if len(p.trail.t)]
        came = {p.id for p in seen if p.trail.start_s <= time_s}
        went = {p.id for p in seen if p.gone and p.trail.end_s <= time_s}
        assert there == came - went
        assert len(there) == len(came) - len(went)


@worlds
@given(seeds)
def test_everybody_gets_out_in_the_end(seed: int) -> None:
    """Nobody is stuck: when no more come, the shop empties, but for the staff."""
    world = simulated(seed, 0, NOON)
    world.run_until(1800)
    world.close_doors()
    world.run_until(1800 + 3600)
    assert {p.kind for p in world.people if not p.gone} == {"staff"}


def test_same_seed_same_world_and_another_seed_another() -> None:
    def told(seed: int) -> list[object]:
        world = Simulation(shop(), busy(2.0), seed)
        return [world.scene(k * 0.7) for k in range(1500)]

    one = told(5)
    assert one == told(5)
    assert one != told(6)


def test_the_step_of_time_does_not_change_the_world() -> None:
    coarse, fine = (Simulation(shop(), busy(2.0), 9) for _ in range(2))
    fine_scenes = [fine.scene(k * 0.1) for k in range(6001)]
    assert [coarse.scene(k * 10.0) for k in range(61)] == [
        fine.scene(600.0) if k == 60 else fine_scenes[k * 100] for k in range(61)
    ]


def test_a_source_that_runs_for_days_forgets_who_left() -> None:
    short = Simulation(shop(), busy(2.0), 3, remember=False)
    long = Simulation(shop(), busy(2.0), 3)
    for k in range(4000):
        assert short.scene(k * 1.0) == long.scene(k * 1.0)
    assert len(short.people) < 60 < len(long.people)


def test_companions_stay_near_each_other() -> None:
    """While they shop; at the till one pays and the other waits at the last shelf."""
    world = simulated(2, 90, NOON)
    groups: dict[int, list[int]] = {}
    for person in world.people:
        groups.setdefault(person.group, []).append(person.id)
    together = [ids for ids in groups.values() if len(ids) > 1]
    assert together
    people = {p.id: p for p in world.people}
    gaps: list[float] = []
    for one, other in ((people[ids[0]], people[ids[1]]) for ids in together):
        assert one.speed_mps == other.speed_mps
        until_s = other.trail.facing[-1][0] if other.trail.facing else 0.0
        for at_s in np.arange(other.trail.start_s, until_s):
            if stands(one, at_s) and stands(other, at_s):
                x, y = np.subtract(one.trail.place(at_s), other.trail.place(at_s))
                gaps.append(float(np.hypot(x, y)))
    assert len(gaps) > 100
    assert np.median(gaps) <= 1.5
    assert np.mean(np.array(gaps) <= 3.0) > 0.98  # one may have to wait before setting out


def stands(person: Person, at_s: float) -> bool:
    """Whether the person rests for a second around that moment."""
    return person.trail.place(at_s - 0.5) == person.trail.place(at_s + 0.5)


def test_arrivals_follow_the_hours() -> None:
    """A day's arrivals, hour by hour, lie within four standard deviations of the rates."""
    quiet = ("rush_chance = 0.05", "rush_chance = 0.0")
    world = simulated(4, 24 * 60, ("T07:00:00", "T00:00:00"), quiet)
    hours = np.zeros(24)
    groups = {p.group: p for p in world.people if not p.staff and not p.passing}
    for person in groups.values():
        hours[int(person.trail.start_s // 3600)] += 1
    wanted = np.array(world.scenario.arrivals.per_hour)
    assert (np.abs(hours - wanted) < 4 * np.sqrt(wanted) + 3).all()
    assert abs(hours.sum() - wanted.sum()) < 4 * np.sqrt(wanted.sum())


def test_ways_that_were_forgotten_are_found_again() -> None:
    one, other = (Simulation(shop(), busy(1.0), 7) for _ in range(2))
    for world in (one, other):
        world.run_until(600)
    other.forget_ways()
    for world in (one, other):
        world.run_until(1200)
    assert len(one.people) > 3
    assert [person.trail for person in one.people] == [person.trail for person in other.people]
