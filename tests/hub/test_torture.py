"""Exactly once, under ``kill -9`` of everything: the short form of ``python -m bench.torture``."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from bench.torture.chaos import Chaos
from bench.torture.judge import judge
from bench.torture.told import SHOP, TIMEZONE, event
from miseban.journal.journal import Journal
from tests.servers.mosquitto import need_mosquitto


def test_no_event_is_lost_or_told_twice_whatever_dies(tmp_path: Path) -> None:
    need_mosquitto()
    chaos = Chaos(tmp_path, cameras=3, rate=40.0, seed=5)
    try:
        chaos.run(12.0, pause_s=(0.4, 1.6))
        late = chaos.settle(45.0)
    finally:
        chaos.close()
    verdict = judge(tmp_path, chaos.names)
    assert not late
    assert verdict.good, verdict
    assert verdict.told > 300
    assert sum(chaos.done.values()) >= 5


def test_a_camera_that_forgets_too_early_is_found_out(tmp_path: Path) -> None:
    need_mosquitto()
    chaos = Chaos(tmp_path, cameras=2, rate=60.0, seed=3, careless=True)
    try:
        chaos.run(8.0, pause_s=(0.5, 1.5))
        chaos.settle(20.0)
    finally:
        chaos.close()
    assert judge(tmp_path, chaos.names).lost > 0


@pytest.mark.parametrize("wrong", ["lost", "twin", "strange", "disorder", "promise", "nothing"])
def test_the_judge_finds_what_is_wrong(tmp_path: Path, wrong: str) -> None:
    """A journal with a planted fault; without one all is well."""
    numbers = [n for n in range(1, 51) if n != 20 or wrong != "lost"]
    kept = [event("cam-0", n) for n in numbers]
    if wrong == "twin":
        kept.append(kept[3].model_copy(update={"id": kept[4].id[:-1] + "0"}))
    if wrong == "strange":
        kept.append(event("cam-9", 1))
    with sqlite3.connect(tmp_path / "cam-0.sqlite") as outbox:
        outbox.execute("CREATE TABLE outbox (stream, next)")
        outbox.execute("CREATE TABLE events (number)")
        outbox.execute("INSERT INTO outbox VALUES ('s', 51)")
    outbox.close()
    promised = 60 if wrong == "promise" else 50
    (tmp_path / "cam-0.promised").write_text(f"s 10\ns {promised}\n")
    heard = list(range(1, 51))
    if wrong == "disorder":
        heard[5], heard[9] = heard[9], heard[5]
    (tmp_path / "heard").write_text("".join(f"cam-0 {n}\n" for n in heard))
    journal = Journal.open(tmp_path / "journal", shop=SHOP, timezone=TIMEZONE, reserve=0)
    journal.append(kept)
    journal.compact(max(one.time for one in kept))
    journal.close()
    verdict = judge(tmp_path, ["cam-0"])
    counts = {
        "lost": verdict.lost,
        "twin": verdict.strange,
        "strange": verdict.strange,
        "disorder": verdict.disorder,
        "promise": verdict.broken,
    }
    assert verdict.rollups == 0
    assert verdict.good == (wrong == "nothing"), json.dumps(counts)
    if wrong != "nothing":
        assert counts[wrong] > 0
