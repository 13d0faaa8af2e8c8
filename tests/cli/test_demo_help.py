"""Somebody needs a hand soon after the demo began, and staff are told so: of the staged shop, with
the noise of the simulated detector, as its cameras look twice a second."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from miseban.camera.replay import replay
from miseban.cli import demo_files
from miseban.cli.app import run
from miseban.cli.demo_files import FILLED, Wish, prepare
from miseban.hub.alerts import Alerts, default_rules
from miseban.hub.live import LiveState
from miseban.hub.notify.messages import Words
from miseban.vocabulary.events import Event, HelpNeeded, HelpStep
from miseban.vocabulary.shop import load_shop

SHOP = Path(__file__).parents[2] / "shops" / "supermarket.toml"
SOON_MIN = 4
SAID = {"en": "Somebody has fallen", "ja": "転倒", "ko": "넘어진"}


def test_a_call_comes_within_minutes_and_is_accepted_and_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo_files, "here", lambda: None)
    now = datetime(2026, 11, 26, 11, 5, tzinfo=ZoneInfo("Asia/Tokyo")).astimezone(UTC)
    stage = prepare(tmp_path / "live", Wish(SHOP), now)
    filled_min = FILLED.total_seconds() / 60
    length = ["--minutes", f"{filled_min + SOON_MIN:g}", "--from", f"{stage.begins:%H:%M}"]
    simulated = ["simulate", "--shop", str(stage.shop_file), *length, "--seed", str(stage.seed)]
    assert run([*simulated, "--detector", "default", "--out", str(tmp_path / "truth")]) == 0
    shop = load_shop(stage.shop_file)
    late = since(tmp_path / "truth" / "detected.csv", FILLED.total_seconds() - 30.0)
    events = replay(late, shop, stage.at).events
    call = next(e for e in events if isinstance(e, HelpNeeded) and e.kind == "fall")
    assert now - timedelta(minutes=1) < call.time < now + timedelta(minutes=SOON_MIN)

    told: list[Event] = []
    live = LiveState(shop)
    alerts = Alerts(default_rules().limited(shop), live, lambda new: told.extend(new))
    live.take([call], call.time)
    (notice,) = alerts.take([call], call.time)
    for language, words in SAID.items():
        message = Words(language, shop).message(notice)
        assert words in message.title
        assert message.about_help
        assert message.roles == ("staff",)
    alerts.accept(notice.alert.alert, "hana", call.time)
    alerts.done(notice.alert.alert, "hana", call.time + timedelta(minutes=1))
    steps = [event.step for event in told if isinstance(event, HelpStep)]
    assert steps == ["raised", "accepted", "done"]


def since(file: Path, from_s: float) -> Path:
    """The rows from that second on, beside it."""
    late = file.with_name("late.csv")
    with file.open(newline="") as source, late.open("w", newline="") as target:
        rows = csv.DictReader(source)
        assert rows.fieldnames is not None
        writer = csv.DictWriter(target, rows.fieldnames)
        writer.writeheader()
        writer.writerows(row for row in rows if float(row["time_s"]) >= from_s)
    return late
