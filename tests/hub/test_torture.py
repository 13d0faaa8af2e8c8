"""Exactly once, under ``kill -9`` of everything and clocks that are set: the short form of
``python -m bench.torture``."""

from __future__ import annotations

import json
import random
import sqlite3
import time
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bench.torture.chaos import Chaos
from bench.torture.clock import MOST_S, SetClock, jumped, set_clock
from bench.torture.judge import judge
from bench.torture.rest import deliver, settle
from bench.torture.shop import SHOP, TIMEZONE, queue_of, shop_of
from bench.torture.told import event, line_of
from miseban.hub.live import LiveState
from miseban.journal.journal import Journal
from miseban.journal.reader import JournalReader
from miseban.vocabulary.events import AlertStep, Event
from miseban.vocabulary.identifiers import EventIds
from tests.servers.mosquitto import need_mosquitto

NOW = datetime(2026, 3, 29, 3, 0, tzinfo=UTC)


def test_no_event_is_lost_or_told_twice_whatever_dies_and_whatever_the_clocks_say(
    tmp_path: Path,
) -> None:
    need_mosquitto()
    chaos = Chaos(tmp_path, cameras=2, rate=40.0, seed=5)
    try:
        chaos.set_clocks(-7200.0, "hub", "cam-0")
        chaos.run(8.0, pause_s=(0.4, 1.6))
        chaos.set_clocks(86_400.0, "hub")
        late = settle(chaos, 90.0)
    finally:
        chaos.close()
    verdict = judge(tmp_path, chaos.names)
    assert not late
    assert verdict.good, verdict
    assert verdict.told > 200
    assert min(chaos.done["clock back"], chaos.done["clock ahead"]) >= 2
    assert sum(chaos.done.values()) >= 8


def heard(folder: Path) -> dict[str, set[int]]:
    """The numbers that the hub has heard of, by camera."""
    numbers: defaultdict[str, set[int]] = defaultdict(set)
    if (folder / "heard").exists():
        for line in (folder / "heard").read_text("ascii").splitlines()[:-1]:
            camera, _, number = line.partition(" ")
            numbers[camera].add(int(number))
    return numbers


def has_skipped(folder: Path) -> bool:
    """Whether the hub has heard of events of a camera, and never of one between them."""
    return any(
        n not in numbers and hasattr(event(camera, n, NOW), "visit")  # others carry no number
        for camera, numbers in heard(folder).items()
        for n in range(min(numbers - {0}, default=0), max(numbers))
    )


def test_a_camera_that_forgets_too_early_is_found_out(tmp_path: Path) -> None:
    """A busy machine takes its time: what is sent is swallowed until events were lost by it, and
    only while events come through, since of a camera without a connection none are."""
    need_mosquitto()
    chaos = Chaos(tmp_path, cameras=2, rate=60.0, seed=3, careless="camera")
    until_s = time.monotonic() + 100.0
    try:
        chaos.run(0.0, pause_s=(1.0, 1.0))
        while not has_skipped(tmp_path) and time.monotonic() < until_s:
            before = {name: max(numbers) for name, numbers in heard(tmp_path).items()}
            time.sleep(0.2)
            now = {name: max(numbers) for name, numbers in heard(tmp_path).items()}
            if any(now[name] > before.get(name, 0) for name in now):
                chaos.swallow(0.5)
        deliver(chaos, 30.0)
    finally:
        chaos.close()
    assert judge(tmp_path, chaos.names).lost > 0


def step(number: int, alert: str, what: Any, time: datetime) -> Event:
    return AlertStep(
        id=EventIds(random.Random(f"step {number}")).at(time.timestamp()), time=time, shop=SHOP,
        alert=alert, step=what, rule="long", about="queue", subject=queue_of("cam-0"),
        urgency="warning", value=9.0 if what == "raised" else None,
    )  # fmt: skip


