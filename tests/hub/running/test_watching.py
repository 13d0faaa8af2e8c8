"""From the journal to live state, bus and alerts: in order, none left out, whatever is swapped."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest

from miseban.hub.alerts import Alerts
from miseban.hub.bus import Bus
from miseban.hub.live import LiveState
from miseban.hub.running import watching as module
from miseban.hub.running.watching import Watching
from miseban.vocabulary.events import Event, LineCrossed

START = datetime(2026, 4, 7, 1, tzinfo=UTC)


def event(number: int) -> LineCrossed:
    return LineCrossed(
        id=f"{number:08d}", time=START + timedelta(seconds=number), shop="s", line="entrance",
        direction="in", visit="v",
    )  # fmt: skip


class Place:
    """Stands where live state, bus and alerts stand, and writes down what it is handed."""

    def __init__(self, on_take: Callable[[], None] = lambda: None) -> None:
        self.seen: list[str] = []
        self.ticks = 0
        self._on_take = on_take

    def take(self, events: Sequence[Event], *_: object) -> list[object]:
        self.seen += [one.id for one in events]
        self._on_take()
        return []

    publish = take

    def tick(self, *_: object) -> list[object]:
        self.ticks += 1
        return []


def watch(live: Place, bus: Place, alerts: Place) -> Watching:
    return Watching(
        cast("LiveState", live),
        cast("Alerts", alerts),
        cast("Bus", bus),
        lambda _: None,
        lambda: START,
    )


def test_all_get_everything_in_order() -> None:
    live, bus, alerts = Place(), Place(), Place()
    watching = watch(live, bus, alerts)
    watching.start()
    for number in range(500):
        watching.kept([event(2 * number), event(2 * number + 1)])
    watching.stop()
    expected = [f"{number:08d}" for number in range(1000)]
    assert live.seen == expected
    assert bus.seen == expected
    assert alerts.seen == expected


def test_intake_waits_for_one_that_is_slow_and_alerts_own_events_do_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "WAITING", 2)
    gate = threading.Event()
    own: list[None] = []

    def answer() -> None:
        gate.wait(5)
        if len(own) < 10:  # an alert's step comes back to the very thread that made it
            own.append(None)
            watching.kept([event(900_000 + len(own))])

    live = Place(answer)
    watching = watch(live, Place(), Place())
    watching.start()
    done = threading.Event()

    def feed() -> None:
        for number in range(20):
            watching.kept([event(number)])
        done.set()

    feeding = threading.Thread(target=feed)
    feeding.start()
    assert not done.wait(0.3)
    gate.set()
    assert done.wait(5)
    feeding.join()
    watching.stop()
    assert len(live.seen) == 30


def test_a_swap_comes_between_two_events_and_loses_none() -> None:
    first, second = Place(), Place()
    bus, alerts = Place(), Place()
    watching = watch(first, bus, alerts)
    watching.start()
    for number in range(100):
        watching.kept([event(number)])
    watching.swap(lambda: (cast("LiveState", second), cast("Alerts", alerts)))
    for number in range(100, 150):
        watching.kept([event(number)])
    watching.stop()
    assert first.seen == [f"{number:08d}" for number in range(100)]
    assert second.seen == [f"{number:08d}" for number in range(100, 150)]
    assert len(bus.seen) == 150


def test_a_swap_that_fails_is_told_and_changes_nothing() -> None:
    live, alerts = Place(), Place()
    watching = watch(live, Place(), alerts)
    watching.start()

    def make() -> tuple[LiveState, Alerts]:
        raise ValueError("no such rule")

    with pytest.raises(ValueError, match="no such rule"):
        watching.swap(make)
    watching.kept([event(1)])
    watching.stop()
    assert live.seen == ["00000001"]


def test_an_alert_that_fails_stops_nothing() -> None:
    def fail() -> None:
        raise OSError("full")

    live, bus, alerts = Place(), Place(), Place(fail)
    watching = watch(live, bus, alerts)
    watching.start()
    watching.kept([event(1)])
    watching.kept([event(2)])
    watching.stop()
    assert bus.seen == ["00000001", "00000002"]


def test_alerts_tick_while_nothing_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "TICK_S", 0.02)
    ticked = threading.Event()
    alerts = Place()
    watching = watch(Place(), Place(), alerts)
    watching.start()
    ticked.wait(0.5)
    watching.stop()
    assert alerts.ticks >= 3
