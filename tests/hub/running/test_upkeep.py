"""What a hub does by itself leaves it to those who ask, and ends when it ends."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from miseban.hub.hub import Hub
from miseban.hub.running import box, upkeep
from miseban.hub.running.settings import Upkeep
from miseban.hub.running.upkeep import LONGEST_REST_S, Keeper, Pace, Stopped
from miseban.journal.journal import Journal
from miseban.vocabulary.errors import Failed
from miseban.vocabulary.shop import parse_shop

NOW = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)


def keeper(folder: Path, pace: Pace, retain: Callable[[datetime], None]) -> Keeper:
    journal = Journal.open(folder / "j", shop="s")
    return Keeper(journal, Upkeep(), "Asia/Tokyo", lambda: NOW, retain, pace)


class Rested(Pace):
    """By a clock that is set by hand; ``rests`` are the seconds it would have waited."""

    def __init__(self) -> None:
        self.now_s = 1000.0
        self.rests: list[float] = []
        super().__init__(lambda: self.now_s)

    def wait(self, seconds: float) -> bool:
        self.rests.append(seconds)
        self.now_s += seconds
        return False


def test_it_rests_for_as_long_as_it_worked() -> None:
    pace = Rested()
    pace.begin()
    pace.now_s += 0.2
    pace.rest()
    pace.now_s += 0.003
    pace.rest()  # after hardly any work: the rest itself was none
    pace.now_s += 3600
    pace.rest()
    assert pace.rests == [pytest.approx(0.2), pytest.approx(0.003), LONGEST_REST_S]


def test_a_rest_takes_its_time() -> None:
    pace = Pace()
    pace.begin()
    time.sleep(0.2)
    began = time.monotonic()
    pace.rest()
    assert time.monotonic() - began > 0.15


def test_others_do_not_rest() -> None:
    """Somebody who compacts by hand waits for nothing."""
    pace = Rested()
    pace.begin()
    pace.now_s += 0.3
    thread = threading.Thread(target=pace.rest)
    thread.start()
    thread.join()
    assert not pace.rests


def test_a_hub_that_closes_does_not_wait_for_a_year(tmp_path: Path) -> None:
    pace, parts, at_work = Pace(), [0], threading.Event()

    def retain(_: datetime) -> None:
        for _part in range(1000):
            time.sleep(0.02)
            parts[0] += 1
            at_work.set()
            pace.rest()

    one = keeper(tmp_path, pace, retain)
    one.start()
    assert at_work.wait(5)
    began = time.monotonic()
    one.stop()
    assert time.monotonic() - began < 2
    assert parts[0] < 1000


def test_what_was_broken_off_is_due_again(tmp_path: Path) -> None:
    """The night counts as done only when it was."""
    pace, called = Pace(), [0]

    def retain(_: datetime) -> None:
        called[0] += 1
        if called[0] == 1:
            raise Stopped

    one = keeper(tmp_path, pace, retain)
    one.once()
    one.once()
    one.once()
    assert called[0] == 2


def test_a_rest_ends_with_the_hub() -> None:
    pace = Pace()
    pace.begin()
    time.sleep(0.05)
    pace.end()
    with pytest.raises(Stopped):
        pace.rest()


def test_a_deletion_that_fails_leaves_the_rest_of_the_night_to_be_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def retain(*_: object) -> None:
        raise Failed("compaction", tmp_path, "no space")

    monkeypatch.setattr(box, "retain", retain)
    shop = parse_shop('[shop]\nid = "s"\ntimezone = "UTC"\npolicy = "jp"\n', "s")
    done: list[str] = []
    hub = SimpleNamespace(
        shop=shop,
        journal=None,
        people=SimpleNamespace(tidy=lambda _: done.append("people")),
        requests=SimpleNamespace(forget=lambda _: done.append("requests")),
    )
    with pytest.raises(Failed, match="no space"):
        box._retain(cast(Hub, hub), NOW)
    assert done == ["people", "requests"]


@pytest.mark.parametrize(("took_mb", "times"), [(1000, 0), (1001, 2)])
def test_a_hub_that_takes_too_much_begins_anew_at_night_and_only_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, took_mb: int, times: int
) -> None:
    monkeypatch.setattr(upkeep, "resident_bytes", lambda: took_mb * 1_000_000)
    journal, called = Journal.open(tmp_path / "j", shop="s"), [0]
    now = [NOW]

    def outgrown() -> None:
        called[0] += 1

    one = Keeper(journal, Upkeep(), "UTC", lambda: now[0], lambda _: None, Pace(), outgrown)
    found = []
    for hours in range(60):  # from one in the night, a round an hour
        now[0] = NOW + timedelta(hours=hours)
        one.once()
        found.append(called[0])
    journal.close()
    nights = [hour for hour in range(1, 60) if found[hour] > found[hour - 1]]
    assert nights == [26, 50][:times], "at three of the next two nights"
