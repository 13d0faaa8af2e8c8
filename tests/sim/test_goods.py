"""Goods: every piece is somewhere, and every hand was where the goods are."""

from __future__ import annotations

import hashlib
import math
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime, time
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from miseban.cli.app import run
from miseban.journal.events_table import read_events
from miseban.sim.scenario.file import parse_scenario
from miseban.sim.truth.events import truth
from miseban.sim.truth.goods import goods_events, stocked
from miseban.sim.world.deliveries import daily
from miseban.sim.world.simulation import Simulation
from miseban.vocabulary.events import ShelfState, ShelfTouched, TillReceipt
from tests.sim import grocery
from tests.sim.books import audit, person, restock
from tests.sim.grocery import FACINGS, alone, scenario_text, shop, shop_text, simulated

KEYS = [f"{shelf}/{facing}" for shelf, facings in FACINGS.items() for facing in facings]
PLENTY = ("back_room = 4", "back_room = 4000")
seeds = st.integers(0, 2**32 - 1)
worlds = settings(max_examples=6, suppress_health_check=list(HealthCheck))


def stocked_world(seed: int, minutes: int, per_hour: float) -> Simulation:
    """The grocery, filled by hand every ten minutes."""
    world = Simulation(shop(), grocery.scenario(per_hour=per_hour), seed)
    for minute in range(0, minutes, 10):
        world.run_until(minute * 60)
        restock(world.goods, minute * 60)
    world.run_until(minutes * 60)
    return world


@worlds
@given(seeds, st.sampled_from([10.0, 60.0, 240.0]))
def test_goods_are_conserved_at_every_instant(seed: int, per_hour: float) -> None:
    """Start and deliveries are sold, stolen, on the shelves, in the back room or in hands; and
    nobody leaves with anything but what was paid or stolen."""
    world = stocked_world(seed, 90, per_hour)
    books = audit(world.goods)
    kinds = Counter(change.what for change in world.goods.changes)
    assert kinds["take"] > 0
    assert kinds["delivered"] == 1
    inside = {p.group for p in world.people if not (p.gone and p.trail.end_s <= 5400)}
    for book in books.values():
        assert {group for group, pieces in book.hands.items() if pieces} <= inside
    world.close_doors()
    world.run_until(3 * 3600)
    assert all(person.gone for person in world.people)
    for book in audit(world.goods).values():
        assert book.hands.total() == 0


def test_only_thieves_leave_without_paying() -> None:
    honest = simulated(3, 120, ("theft = 0.05", "theft = 0.0"))
    thieves = simulated(3, 120, ("theft = 0.05", "theft = 1.0"))
    for world in (honest, thieves):
        world.close_doors()
        world.run_until(4 * 3600)
    kinds = [Counter(c.what for c in world.goods.changes) for world in (honest, thieves)]
    assert kinds[0]["stolen"] == 0
    assert kinds[0]["sold"] > 20
    assert kinds[1]["sold"] == 0
    assert kinds[1]["stolen"] > 20
    assert not thieves.goods.receipts


@worlds
@given(
    seeds,
    st.sampled_from([0.0, 0.5, 1.0]),
    st.sampled_from([0.0, 0.5, 1.0]),
    st.sampled_from(["", "basket", "wheelchair"]),
    st.sampled_from([20.0, 400.0]),
)
def test_no_scenario_loses_goods_or_keeps_people(
    seed: int, touch: float, back: float, carries: str, per_hour: float
) -> None:
    """Whatever the chances, in a crowd, with nobody to fill the shelves."""
    changes = (
        ("touch_only = 0.1", f"touch_only = {touch}"),
        ("put_back = 0.2", f"put_back = {back}"),
        ("weight = 3.0", "weight = 0.0"),
        ('carries = "wheelchair"', f'carries = "{carries}"'),
        ("pieces = [1, 3]", "pieces = [0, 9]"),
        ("theft = 0.05", "theft = 0.3\nsubstitutes = 1.0"),
    )
    text = scenario_text(*changes, per_hour=per_hour)
    text = text.replace('zone = "drinks"\nweight = 0.0', 'zone = "drinks"\nweight = 3.0')
    world = Simulation(shop(), parse_scenario(text, shop(), "g.toml"), seed)
    world.run_until(1800)
    audit(world.goods)
    world.close_doors()
    world.run_until(4 * 3600)
    assert all(person.gone for person in world.people)
    assert all(book.hands.total() == 0 for book in audit(world.goods).values())
    kinds = Counter(change.what for change in world.goods.changes)
    assert kinds["take"] + kinds["touch"] > 0
    assert kinds["put_back"] > 0 or back < 1 or touch == 1


