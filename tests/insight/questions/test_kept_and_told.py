"""What is not known any more, or not told, is not answered as if it were."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from miseban.insight.disclosure import figures
from miseban.insight.questions import Answer
from miseban.insight.questions import rows as rows_of
from miseban.insight.questions.asking import Period
from miseban.insight.questions.grid import grid
from miseban.insight.questions.occupancy import _zone
from miseban.insight.questions.rows import Rows
from miseban.journal.journal import Journal
from miseban.journal.reader import JournalReader
from miseban.journal.rollups.keeper import RollupKeeper
from miseban.journal.rollups.rows import ROW
from miseban.vocabulary.events import Event
from tests.insight.questions.shops import LATER, Place, kept, one, rows, small
from tests.insight.questions.test_edges import DAY, NINE, came, event, well

HOUR = NINE, NINE + timedelta(hours=1)


def forgotten(folder: Path, before: datetime) -> Place:
    journal = Journal.open(
        folder, shop="small", timezone="Asia/Tokyo", reserve=0, rollups=RollupKeeper()
    )
    journal.forget("trajectory", before, now=LATER)
    journal.close()
    return Place(small(), JournalReader(folder))


def ended(when: datetime, visit: str, role: str) -> Event:
    return event(
        "visit.ended", when, visit=visit, started=when - timedelta(minutes=1), x=[1, 2], y=[1, 2],
        t=[0, 1], unit="m", stitched=1, areas=[], role=role,
    )  # fmt: skip


def morning() -> list[Event]:
    """Three who work here and three who do not come in between nine and ten."""
    found = well(NINE, 4)
    for n in range(6):
        when = NINE + timedelta(minutes=3 + n)
        visit = f"{n:016x}"
        found += [came(when, visit=visit)]
        found += [ended(when + timedelta(minutes=9), visit, "staff" if n < 3 else "shopper")]
    return found


def told(place: Place, by: str, measure: str, name: str) -> list[float | None]:
    return rows(place.ask(name, *HOUR, by=by), measure)["", ""]


def test_staff_are_no_shoppers_when_their_visits_are_forgotten(tmp_path: Path) -> None:
    before = kept(tmp_path, small(), morning())
    for by in ("minute", "hour"):
        assert sum(n or 0 for n in told(before, by, "visitors", "visitors")) == 3
        assert told(before, by, "people_end", "occupancy")[-1] == 3
    whole = before.ask("visitors", *HOUR, by="whole")
    before.reader.close()
    after = forgotten(tmp_path, DAY[1] + timedelta(hours=1))
    for by in ("hour", "whole"):
        assert told(after, by, "visitors", "visitors") == [3]
        assert told(after, by, "people_end", "occupancy") == [3]
    assert one(after.ask("conversion", *HOUR, by="whole"), "visitors") == 3
    # Part of an hour is answered by all of it.
    part = after.ask("visitors", NINE, NINE + timedelta(minutes=5), by="whole")
    assert (one(part, "visitors"), part.until) == (3, whole.until)
    for measure, name in (("visitors", "visitors"), ("people_end", "occupancy")):
        answer = after.ask(name, *HOUR, by="minute")
        assert rows(answer, measure)["", ""] == [None] * 60
        assert any("ask by the hour" in note for note in answer.notes)
    assert sum(n or 0 for n in told(after, "minute", "in", "visitors")) == 6


def test_a_balance_goes_on_from_hours_to_minutes(tmp_path: Path) -> None:
    """At midnight, before which staff are known by the hour alone."""
    shop = small(empty='"20:30-21:00"')
    late = DAY[1] - timedelta(hours=1)
    events = [came(late + timedelta(minutes=n), visit=f"{n:016x}") for n in range(4)]
    events += [ended(late + timedelta(minutes=30), f"{0:016x}", "staff")]
    events += [came(DAY[1] + timedelta(minutes=5), "out", visit=f"{1:016x}")]
    events += well(DAY[1], 4)
    kept(tmp_path, shop, events).reader.close()
    place = Place(shop, forgotten(tmp_path, DAY[1] + timedelta(hours=1)).reader)
    period = DAY[1], DAY[1] + timedelta(minutes=10)
    answer = place.ask("occupancy", *period, by="minute")
    assert rows(answer, "people_end")["", ""] == [3] * 5 + [2] * 5
    answer = place.ask("occupancy", late, DAY[1] + timedelta(hours=1), by="hour")
    assert rows(answer, "people_end")["", ""] == [3, 2]


def test_the_time_of_staff_that_is_not_kept_is_not_that_of_shoppers() -> None:
    over = grid(Period(since=NINE, until=NINE + timedelta(hours=2)), "hour", "Asia/Tokyo")

    def row(
        hour: int, detail: str, n: int, total: float | None, measured: int
    ) -> dict[str, object]:
        return {
            "start": NINE + timedelta(hours=hour), "what": "occupancy", "place": "milk",
            "detail": detail, "n": n, "total": total, "top": None, "measured": measured,
            "covered_s": 0.0 if detail else 3600.0, "histogram": None,
        }  # fmt: skip

    fields = [f for f in ROW if f.name != "day"] + [pa.field("measured", pa.int64())]
    table = pa.Table.from_pylist(
        [row(0, "", 60, 7200.0, 60), row(1, "", 60, 7200.0, 60),
         row(0, "staff", 3, None, 0), row(1, "staff", 6, 3600.0, 6)],
        schema=pa.schema(fields),
    )  # fmt: skip
    found = _zone(Rows(over, table), "milk", np.zeros(2, bool))["people_mean"]
    assert np.isnan(found[0])
    assert found[1] == 1.0


def stays(hours: list[int]) -> list[Event]:
    """So many in the milk in each hour from nine on, and a camera that saw the whole day."""
    found = well(DAY[0], 4 * 30)
    for hour, n in enumerate(hours):
        for i in range(n):
            when = NINE + timedelta(hours=hour, minutes=5 + i)
            visit = f"{100 * hour + i:016x}"
            found.append(
                event("zone.left", when, zone="milk", visit=visit, dwell_s=30.0, stitched=1)
            )
    return found


def ends(answer: Answer, measure: str, place: str) -> list[tuple[float | None, float | None]]:
    column = answer.measures[measure]
    assert column.low is not None
    assert column.high is not None
    return [
        (low, high)
        for at, low, high in zip(answer.place, column.low, column.high, strict=True)
        if at == place
    ]


def test_what_is_not_told_has_no_interval(tmp_path: Path) -> None:
    place = kept(tmp_path, small(), stays([6, 0, 3]))
    answer = place.ask("dwell", NINE, NINE + timedelta(hours=3), by="hour", zones=["milk"])
    values = rows(answer, "stays")["milk", ""]
    for value, both in zip(values, ends(answer, "stays", "milk"), strict=True):
        assert value is not None or both == (None, None)
    few = kept(tmp_path / "few", small(), stays([3]))
    answer = few.ask("dwell", *DAY, zones=["milk"])
    assert one(answer, "stays", "milk") is None
    assert ends(answer, "stays", "milk") == [(None, None)]


def test_part_of_what_there_was_has_no_interval_of_the_whole(tmp_path: Path) -> None:
    """Six stays of one day and three of the next, which nobody joins this month."""
    later = [
        event(
            "zone.left", NINE + timedelta(days=1, minutes=n), zone="milk", visit=f"{900 + n:016x}",
            dwell_s=30.0, stitched=1,
        )
        for n in range(3)
    ]  # fmt: skip
    seen = well(DAY[0], 4 * 72)
    place = kept(tmp_path, small(), [*stays([6]), *later, *seen])
    answer = place.ask("dwell", DAY[0], DAY[1] + timedelta(days=1), by="whole", zones=["milk"])
    assert one(answer, "stays", "milk") == 6
    assert ends(answer, "stays", "milk") == [(None, None)]


def test_where_nobody_can_tell_what_was_seen_there_is_no_interval(tmp_path: Path) -> None:
    only = [e for e in stays([6]) if e.type == "zone.left"]
    answer = kept(tmp_path, small(), [*only, came(NINE + timedelta(days=1))]).ask(
        "dwell", *DAY, zones=["milk"]
    )
    assert answer.coverage == [None]
    assert one(answer, "stays", "milk") == 6
    assert answer.measures["stays"].low in (None, [None])
    counted = kept(tmp_path / "line", small(), [came(NINE)]).ask("visitors", *DAY, by="day")
    assert one(counted, "in", "entrance") == 1
    assert counted.measures["in"].low in (None, [None, None])


def test_without_receipts_there_is_no_conversion_and_no_interval_of_it(tmp_path: Path) -> None:
    answer = kept(tmp_path, small(), morning()).ask("conversion", *HOUR, by="whole")
    assert one(answer, "conversion") is None
    assert ends(answer, "conversion", "") == [(None, None)]
    assert ends(answer, "visitors", "") != [(None, None)]


def test_an_area_that_is_not_told_has_no_share(tmp_path: Path) -> None:
    waited = [
        event(
            "zone.left", NINE + timedelta(minutes=n), zone="queue", visit=f"{500 + n:016x}",
            dwell_s=30.0, stitched=1,
        )
        for n in range(6)
    ]  # fmt: skip
    answer = kept(tmp_path, small(), [*stays([3]), *waited]).ask("areas", *DAY)
    assert one(answer, "share", "queue") == 1.0
    assert one(answer, "stays", "milk") is None
    assert one(answer, "share", "milk") is None


def test_a_figure_that_nobody_named_is_not_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A new kind of roll-up is told once it has been decided how."""
    place = kept(tmp_path, small(), morning())
    monkeypatch.setattr(rows_of, "PLAIN", figures.PLAIN - {"line"})
    assert one(place.ask("visitors", *DAY, by="whole"), "in") in (None, 0)
