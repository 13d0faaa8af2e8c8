"""Incidents: what goes wrong happens when it should, to the end, and is told exactly."""

from __future__ import annotations

import csv
import math
import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from shapely import Point, Polygon, box
from shapely.affinity import rotate, translate

from miseban.journal.events_table import read_events
from miseban.sim.truth.events import truth
from miseban.sim.truth.help import HelpTruth, help_truth
from miseban.sim.world.floorplan import BODY_M
from miseban.sim.world.helping import Help
from miseban.sim.world.people import Person
from miseban.sim.world.simulation import Simulation
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.events import HelpEnded, HelpNeeded, LineCrossed
from tests.sim.konbini import SHOP_FILE
from tests.sim.manned import CLERK, EVERYTHING, incident, scenario, simulated, text

seeds = st.integers(0, 2**32 - 1)
worlds = settings(  # a smaller seed is no simpler world: nothing to shrink
    max_examples=5,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
MISEBAN = Path(sys.executable).with_name("miseban")
FAMILIES = ("share = 5\n", "share = 500\n")


def told(world: Simulation, duration_s: float) -> HelpTruth:
    known = truth(world.shop, world.people, world.start, duration_s, world.seed)
    return help_truth(
        world.shop,
        world.helps,
        world.people,
        known.events,
        known.visits,
        world.start,
        duration_s,
        world.seed,
    )


def of(world: Simulation, kind: str) -> list[Help]:
    return [need for need in world.helps if need.kind == kind]


def stands(person: Person, from_s: float, until_s: float) -> bool:
    """Whether ``person`` is at one place between the two moments."""
    inner = [k for k, t in enumerate(person.trail.t) if from_s < t < until_s]
    places = {person.trail.place(t) for t in (from_s, until_s)}
    return len(places | {(person.trail.x[k], person.trail.y[k]) for k in inner}) == 1


def lying(person: Person, time_s: float) -> Polygon:
    heading = [h for t, h in person.trail.facing if t <= time_s][-1]
    half = person.height_m / 2
    body = rotate(box(-half, -0.2, half, 0.2), heading, (0, 0), use_radians=True)
    return translate(body, *person.trail.place(time_s))


@worlds
@given(seeds)
def test_who_falls_lies_still_with_room_around_until_getting_up(seed: int) -> None:
    world = simulated(seed, 0, incident("fall", chance=0.1, at_s=[60.0] * 4, lasts_s=[20.0, 60.0]))
    for number in range(2400):
        scene = world.scene(number * 0.5)
        for figure in scene.figures:
            if figure.posture != "fallen":
                continue
            person = next(p for p in world.people if p.id == figure.id)
            body = lying(person, scene.time_s)
            others = [f for f in scene.figures if f.id != figure.id]
            assert all(body.distance(Point(f.x, f.y)) >= BODY_M for f in others), scene.time_s
            for fixture in world.scenario.fixtures:
                assert body.disjoint(Polygon(fixture.polygon))
    falls = of(world, "fall")
    assert falls
    assert len({need.person.group for need in falls}) == len(falls)
    for need in falls:
        assert need.to_s is not None
        assert 20 <= need.to_s - need.from_s <= 60
        assert stands(need.person, need.from_s, need.to_s)
        assert need.person.carries != "wheelchair"


def test_somebody_comes_to_the_fallen_and_stays() -> None:
    """Unless the only one of the staff is held up behind the fallen."""
    came = 0
    for seed in range(12):
        world = simulated(seed, 20, incident("fall", at_s=[300.0], lasts_s=[90.0, 120.0]))
        (need,) = of(world, "fall")
        helper, to_s = need.helper, need.to_s
        assert to_s is not None
        if helper is None:
            continue
        came += 1
        assert helper.staff
        came_s, heading = [one for one in helper.trail.facing if one[0] < to_s][-1]
        assert need.from_s < came_s < need.from_s + 60
        assert stands(helper, came_s, to_s)
        x, y = helper.trail.place(came_s)
        assert math.dist((x, y), (need.x, need.y)) <= 1.5
        assert math.isclose(heading, math.atan2(need.y - y, need.x - x), abs_tol=1e-9)
        assert any(a.posture == "crouch" and a.end_s == to_s for a in helper.trail.acts)
    assert came >= 9


@pytest.mark.parametrize("kind", ["fall", "long_search", "lost_child", "unmanned_counter"])
@pytest.mark.parametrize("seed", [1, 2])
def test_it_happens_at_or_after_its_moment_and_once(kind: str, seed: int) -> None:
    more = CLERK + (
        incident(kind, at_s=[700.0], till="till-1", lasts_s=[200.0, 300.0])
        if kind == "unmanned_counter"
        else incident(kind, at_s=[700.0])
    )
    world = simulated(seed, 60, more, FAMILIES)
    (need,) = of(world, kind)
    assert 700 <= need.from_s < 1500
    assert len(world.helps) == 1


def test_a_moment_is_kept_until_it_can_happen() -> None:
    """Nobody is there before the first comes in."""
    world = simulated(1, 30, incident("fall", at_s=[0.0, 0.0]))
    assert len(of(world, "fall")) == 2
    came = min(p.trail.start_s for p in world.people if not p.staff and not p.passing)
    assert min(need.from_s for need in of(world, "fall")) > came


@worlds
@given(seeds)
def test_who_searches_stops_briefly_all_over_and_takes_nothing(seed: int) -> None:
    world = simulated(seed, 40, incident("long_search", chance=0.1, at_s=[100.0] * 6))
    needs = of(world, "long_search")
    assert needs
    for need in needs:
        trail = need.person.trail
        until_s = min(need.to_s or math.inf, need.from_s + 1e-6)
        stops = [t for t, _ in trail.facing if t < need.from_s]
        assert len(stops) == 3
        assert not [a for a in trail.acts if a.start_s < until_s]
        for (a, _), (b, _) in pairwise(trail.facing[:3]):
            assert trail.place(a) != trail.place(b)
        if need.to_s is not None:
            assert need.helper is not None
            assert need.to_s > need.from_s
            if need.to_s <= 2400:
                there = need.helper.trail.place(need.to_s)
                assert math.dist(there, trail.place(need.to_s)) <= 1.5 + 1e-9


def test_staff_come_to_most_who_search() -> None:
    world = simulated(5, 180, incident("long_search", chance=0.1))
    needs = of(world, "long_search")
    helped = [need for need in needs if need.helper is not None]
    assert len(needs) >= 5
    assert len(helped) / len(needs) >= 0.3


@worlds
@given(seeds)
@example(1341)  # every place was taken, and all waited for each other
def test_a_lost_child_is_alone_and_found_again(seed: int) -> None:
    more = incident("lost_child", chance=0.8, lasts_s=[30.0, 90.0])
    world = simulated(seed, 45, more, FAMILIES)
    world.close_doors()
    world.run_until(3 * 3600)
    needs = of(world, "lost_child")
    assert needs
    for need in needs:
        child, to_s = need.person, need.to_s
        assert child.kind == "child"
        assert to_s is not None
        assert to_s - need.from_s >= 30
        (parent,) = (p for p in world.people if p.group == child.group and p is not child)
        apart = math.dist(parent.trail.place(to_s), child.trail.place(to_s))
        assert apart <= 3.0 or to_s - need.from_s > 30 + 60  # no room there for a minute
        assert parent.trail.end_s > to_s
        assert child.gone
        assert abs(child.trail.end_s - parent.trail.end_s) < 120
    assert {p.kind for p in world.people if not p.gone} == {"staff"}


@worlds
@given(seeds)
def test_with_all_of_it_everybody_gets_out_in_the_end(seed: int) -> None:
    world = simulated(seed, 30, EVERYTHING)
    world.close_doors()
    world.run_until(1800 + 2 * 3600)
    assert {p.kind for p in world.people if not p.gone} == {"staff"}


def test_who_waits_at_an_unmanned_counter_needs_a_hand_until_the_clerk_is_back() -> None:
    more = CLERK + incident("unmanned_counter", till="till-1", per_day=200.0)
    world = simulated(3, 120, more)
    needs = of(world, "unmanned_counter")
    assert len(needs) > 3
    clerk = next(p for p in world.people if p.staff and p.trail.place(0.0) == (12.25, 4.25))
    front = world.plan.centre(world.plan.lanes[0].spots[0].cell)
    for need in needs:
        assert (need.x, need.y) == front
        assert stands(need.person, need.from_s - 15, need.from_s)
        assert not stands(need.person, need.from_s - 16, need.from_s) or any(
            need.from_s - 16 < t <= need.from_s - 15 + 1e-6 for t in clerk.trail.t
        )
        assert clerk.trail.place(need.from_s - 14.9) != (12.25, 4.25)
        if need.to_s is not None:
            assert clerk.trail.place(need.to_s) == (12.25, 4.25)
            assert clerk.trail.place(need.to_s - 0.1) != (12.25, 4.25)
            assert stands(need.person, need.from_s, need.to_s)


@worlds
@given(seeds)
def test_each_call_begins_where_somebody_is_and_ends_once_and_later(seed: int) -> None:
    world = simulated(seed, 40, EVERYTHING)
    known = told(world, 2000.0)
    needed = {e.help: e for e in known.events if isinstance(e, HelpNeeded)}
    ended = [e for e in known.events if isinstance(e, HelpEnded)]
    assert len(needed) + len(ended) == len(known.events)
    assert len({e.help for e in ended}) == len(ended)
    assert len({e.id for e in known.events}) == len(known.events)
    people = {person.id: person for person in world.people}
    for end in ended:
        assert end.time > needed[end.help].time
    for call in known.calls:
        event = needed[call.id]
        assert math.isclose(
            (event.time - world.start).total_seconds(), call.need.from_s, abs_tol=1e-6
        )
        place = people[call.need.person.id].trail.place(call.need.from_s)
        assert math.dist(place, event.place) < 1e-9
        assert (event.unit, event.confidence, event.camera) == ("m", 1.0, None)
        inside = [
            zone.id
            for zone in world.shop.zones
            if world.plan.zone_polygon(zone.id).buffer(-1e-9).contains(Point(place))
        ]
        assert event.zone == (inside[0] if inside else None)


def test_who_needs_an_aid_is_told_while_in_the_shop() -> None:
    """From the entrance line to the entrance line, and passers-by never."""
    share = ("share = 2\n", "share = 40\n"), ("share = 3\n", "share = 40\n")
    world = simulated(2, 60, "", *share)
    known = truth(world.shop, world.people, world.start, 3000.0, 2)
    aids = told(world, 3000.0)
    passages: dict[str, list[tuple[float, str]]] = {}
    for event in known.events:
        if isinstance(event, LineCrossed):
            at_s = (event.time - world.start).total_seconds()
            passages.setdefault(event.visit, []).append((at_s, event.direction))
    wanted = []
    for person in world.people:
        passed = passages.get(known.visits.get(person.id, ""), [])
        if person.carries in ("wheelchair", "walker") and passed:
            kind = {"wheelchair": "wheelchair", "walker": "walking_aid"}[person.carries]
            ways = [way for _, way in passed]
            assert ways in (["in"], ["in", "out"])
            end_s = round(passed[-1][0], 5) if ways[-1] == "out" else None
            wanted.append((round(passed[0][0], 5), end_s, kind, person.id))
    found = [
        (round(c.need.from_s, 5), c.to_s and round(c.to_s, 5), c.need.kind, c.need.person.id)
        for c in aids.calls
    ]
    assert found == sorted(wanted)
    assert {call.need.kind for call in aids.calls} == {"wheelchair", "walking_aid"}
    assert any(to_s is None for _, to_s, _, _ in found)


def test_a_world_without_incidents_is_what_it_was() -> None:
    """Chance that never strikes draws nothing from anybody."""
    never = incident("fall", chance=0.0, at_s=[100_000.0]) + incident("long_search", chance=1e-12)
    one, other = simulated(4, 40, ""), simulated(4, 40, never)
    assert [one.scene(2400.0)] == [other.scene(2400.0)]
    assert [p.trail.t for p in one.people] == [p.trail.t for p in other.people]
    assert not other.helps


def test_the_same_bytes_in_two_processes_and_incidents_in_their_file(tmp_path: Path) -> None:
    busy = tmp_path / "busy.toml"
    busy.write_text(text(EVERYTHING), "utf-8")
    folders = [tmp_path / "a", tmp_path / "b"]
    for number, folder in enumerate(folders):
        command = ["simulate", "--shop", str(SHOP_FILE), "--scenario", str(busy), "--minutes", "25"]
        subprocess.run(
            [MISEBAN, *command, "--seed", "6", "--out", folder],
            check=True,
            capture_output=True,
            env={**os.environ, "PYTHONHASHSEED": str(number)},
        )
    names = sorted(path.name for path in folders[0].iterdir())
    assert names == sorted(path.name for path in folders[1].iterdir())
    for name in names:
        assert (folders[0] / name).read_bytes() == (folders[1] / name).read_bytes(), name
    with (folders[0] / "incidents.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    events = list(read_events(folders[0] / "events.parquet"))
    needed = [e for e in events if isinstance(e, HelpNeeded)]
    assert len(rows) > 5
    assert [(r["help"], r["kind"], r["zone"]) for r in rows] == [
        (e.help, e.kind, e.zone or "") for e in needed
    ]
    ended = {e.help for e in events if isinstance(e, HelpEnded)}
    assert {r["help"] for r in rows if r["to_s"]} == ended
    with (folders[0] / "people.csv").open(encoding="utf-8", newline="") as file:
        people = {row["person"]: row for row in csv.DictReader(file)}
    for row in rows:
        assert people[row["person"]]["visit"] == row["visit"]
        assert not row["helper"] or people[row["helper"]]["staff"] == "1"


WRONG: dict[str, tuple[str, str, str]] = {
    "a chance of more than one": (
        incident("fall", chance=1.5),
        "[[incident]] 1 chance",
        "expected a number of at most 1, found 1.5",
    ),
    "the least after the most": (
        incident("fall", chance=0.1, lasts_s=[20.0, 10.0]),
        "[[incident]] 1 lasts_s",
        "expected [least, most], the least first, found [20, 10]",
    ),
    "over at once": (
        incident("fall", chance=0.1, lasts_s=[0.0, 10.0]),
        "[[incident]] 1 lasts_s",
        "expected at least 1 s, found 0",
    ),
    "never": (
        incident("fall"),
        "[[incident]] 1 chance",
        "expected a chance more than 0, or at_s, found neither",
    ),
    "an unknown kind": (
        incident("fire", chance=0.1),
        "[[incident]] 1 kind",
        "found",
    ),
    "a search that is told when to end": (
        incident("long_search", chance=0.1, lasts_s=[1.0, 2.0]),
        "[[incident]] 1 lasts_s",
        'expected none for "long_search"',
    ),
    "a fall at a till": (
        incident("fall", chance=0.1, till="till-1"),
        "[[incident]] 1 till",
        'expected none for "fall", found "till-1"',
    ),
    "falls a day": (
        incident("fall", per_day=3.0, chance=0.1),
        "[[incident]] 1 per_day",
        'expected chance or at_s for "fall", found per_day',
    ),
    "a moment before the start": (
        incident("fall", at_s=[-1.0]),
        "[[incident]] 1 at_s",
        "expected a number of at least 0, found -1.0",
    ),
    "no till": (
        CLERK + incident("unmanned_counter", per_day=3.0),
        "[[incident]] 1 till",
        "expected the till whose clerk is called away, found none",
    ),
    "a till without a clerk": (
        incident("unmanned_counter", till="till-1", per_day=3.0),
        "[[incident]] 1 till",
        'expected a till with a clerk in [[staff]] (there is none), found "till-1"',
    ),
    "a counter that is never left": (
        CLERK + incident("unmanned_counter", till="till-1"),
        "[[incident]] 1 per_day",
        "expected a number more than 0, or at_s, found neither",
    ),
    "a counter left by chance": (
        CLERK + incident("unmanned_counter", till="till-1", per_day=1.0, chance=0.1),
        "[[incident]] 1 chance",
        'expected per_day or at_s for "unmanned_counter", found chance',
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_incidents_that_cannot_be_are_refused(name: str) -> None:
    more, place, what = WRONG[name]
    with pytest.raises(BadInput) as caught:
        scenario(more)
    line = str(caught.value)
    assert "\n" not in line
    assert f"a.scenario.toml: {place}" in line
    assert what in line


def test_a_child_cannot_be_lost_where_none_comes() -> None:
    with pytest.raises(BadInput, match=r"a \[\[kind\]\] with a companion at most 1\.4 m tall"):
        scenario(incident("lost_child", chance=0.1), ('companions = ["child"]', ""))