@worlds
@given(seeds)
def test_receipts_sum_to_what_was_sold(seed: int) -> None:
    world = stocked_world(seed, 60, 120)
    goods = world.goods
    sold = Counter[str]()
    for change in goods.changes:
        if change.what == "sold":
            sold[change.key] += change.count
    printed = Counter[str]()
    members = {p.id: p.group for p in world.people}
    for receipt in goods.receipts:
        assert receipt.lines
        assert members[receipt.person] == receipt.group
        for line in receipt.lines:
            place = goods.places[line.key]
            assert (line.gtin, line.price) == (place.gtin, place.price)
            printed[line.key] += line.quantity
    assert printed == sold
    assert sold.total() > 0
    assert [r.number for r in goods.receipts] == list(range(1, len(goods.receipts) + 1))


@worlds
@given(seeds)
def test_every_hand_was_where_the_goods_are(seed: int) -> None:
    """Whoever touches stands still before the facing, within 1.3 m, looks at it, and reaches."""
    world = stocked_world(seed, 60, 120)
    people = {p.id: p for p in world.people}
    heights = set[float]()
    for change in world.goods.changes:
        if change.what not in ("take", "put_back", "touch"):
            continue
        assert change.person_id is not None
        hand, place = people[change.person_id], world.goods.places[change.key]
        x, y = hand.trail.place(change.time_s)
        assert math.dist((x, y), place.front[:2]) <= 1.3
        i, _ = hand.trail.between(change.time_s)
        j = min(i + 1, len(hand.trail.t) - 1)
        assert hand.trail.walked_m[i] == hand.trail.walked_m[j]
        heading = next(h for t, h in reversed(hand.trail.facing) if t <= change.time_s)
        towards = math.atan2(place.front[1] - y, place.front[0] - x)
        assert abs(math.remainder(heading - towards, math.tau)) < 1e-6
        (act,) = [a for a in hand.trail.acts if a.start_s < change.time_s < a.end_s]
        assert (act.posture, act.reach_to) == ("reach", place.front)
        high_m = 1.22 if hand.carries == "wheelchair" else 1.18 * hand.height_m
        assert place.front[2] <= high_m
        heights.add(place.front[2])
    assert min(heights) < 0.5
    assert max(heights) > 1.5


def test_a_piece_is_in_the_hand_until_it_is_put_away() -> None:
    """In the figures, too; without a basket the one who pays carries it to the till."""
    world = simulated(5, 0, PLENTY)
    held: dict[int, list[float]] = {}
    for number in range(18_000):
        scene = world.scene(number / 5)
        for figure in scene.figures:
            if figure.holds:
                held.setdefault(figure.id, []).append(scene.time_s)
    taken = {c.person_id: c.time_s for c in reversed(world.goods.changes) if c.what == "take"}
    assert set(held) <= set(taken)
    assert len(held) > 10
    paid = {r.person: r.time_s for r in world.goods.receipts}
    people = {p.id: p for p in world.people}
    walked = 0
    for number, times in held.items():
        assert times[0] >= taken[number]
        if number in paid:
            assert times[-1] < paid[number]
            walked += not people[number].carries and times[-1] > paid[number] - 1
    assert walked > 3


@pytest.mark.parametrize("chance", [0.0, 1.0])
def test_an_empty_facing_is_a_lost_sale_or_a_substitute(chance: float) -> None:
    empty = ('facing = "tea"', 'facing = "tea"\nstock = 0')
    choice = ("theft = 0.05", f"substitutes = {chance}")
    world = simulated(6, 60, empty, choice, per_hour=60)
    tea = [c for c in world.goods.changes if c.key == "cooler/tea"]
    assert {c.what for c in tea} <= {"lost", "substituted", "told"}
    kinds = Counter(c.what for c in tea)
    assert kinds["lost" if chance == 0 else "substituted"] > 5
    if chance == 0:
        assert kinds["substituted"] == 0
        return
    # A substitute is of the same category, and looked for, but for a few who find no room there.
    looked_for = []
    for change in (c for c in tea if c.what == "substituted"):
        assert change.instead in ("cooler/water", "cooler/cola")
        after = [
            c.what
            for c in world.goods.changes
            if c.group == change.group and c.key == change.instead and c.time_s > change.time_s
        ]
        looked_for.append(bool({"take", "touch", "lost"} & set(after)))
    assert np.mean(looked_for) > 0.7
    # Once the others are empty too, sales are lost.
    assert kinds["lost"] > 0


