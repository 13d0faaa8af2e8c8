"""The numbers of a recording, each against one worked out by hand."""

from __future__ import annotations

import random
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miseban.insight.durations import spread
from miseban.insight.intervals import choose_bin_s, gaps_s, per_interval
from miseban.insight.queues import length_steps
from miseban.vocabulary.summary import Summary
from tests.insight.sample import START, Maker, afternoon, summary_of

TOKYO = ZoneInfo("Asia/Tokyo")


def test_durations_in_short() -> None:
    found = spread([10.0, 20.0, 30.0, 40.0, 100.0])

    assert (found.mean, found.median, found.p90, found.total) == (40.0, 30.0, 76.0, 200.0)
    assert spread([]).total == 0.0


def test_lines_zones_and_people() -> None:
    maker = Maker()
    maker.cross(10, "a", "in")
    maker.cross(20, "b", "in")
    maker.cross(30, "a", "out")
    maker.cross(30, "a", "out", "side-door")
    maker.stay(12, 8, "a", "drinks")
    maker.stay(25, 4, "b", "drinks")
    maker.occupancy(60, "drinks", 12.0, 1)
    maker.occupancy(120, "drinks", 0.0, 0)
    maker.visit(5, 35, "a", ("drinks",))
    maker.visit(15, 40, "b")
    maker.visit(50, 55, "c")

    summary = summary_of(maker, duration_s=120.0)

    assert summary.people == 3
    assert summary.lines["entrance"].in_.count == 2
    assert summary.lines["entrance"].out.count == 1
    assert summary.lines["side-door"].out.count == 1
    drinks = summary.zones["drinks"]
    assert (drinks.visits, drinks.dwell_s.mean, drinks.dwell_s.total) == (2, 6.0, 12.0)
    assert (drinks.occupancy_mean, drinks.occupancy_max) == (0.1, 1)
    assert summary.zones["magazines"].visits == 0
    assert Summary.model_validate_json(summary.model_dump_json(by_alias=True)) == summary


def test_what_the_camera_did_not_see_is_told() -> None:
    maker = Maker()
    maker.cross(10, "a")
    maker.gap(100, 50)

    summary = summary_of(maker, duration_s=100.0, uncovered_s=50.0)

    assert summary.coverage == 0.5
    assert gaps_s(maker.events, START) == [(50.0, 100.0, "the stream stopped")]


def test_what_is_lost_twice_is_lost_once() -> None:
    maker = Maker()
    maker.gap(40, 30)  # from 10 to 40
    maker.gap(36, 16)

    coverage = per_interval(maker.events, START, 60.0, 60).coverage  # a minute begins at 30
    assert list(coverage) == pytest.approx([1 / 3, 2 / 3])


def test_paths_count_each_person_once() -> None:
    maker = Maker()
    maker.visit(0, 50, "a", ("drinks", "magazines", "drinks", "magazines"))
    maker.visit(0, 50, "b", ("drinks", "magazines"))
    maker.visit(0, 50, "c", ("magazines", "magazines"))

    paths = summary_of(maker).paths

    assert [(path.from_zone, path.to_zone, path.people) for path in paths] == [
        ("drinks", "magazines", 2),
        ("magazines", "drinks", 1),
    ]


@pytest.mark.parametrize(
    ("counter_s", "served", "left"),
    [
        pytest.param(105.0, 1, 0, id="five seconds later"),
        pytest.param(129.0, 1, 0, id="just in time"),
        pytest.param(131.0, 0, 1, id="too late: gave up"),
        pytest.param(95.0, 1, 0, id="the counter begins inside the queue"),
        pytest.param(None, 0, 1, id="never"),
    ],
)
def test_served_or_gave_up(counter_s: float | None, served: int, left: int) -> None:
    maker = Maker()
    maker.stay(40, 60, "a", "queue-1")  # until 100
    if counter_s is not None:
        maker.stay(counter_s, 20, "a", "counter-1")
    maker.stay(0, 500, "clerk", "counter-1")  # the crew is not served

    queue = summary_of(maker, duration_s=600.0).queues["queue-1"]

    assert (queue.served, queue.left) == (served, left)
    assert queue.waiting_s.mean == 60.0
    assert queue.service_s is not None
    assert queue.service_s.total == (20.0 if served else 0.0)


