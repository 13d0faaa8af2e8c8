"""What the questions say of a morning is what the summary of the same events says, which is made
another way: from single events, not from roll-ups."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from pydantic import ValidationError

from miseban.insight.inside import people_inside
from miseban.insight.questions.asked import Asked
from miseban.insight.questions.zones import shown_zones
from miseban.insight.summary import summarise
from miseban.insight.uncertainty.accuracy import EXACT, Accuracy
from miseban.insight.uncertainty.counts import Span, line_summaries
from miseban.vocabulary.events import CameraHealth, LineCrossed, TillReceipt, VisitEnded
from miseban.vocabulary.identifiers import EventIds
from miseban.vocabulary.summary import Summary
from tests.insight.questions.shops import MORNING_S, Place, kept, konbini, morning, one, rows


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    return kept(tmp_path_factory.mktemp("morning"), konbini(), morning()[1])


@pytest.fixture(scope="module")
def over(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """The same when the day has ended: what people did is told of whole days, and of k people."""
    start, events = morning()
    event_id = EventIds(Random(0)).at((start + timedelta(days=1)).timestamp())
    common = {"id": event_id, "time": start + timedelta(days=1), "shop": "konbini"}
    later = CameraHealth.model_validate({**common, "camera": "door", "state": "ok", "fps": 5.0})
    return kept(tmp_path_factory.mktemp("over"), konbini(), [*events, later])


K = 5


@pytest.fixture(scope="module")
def summary() -> Summary:
    shop = konbini()
    start, events = morning()
    return summarise(
        events,
        shop_id=shop.shop.id,
        camera=None,
        start=start,
        duration_s=MORNING_S,
        frames=0,
        analysed_fps=0.0,
        incomplete="",
        lines=[line.id for line in shop.lines],
        zones={zone.id: zone.kind for zone in shop.zones},
        tills=[(till.queue, till.service) for till in shop.tills],
        model="truth",
        versions={},
        uncovered_s=0.0,
    )


START = morning()[0]
END = START + timedelta(seconds=MORNING_S)


def test_passages(place: Place, summary: Summary) -> None:
    told = place.ask("visitors", START, END, by="whole")
    counts = summary.lines["entrance"]
    assert one(told, "in", "entrance") == counts.in_.count
    assert one(told, "out", "entrance") == counts.out.count
    assert one(told, "in") == counts.in_.count
    staff = {e.visit for e in morning()[1] if isinstance(e, VisitEnded) and e.role == "staff"}
    by_staff = [
        e for e in morning()[1]
        if isinstance(e, LineCrossed) and e.direction == "in" and e.visit in staff
    ]  # fmt: skip
    assert one(told, "visitors") == counts.in_.count - len(by_staff)


@pytest.mark.parametrize("by", ["minute", "hour", "day"])
def test_parts_add_up_to_the_whole(place: Place, by: str) -> None:
    for question, measure in (("visitors", "in"), ("receipts", "amount")):
        parts = rows(place.ask(question, START, END, by=by), measure)
        whole = rows(place.ask(question, START, END, by="whole"), measure)
        for key, values in parts.items():
            assert sum(value or 0 for value in values) == whole[key][0]


def test_dwell(over: Place, summary: Summary) -> None:
    told = over.ask("dwell", START, END)
    shown = shown_zones(Asked(over.shop, over.reader, EXACT, None))
    assert {zone for zone, _ in rows(told, "stays")} == set(shown)
    for zone in shown:
        wanted = summary.zones[zone]
        n = round(wanted.dwell_s.total / wanted.dwell_s.mean) if wanted.dwell_s.total else 0
        if n < K:
            # Of nobody, which is not 0 seconds, or of too few.
            assert one(told, "mean_s", zone) is None
            assert not one(told, "stays", zone)
            continue
        # The summary counts who came in; whoever is there still has not left.
        assert one(told, "stays", zone) == pytest.approx(wanted.visits, abs=3)
        mean, total = one(told, "mean_s", zone), one(told, "total_s", zone)
        assert mean == pytest.approx(wanted.dwell_s.mean, abs=1e-3)
        assert total == pytest.approx(wanted.dwell_s.total, abs=1e-2)
        # Within a bin of the histogram.
        for name, true, aside in (("median_s", wanted.dwell_s.median, 0.5),
                                  ("p90_s", wanted.dwell_s.p90, 0.1)):  # fmt: skip
            if n * aside < K:
                assert one(told, name, zone) is None
            else:
                assert one(told, name, zone) == pytest.approx(true, rel=0.15)


def test_areas_are_ranked_by_time(over: Place, summary: Summary) -> None:
    told = over.ask("areas", START, END)
    times = [summary.zones[zone].dwell_s.total for zone in told.place]
    assert times == sorted(times, reverse=True)
    assert sum(v or 0 for v in told.measures["share"].values) == pytest.approx(1, abs=1e-3)


def test_queues(over: Place, summary: Summary) -> None:
    told = over.ask("queues", START, END, by="whole")
    wanted = summary.queues["queue"]
    # Before its first report nothing is known of the queue; the summary takes it to be empty.
    assert one(told, "length_mean", "queue") == pytest.approx(wanted.length_mean, rel=0.1)
    assert one(told, "length_max", "queue") == wanted.length_max
    assert one(told, "waiting_mean_s", "queue") == pytest.approx(wanted.waiting_s.mean, abs=1e-3)


def test_paths(over: Place, summary: Summary) -> None:
    told = over.ask("paths", START, END)
    found = zip(told.place, told.detail, told.measures["people"].values, strict=True)
    assert set(found) == {
        (p.from_zone, p.to_zone, p.people) for p in summary.paths if p.people >= K
    }


def test_of_the_shop_alone(place: Place) -> None:
    """A long time has a row for each zone and day, which a chart of the shop has no use for."""
    every = place.ask("occupancy", START, END, by="minute")
    told = place.ask("occupancy", START, END, by="minute", shop_only=True)
    shop = [i for i, name in enumerate(every.place) if name == ""]
    assert 0 < told.rows == len(shop) < every.rows
    for name, measure in every.measures.items():
        assert told.measures[name].values == [measure.values[i] for i in shop]
    assert told.coverage == [every.coverage[i] for i in shop]
    with pytest.raises(ValidationError, match="shop_only"):
        place.ask("occupancy", START, END, zones=["drinks"], shop_only=True)


def test_people_inside(place: Place) -> None:
    balance = people_inside(morning()[1], {"entrance"})
    assert balance is not None
    told = place.ask("occupancy", START, END, by="whole")
    assert one(told, "people_end") == balance.people_end
    # By the minute whoever comes and goes within one is not seen at the fullest.
    assert one(told, "people_max") == pytest.approx(balance.people_max, abs=2)


def test_zones_people(place: Place, summary: Summary) -> None:
    told = place.ask("occupancy", START, END, by="whole")
    for zone in ("drinks", "bento", "magazines"):
        wanted = summary.zones[zone]
        assert one(told, "people_mean", zone) == pytest.approx(wanted.occupancy_mean, rel=0.02)
        assert (one(told, "people_max", zone) or 0) >= wanted.occupancy_max  # with staff


def test_receipts_and_conversion(place: Place) -> None:
    sold = [e for e in morning()[1] if isinstance(e, TillReceipt)]
    told = place.ask("receipts", START, END, by="whole")
    assert one(told, "receipts", "", "JPY") == len(sold)
    assert one(told, "amount", "", "JPY") == sum(e.total for e in sold)
    share = place.ask("conversion", START, END, by="whole")
    visitors = one(place.ask("visitors", START, END, by="whole"), "visitors")
    assert visitors
    assert one(share, "conversion") == pytest.approx(len(sold) / visitors, abs=1e-4)
    assert share.measures["conversion"].base == [int(visitors)]


def test_heat_is_the_time_that_shoppers_spent(over: Place) -> None:
    told = over.ask("heat", START, END)
    shoppers = [e for e in morning()[1] if isinstance(e, VisitEnded) and e.role == "shopper"]
    seconds, visits = Counter[str](), defaultdict[str, set[str]](set)
    bands = defaultdict[int, set[str]](set)
    for event in shoppers:
        for x, y in zip(event.x, event.y, strict=True):
            cell = f"{int(x * 2)}-{int(y * 2)}"
            seconds[cell] += 1
            visits[cell].add(event.visit)
            bands[int(y * 2)].add(event.visit)
    told_of = {
        cell: n for cell, n in seconds.items()
        if len(visits[cell]) >= K and len(bands[int(cell.split("-")[1])]) >= K
    }  # fmt: skip
    found = dict(zip(told.place, told.measures["person_s"].values, strict=True))
    # Trails are kept to the centimetre, so that somebody may change cells at an edge.
    assert len(found.keys() ^ told_of.keys()) <= 0.05 * len(found)
    assert len(found) < len(seconds)  # some were in a cell with fewer than four others
    fine = sum(v or 0 for v in found.values())
    assert fine == pytest.approx(sum(told_of.values()), rel=0.02)
    coarse = over.ask("heat", START, END, cell_m=2.0)
    assert sum(v or 0 for v in coarse.measures["person_s"].values) == fine
    assert coarse.rows < told.rows / 5


def test_intervals_are_those_of_single_passages(place: Place) -> None:
    start, events = morning()
    span = Span([e for e in events if isinstance(e, LineCrossed)], start, MORNING_S, None, {})
    known, _ = line_summaries(span, {"entrance": "door"}, ["entrance"], Accuracy.before_audits())
    told = place.ask("visitors", START, END, by="hour", lines=["entrance"])
    for n, hour in enumerate(known["entrance"].hours):
        for way, wanted in (("in", hour.in_), ("out", hour.out)):
            measure = told.measures[way]
            assert measure.values[n] == wanted.count
            assert measure.low is not None
            assert measure.high is not None
            assert measure.low[n] == pytest.approx(wanted.low, abs=2)
            assert measure.high[n] == pytest.approx(wanted.high, abs=2)


def test_before_compaction_the_answers_are_the_same(tmp_path: Path, place: Place) -> None:
    fresh = kept(tmp_path, konbini(), morning()[1], compacted=False)
    for question in ("visitors", "dwell", "queues", "paths", "stock", "funnel"):
        a, b = (p.ask(question, START, END) for p in (place, fresh))
        assert a == b, question


def test_until_is_exclusive(place: Place) -> None:
    middle = START + timedelta(hours=1)
    parts = [place.ask("visitors", a, b, by="whole") for a, b in ((START, middle), (middle, END))]
    whole = place.ask("visitors", START, END, by="whole")
    assert sum(one(p, "in") or 0 for p in parts) == one(whole, "in")


def test_the_funnel_narrows(over: Place) -> None:
    told = over.ask("funnel", START, END)
    columns = [told.measures[name].values for name in ("passed", "stopped", "touched", "picked")]
    for passed, stopped, touched, picked in zip(*columns, strict=True):
        assert (passed or 0) >= (stopped or 0)
        assert (touched or 0) >= (picked or 0)
    assert any(value for value in columns[3])
    assert all(value is None or value >= K for column in columns for value in column if value)
