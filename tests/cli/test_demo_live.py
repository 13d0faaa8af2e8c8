"""The demo that lives: a shop that is busy whatever the hour, days behind it that could have been,
and nothing left when it ends."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from miseban.cli import demo_files, demo_history
from miseban.cli.demo_files import FILLED, Stage, Wish, opening, prepare
from miseban.cli.demo_history import Till, day_of, order_of
from miseban.sim.scenario import Scenario
from miseban.sim.scenario.file import beside, load_scenario
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.events import (
    CameraHealth,
    Event,
    HelpEnded,
    HelpNeeded,
    TillReceipt,
    VisitEnded,
    ZoneEntered,
    ZoneLeft,
    ZoneOccupancy,
)
from miseban.vocabulary.shop import Shop, load_shop
from tests.sim import corner

SHOPS = Path(__file__).parents[2] / "shops"
KONBINI = SHOPS / "konbini.toml"
TOKYO = ZoneInfo("Asia/Tokyo")


@pytest.fixture(autouse=True)
def of_the_shop_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """This machine has no time zone of its own."""
    monkeypatch.setattr(demo_files, "here", lambda: None)


@pytest.mark.parametrize("hour", [4, 17, 21])
def test_the_shop_is_busy_whatever_the_hour(tmp_path: Path, hour: int) -> None:
    now = datetime(2026, 11, 26, hour, 47, 12, tzinfo=TOKYO).astimezone(UTC)
    stage = prepare(tmp_path / "live", Wish(SHOPS / "supermarket.toml", seed=7), now)
    shop = load_shop(stage.shop_file)
    scenario = load_scenario(beside(stage.shop_file), shop)
    played = (hour - stage.moved_h) % 24
    rates = scenario.arrivals.per_hour
    assert rates[played] >= 0.6 * max(rates)
    assert stage.moved_h == 0 or hour in (4, 21)
    assert stage.at <= now - FILLED < stage.at + timedelta(minutes=1)
    begins = datetime.combine(stage.at.astimezone(TOKYO).date(), stage.begins)
    told = begins + timedelta(hours=stage.moved_h)
    assert told.time() == stage.at.astimezone(TOKYO).time()
    for camera in shop.cameras:
        assert camera.source == (
            f"sim:{camera.id}?seed=7&from={stage.begins:%H:%M}&at={stage.at:%Y-%m-%dT%H:%M:%SZ}"
        )
    opened = opening(stage, (now - timedelta(hours=stage.moved_h)).astimezone(TOKYO).date(), TOKYO)
    assert opened < now < opened + timedelta(hours=stage.open_h), "it is open now"


def test_what_cannot_be_played_and_what_is_not_ours_is_refused(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter").write_text("dear")
    with pytest.raises(BadInput, match="one that the demo made"):
        prepare(tmp_path / "mine", Wish(KONBINI), now)
    assert (tmp_path / "mine" / "letter").exists()
    text = KONBINI.read_text("utf-8").replace('source = "sim:till"', 'source = "usb:0"')
    (tmp_path / "real.toml").write_text(text)
    beside(tmp_path / "real.toml").write_text(beside(KONBINI).read_text("utf-8"))
    with pytest.raises(BadInput, match="simulated cameras"):
        prepare(tmp_path / "live", Wish(tmp_path / "real.toml"), now)
    assert not (tmp_path / "live").exists()
    for _ in range(2):
        prepare(tmp_path / "live", Wish(KONBINI), now)
        (tmp_path / "live" / "old").touch()
    assert not prepare(tmp_path / "live", Wish(KONBINI), now).shop_file.with_name("old").exists()


def test_days_of_history_are_of_their_days_and_of_other_people(tmp_path: Path) -> None:
    now = datetime(2026, 11, 26, 8, 40, tzinfo=TOKYO).astimezone(UTC)
    stage = prepare(tmp_path / "live", Wish(KONBINI, hour=1), now)
    stage = stage.model_copy(update={"open_h": 3})
    shop = load_shop(stage.shop_file)
    scenario = load_scenario(beside(stage.shop_file), shop)
    assert order_of(14)[:5] == [0, 1, 7, 8, 14]
    assert sorted(order_of(14)) == list(range(15))
    today, before = (day_of(stage, shop, scenario, ago) for ago in (0, 7))
    assert stage.moved_h == 7
    start = datetime(2026, 11, 26, 7, 0, tzinfo=TOKYO)
    week, midnight = timedelta(days=7), datetime(2026, 11, 26, tzinfo=TOKYO)
    until = start - week + timedelta(hours=3, minutes=30)
    of_people = [
        [e for e in day if not isinstance(e, CameraHealth | ZoneOccupancy)]
        for day in (today, before)
    ]
    assert all(start <= event.time <= now for event in of_people[0])
    assert all(start - week <= event.time <= until for event in of_people[1])
    # Cameras look by night too: or half of each day would not have been seen.
    for day, since, ends in (
        (today, midnight, now),
        (before, midnight - week, midnight - week + timedelta(days=1)),
    ):
        told = [e.time for e in day if isinstance(e, CameraHealth) and e.camera == "door"]
        assert len(told) == (ends - since) // timedelta(minutes=15)
        assert ends - timedelta(minutes=15) < max(told) <= ends
        looked_s, last = 0.0, since
        for one in sorted((e for e in day if isinstance(e, ZoneOccupancy)), key=lambda e: e.time):
            if one.zone == "drinks":
                assert one.time - timedelta(seconds=one.period_s) >= last - timedelta(
                    microseconds=9
                )
                looked_s, last = looked_s + one.period_s * one.coverage, one.time
        assert looked_s == pytest.approx((ends - since).total_seconds(), abs=60)
    assert len({event.id for event in (*today, *before)}) == len(today) + len(before)
    visits = [{e.visit for e in day if isinstance(e, VisitEnded)} for day in (today, before)]
    assert len(visits[1]) > 10
    assert not visits[0] & visits[1]
    assert any(isinstance(event, TillReceipt) for event in before)
    open_calls = {e.help for e in today if isinstance(e, HelpNeeded)}
    assert open_calls <= {e.help for e in today if isinstance(e, HelpEnded)}
    inside = [e for e in today if isinstance(e, ZoneEntered)]
    left = {(e.visit, e.zone) for e in today if isinstance(e, ZoneLeft)}
    assert all((e.visit, e.zone) in left for e in inside), "nobody stays who is not seen now"


def test_days_that_are_waited_for_say_when_they_are_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One after another, and none of them at a lower priority."""
    now = datetime(2026, 11, 26, 8, 40, tzinfo=TOKYO).astimezone(UTC)
    stage = prepare(tmp_path / "live", Wish(KONBINI, hour=1), now)
    shop = load_shop(stage.shop_file)
    scenario = load_scenario(beside(stage.shop_file), shop)
    done = tmp_path / "done"
    made: list[int] = []

    def day(stage: Stage, shop: Shop, scenario: Scenario, ago: int) -> list[Event]:
        assert not done.exists()
        made.append(ago)
        return []

    monkeypatch.setattr(demo_history, "day_of", day)
    nice = os.nice(0)
    told = demo_history.Told(stage=stage, socket=tmp_path / "hub.sock", days=2, done=done)
    demo_history._history(told, 2, shop, scenario, lambda: None)
    assert made == order_of(2)
    assert done.exists()
    assert os.nice(0) == nice
    said = capsys.readouterr().out.splitlines()
    assert [line.partition(" are in")[0] for line in said] == [
        "1 of 3 days", "2 of 3 days", "3 of 3 days", "The 2 days before today",
    ]  # fmt: skip