def test_who_waits_at_the_end_is_neither_served_nor_gone() -> None:
    maker = Maker()
    maker.stay(540, 60, "a", "queue-1")

    queue = summary_of(maker, duration_s=600.0).queues["queue-1"]

    assert (queue.visits, queue.served, queue.left) == (1, 0, 0)


def test_a_second_try_is_not_giving_up() -> None:
    maker = Maker()
    maker.stay(10, 10, "a", "queue-1")
    maker.stay(100, 10, "a", "queue-1")
    maker.stay(112, 10, "a", "counter-1")

    queue = summary_of(maker, duration_s=600.0).queues["queue-1"]

    assert (queue.served, queue.left) == (1, 0)


def test_without_a_till_nobody_knows_who_was_served() -> None:
    maker = Maker()
    maker.stay(10, 10, "a", "queue-1")

    queue = summary_of(maker, tills=()).queues["queue-1"]

    assert (queue.served, queue.left, queue.service_s) == (None, None, None)


def test_length_of_a_queue_is_weighted_by_time_seen() -> None:
    maker = Maker()
    maker.queue(20, 2)
    maker.queue(60, 1)
    maker.queue(80, 0)
    maker.gap(50, 20)  # from 30 to 50

    summary = summary_of(maker, duration_s=100.0, uncovered_s=20.0)

    # (10 s + 10 s) of 2, 20 s of 1, over the 80 s seen.
    assert summary.queues["queue-1"].length_mean == pytest.approx(60 / 80)
    assert summary.queues["queue-1"].length_max == 2
    steps = length_steps(maker.events, "queue-1", START, START + timedelta(seconds=100))
    assert steps == [(0, 20, 0), (20, 30, 2), (50, 60, 2), (60, 80, 1), (80, 100, 0)]


@given(
    st.lists(st.tuples(st.floats(-1, 7300), st.sampled_from(["in", "out"])), max_size=40),
    st.floats(60, 7200),
    st.sampled_from([60, 300, 900, 3600]),
)
def test_intervals_always_add_up_to_the_totals(
    passed: list[tuple[float, str]], duration_s: float, bin_s: int
) -> None:
    maker = Maker()
    for i, (at, direction) in enumerate(passed):
        maker.cross(at, f"v{i}", direction)

    counts = per_interval(maker.events, START, duration_s, bin_s, TOKYO)
    summary = summary_of(maker, duration_s=duration_s)

    line = summary.lines["entrance"]
    assert (counts.in_.sum(), counts.out.sum()) == (line.in_.count, line.out.count)


def test_intervals_begin_on_the_shops_clock() -> None:
    maker = Maker()
    maker.cross(149, "a")  # 13:09:59
    maker.cross(150, "b")  # 13:10:00
    maker.gap(300, 150)  # from 13:10 to 13:12:30

    counts = per_interval(maker.events, START, 600.0, 300, TOKYO)

    assert [f"{start:%H:%M:%S}" for start in counts.starts()] == [
        "13:05:00",
        "13:10:00",
        "13:15:00",
    ]
    assert counts.in_.tolist() == [1, 1, 0]
    assert counts.coverage.tolist() == [1.0, 0.5, 1.0]


@pytest.mark.parametrize(
    ("duration_s", "bin_s"), [(139, 60), (1800, 60), (3600, 300), (5 * 3600, 900), (43200, 3600)]
)
def test_intervals_are_as_fine_as_can_be_read(duration_s: float, bin_s: int) -> None:
    assert choose_bin_s(duration_s) == bin_s


def test_order_of_events_does_not_matter() -> None:
    maker = afternoon()
    summary = summary_of(maker)
    random.Random(5).shuffle(maker.events)

    assert summary_of(maker) == summary
