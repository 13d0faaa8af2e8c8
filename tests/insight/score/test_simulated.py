"""A simulated konbini: its truth is perfect by itself, and each known corruption gives exactly the
figures that follow from it."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from math import comb, sqrt
from pathlib import Path

import numpy as np
import pytest

from miseban.cli.app import run
from miseban.insight.score import Score, score_folders
from miseban.insight.score.figures import FoundScore
from miseban.journal.events_table import read_events, write_events
from miseban.vocabulary.events import (
    Event,
    HelpEnded,
    HelpNeeded,
    LineCrossed,
    ShelfState,
    ShelfTouched,
    TillReceipt,
    VisitEnded,
    ZoneLeft,
)
from miseban.vocabulary.summary import Summary
from tests.insight.score.folders import longer_stays, moved
from tests.sim.konbini import SCENARIO_FILE, SHOP_FILE

MINUTES = 300
SECONDS = 60 * MINUTES


@pytest.fixture(scope="module")
def truth(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Nobody fills a shelf before it is empty and somebody tells them, so that some are."""
    folder = tmp_path_factory.mktemp("simulated")
    scenario = re.sub(r"refill_at = \d+", "refill_at = 0", SCENARIO_FILE.read_text("utf-8"))
    (folder / "scenario.toml").write_text(scenario, "utf-8")
    command = ["simulate", "--shop", str(SHOP_FILE), "--scenario", str(folder / "scenario.toml")]
    command += ["--minutes", str(MINUTES), "--seed", "3", "--out", str(folder / "truth")]
    assert run(command) == 0
    return folder / "truth"


@pytest.fixture(scope="module")
def events(truth: Path) -> list[Event]:
    return read_events(truth / "events.parquet")


Spoil = Callable[[Sequence[Event]], Score]


@pytest.fixture
def spoil(truth: Path, tmp_path: Path) -> Spoil:
    """Scores the truth's folder with other events in it, tracks left aside."""

    def scored(events: Sequence[Event]) -> Score:
        result = tmp_path / "result"
        shutil.copytree(truth, result, ignore=shutil.ignore_patterns("tracks.csv"))
        write_events(result / "events.parquet", sorted(events, key=lambda event: event.time))
        return score_folders(truth, result)

    return scored


def start_of(truth: Path) -> datetime:
    return Summary.model_validate_json((truth / "summary.json").read_text("utf-8")).start


def without(events: Sequence[Event], removed: Sequence[Event]) -> list[Event]:
    ids = {event.id for event in removed}
    return [event for event in events if event.id not in ids]


def swapped(events: Sequence[Event], new: Event) -> list[Event]:
    """With ``new`` in the place of the event of its id."""
    return [new if event.id == new.id else event for event in events]


def numbers(value: object, name: str = "") -> Iterator[tuple[str, object]]:
    if isinstance(value, dict):
        for key, part in value.items():
            yield from numbers(part, f"{name}.{key}")
    elif isinstance(value, list):
        for part in value:
            yield from numbers(part, name)
    else:
        yield name, value


PERFECT = {
    **dict.fromkeys(("hota", "det_a", "ass_a", "idf1", "mota"), 1.0),
    **dict.fromkeys(("precision", "recall", "f1", "exact", "share", "correlation"), 1.0),
    **dict.fromkeys(("switches", "misses", "false_boxes", "false_alarms"), 0),
    **dict.fromkeys(("error", "relative_error", "mean_abs", "bias", "worst"), 0),
    **dict.fromkeys(("mean_abs_relative", "worst_relative", "mean_abs_error"), 0),
    **dict.fromkeys(("error_mean", "error_median", "bias_mean", "bias_median"), 0),
    **dict.fromkeys(("relative_bias", "delay_s_median", "delay_s_worst"), 0),
    **dict.fromkeys(("unknown_s", "unknown_share", "fill_error_points", "false_per_day"), 0),
    **dict.fromkeys(("quantity_abs_error",), 0),
    "recall_in_time": 1.0,
}