def test_tills_go_on_by_the_clock_of_now(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    stage = prepare(tmp_path / "live", Wish(KONBINI, speed=2.0, hour=12), now)
    shop = load_shop(stage.shop_file)
    till = Till(stage, shop, load_scenario(beside(stage.shop_file), shop))
    assert till.said(now) == []
    later = now + timedelta(minutes=20)
    said = till.said(later)
    assert said
    assert all(now < event.time <= later for event in said)
    assert till.said(later) == []


def children_of(pid: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        found += [int(one) for one in task.read_text().split()]
    return found


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="looks for processes in /proc")
def test_it_lives_and_ends_with_all_of_its_children(tmp_path: Path) -> None:
    pytest.importorskip("panda3d", reason="needs panda3d, the extra `sim`")
    shop_file = corner.files(tmp_path)
    program = "from miseban.cli.app import main; main()"
    asked = ["demo", "--shop", str(shop_file), "--out", str(tmp_path / "out"), "--no-open",
             "--days", "1"]  # fmt: skip
    process = subprocess.Popen(
        [sys.executable, "-c", program, *asked], stdout=subprocess.PIPE, text=True,
        start_new_session=True, env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    assert process.stdout is not None
    try:
        told, until_s = "", time.monotonic() + 150
        while "Ctrl-C ends" not in told:
            assert time.monotonic() < until_s, told
            told += process.stdout.readline()
        url = re.search(r"http://\S+", told)
        password = re.search(r"password: (.+)", told)
        assert url is not None
        assert password is not None
        body = json.dumps({"login": "manager", "password": password[1]}).encode()
        headers = {"Content-Type": "application/json", "Origin": url[0]}
        asking = urllib.request.Request(f"{url[0]}/api/v1/sessions", body, headers)
        with urllib.request.urlopen(asking, timeout=20) as answer:
            assert answer.status in (200, 201)
        while "days before today are in" not in told:
            assert time.monotonic() < until_s, told
            told += process.stdout.readline()
        while len(children := children_of(process.pid)) < 2:
            assert time.monotonic() < until_s
            time.sleep(0.1)
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does it
        assert process.wait(40) == 0
        assert process.stdout.read().endswith("The demo has ended.\n")
        assert [pid for pid in children if Path(f"/proc/{pid}").exists()] == []
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        process.stdout.close()
