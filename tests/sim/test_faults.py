"""Faults of simulated cameras: what they are, when they are in force, and what is refused."""

from __future__ import annotations

import csv
import re
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from miseban.sim.faults import FaultSchedule, FaultState
from miseban.sim.faults.table import write_faults
from miseban.sim.possible.faults import faults
from miseban.sim.scenario import Fault, Scenario
from miseban.sim.scenario.fault_option import parse_fault, with_faults
from miseban.sim.scenario.faults import AMOUNTS, KINDS, FaultKind
from miseban.sim.scenario.file import parse_scenario
from miseban.vocabulary.errors import BadInput
from tests.sim.konbini import SHOPS, scenario, scenario_text, shop

DAY_S = 3600.0


SHOP = shop()


@cache
def kept() -> Scenario:
    return scenario()


def planned(*texts: str, seed: int = 1) -> FaultSchedule:
    return FaultSchedule([parse_fault(text) for text in texts], seed)


@st.composite
def plans(draw: st.DrawFn) -> list[Fault]:
    """At most one fault of each kind on each of two cameras, none impossible."""
    found: list[Fault] = []
    for camera in ("door", "till"):
        for kind in draw(st.lists(st.sampled_from(KINDS), unique=True)):
            may = AMOUNTS[kind]
            from_s = draw(st.floats(0, DAY_S - 1).map(lambda s: round(s, 3)))
            lasts_s = draw(st.none() | st.floats(0.01, DAY_S).map(lambda s: round(s, 3)))
            amount = draw(st.floats(may.least, may.most).map(lambda a: round(a, 6)))
            to_s = None if lasts_s is None else from_s + lasts_s
            fault = Fault(camera=camera, kind=kind, amount=amount, from_s=from_s, to_s=to_s)
            if not list(faults([*found, fault], SHOP)):
                found.append(fault)
    return found


TIMES = st.lists(st.integers(0, int(DAY_S * 1000)).map(lambda ms: ms / 1000), min_size=1)


@given(plans(), TIMES, st.randoms(use_true_random=False), st.integers(0, 3))
@settings(max_examples=60)
def test_the_answer_does_not_depend_on_what_was_asked_before(
    plan: list[Fault], times: list[float], rng: object, seed: int
) -> None:
    at_once = FaultSchedule(plan, seed)
    delivered = at_once.delivered("door", np.array(times))
    clock = at_once.clock("door", np.array(times))
    shuffled = sorted(times, key=lambda _: rng.random())  # type: ignore[attr-defined]
    other = FaultSchedule([f for f in plan if f.camera == "door"], seed)
    one_by_one = {time_s: other.at("door", time_s) for time_s in shuffled}
    for time_s, there, told_s in zip(times, delivered.tolist(), clock.tolist(), strict=True):
        assert one_by_one[time_s].delivered == there
        assert one_by_one[time_s].clock_s == told_s
        assert FaultSchedule(plan, seed).at("door", time_s) == one_by_one[time_s]


@given(plans(), TIMES)
@settings(max_examples=60)
def test_a_clock_goes_forward_but_where_it_jumps(plan: list[Fault], times: list[float]) -> None:
    schedule = FaultSchedule(plan, 1)
    edges = [e for f in schedule.of("door", "jump") for e in (f.from_s, f.end_s)]
    moments = np.unique(times)
    told = schedule.clock("door", moments)
    assert (told >= 0).all()
    between = np.searchsorted(edges, moments, side="right")
    steps = np.diff(told)
    assert (steps[np.diff(between) == 0] > 0).all()


@given(plans(), TIMES)
@settings(max_examples=30)
def test_nothing_is_wrong_outside_of_its_time(plan: list[Fault], times: list[float]) -> None:
    schedule = FaultSchedule(plan, 1)
    for time_s in times:
        now = schedule.at("door", time_s)
        here = {f.kind for f in schedule.of("door") if f.from_s <= time_s < f.end_s}
        assert now.delivered or here & {"drop", "flap"}
        assert (now.low_light == 0) or "dark" in here
        assert (now.glare == 0) or "glare" in here
        assert (now.dirt == 0) or "dirt" in here
        assert (now.nudge == (0, 0, 0)) or "nudge" in here
        past = any(f.from_s < time_s for f in schedule.of("door", "skew"))
        assert now.clock_s == time_s or past or "jump" in here


def test_a_camera_without_faults_is_well() -> None:
    schedule = planned("till:drop=1", "till:jump=30", "till:dark=1", "till:nudge=5")
    well = FaultState(True, 12.5, 0.0, 0.0, 0.0, (0.0, 0.0, 0.0))
    assert schedule.at("door", 12.5) == well
    assert schedule.at("till", 12.5) == FaultState(False, 42.5, 1.0, 0.0, 0.0, (5.0, 0.0, 0.0))