def test_a_refilled_facing_sells_again() -> None:
    world = simulated(7, 60, ("stock = 3\nback_room = 4", "stock = 0\nback_room = 30"))
    before = Counter(c.what for c in world.goods.changes if c.key == "cooler/cola")
    assert before["take"] == 0
    assert before["told"] == 1
    assert world.goods.to_fill()[0] == "cooler/cola"
    assert restock(world.goods, 3600) > 0
    assert world.goods.fill("cooler/cola") == 1.0
    world.run_until(7200)
    after = Counter(c.what for c in world.goods.changes if c.key == "cooler/cola")
    assert after["take"] > 3


def test_staff_are_told_of_a_facing_empty_for_long() -> None:
    world = Simulation(shop(), grocery.scenario(per_hour=0), 1)
    goods, one = world.goods, person(1)
    world.run_until(10)
    for key in ("cooler/cola", "cooler/cola", "cooler/cola", "cooler/milk", "cooler/milk"):
        assert goods.take(key, one, 10)
    assert not goods.take("cooler/milk", one, 10)
    world.run_until(60)
    goods.put_back("cooler/milk", one, 60)
    world.run_until(129)
    assert goods.to_fill() == ["cooler/cola"]  # refill_at = 1, and nothing of milk behind
    assert not [c for c in goods.changes if c.what == "told"]
    world.run_until(130)
    told = [(c.key, c.time_s) for c in goods.changes if c.what == "told"]
    assert told == [("cooler/cola", 130.0)]
    assert goods.fetch("cooler/cola", 99, 140) == 4
    assert goods.to_fill() == []
    goods.refill("cooler/cola", 4, one, 150)
    assert goods.pieces("cooler/cola") == 4
    world.run_until(1000)
    assert [c.what for c in goods.changes if c.time_s > 150] == []


def test_goods_beside_an_untold_facing_wait() -> None:
    """The told come first, then the emptiest."""
    text = [(f'facing = "{f}"', f'facing = "{f}"\nback_room = 9') for f in ("tea", "water")]
    quiet = ("told_after_s = 120.0", "told_after_s = 0.0")
    world = Simulation(shop(), grocery.scenario(*text, quiet, per_hour=0), 1)
    goods, one = world.goods, person(1)
    for key, count in (("cooler/tea", 12), ("cooler/cola", 2), ("cooler/water", 1)):
        for _ in range(count):
            goods.take(key, one, 1)
            goods.keep(key, one, 1)
    world.run_until(1000)
    assert goods.to_fill() == ["cooler/tea", "cooler/cola"]
    goods.tell("cooler/water", 1000)
    assert goods.to_fill() == ["cooler/water", "cooler/tea", "cooler/cola"]


steps = st.lists(
    st.tuples(
        st.sampled_from(["take", "put_back", "keep", "hide", "pay", "leave", "fetch", "refill"]),
        st.sampled_from(KEYS[2:4]),
        st.integers(1, 3),
        st.integers(0, 14),
    ),
    max_size=120,
)


@settings(max_examples=60)
@given(steps)
def test_the_ledger_holds_whatever_is_done(deeds: list[tuple[str, str, int, int]]) -> None:
    """What is not in the hand cannot be put back; what has no room returns."""
    world = Simulation(shop(), grocery.scenario(PLENTY, per_hour=0), 1)
    goods = world.goods
    in_hand = Counter[tuple[int, str]]()
    for now_s, (deed, key, number, pieces) in enumerate(deeds):
        who = person(number)
        group = alone(who)
        match deed:
            case "take":
                in_hand[number, key] += goods.take(key, who, now_s)
            case "put_back" | "keep" | "hide" if not in_hand[number, key]:
                with pytest.raises(ValueError, match="has no piece"):
                    goods.put_back(key, who, now_s)
            case "put_back":
                goods.put_back(key, who, now_s)
                in_hand[number, key] -= 1
            case "keep" | "hide":
                goods.keep(key, who, now_s, hidden=deed == "hide")
                in_hand[number, key] -= 1
            case "pay":
                goods.pay(group, "till", now_s)
                assert goods.in_basket(number) == 0
            case "leave":
                goods.steal(group, now_s)
            case "fetch":
                goods.fetch(key, pieces, now_s)
            case "refill":
                goods.refill(key, pieces, who, now_s)
    audit(goods)


STATES = [(0, 12, "empty"), (1, 12, "low"), (4, 12, "low"), (5, 12, "full"), (1, 2, "full")]


@pytest.mark.parametrize(("pieces", "capacity", "state"), STATES)
def test_how_a_facing_looks(pieces: int, capacity: int, state: str) -> None:
    assert stocked(pieces, capacity) == state


