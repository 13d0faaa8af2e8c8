"""How the soak judges: what grows is told, what wavers is not, and a restart is no fall."""

from __future__ import annotations

import csv
import json
import sqlite3
from pathlib import Path

import numpy as np
import pytest

from bench.soak.judge import judge
from bench.soak.samples import Samples
from bench.soak.slope import slope

HOURS = 1.7


def sampled(growth_mb_h: float, seed: int, restarts: int = 1) -> tuple[np.ndarray, ...]:
    """A process of 200 MB that wavers by some, sampled every ten seconds; times, MB, pids."""
    chance = np.random.default_rng(seed)
    times = np.arange(0.0, HOURS * 3600, 10.0)
    wave = np.zeros(len(times))
    for i in range(1, len(times)):  # what it takes now depends on what it took before
        wave[i] = 0.95 * wave[i - 1] + chance.normal(0, 0.3)
    pids = (np.arange(len(times)) * restarts // len(times)).astype(np.int64)
    born = np.array([times[pids == pid][0] for pid in pids])
    return times, 200 + growth_mb_h * (times - born) / 3600 + wave, pids


@pytest.mark.parametrize("restarts", [1, 3])
def test_a_leak_is_told_also_of_one_that_is_started_anew(restarts: int) -> None:
    line = slope(*sampled(20.0, 1, restarts))
    assert line is not None
    assert 15 < line.low < line.value < line.high < 25
    assert line.value == pytest.approx(20, abs=3)
    assert line.processes == restarts


def test_what_wavers_does_not_grow() -> None:
    """The interval is one of 95 %: of twenty, one or two may miss."""
    lines = [slope(*sampled(0.0, seed)) for seed in range(20)]
    assert sum(line is not None and line.low <= 0 <= line.high for line in lines) >= 16


def test_little_is_not_judged() -> None:
    times, sizes, pids = sampled(20.0, 1)
    assert slope(times[:100], sizes[:100], pids[:100]) is None


def test_what_this_process_takes_is_written_down_at_once(tmp_path: Path) -> None:
    import os

    samples = Samples(tmp_path / "samples.csv")
    samples.take({"me": os.getpid(), "nobody": 2**22 + 1})
    with (tmp_path / "samples.csv").open() as file:  # before it is closed
        (row,) = csv.DictReader(file)
    samples.close()
    assert row["role"] == "me"
    assert 5_000 < int(row["own_kb"]) <= int(row["rss_kb"])
    assert int(row["files"]) > 2


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """The folder of a soak with one telling camera, that told 12 events and whose hub has them."""
    from datetime import UTC, datetime

    from bench.soak.facts import SHOP, event
    from bench.soak.shop import SEEING
    from miseban.camera.delivery.outbox import Outbox
    from miseban.journal.journal import Journal
    from miseban.journal.rollups.keeper import RollupKeeper
    from miseban.vocabulary.identifiers import EventIds

    ids = EventIds()
    events = [event("till-0", 0, number, ids) for number in range(1, 13)]
    told = tmp_path / "told" / "till-0.told"
    outbox = Outbox(tmp_path / "told" / "till-0.sqlite", "till-0")
    outbox.add(events)
    outbox.forget(12)
    outbox.close()
    told.write_text("".join(f"{n} {one.id}\n" for n, one in enumerate(events, 1)))
    for name in SEEING:
        Outbox(tmp_path / "outbox" / f"{name}.sqlite", name).close()
    journal = Journal.open(
        tmp_path / "data" / "journal", shop=SHOP, timezone="UTC", rollups=RollupKeeper()
    )
    journal.append(events)
    journal.compact(datetime.now(UTC))
    journal.close()
    Samples(tmp_path / "samples.csv").close()
    (tmp_path / "flaps.csv").write_text("time_s,what,whose,camera,away_s,back_s\n1,cut,a,a,3,2.5\n")
    whole = {"begun_s": 0.0, "warm_up_s": 0.0, "cameras": ["till-0"], "ended_s": 1.0, "calls": 1,
             "visits": 1, "answers": 1}  # fmt: skip
    (tmp_path / "run.json").write_text(json.dumps(whole))
    return tmp_path


def bad(folder: Path) -> set[str]:
    return {result.name for result in judge(folder)[0] if result.passed is False}


def test_all_is_well_where_all_is_there(run: Path) -> None:
    assert bad(run) == set()


def test_what_is_missing_and_what_nobody_told_is_found(run: Path) -> None:
    told = run / "told" / "till-0.told"
    lines = told.read_text().splitlines()
    lines[0] = "1 01890a5d-ac96-774b-bcce-b302099a8057"  # a passage that is not in the journal
    told.write_text("\n".join([*lines, ""]))
    assert bad(run) == {"soak: lost", "soak: strange"}


def test_a_camera_that_never_came_back_is_found(run: Path) -> None:
    with (run / "flaps.csv").open("a") as out:
        out.write("2,cut,a,a,3,\n")
    assert bad(run) == {"soak: back, p95", "soak: back, most"}


def test_what_still_waits_is_found(run: Path) -> None:
    with sqlite3.connect(run / "told" / "till-0.sqlite") as outbox:
        outbox.execute("INSERT INTO events (number, crc, line) VALUES (12, 0, x'00')")
    outbox.close()
    assert "soak: waiting" in bad(run)


@pytest.mark.parametrize("grows", ["hub", "counting"])
def test_a_hub_and_what_counts_for_it_are_judged_together(run: Path, grows: str) -> None:
    """One that counts is another every quarter of an hour: that each of them grows at first is no
    fault, that each is larger than the one before is."""
    with (run / "samples.csv").open("a") as out:
        for at_s in range(0, 6000, 10):
            more = at_s // 900 * 5_000 if grows == "counting" else at_s * 10
            young = at_s % 900 * 20
            hub, counting = (more, young) if grows == "hub" else (0, young + more)
            out.write(f"{at_s}.0,hub,1,0,0,{200_000 + hub},1.0,9,9\n")
            out.write(f"{at_s}.0,counting,{2 + at_s // 900},0,0,{60_000 + counting},1.0,2,3\n")
    wanted = {"soak: growth, hub, with what it began"}
    assert bad(run) == (wanted | {"soak: growth, hub"} if grows == "hub" else wanted)
