"""The keeper: a full disk is answered for, event by event."""

from __future__ import annotations

from pathlib import Path

import pytest

from miseban.camera.delivery.keeper import RETRY_S, Keeper
from miseban.camera.delivery.outbox import Outbox
from miseban.vocabulary.delivery import LARGEST_EVENT
from miseban.vocabulary.events import EVENTS, CameraHealth, Event
from tests.camera.delivery.made import START, event, events


class Clock:
    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def outbox(tmp_path: Path) -> Outbox:
    return Outbox(tmp_path / "door.sqlite", "door")


def told(outbox: Outbox) -> list[Event]:
    found: list[Event] = []
    while batch := outbox.batch(len(found)).lines:
        found += [EVENTS.validate_json(line) for line in batch]
    return found


def room(outbox: Outbox, pages: int | None) -> None:
    """So many pages may still be written; None: as many as it likes."""
    used = outbox._db.execute("PRAGMA page_count").fetchone()[0]
    outbox._db.execute(f"PRAGMA max_page_count = {10**6 if pages is None else used + pages}")


def test_what_it_takes_is_in_the_outbox_and_said(outbox: Outbox) -> None:
    woken: list[int] = []
    keeper = Keeper(outbox, "s", ["door"], lambda: woken.append(1))
    keeper.put(events(1, 3))
    keeper.put([])
    assert told(outbox) == events(1, 3)
    assert len(woken) == 1


def test_a_full_disk_costs_nothing_while_memory_lasts(outbox: Outbox) -> None:
    clock = Clock()
    keeper = Keeper(outbox, "s", ["door"], lambda: None, clock=clock)
    keeper.put(events(1, 50))
    room(outbox, 1)
    for n in range(51, 1001, 50):
        clock.now_s += RETRY_S
        keeper.put(events(n, n + 49))
    assert keeper.full
    room(outbox, None)
    clock.now_s += RETRY_S
    keeper.put([])
    assert not keeper.full
    assert told(outbox) == events(1, 1000)
    assert keeper.lost == 0


def test_what_is_lost_beyond_is_counted_and_told_as_a_gap(outbox: Outbox) -> None:
    clock = Clock()
    keeper = Keeper(outbox, "s", ["door", "till"], lambda: None, held=200, clock=clock)
    room(outbox, 0)
    for n in range(1, 501, 50):
        clock.now_s += RETRY_S
        keeper.put(events(n, n + 49))
    assert keeper.lost == len(events(1, 500)) - 200 - outbox.waiting
    lost = keeper.lost
    room(outbox, None)
    clock.now_s += RETRY_S
    keeper.put([])
    found = told(outbox)
    kept = 500 - lost
    assert found[:kept] == events(1, kept)
    gaps = found[kept:]
    assert [one.camera for one in gaps] == ["door", "till"]
    for gap in gaps:
        assert isinstance(gap, CameraHealth)
        assert gap.state == "gap"
        assert f"{lost} events" in gap.reason
        assert gap.time == event(500).time
        assert gap.gap_s == lost - 1
    keeper.put(events(501, 502))
    assert told(outbox)[-2:] == events(501, 502)


def test_an_event_that_no_hub_takes_does_not_hold_up_the_others(outbox: Outbox) -> None:
    keeper = Keeper(outbox, "s", ["door"], lambda: None)
    large = event(2).model_copy(update={"visit": "v" * LARGEST_EVENT})
    keeper.put([event(1), large, event(3)])
    assert told(outbox) == [event(1), event(3)]
    assert keeper.lost == 1


def test_a_damaged_outbox_is_told(tmp_path: Path) -> None:
    file = tmp_path / "door.sqlite"
    file.write_bytes(b"damaged " * 1000)
    outbox = Outbox(file, "door")
    Keeper(outbox, "s", ["door"], lambda: None, utc=lambda: START)
    (gap,) = told(outbox)
    assert isinstance(gap, CameraHealth)
    assert "damaged" in gap.reason
    assert (gap.camera, gap.time) == ("door", START)
