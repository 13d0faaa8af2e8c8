"""ONVIF Profile M: events as other cameras tell them, counted once whatever happens."""

from __future__ import annotations

import contextlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from miseban.hub.formats import onvif_counts
from miseban.hub.formats.onvif import COUNTER, CROSSED, OnvifEvent, read_onvif, write_onvif
from miseban.hub.formats.onvif_counts import OnvifCounts, OnvifRule
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.shop import parse_shop

SHOP = parse_shop(
    """
[shop]
id = "shop"
timezone = "Asia/Tokyo"
policy = "jp"
floor = { width_m = 10.0, depth_m = 10.0 }
[[line]]
id = "door"
points = [[1.0, 1.0], [2.0, 1.0]]
""",
    "shop.toml",
)
RULES = [
    OnvifRule(device="cam1", rule="Entry", line="door", direction="in"),
    OnvifRule(device="cam1", rule="Exit", line="door", direction="out"),
]
NOON = datetime(2026, 4, 1, 3, tzinfo=UTC)


def message(count: int, at_s: float, rule: str = "Entry", device: str = "cam1") -> OnvifEvent:
    source = {"VideoSource": "1", "Rule": rule}
    time = NOON + timedelta(seconds=at_s)
    return OnvifEvent(device, COUNTER, time, source, {"Count": str(count)})


def test_the_example_of_the_specification_is_read() -> None:
    topic = "MyDevice/onvif-ej/RuleEngine/LineDetector/Crossed/&1/2/MyImportantFence1"
    payload = b"""{"UtcTime": "2008-10-10T12:24:57.321Z",
        "Source": {"VideoSource": "1", "AnalyticsConfiguration": "2", "Rule": "MyImportantFence1"},
        "Data": {"ObjectId": "15"}}"""
    event = read_onvif(topic, payload)
    assert event is not None
    assert (event.device, event.topic, event.rule) == ("MyDevice", CROSSED, "MyImportantFence1")
    assert event.time == datetime(2008, 10, 10, 12, 24, 57, 321000, UTC)
    again_topic, again = write_onvif(event)
    assert again_topic == topic
    assert json.loads(again) == json.loads(payload)


def test_a_prefix_of_several_levels_and_numbers_without_quotes() -> None:
    topic = "site/9/cam1/onvif-ej/RuleEngine/CountAggregation/Counter/&1/Entry"
    event = read_onvif(topic, b'{"UtcTime":"2026-01-01T00:00:00Z","Data":{"Count":7,"On":true}}')
    assert event is not None
    assert (event.device, event.data) == ("site/9/cam1", {"Count": "7", "On": "true"})


def test_items_as_some_devices_still_write_them() -> None:
    payload = {
        "UtcTime": "2026-01-01T00:00:00Z",
        "Source": {"SimpleItem": [{"Name": "Rule", "Value": "Entry"}]},
        "Data": {"SimpleItem": [{"Name": "Count", "Value": "3"}]},
    }
    event = read_onvif("cam1/onvif-ej/tns1:RuleEngine/x", json.dumps(payload).encode())
    assert event is not None
    assert (event.rule, event.data["Count"], event.topic) == ("Entry", "3", "RuleEngine/x")


def test_an_empty_payload_takes_a_property_back() -> None:
    assert read_onvif("cam1/onvif-ej/RuleEngine/x", b"") is None


@settings(max_examples=300)
@given(st.text(max_size=60), st.binary(max_size=80))
@example("a/onvif-ej/b", b"9" * 5000)
@example("a/onvif-ej/b", b"[" * 60_000)
@example("a/onvif-ej/b", b'{"UtcTime": "0001-01-01T00:00:00+14:00"}')
@example("a/onvif-ej/b", b'{"UtcTime": "2026-01-01T00:00:00Z", "Source": {"\\ud800": "\\udfff"}}')
def test_no_message_raises_anything_but_bad_input(topic: str, payload: bytes) -> None:
    for prefix in (topic, "a/onvif-ej/b"):
        with contextlib.suppress(BadInput):
            read_onvif(prefix, payload)


@pytest.fixture
def counts(tmp_path: Path) -> OnvifCounts:
    return OnvifCounts(SHOP, RULES, tmp_path / "onvif.json")


def test_a_counter_tells_what_it_grew_by(counts: OnvifCounts) -> None:
    got = [len(counts.passages(message(n, at))) for at, n in enumerate([10, 12, 12, 15, 2])]
    assert got == [0, 2, 0, 3, 2]  # those before the first are not known; at last it began anew