class Left:
    """What a torture without a fault has left in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        first = NOW - timedelta(hours=1)
        self.kept = [event("cam-0", n, first + timedelta(seconds=n)) for n in range(1, 51)]
        self.kept.append(event("cam-0", 51, NOW, last=True))
        lines = [line_of(n, 1, first + timedelta(seconds=n)) for n in range(1, 51)]
        self.told = [*lines, line_of(51, 1, NOW, last=True)]
        self.alerts = [
            step(1, "a", "raised", NOW - timedelta(minutes=9)),
            step(2, "a", "ended", NOW - timedelta(minutes=8)),
            step(3, "b", "raised", NOW),
        ]
        self.promised = 51
        self.heard = list(range(1, 52))
        self.open = ["b"]
        self.live: dict[str, Any] = {}

    def write(self) -> None:
        with sqlite3.connect(self.folder / "cam-0.sqlite") as outbox:
            outbox.execute("CREATE TABLE outbox (stream, next)")
            outbox.execute("CREATE TABLE events (number)")
            outbox.execute("INSERT INTO outbox VALUES ('s', 52)")
        outbox.close()
        (self.folder / "cam-0.told").write_text("".join(self.told))
        (self.folder / "cam-0.promised").write_text(f"s 10\ns {self.promised}\n")
        (self.folder / "heard").write_text("".join(f"cam-0 {n}\n" for n in self.heard))
        journal = Journal.open(self.folder / "journal", shop=SHOP, timezone=TIMEZONE, reserve=0)
        journal.append([*self.kept, *self.alerts])
        journal.compact(NOW)
        journal.close()
        reader = JournalReader(self.folder / "journal")
        for rest, now in {"back": NOW, "ahead": NOW + timedelta(days=3)}.items():
            live = LiveState.from_journal(reader, shop_of(["cam-0"]), now).snapshot(now)
            said = {
                "now": now.isoformat(),
                "live": live.model_dump(mode="json") | self.live,
                "open": self.open,
            }
            (self.folder / f"{rest}.json").write_text(json.dumps(said))
        reader.close()


@pytest.mark.parametrize(
    "wrong",
    ["lost", "twin", "strange", "disorder", "promise", "live", "raised", "dangling", "unnoticed",
     "silent", "nothing"],
)  # fmt: skip
def test_the_judge_finds_what_is_wrong(tmp_path: Path, wrong: str) -> None:
    """A journal with a planted fault; without one all is well."""
    left = Left(tmp_path)
    if wrong == "lost":
        del left.kept[19]
    if wrong == "twin":
        left.kept.append(left.kept[3].model_copy(update={"id": left.kept[4].id[:-1] + "0"}))
    if wrong == "strange":
        left.kept.append(event("cam-9", 1, NOW))
    if wrong == "promise":
        left.promised = 60
    if wrong == "disorder":
        left.heard[5], left.heard[9] = left.heard[9], left.heard[5]
    if wrong == "live":
        left.live = {"visits": 7}
    if wrong == "raised":
        left.alerts.append(step(4, "c", "raised", NOW))
        left.open.append("c")
    if wrong == "dangling":
        del left.alerts[1]
    if wrong == "unnoticed":
        left.alerts.pop()
        left.open = []
    left.write()
    if wrong == "silent":
        (tmp_path / "ahead.json").unlink()
    verdict = judge(tmp_path, ["cam-0"])
    counts = {
        "lost": verdict.lost,
        "twin": verdict.strange,
        "strange": verdict.strange,
        "disorder": verdict.disorder,
        "promise": verdict.broken,
        "live": verdict.live,
        "raised": verdict.confused,
        "dangling": verdict.confused,
        "unnoticed": verdict.unnoticed,
        "silent": verdict.live,
    }
    assert verdict.rollups == 0
    assert verdict.good == (wrong == "nothing"), verdict
    if wrong != "nothing":
        assert counts[wrong] > 0


def test_clocks_are_set_both_ways_and_never_by_more_than_two_days(tmp_path: Path) -> None:
    chance, by_s, jumps = random.Random(1), 0.0, []
    for _ in range(300):
        before, by_s = by_s, jumped(by_s, chance)
        jumps.append(by_s - before)
        assert abs(by_s) <= MOST_S
    assert min(jumps) < -80_000
    assert max(jumps) > 80_000
    assert any(2 <= abs(one) <= 60 for one in jumps)
    clock = SetClock(tmp_path, "hub")
    right = clock.now()
    set_clock(tmp_path, "hub", -86_400.0)
    assert timedelta(seconds=-1) < clock.now() - right + timedelta(days=1) < timedelta(seconds=9)
