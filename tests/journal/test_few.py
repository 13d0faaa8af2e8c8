"""After single events have been forgotten, nothing tells of fewer than five people: not the rows
that stand, and not what one is less another."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from unittest.mock import patch

import pyarrow as pa
import pytest

from miseban.journal.journal import Journal
from miseban.journal.rollups.days import shop_day
from miseban.journal.rollups.files import rows_of_day
from miseban.journal.rollups.heat import heat
from miseban.journal.rollups.keeper import RollupKeeper
from miseban.journal.rollups.relevant import of_day
from miseban.journal.rollups.rows import Level
from miseban.journal.rollups.window import COLUMNS, Window
from miseban.journal.segments import table_of, widened
from miseban.vocabulary.events import Event, VisitEnded, ZoneLeft
from miseban.vocabulary.identifiers import EventIds
from tests.journal.shop import SHOP, Maker

DAY = date(2026, 4, 7)
START = datetime(2026, 4, 7, tzinfo=UTC)
LATER = START + timedelta(days=30)
IDS = EventIds()
CLOSING = Maker(1).one(START + timedelta(days=1, hours=1), "line")
"""Tells that the shop went on."""


def visit(hour: float, n: int, x: tuple[float, ...], role: str | None = None) -> VisitEnded:
    """One second at each of ``x`` in the first band, an hour apart where it is said so."""
    began = START + timedelta(hours=hour)
    end = began + timedelta(seconds=len(x))
    return VisitEnded.model_validate(
        {
            "id": IDS.at(end.timestamp()), "time": end, "shop": SHOP, "visit": f"{n:016x}",
            "started": began, "t": tuple(float(i) for i in range(len(x))), "x": x,
            "y": (0.1,) * len(x), "unit": "m", "areas": (), "stitched": 1, "role": role,
        }
    )  # fmt: skip


def stay(hour: float, n: int, dwell_s: float) -> ZoneLeft:
    time = START + timedelta(hours=hour)
    head = {"id": IDS.at(time.timestamp()), "time": time, "shop": SHOP}
    return ZoneLeft.model_validate(
        {**head, "zone": "milk", "visit": f"{n:016x}", "dwell_s": dwell_s, "stitched": 1}
    )


def forgotten(folder: Path, events: Sequence[Event], times: int = 2) -> None:
    journal = Journal.open(folder, shop=SHOP, rollups=RollupKeeper())
    journal.append([*events, CLOSING])
    journal.compact(LATER)
    for n in range(times):
        journal.forget("trajectory", START + timedelta(days=3 + n), now=LATER)
    journal.close()


def rows(folder: Path, level: Level, what: str, detail: str = "") -> list[dict[str, object]]:
    found = rows_of_day(folder, level, DAY).to_pylist()
    return [row for row in found if (row["what"], row["detail"]) == (what, detail)]


def told(folder: Path, level: Level, what: str, detail: str = "") -> list[tuple[object, ...]]:
    return [(row["n"], row["total"]) for row in rows(folder, level, what, detail)]


@pytest.mark.parametrize(
    ("second", "rest", "whole"),
    [(1, [(1, None)], (6, None)), (4, [(4, None)], (9, None)), (6, [(6, 222.0)], (11, 322.0))],
)
def test_a_day_less_its_hours(
    tmp_path: Path, second: int, rest: list[object], whole: tuple[object, ...]
) -> None:
    first = [stay(10.5, n, 20.0) for n in range(5)]
    forgotten(tmp_path, [*first, *(stay(12.5, 9 + n, 37.0) for n in range(second))])
    assert told(tmp_path, "hour", "stay") == [(5, 100.0), *rest]
    assert told(tmp_path, "day", "stay") == [whole]
    if whole[1] is None:
        (day,) = rows(tmp_path, "day", "stay")
        assert (day["top"], day["histogram"]) == (None, None)


def test_a_day_whose_few_were_many_together(tmp_path: Path) -> None:
    hours = [10.5, 10.5, 10.5, 12.5, 12.5, 12.5]
    forgotten(tmp_path, [stay(hour, n, 20.0) for n, hour in enumerate(hours)])
    assert told(tmp_path, "hour", "stay") == [(3, None), (3, None)]
    assert told(tmp_path, "day", "stay") == [(6, 120.0)]


def test_seconds_of_staff_count_how_many_they_were(tmp_path: Path) -> None:
    crew: list[Event] = [visit(9, n, (1.0,), "staff") for n in range(6)]
    stays = [stay(10.5, n, 60.0) for n in range(5)] + [stay(12.25, 5, 2400.0)]
    forgotten(tmp_path, [*crew, *stays])
    assert told(tmp_path, "hour", "occupancy", "staff") == [(5, 300.0), (1, None), (1, None)]
    assert told(tmp_path, "day", "occupancy", "staff") == [(6, None)]


def test_cells_of_the_floor_in_which_few_were(tmp_path: Path) -> None:
    """Five in the first cell, and one of them in the third."""
    forgotten(tmp_path, [visit(10, n, (0.1, 0.2)) for n in range(5)] + [visit(10, 5, (1.1, 1.1))])
    for level in ("hour", "day"):
        (seconds,), (visits,) = (rows(tmp_path, level, "heat", d) for d in ("", "visits"))
        assert (seconds["histogram"], seconds["total"], seconds["n"]) == ([10], 10.0, 6)
        assert (visits["histogram"], visits["total"], visits["n"]) == ([5], 5.0, 6)


@pytest.mark.parametrize("at_once", [1, 4, 1000])
def test_the_floor_is_the_same_however_many_visits_are_looked_at_at_once(
    tmp_path: Path, at_once: int
) -> None:
    with patch("miseban.journal.rollups.heat._VISITS_AT_ONCE", at_once):
        forgotten(tmp_path, [visit(10 + n % 2, n, (0.1, 0.2, 0.6)) for n in range(14)])
    assert [row["histogram"] for row in rows(tmp_path, "hour", "heat")] == [[14, 7], [14, 7]]
    hours = [row["histogram"] for row in rows(tmp_path, "hour", "heat", "visits")]
    days = [row["histogram"] for row in rows(tmp_path, "day", "heat", "visits")]
    assert (hours, days) == ([[7, 7], [7, 7]], [[14, 14]])


def test_a_cell_of_a_day_less_its_hours(tmp_path: Path) -> None:
    """Six are in both cells at ten; five others at noon in the first, and one who came back in the
    second."""
    both: list[Event] = [visit(10, n, (0.1, 0.6)) for n in range(6)]
    noon: list[Event] = [visit(12, 20 + n, (0.1,)) for n in range(5)]
    forgotten(tmp_path, [*both, *noon, visit(12.1, 40, (0.6, 0.6, 0.6))])
    ten, twelve = (row["histogram"] for row in rows(tmp_path, "hour", "heat"))
    assert (ten, twelve) == ([6, 6], [5])
    assert [row["histogram"] for row in rows(tmp_path, "day", "heat")] == [[11]]
    assert [row["histogram"] for row in rows(tmp_path, "day", "heat", "visits")] == [[11]]


def test_who_stays_over_the_hour_is_not_what_is_left(tmp_path: Path) -> None:
    """The seventh came before eleven and is there alone after it, with nobody new in the cell."""
    some: list[Event] = [visit(10, n, (0.1,)) for n in range(6)]
    last = visit(11 - 2 / 3600, 7, (0.1,) * 6)
    crowd: list[Event] = [visit(11.5, 20 + n, (0.6,)) for n in range(8)]
    forgotten(tmp_path, [*some, last, *crowd])
    ten, eleven = (row["histogram"] for row in rows(tmp_path, "hour", "heat"))
    assert (ten, eleven) == ([8], [0, 8])
    assert [row["histogram"] for row in rows(tmp_path, "day", "heat")] == [[0, 8]]


def test_a_floor_on_which_nobody_is_left(tmp_path: Path) -> None:
    forgotten(tmp_path, [visit(10, n, (0.1 + n,)) for n in range(6)])
    for level in ("hour", "day"):
        for detail in ("", "visits"):
            (row,) = rows(tmp_path, level, "heat", detail)
            assert (row["n"], row["total"], row["histogram"]) == (6, None, None)


def test_a_trail_that_stands_there_twice_counts_once() -> None:
    event = visit(10, 1, (0.1, 0.2, 0.6))
    assert isinstance(event, VisitEnded)
    day = shop_day(event.time.date(), "UTC")
    events = of_day(day, widened(table_of("trajectory", [event])).select(COLUMNS))
    trail = widened(table_of("trajectory", [event])).select(["id", "t", "x", "y"])
    for trails in ([trail], [trail, trail], [pa.concat_tables([trail, trail]).combine_chunks()]):
        (rows,) = heat(Window(day, events), trails, ("day",))
        assert rows["total"].to_pylist()[0] == 3.0
