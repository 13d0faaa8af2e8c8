"""What other makers' cameras tell is kept once, also while the journal takes nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from miseban.hub.formats.broker import OnvifIn
from miseban.hub.formats.onvif_counts import OnvifCounts, OnvifRule
from miseban.vocabulary.errors import Failed
from miseban.vocabulary.events import Event
from tests.hub.api.hubs import NOW, Place, open_hub


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with open_hub(tmp_path) as found:
        yield found


class Keeping:
    """A journal that may be full."""

    def __init__(self) -> None:
        self.ids: set[str] = set()
        self.full = False

    def __call__(self, events: Sequence[Event]) -> None:
        if self.full and events:
            raise Failed("journal-full", "journal", "no room")
        self.ids |= {event.id for event in events}


RULES = [OnvifRule(device="gate", rule="Entry", line="entrance", direction="in")]


def told(count: int, at_s: int) -> tuple[str, bytes]:
    time = (NOW + timedelta(seconds=at_s)).isoformat()
    topic = "miseban/shop/gate/onvif-ej/RuleEngine/CountAggregation/Counter/&1/Entry"
    say = {"UtcTime": time, "Source": {"VideoSource": "1", "Rule": "Entry"}}
    return topic, json.dumps(say | {"Data": {"Count": str(count)}}).encode()


def test_nothing_a_device_sends_stops_it_and_a_full_disk_loses_nothing(
    place: Place, tmp_path: Path
) -> None:
    keeping = Keeping()
    onvif = OnvifIn(OnvifCounts(place.hub.shop, RULES, tmp_path / "onvif.json"), keeping)
    onvif.take(*told(10, 0))
    onvif.take(*told(12, 1))
    assert len(keeping.ids) == 2
    for topic, payload in (
        ("miseban/shop/gate/onvif-ej/x", b"\xff{"),
        ("nonsense", b""),
        (told(0, 0)[0], b'{"UtcTime": "2026-03-02T03:00:09Z", "Source": {"Rule": "Entry"}}'),
    ):
        onvif.take(topic, payload)
    assert onvif.refused == 3
    keeping.full = True
    for at_s, count in enumerate((13, 15, 19), start=10):
        onvif.take(*told(count, at_s))
    assert len(keeping.ids) == 2
    keeping.full = False
    onvif.take(*told(20, 20))
    assert len(keeping.ids) == 10


def test_single_passages_wait_for_a_journal_that_takes_nothing(
    place: Place, tmp_path: Path
) -> None:
    keeping = Keeping()
    onvif = OnvifIn(OnvifCounts(place.hub.shop, RULES, tmp_path / "onvif.json"), keeping)
    onvif.take(*told(10, 0))

    def passes(at_s: int) -> None:
        topic = "miseban/shop/gate/onvif-ej/RuleEngine/LineDetector/Crossed/&1/Entry"
        time = (NOW + timedelta(seconds=at_s)).isoformat()
        say = {"UtcTime": time, "Source": {"VideoSource": "1", "Rule": "Entry"}}
        onvif.take(topic, json.dumps(say | {"Data": {"ObjectId": str(at_s)}}).encode())

    passes(1)
    assert len(keeping.ids) == 1
    keeping.full = True
    for at_s in (2, 3, 4):
        passes(at_s)
    assert len(keeping.ids) == 1
    keeping.full = False
    passes(5)
    assert len(keeping.ids) == 5
