"""Roll-ups are what a recount of the events comes to, whatever came late, twice or on a day of 23,
25 or 24 and a half hours; and stay what they were when events have been forgotten."""

from __future__ import annotations

import tempfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from unittest.mock import patch
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from miseban.journal.journal import Journal
from miseban.journal.reader import JournalReader
from miseban.journal.rollups import BIN_EDGES_S, class_of
from miseban.journal.rollups.days import days_between
from miseban.journal.rollups.files import rows_of_day
from miseban.journal.rollups.keeper import RollupKeeper
from miseban.journal.rollups.rows import LEVELS, Level, bins_of
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.events import EVENT_CLASSES, Event
from tests.journal.recount import Row, midnight, recount, stretches
from tests.journal.shop import NOON, SHOP, Maker
from tests.journal.some_events import CLOCKS, DAYS, clocks, day_of_events

Told = dict[tuple[datetime, str, str, str], Row]
QUICKLY = (Phase.explicit, Phase.reuse, Phase.generate)
"""To make a failing story smaller takes minutes: journals are slow to make."""
LATER = datetime(2027, 1, 1, tzinfo=UTC)


def opened(folder: Path, zone: str) -> Journal:
    return Journal.open(folder, shop=SHOP, timezone=zone, rollups=RollupKeeper())


def told_by(rows: pa.Table) -> Told:
    """All but how days ended, which the next day tells of, and what they were counted of."""
    found = {}
    for row in rows.to_pylist():
        if row["what"] in ("closing", "counted"):
            continue
        bins = {i: n for i, n in enumerate(row["histogram"] or []) if n}
        values = (row["n"], row["total"] or 0.0, row["top"] or 0.0, row["covered_s"])
        found[row["start"], row["what"], row["place"], row["detail"]] = Row(*values, bins)
    return found


def expected(events: list[Event], days: list[date], zone: str, level: Level) -> Told:
    found: Told = {}
    carried: dict[str, tuple[str, float]] = {}
    for day in days:
        rows, carried = recount(events, day, zone, level, carried)
        found |= rows
    return found


def same(found: Told, wanted: Told) -> None:
    assert found.keys() == wanted.keys()
    for key, row in wanted.items():
        other = found[key]
        assert (other.n, other.bins) == (row.n, row.bins), key
        for name in ("total", "top", "covered_s"):
            value = getattr(row, name)
            assert getattr(other, name) == pytest.approx(value, rel=1e-9, abs=1e-6), (key, name)


def around(first: date) -> list[date]:
    return days_between(first - timedelta(days=2), first + timedelta(days=DAYS + 2))


@st.composite
def histories(draw: st.DrawFn) -> tuple[str, date, list[Event], list[int]]:
    """A clock, events, and after how many of them the journal is compacted."""
    zone, first = draw(clocks)
    events = draw(day_of_events(first, zone))
    events = draw(st.permutations(events))
    return zone, first, events, draw(st.lists(st.integers(0, len(events)), max_size=2))


@patch("miseban.journal.rollups.heat._VISITS_AT_ONCE", 2)  # as in a day of hundreds
@settings(max_examples=12, phases=QUICKLY)
@given(histories())
def test_they_are_a_recount_of_the_events(story: tuple[str, date, list[Event], list[int]]) -> None:
    zone, first, events, cuts = story
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        journal = opened(folder, zone)
        try:
            at = 0
            for cut in sorted(cuts):
                journal.append(events[at:cut])
                journal.append(events[:cut])  # known already
                journal.compact(LATER)
                at = cut
            journal.append(events[at:])
            reader = JournalReader(folder)
            seen = {level: reader.table(f"SELECT * FROM {level}s") for level in LEVELS}
            journal.compact(LATER)
        finally:
            journal.close()
        for level in LEVELS:
            wanted = expected(events, around(first), zone, level)
            kept = pa.concat_tables([rows_of_day(folder, level, day) for day in around(first)])
            same(told_by(kept), wanted)
            same(told_by(seen[level]), wanted)  # what another process saw before the compaction
        again = JournalReader(folder)
        for level in LEVELS:
            same(told_by(again.table(f"SELECT * FROM {level}s")), told_by(seen[level]))


@settings(max_examples=8, phases=QUICKLY)
@given(clocks.flatmap(lambda c: st.tuples(st.just(c), day_of_events(c[1], c[0]))), st.data())
def test_the_same_whatever_the_order(
    told: tuple[tuple[str, date], list[Event]], data: st.DataObject
) -> None:
    (zone, _), events = told
    files = []
    for order in (events, data.draw(st.permutations(events))):
        with tempfile.TemporaryDirectory() as name:
            journal = opened(Path(name), zone)
            journal.append(order)
            journal.compact(LATER)
            journal.close()
            found = sorted((Path(name) / "rollups").rglob("*.parquet"))
            files.append([(p.relative_to(name), p.read_bytes()) for p in found])
    assert files[0] == files[1]