def test_the_truth_against_itself_is_perfect(truth: Path) -> None:
    score = score_folders(truth, truth)
    told = score.model_dump(mode="json")
    seen: Counter[str] = Counter()
    for name, value in numbers(told):
        last = name.rsplit(".", 1)[-1]
        if last in PERFECT and value is not None:
            assert value == pytest.approx(PERFECT[last], abs=1e-9), name
            seen[last] += 1
    assert set(seen) == set(PERFECT), "each of these figures was there"
    assert all(told[part] for part in told if part != "missing")
    assert score.missing == []


def test_a_twentieth_of_passages_removed(truth: Path, events: list[Event], spoil: Spoil) -> None:
    """Each hour lacks what was removed from it; nothing else is wrong."""
    ins = [e for e in events if isinstance(e, LineCrossed) and e.direction == "in"]
    gone = ins[::20]
    assert len(gone) > 8
    score = spoil(without(events, gone)).lines["entrance"]
    one = score.in_
    assert (one.truth, one.result, one.error) == (len(ins), len(ins) - len(gone), -len(gone))
    assert one.relative_error == pytest.approx(-len(gone) / len(ins))
    assert one.passages.matched == len(ins) - len(gone)
    assert one.passages.precision == 1.0
    start = start_of(truth)
    hours = [Counter(e.time.astimezone(start.tzinfo).hour for e in part) for part in (ins, gone)]
    lacking = [hours[1][(start.hour + n) % 24] for n in range(MINUTES // 60)]
    assert [h.result - h.truth for h in one.hours] == [-n for n in lacking]
    assert one.by_hour.mean_abs == pytest.approx(np.mean(lacking))
    assert one.by_hour.bias == pytest.approx(-np.mean(lacking))
    assert one.by_hour.worst == -max(lacking)
    shares = [n / hours[0][(start.hour + i) % 24] for i, n in enumerate(lacking)]
    assert one.by_hour.mean_abs_relative == pytest.approx(np.mean(shares))
    assert one.by_hour.worst_relative == pytest.approx(max(shares))
    assert score.out.error == 0


def test_stays_two_seconds_longer(events: list[Event], spoil: Spoil) -> None:
    """Every stay is found and 2 s too long, in each zone and in the queue's waiting."""
    score = spoil(longer_stays(events, 2.0))
    stays = Counter(e.zone for e in events if isinstance(e, ZoneLeft))
    spent: dict[str, float] = {}
    for event in events:
        if isinstance(event, ZoneLeft):
            spent[event.zone] = spent.get(event.zone, 0.0) + event.dwell_s
    for zone in ("drinks", "bento", "queue"):
        one = score.zones[zone]
        assert one.stays.matched == stays[zone] > 50
        assert one.dwell_s is not None
        assert one.dwell_s.bias_mean == pytest.approx(2.0)
        assert one.dwell_s.bias_median == pytest.approx(2.0)
        assert one.dwell_s.error_mean == pytest.approx(2.0)
        assert one.dwell_s.relative_bias == pytest.approx(2.0 * stays[zone] / spent[zone])
    waiting = score.queues["queue"].waiting_s
    assert waiting is not None
    assert waiting.bias_mean == pytest.approx(2.0)


def rows_of(truth: Path, camera: str) -> tuple[str, list[list[str]]]:
    header, *lines = (truth / "tracks.csv").read_text("utf-8").splitlines()
    rows = [line.split(",") for line in lines if line.startswith(f"{camera},")]
    return header, [row for row in rows if float(row[8]) > 0]


def split(rows: Sequence[list[str]], at_s: float) -> tuple[int, int]:
    """How many rows there are before and after."""
    before = sum(float(row[1]) < at_s for row in rows)
    return before, len(rows) - before


def apart(a: Sequence[list[str]], b: Sequence[list[str]]) -> bool:
    """Whether the boxes of two people never touch."""
    there = {row[1]: [float(n) for n in row[3:7]] for row in b}
    for row in a:
        x1, y1, x2, y2 = (float(n) for n in row[3:7])
        if other := there.get(row[1]):
            u1, v1, u2, v2 = other
            if x1 < u2 and u1 < x2 and y1 < v2 and v1 < y2:
                return False
    return True


def test_two_ids_swapped(truth: Path, tmp_path: Path) -> None:
    """From some moment on two people carry each other's number.

    Of a person's boxes a come before and b after. Either way round one part of each agrees: IDTP
    lacks the smaller sum of parts. Each has one switch. A match of the first with the found track
    of its own name shares a moments, of a + b and of a + the other's b; and so on for all four."""
    header, rows = rows_of(truth, "till")
    by_track: dict[str, list[list[str]]] = {}
    for row in rows:
        by_track.setdefault(row[2], []).append(row)
    long = [track for track, part in by_track.items() if len(part) > 40]
    one, two, at_s = next(
        (a, b, at_s)
        for i, a in enumerate(long)
        for b in long[i + 1 : i + 8]
        for at_s in [float(by_track[b][len(by_track[b]) // 2][1])]
        if min(*split(by_track[a], at_s), *split(by_track[b], at_s)) > 10
        and apart(by_track[a], by_track[b])
    )
    other = {one: two, two: one}
    spoilt = [
        [*row[:2], other.get(row[2], row[2]) if float(row[1]) >= at_s else row[2], *row[3:]]
        for row in rows
    ]
    for name, table in (("truth", rows), ("result", spoilt)):
        (tmp_path / name).mkdir()
        lines = [header, *(",".join(row) for row in table), ""]
        (tmp_path / name / "tracks.csv").write_text("\n".join(lines), "utf-8")
    score = score_folders(tmp_path / "truth", tmp_path / "result").tracking["till"]
    n = len(rows)
    (a1, a2), (b1, b2) = (split(by_track[k], at_s) for k in (one, two))
    assert score.switches == 2
    assert score.mota == pytest.approx(1 - 2 / n)
    assert score.idf1 == pytest.approx((n - min(a1 + b1, a2 + b2)) / n)
    whole = n - a1 - a2 - b1 - b2
    a, b, new_a, new_b = a1 + a2, b1 + b2, a1 + b2, b1 + a2
    parts = ((a1, a, new_a), (a2, a, new_b), (b1, b, new_b), (b2, b, new_a))
    association = (whole + sum(m * m / (t + f - m) for m, t, f in parts)) / n
    assert score.det_a == pytest.approx(1.0)
    assert score.ass_a == pytest.approx(association)
    assert score.hota == pytest.approx(sqrt(association))


def test_touches_dropped_and_shifted(events: list[Event], spoil: Spoil) -> None:
    """Every tenth is not found. Of the others those that stand alone at their facing are told 3 s
    late: neither are they found, nor is what is told right."""
    touches = [e for e in events if isinstance(e, ShelfTouched)]
    dropped = touches[::10]
    times: dict[tuple[str, ...], list[datetime]] = {}
    for e in touches:
        times.setdefault((e.shelf, e.facing, e.kind), []).append(e.time)

    def alone(e: ShelfTouched) -> bool:
        near = [abs((t - e.time).total_seconds()) for t in times[e.shelf, e.facing, e.kind]]
        return sum(apart_s <= 5.0 for apart_s in near) == 1

    late = [e for e in without(touches, dropped)[::3] if isinstance(e, ShelfTouched) and alone(e)]
    assert len(late) > 20 < len(dropped)
    ids = {e.id for e in late}
    left = without(events, dropped)
    score = spoil([moved(e, 3.0) if e.id in ids else e for e in left]).touches
    assert score is not None

    def count(some: Sequence[Event], **what: str) -> int:
        return sum(all(getattr(e, k) == v for k, v in what.items()) for e in some)

    def check(found: FoundScore, **what: str) -> None:
        n, gone, wrong = (count(part, **what) for part in (touches, dropped, late))
        assert (found.truth, found.result, found.matched) == (n, n - gone, n - gone - wrong)
        assert found.recall == pytest.approx((n - gone - wrong) / n)

    check(score.shop.all)
    for kind, found in score.shop.kinds.items():
        check(found, kind=kind)
    for name, facing in score.facings.items():
        shelf, _, of = name.partition("/")
        check(facing.all, shelf=shelf, facing=of)


def test_shelf_states_half_a_minute_late(truth: Path, events: list[Event], spoil: Spoil) -> None:
    """Seconds counted one by one, and each emptying by its times."""
    start = start_of(truth)
    late = [moved(e, 30.0) if isinstance(e, ShelfState) else e for e in events]
    shelves = spoil(late).shelves
    assert shelves is not None
    by_facing: dict[str, list[ShelfState]] = {}
    for e in events:
        if isinstance(e, ShelfState):
            by_facing.setdefault(f"{e.shelf}/{e.facing}", []).append(e)
    sums: Counter[str] = Counter()
    for states in by_facing.values():
        at = [(e.time - start).total_seconds() for e in states] + [float(SECONDS)]
        spans = [(a, b, e.state) for e, (a, b) in zip(states, pairwise(at), strict=True)]
        for state in ("empty", "low"):
            true, found = (
                {
                    k
                    for a, b, one in spans
                    if one == state
                    for k in range(SECONDS)
                    if k >= 30 and a + by <= k + 0.5 < b + by
                }
                for by in (0, 30)
            )
            sums[f"{state} true"] += len(true)
            sums[f"{state} found"] += len(found)
            sums[f"{state} both"] += len(true & found)
        empty = [(a, b) for a, b, one in spans if one == "empty"]
        told = [(a + 30, min(b + 30, SECONDS)) for a, b in empty if a + 30 < SECONDS]
        for a, b in empty:
            met = [c for c, d in told if max(a, c) < min(b, d)]
            sums["emptyings"] += 1
            sums["found"] += bool(met)
            assert not met or met[0] in (a + 30, min(c for c, d in told if d > a))
        sums["calls"] += len(told)
        sums["false"] += sum(not any(max(a, c) < min(b, d) for a, b in empty) for c, d in told)
    assert sums["emptyings"] > 5
    shop = shelves.shop
    for state, told_of in (("empty", shop.empty), ("low", shop.low)):
        assert told_of.truth == sums[f"{state} true"] > 300
        assert told_of.result == sums[f"{state} found"]
        assert told_of.matched == sums[f"{state} both"]
    assert (shop.seconds, shop.unknown_s) == (SECONDS * len(by_facing), 30 * len(by_facing))
    each = shop.emptyings
    assert (each.truth, each.found) == (sums["emptyings"], sums["found"])
    assert (each.result, each.false_alarms, each.unseen) == (sums["calls"], sums["false"], 0)
    assert each.delay_s_median == pytest.approx(30.0)
    assert each.delay_s_worst == pytest.approx(30.0)
    assert shop.fill_error_points == 0.0, "the table of stocks was not touched"


def test_a_staff_label_flipped(events: list[Event], spoil: Spoil) -> None:
    visits = [e for e in events if isinstance(e, VisitEnded)]
    staff = [e for e in visits if e.role == "staff"]
    wrong = staff[0].model_copy(update={"role": "shopper"})
    score = spoil(swapped(events, wrong))
    assert score.staff is not None
    one = score.staff
    assert (one.truth, one.result, one.matched) == (len(staff), len(staff) - 1, len(staff) - 1)
    assert one.recall == pytest.approx((len(staff) - 1) / len(staff))
    assert score.shoppers is not None
    assert (score.shoppers.truth, score.shoppers.error) == (len(visits) - len(staff), 1)
    assert score.visits is not None
    assert score.visits.matched == len(visits)


def test_a_shopper_taken_for_staff(events: list[Event], spoil: Spoil) -> None:
    visits = [e for e in events if isinstance(e, VisitEnded)]
    staff = sum(e.role == "staff" for e in visits)
    shopper = next(e for e in visits if e.role == "shopper")
    one = spoil(swapped(events, shopper.model_copy(update={"role": "staff"}))).staff
    assert one is not None
    assert (one.truth, one.result, one.matched) == (staff, staff + 1, staff)
    assert one.precision == pytest.approx(staff / (staff + 1))
    assert one.recall == 1.0


def test_a_group_split(events: list[Event], spoil: Spoil) -> None:
    """Who is put apart from m others was in m pairs."""
    visits = [e for e in events if isinstance(e, VisitEnded)]
    sizes = Counter(e.group for e in visits if e.group is not None)
    pairs = sum(comb(n, 2) for n in sizes.values())
    group, size = max(sizes.items(), key=lambda item: item[1])
    assert size > 1
    lone = next(e for e in visits if e.group == group).model_copy(update={"group": "lone"})
    one = spoil(swapped(events, lone)).groups
    assert one is not None
    assert (one.truth, one.result, one.matched) == (pairs, pairs - size + 1, pairs - size + 1)
    assert one.precision == 1.0
    assert one.recall == pytest.approx((pairs - size + 1) / pairs)


def test_a_help_incident_removed(events: list[Event], spoil: Spoil) -> None:
    calls = [e for e in events if isinstance(e, HelpNeeded)]
    assert len(calls) > 1
    gone = calls[len(calls) // 2]
    ended = [e for e in events if isinstance(e, HelpEnded) and e.help == gone.help]
    score = spoil(without(events, [gone, *ended])).help
    assert score is not None
    assert (score.all.truth, score.all.result) == (len(calls), len(calls) - 1)
    assert score.all.matched == score.all.in_time == len(calls) - 1
    assert score.all.false_per_day == 0.0
    same = sum(e.kind == gone.kind for e in calls)
    kind = score.kinds[gone.kind]
    assert kind.recall == kind.recall_in_time == pytest.approx((same - 1) / same)
    assert all(one.recall == 1.0 for name, one in score.kinds.items() if name != gone.kind)


def test_a_call_for_nothing(events: list[Event], spoil: Spoil) -> None:
    """Ten minutes before the first call there was no need: one false call in five hours."""
    first = next(e for e in events if isinstance(e, HelpNeeded))
    ghost = moved(first, -600.0).model_copy(update={"id": "ghost", "help": "ghost"})
    score = spoil([*events, ghost]).help
    assert score is not None
    assert score.all.false_per_day == pytest.approx(86_400 / SECONDS)
    assert score.all.recall == 1.0


def test_a_receipt_line_changed(events: list[Event], spoil: Spoil) -> None:
    """One piece more of one product on one receipt."""
    receipts = [e for e in events if isinstance(e, TillReceipt)]
    one = receipts[7]
    first, *others = one.lines
    more = first.model_copy(update={"quantity": first.quantity + 1})
    changed = {"lines": (more, *others), "total": one.total + first.price}
    score = spoil(swapped(events, one.model_copy(update=changed))).receipts
    assert score is not None
    assert score.receipts.truth == score.receipts.result == len(receipts)
    assert score.exact.matched == len(receipts) - 1
    assert score.exact.recall == pytest.approx((len(receipts) - 1) / len(receipts))
    assert score.total.truth == sum(e.total for e in receipts)
    assert score.total.error == first.price
    wrong = {gtin: q.error for gtin, q in score.quantity.items() if q.error}
    assert wrong == {first.gtin: 1}
    assert (score.quantity_abs_error, score.pieces.error) == (1, 1)


def test_a_result_that_begins_an_hour_later(
    truth: Path, events: list[Event], tmp_path: Path
) -> None:
    """Only what happened in its time is found, and that is said."""
    result = tmp_path / "result"
    result.mkdir()
    summary = Summary.model_validate_json((truth / "summary.json").read_text("utf-8"))
    since = summary.start + timedelta(hours=1)
    late = summary.model_copy(update={"start": since, "duration_s": summary.duration_s - 3600})
    (result / "summary.json").write_text(late.model_dump_json(by_alias=True), "utf-8")
    write_events(result / "events.parquet", [e for e in events if e.time >= since])
    score = score_folders(truth, result)
    assert score.missing[1].what == "time outside the result's recording"
    ins = [e for e in events if isinstance(e, LineCrossed) and e.direction == "in"]
    assert score.lines["entrance"].in_.result == sum(e.time >= since for e in ins) < len(ins)