def test_events_tell_each_touch_change_of_state_and_receipt() -> None:
    world = stocked_world(11, 60, 120)
    known = truth(world.shop, world.people, world.start, 3600, 11)
    events = goods_events(world.goods, world.shop, known.visits, world.start, 3600, 11)
    changes = world.goods.changes
    touches = [e for e in events if isinstance(e, ShelfTouched)]
    wanted = Counter(c.what for c in changes)
    assert Counter(e.kind for e in touches) == {
        "reach": wanted["touch"],
        "pick_up": wanted["take"],
        "put_back": wanted["put_back"],
    }
    assert min(wanted["touch"], wanted["take"], wanted["put_back"]) > 0
    assert {e.visit for e in touches} <= set(known.visits.values())
    assert {e.camera for e in touches} == {"c"}
    states = [e for e in events if isinstance(e, ShelfState)]
    for key in KEYS:
        mine = [e for e in states if f"{e.shelf}/{e.facing}" == key]
        assert mine[0].time == world.start
        assert all(a.state != b.state for a, b in pairwise(mine))
        place = world.goods.places[key]
        assert mine[-1].state == stocked(world.goods.pieces(key), place.capacity)
        assert all(e.state == stocked(round(e.fill * 12), 12) for e in mine)
    assert len(states) > len(KEYS)
    receipts = [e for e in events if isinstance(e, TillReceipt)]
    assert [int(e.receipt) for e in receipts] == [r.number for r in world.goods.receipts]
    paid = sum(n.quantity * n.price for r in world.goods.receipts for n in r.lines)
    assert sum(e.total for e in receipts) == paid > 0
    joined = known.joined(events).events
    assert len(joined) == len(known.events) + len(events)
    assert [(e.time, e.id) for e in joined] == sorted((e.time, e.id) for e in joined)
    assert len({e.id for e in joined}) == len(joined)


def test_a_longer_run_changes_nothing_before() -> None:
    short, long = (simulated(4, minutes) for minutes in (20, 40))
    visits = truth(long.shop, long.people, long.start, 2400, 4).visits
    one, other = (
        [
            e.model_dump(exclude={"id"})
            for e in goods_events(world.goods, world.shop, visits, world.start, 1200, 4)
        ]
        for world in (short, long)
    )
    assert one == other
    assert len(one) > 20


def test_without_facings_the_world_is_as_before() -> None:
    """Pinned before there were any goods: people, gone, metres walked, hands stretched out."""
    text = scenario_text().split("[goods]")[0]
    scenario = parse_scenario(text, shop(), "plain.toml")
    for seed, wanted in ((1, (79, 78, 1632.3, 66)), (2, (96, 96, 1958.3, 90))):
        world = Simulation(shop(), scenario, seed)
        world.run_until(3600)
        walked = sum(p.trail.walked_m[-1] for p in world.people if len(p.trail.t))
        acts = sum(len(p.trail.acts) for p in world.people)
        gone = sum(p.gone for p in world.people)
        assert (len(world.people), gone, round(walked, 1), acts) == wanted
        assert not world.goods.changes
        assert not world.goods.places


def test_a_source_that_runs_for_days_forgets_what_was_sold() -> None:
    short = Simulation(shop(), grocery.scenario(), 3, remember=False)
    long = Simulation(shop(), grocery.scenario(), 3)
    for k in range(2000):
        assert short.scene(k * 1.0) == long.scene(k * 1.0)
    assert {k: short.goods.pieces(k) for k in KEYS} == {k: long.goods.pieces(k) for k in KEYS}
    assert not short.goods.changes
    assert long.goods.changes


DAYS: dict[str, tuple[datetime, tuple[str, ...], list[float]]] = {
    "every day": (datetime(2026, 4, 6, 7, tzinfo=UTC), ("09:30",), [0.5, 24.5, 48.5]),
    "twice, in any order": (
        datetime(2026, 4, 6, 7, tzinfo=UTC),
        ("15:00", "09:30"),
        [0.5, 6.0, 24.5],
    ),
    "the day is shorter": (datetime(2026, 3, 28, 8, tzinfo=UTC), ("09:30",), [0.5, 23.5, 47.5]),
    "the day is longer": (datetime(2026, 10, 24, 7, tzinfo=UTC), ("09:30",), [0.5, 25.5, 49.5]),
    "no such time that day": (datetime(2026, 3, 29, 0, tzinfo=UTC), ("02:30",), [1.5, 24.5]),
    "such a time twice": (datetime(2026, 10, 24, 22, tzinfo=UTC), ("02:30",), [2.5, 27.5]),
    "as it begins": (datetime(2026, 4, 6, 7, 30, tzinfo=UTC), ("09:30",), [0.0, 24.0]),
    "never": (datetime(2026, 4, 6, 7, tzinfo=UTC), (), []),
}