def test_a_disk_that_was_full_loses_no_passage(
    counts: OnvifCounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts.passages(message(5, 0))

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as while_full:
        while_full.setattr(onvif_counts, "write_whole", full)
        with pytest.raises(OSError, match="No space"):
            counts.passages(message(8, 1))
    assert len(counts.passages(message(9, 2))) == 4


def test_what_comes_late_tells_nothing_new(counts: OnvifCounts) -> None:
    counts.passages(message(1, 10))
    assert counts.passages(message(9, 9)) == ()


def test_each_direction_is_a_rule_and_others_are_read_over(counts: OnvifCounts) -> None:
    for rule in ("Entry", "Exit", "Nobody's"):
        counts.passages(message(0, 0, rule))
    got = [counts.passages(message(1, 1, rule)) for rule in ("Entry", "Exit", "Nobody's")]
    assert [[e.direction for e in events] for events in got] == [["in"], ["out"], []]
    assert counts.passages(message(5, 2, device="other")) == ()


def test_cars_are_not_people(counts: OnvifCounts) -> None:
    def crossed(kind: str) -> OnvifEvent:
        return OnvifEvent("cam1", CROSSED, NOON, {"Rule": "Entry"}, {"ClassTypes": kind})

    got = [len(counts.passages(crossed(k))) for k in ("Vehicle Bicycle", "Vehicle Human", "")]
    assert got == [0, 1, 1]


def test_a_passage_told_twice_has_one_id(counts: OnvifCounts) -> None:
    event = OnvifEvent("cam1", CROSSED, NOON, {"Rule": "Entry"}, {"ObjectId": "15"})
    assert counts.passages(event) == counts.passages(event)
    other = OnvifEvent("cam1", CROSSED, NOON, {"Rule": "Entry"}, {"ObjectId": "16"})
    assert counts.passages(other)[0].id != counts.passages(event)[0].id


def test_a_leap_too_great_is_another_counter(counts: OnvifCounts) -> None:
    counts.passages(message(5, 0))
    assert counts.passages(message(50_000, 1)) == ()
    assert len(counts.passages(message(50_003, 2))) == 3


@pytest.mark.parametrize("count", ["", "-1", "x", "1.5", "٣", "9" * 13])
def test_a_count_that_is_none_is_refused(counts: OnvifCounts, count: str) -> None:
    bad = OnvifEvent("cam1", COUNTER, NOON, {"Rule": "Entry"}, {"Count": count})
    with pytest.raises(BadInput, match="expected Count"):
        counts.passages(bad)


@pytest.mark.parametrize(
    ("rules", "why"),
    [
        ([RULES[0].model_copy(update={"line": "gate"})], "a line of the shop"),
        ([RULES[0], RULES[0]], "once"),
    ],
)
def test_rules_that_fit_nothing_are_refused(
    rules: list[OnvifRule], why: str, tmp_path: Path
) -> None:
    with pytest.raises(BadInput, match=why):
        OnvifCounts(SHOP, rules, tmp_path / "onvif.json")


STEP = st.sampled_from(["pass", "tell", "anew", "die before keeping", "die after keeping", "late"])


@settings(max_examples=60)
@given(st.lists(STEP, max_size=30))
def test_every_passage_is_kept_once_whatever_dies(
    tmp_path_factory: pytest.TempPathFactory, steps: list[str]
) -> None:
    """A device counts, starts anew (and tells so, as of every change) and tells, now and then the
    same again; the hub dies between hearing of passages and keeping them, or after it."""
    file = tmp_path_factory.mktemp("onvif") / "onvif.json"
    counts = OnvifCounts(SHOP, RULES, file)
    counts.passages(message(0, 0))
    kept: set[str] = set()
    count = passed = untold = 0
    for at, step in enumerate([*steps, "tell"], start=1):
        if step == "pass":
            count, untold = count + 1, untold + 1
            continue
        if step == "anew" and untold == 0:
            count = 0
        if step == "late":
            counts.passages(message(count + 5, -1))
            continue
        found = counts.passages(message(count, at))
        passed, untold = passed + untold, 0
        if step != "die before keeping":
            kept |= {event.id for event in found}
        if step.startswith("die"):
            counts = OnvifCounts(SHOP, RULES, file)
            kept |= {event.id for event in counts.again()}
        assert len(kept) == passed