@settings(max_examples=10, phases=QUICKLY)
@given(
    clocks.flatmap(
        lambda c: st.tuples(
            st.just(c), day_of_events(c[1], c[0], least=10), day_of_events(c[1], c[0], most=10)
        )
    )
)
def test_what_is_forgotten_leaves_what_was_counted(
    told: tuple[tuple[str, date], list[Event], list[Event]],
) -> None:
    (zone, first), events, late = told
    known = {event.id for event in events}  # both may be drawn of the same seed
    late = [event for event in late if event.id not in known]
    before = midnight(first + timedelta(days=DAYS), zone)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        journal = opened(folder, zone)
        journal.append(events)
        journal.compact(LATER)
        was = {level: told_by(_all(folder, level, first)) for level in LEVELS}
        journal.forget("trajectory", before, now=LATER)
        kept = [e for e in late if EVENT_CLASSES[e.type] != "trajectory"]
        journal.append(late)  # of which those of trajectories come too late
        journal.compact(LATER)
        journal.close()
        reader = JournalReader(folder)
        assert not [e for e in reader.events() if e.time < before and _is_trajectory(e)]
        both = [e for e in events if not _is_trajectory(e)] + kept
        for level in LEVELS:
            now = told_by(_all(folder, level, first))
            alone = {k: r for k, r in now.items() if class_of(k[1], k[3]) != "trajectory"}
            recounted = expected(both, around(first), zone, level)
            same(
                alone, {k: r for k, r in recounted.items() if class_of(k[1], k[3]) != "trajectory"}
            )
            of_people = {
                k: r
                for k, r in was[level].items()
                if k[0] < before and class_of(k[1], k[3]) == "trajectory"
            }
            if level == "minute":
                assert not now.keys() & of_people.keys()
                continue
            for key, row in of_people.items():
                assert now[key].n == row.n
                silent = _silent(was["hour"], key, zone) if level == "day" else 0
                if row.n >= 5 and (silent == 0 or silent >= 5):
                    assert now[key] == row
                else:
                    assert (now[key].total, now[key].top, now[key].bins) == (0, 0, {})


def _silent(hours: Told, day: tuple[datetime, str, str, str], zone: str) -> int:
    """Of how many those hours of a day are together that tell nothing of people any more."""
    end = midnight(day[0].astimezone(ZoneInfo(zone)).date() + timedelta(days=1), zone)
    own = [row for key, row in hours.items() if day[0] <= key[0] < end and key[1:] == day[1:]]
    return sum(row.n for row in own if row.n < 5)


def _all(folder: Path, level: Level, first: date) -> pa.Table:
    return pa.concat_tables([rows_of_day(folder, level, day) for day in around(first)])


def _is_trajectory(event: Event) -> bool:
    return EVENT_CLASSES[event.type] == "trajectory"


def test_counts_that_are_forgotten_are_gone(tmp_path: Path) -> None:
    journal = opened(tmp_path, "Asia/Tokyo")
    journal.append(Maker().some(50, NOON) + Maker(2).some(50, NOON + timedelta(days=40)))
    journal.compact(LATER)
    journal.forget("count", NOON + timedelta(days=20))
    journal.close()
    reader = JournalReader(tmp_path)
    days = reader.table("SELECT DISTINCT day FROM days ORDER BY day")["day"].to_pylist()
    assert days == [date(2026, 5, 17)]


@pytest.mark.parametrize(("zone", "first"), CLOCKS, ids=[zone for zone, _ in CLOCKS])
def test_hours_are_the_shops(zone: str, first: date) -> None:
    from miseban.journal.rollups import shop_day

    for day in days_between(first, first + timedelta(days=2)):
        for level in LEVELS:
            edges = [
                datetime.fromtimestamp(us / 1e6, UTC) for us in shop_day(day, zone).edges(level)
            ]
            assert edges == stretches(day, zone, level)


def test_bins_are_as_wide_as_is_said() -> None:
    import numpy as np

    assert np.all(np.diff(BIN_EDGES_S) / BIN_EDGES_S[:-1] < 0.091)
    assert bins_of(np.array([0.0, 0.99, 1.0, 2.0, 86_400.0])).tolist() == [0, 0, 1, 9, 132]


def test_a_damaged_rollup_is_named(tmp_path: Path) -> None:
    journal = opened(tmp_path, "Asia/Tokyo")
    journal.append(Maker().some(5, NOON))
    journal.compact(LATER)
    path = next((tmp_path / "rollups" / "hour").iterdir())
    path.write_bytes(b"PAR1" + bytes(100))
    with pytest.raises(BadInput) as error:
        JournalReader(tmp_path).table("SELECT * FROM hours")
    assert error.value.where == str(path)
    assert "\n" not in str(error.value)
    journal.close()