@pytest.mark.parametrize("share", [0.0, 0.1, 0.3, 0.9, 1.0])
def test_the_share_of_the_frames_is_lost(share: float) -> None:
    times = np.arange(20_000) / 5
    lost = ~planned(f"door:drop={share}").delivered("door", times)
    assert lost.mean() == pytest.approx(share, abs=3.5 * np.sqrt(share * (1 - share) / len(times)))
    # one after the other, not in a pattern: as often lost after a loss as ever
    if 0 < share < 1:
        assert lost[1:][lost[:-1]].mean() == pytest.approx(share, abs=0.03)


def test_seeds_and_cameras_lose_other_frames() -> None:
    times = np.arange(1000) / 5
    texts = ("door:drop=0.5", "till:drop=0.5", "door:flap=20:from=500")
    base = planned(*texts)
    assert not np.array_equal(base.delivered("door", times), base.delivered("till", times))
    other = planned(*texts, seed=2)
    assert not np.array_equal(base.delivered("door", times), other.delivered("door", times))
    assert base.outages(base.faults[2], 900) != other.outages(other.faults[2], 900)


def test_a_flapping_camera_is_away_half_of_the_time() -> None:
    schedule = planned("door:flap=20:from=100:to=20000")
    away = list(schedule.outages(schedule.faults[0], 30_000))
    lengths = [to_s - from_s for from_s, to_s in away[:-1]]
    pauses = [after[0] - before[1] for before, after in pairwise(away)]
    assert away[0][0] == 100
    assert away[-1][1] <= 20_000
    assert len(away) > 400
    for drawn in (lengths, pauses):
        assert min(drawn) >= 10
        assert max(drawn) <= 30
        assert np.mean(drawn) == pytest.approx(20, abs=1)
    times = np.arange(0, 25_000, 0.5)
    gone = ~schedule.delivered("door", times)
    said = np.zeros(len(times), bool)
    for from_s, to_s in away:
        said |= (times >= from_s) & (times < to_s)
    assert np.array_equal(gone, said)


CLOCKS: dict[str, tuple[list[str], list[tuple[float, float]]]] = {
    "fast": (["door:skew=60:from=600:to=4200"], [(600, 600), (2400, 2430), (9000, 9060)]),
    "slow": (["door:skew=-60"], [(0, 0), (3600, 3540), (7200, 7080)]),
    "jump and back": (
        ["door:jump=30:from=10:to=20"],
        [(9.9, 9.9), (10, 40), (19.9, 49.9), (20, 20)],
    ),
    "jump for good": (["door:jump=-5:from=10"], [(9, 9), (10, 5), (1000, 995)]),
    "both": (["door:skew=360", "door:jump=-30:from=100:to=200"], [(100, 80), (200, 220)]),
}


@pytest.mark.parametrize("name", CLOCKS)
def test_what_the_clock_says(name: str) -> None:
    texts, wanted = CLOCKS[name]
    schedule = planned(*texts)
    for true_s, told_s in wanted:
        assert schedule.at("door", true_s).clock_s == pytest.approx(told_s, abs=1e-9)


TYPED: dict[str, Fault] = {
    "door:nudge=2:from=300:to=600": Fault(
        camera="door", kind="nudge", amount=2.0, from_s=300.0, to_s=600.0
    ),
    "till:drop=.3": Fault(camera="till", kind="drop", amount=0.3),
    "door:jump=-30:to=100.5:from=60": Fault(
        camera="door", kind="jump", amount=-30.0, from_s=60.0, to_s=100.5
    ),
}


@pytest.mark.parametrize("text", TYPED)
def test_a_typed_fault_is_read(text: str) -> None:
    assert parse_fault(text) == TYPED[text]


WRONG_OPTIONS: dict[str, tuple[list[str], str]] = {
    "nothing": ([""], "expected CAMERA:KIND=AMOUNT[:from=SECONDS][:to=SECONDS]"),
    "a camera alone": (["door"], "expected CAMERA:KIND=AMOUNT"),
    "no amount": (["door:drop"], "with a number after each =, found"),
    "no number": (["door:drop=much"], 'with a number after each =, found "drop=much"'),
    "not finite": (["door:drop=nan"], "with a number after each ="),
    "unknown kind": (["door:nugde=2"], 'found "nugde" (did you mean "nudge"?)'),
    "unknown key": (["door:drop=1:until=5"], "expected from=SECONDS and to=SECONDS"),
    "twice from": (["door:drop=1:from=5:from=6"], "each once, found from=6"),
    "before the start": (["door:drop=1:from=-5"], "expected from from 0 to 31 days"),
    "unknown camera": (["dor:drop=1"], 'found "dor" (did you mean "door"?)'),
    "reversed": (["door:drop=1:from=9:to=5"], "to_s: expected more than from_s (9), found 5"),
    "no time at all": (["door:drop=1:from=9:to=9"], "to_s: expected more than from_s (9)"),
    "too much": (["door:drop=1.5"], 'expected 0 to 1 (share of the frames) for "drop", found 1.5'),
    "too short a flap": (["door:flap=0.1"], "expected 0.5 to 3600 (seconds away on average)"),
    "too far": (["door:nudge=90"], "expected -45 to 45 (degrees)"),
    "too fast": (["door:skew=-4000"], "expected -600 to 600 (seconds an hour)"),
    "negative dirt": (["door:dirt=-0.1"], "expected 0 to 1"),
    "back to before the start": (
        ["door:jump=-30:from=20"],
        "amount: expected at least -20, or the clock shows less than 0, found -30",
    ),
    "two at a time": (
        ["door:dark=1:to=100", "door:dark=0.5:from=99"],
        'from_s: expected one "dark" of "door" at a time, found a time that number 1 has too',
    ),
}