@pytest.mark.parametrize("name", DAYS)
def test_deliveries_follow_the_clock_on_the_wall(name: str) -> None:
    start, times, hours = DAYS[name]
    given_ = daily(tuple(time.fromisoformat(t) for t in times), start, "Europe/Berlin")
    assert [next(given_, None) for _ in hours] == [hour * 3600 for hour in hours]
    assert name != "never" or next(given_, None) is None


def test_a_delivery_comes_into_the_back_room() -> None:
    world = simulated(1, 29.9)
    assert world.goods.back_room("cooler/cola") == 4
    world.run_until(1800)
    assert world.goods.back_room("cooler/cola") == 10
    assert world.goods.back_room("cooler/tea") == 0


def test_facings_are_seen_from_where_people_stand() -> None:
    """In front of the goods, within reach, and never through a fixture."""
    places = simulated(1, 0).goods.places
    assert places["cooler/tea"].zones == ("drinks",)
    assert places["gondola/soup"].zones == ()
    plan = simulated(1, 0).plan
    for place in places.values():
        assert place.spots
        gaps = []
        for spot in place.spots:
            x, y = plan.centre(spot.cell)
            assert spot.facing == place.front[:2]
            assert (y > 1) == (place.shelf != "cooler" or y > 1)
            assert (y < 4) or place.facing != "soup"
            assert (y > 4.5) or place.facing != "rice"
            gaps.append(math.dist((x, y), place.front[:2]))
        assert gaps == sorted(gaps)
        assert gaps[-1] <= 1.0


def files(folder: Path) -> dict[str, str]:
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.iterdir()}


def test_simulate_writes_the_same_bytes_in_two_processes(tmp_path: Path) -> None:
    (tmp_path / "g.toml").write_text(shop_text(), "utf-8")
    (tmp_path / "g.scenario.toml").write_text(scenario_text(), "utf-8")
    code = "import sys; from miseban.cli.app import run; sys.exit(run(sys.argv[1:]))"
    shop_file = str(tmp_path / "g.toml")
    for hashing, name in (("1", "one"), ("2", "other")):
        options = ["--minutes", "60", "--seed", "3", "--out", str(tmp_path / name)]
        subprocess.run(
            [sys.executable, "-c", code, "simulate", "--shop", shop_file, *options],
            check=True,
            capture_output=True,
            env={"PYTHONHASHSEED": hashing, "PYTHONPATH": ":".join(sys.path)},
        )
    assert files(tmp_path / "one") == files(tmp_path / "other")
    out = tmp_path / "one"
    rows = [line.split(",") for line in (out / "stock.csv").read_text().splitlines()]
    table = np.array([[float(n) for n in (row[0], *row[3:])] for row in rows[1:]])
    assert len(table) == 60 * len(KEYS)
    column = {name: k for k, name in enumerate(["time_s", *rows[0][3:]])}
    total = {name: table[:, k].sum() for name, k in column.items()}
    world = simulated(3, 60)
    kinds = Counter[str]()
    for change in world.goods.changes:
        kinds[change.what] += change.count
    for name, what in (("taken", "take"), ("sold", "sold"), ("lost", "lost")):
        assert total[name] == kinds[what] > 0
    ends = table[-len(KEYS) :, column["pieces"]]
    assert ends.tolist() == [world.goods.pieces(key) for key in KEYS]
    receipts = [line.split(",") for line in (out / "receipts.csv").read_text().splitlines()][1:]
    assert sum(int(row[8]) for row in receipts) == kinds["sold"]
    events = read_events(out / "events.parquet")
    printed = [e for e in events if isinstance(e, TillReceipt)]
    assert sum(e.total for e in printed) == sum(int(r[8]) * int(r[9]) for r in receipts) > 0
    touched = Counter(e.kind for e in events if isinstance(e, ShelfTouched))
    assert touched["pick_up"] == kinds["take"]


def test_old_tables_of_goods_do_not_stay_beside_a_truth_without(tmp_path: Path) -> None:
    (tmp_path / "g.toml").write_text(shop_text(), "utf-8")
    plain = scenario_text().split("[goods]")[0]
    options = ["--shop", str(tmp_path / "g.toml"), "--minutes", "2", "--out", str(tmp_path / "t")]
    for text, there in ((scenario_text(), True), (plain, False)):
        (tmp_path / "g.scenario.toml").write_text(text, "utf-8")
        assert run(["simulate", *options]) == 0
        assert (tmp_path / "t" / "stock.csv").exists() is there
        assert (tmp_path / "t" / "receipts.csv").exists() is there