@pytest.mark.parametrize("name", WRONG_OPTIONS)
def test_a_wrong_option_is_refused_in_one_line(name: str) -> None:
    typed, what = WRONG_OPTIONS[name]
    with pytest.raises(BadInput) as caught:
        with_faults(kept(), SHOP, typed)
    line = str(caught.value)
    assert line.startswith(f"--fault {typed[-1]}")
    assert what in line
    assert caught.value.exit_status == 2


def in_file(*lines: str) -> str:
    return scenario_text() + "".join(f"\n[[fault]]\n{line}\n" for line in lines)


WRONG_TABLES: dict[str, tuple[list[str], str]] = {
    "unknown camera": (
        ['camera = "dor"\nkind = "drop"\namount = 0.5'],
        "[[fault]] 1 camera: expected the id of a [[camera]] of the shop (door, aisle, till)",
    ),
    "unknown kind": (['camera = "door"\nkind = "rain"\namount = 0.5'], "[[fault]] 1 kind"),
    "no amount": (['camera = "door"\nkind = "drop"'], "[[fault]] 1 amount"),
    "reversed": (
        ['camera = "door"\nkind = "drop"\namount = 0.5\nfrom_s = 20.0\nto_s = 10.0'],
        "[[fault]] 1 to_s: expected more than from_s (20), found 10",
    ),
    "too much": (
        ['camera = "door"\nkind = "glare"\namount = 2.0'],
        '[[fault]] 1 amount: expected 0 to 1 (from none to hardly usable) for "glare", found 2',
    ),
    "two at a time": (
        ['camera = "door"\nkind = "skew"\namount = 2.0'] * 2,
        '[[fault]] 2 from_s: expected one "skew" of "door" at a time',
    ),
    "before the start": (
        ['camera = "door"\nkind = "drop"\namount = 0.5\nfrom_s = -1.0'],
        "[[fault]] 1 from_s: expected a number of at least 0, found -1",
    ),
}


@pytest.mark.parametrize("name", WRONG_TABLES)
def test_a_wrong_table_is_refused_with_its_key(name: str) -> None:
    tables, what = WRONG_TABLES[name]
    with pytest.raises(BadInput) as caught:
        parse_scenario(in_file(*tables), SHOP, "a.scenario.toml")
    assert f"a.scenario.toml: {what}" in str(caught.value)


def test_typed_faults_follow_those_of_the_file() -> None:
    text = in_file('camera = "door"\nkind = "drop"\namount = 0.5')
    own = parse_scenario(text, SHOP, "a.scenario.toml")
    both = with_faults(own, SHOP, ["till:dark=1:from=60", "door:dark=1"])
    assert [(f.camera, f.kind) for f in both.faults] == [
        ("door", "drop"),
        ("till", "dark"),
        ("door", "dark"),
    ]
    assert with_faults(own, SHOP, []) == own
    with pytest.raises(BadInput, match=r'^--fault door:drop=0\.1: from_s: expected one "drop"'):
        with_faults(own, SHOP, ["door:drop=0.1"])


def test_the_table_of_faults_spells_flaps_out(tmp_path: Path) -> None:
    schedule = planned(
        "till:flap=20:from=60:to=300", "door:nudge=-2:from=10.5", "door:dark=1:from=900"
    )
    write_faults(tmp_path / "faults.csv", schedule, 600.0)
    with (tmp_path / "faults.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows[0] == {
        "camera": "door",
        "kind": "nudge",
        "from_s": "10.500",
        "to_s": "600.000",
        "amount": "-2",
    }
    away = [(float(r["from_s"]), float(r["to_s"])) for r in rows if r["kind"] == "flap"]
    assert {r["kind"] for r in rows} == {"nudge", "flap"}
    assert len(away) > 3
    moments = np.array([m for from_s, to_s in away for m in (from_s + 0.01, to_s - 0.01)])
    assert not schedule.delivered("till", moments).any()


def document(heading: str) -> str:
    text = (SHOPS.parent / "docs" / "simulation.md").read_text("utf-8")
    return text.split(f"{heading}\n")[1].split("\n## ")[0].split("\n### ")[0]


def test_every_key_and_kind_stands_in_the_document() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| (.+?) \|", document("### `[[fault]]`"), re.MULTILINE))
    assert rows == {name: field.description for name, field in Fault.model_fields.items()}
    kinds: dict[FaultKind, tuple[str, str]] = {
        kind: (least, most)
        for kind, least, most in re.findall(
            r"^\| `(\w+)` \| (\S+) to (\S+) ", document("## Faults"), re.MULTILINE
        )
    }
    assert kinds == {kind: (f"{a.least:g}", f"{a.most:g}") for kind, a in AMOUNTS.items()}
