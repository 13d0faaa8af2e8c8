"""The examples of docs/journal.md give what the events say."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import timedelta
from pathlib import Path
from statistics import median

import duckdb
import pytest

from miseban.journal.journal import Journal
from miseban.vocabulary.events import Event, LineCrossed, VisitEnded, ZoneLeft
from tests.journal.shop import NOON, SHOP, Maker, batch

DOCUMENT = Path(__file__).parents[2] / "docs" / "journal.md"
EVENTS = Maker(29).some(400, NOON - timedelta(hours=14))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    journal = Journal.open(tmp_path, shop=SHOP)
    for first in range(0, 400, 100):
        journal.accept([batch(EVENTS[first : first + 100], first=first + 1)])
        journal.compact(NOON)
    journal.close()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_examples_for_duckdb(folder: Path) -> None:
    examples = re.findall(r"^```sql\n(.*?)^```", DOCUMENT.read_text("utf-8"), re.M | re.S)
    assert len(examples) == 4
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        by_hour, stays, types, seconds = [connection.execute(e).fetchall() for e in examples]

    passed: list[Event] = [e for e in EVENTS if isinstance(e, LineCrossed) and e.direction == "in"]
    hours = Counter(event.time.replace(minute=0) for event in passed)
    assert by_hour == sorted(hours.items())
    dwell_s = [event.dwell_s for event in EVENTS if isinstance(event, ZoneLeft)]
    ((zone, count, median_s, p90_s),) = stays
    assert (zone, count) == ("milk", len(dwell_s))
    assert median_s == pytest.approx(median(dwell_s))
    assert median_s < p90_s < max(dwell_s)
    assert types == sorted(Counter(event.type for event in EVENTS).items())
    visits = [e for e in EVENTS if isinstance(e, VisitEnded)]
    expected = [(v.visit, float(x)) for v in visits for x in v.x][:100]
    assert [(row[0], float(row[3])) for row in seconds] == expected


def test_the_layout_is_as_it_is_told(folder: Path) -> None:
    told = re.search(r"^```\n(journal\.json.*?)^```", DOCUMENT.read_text("utf-8"), re.M | re.S)
    assert told is not None
    names = {line.split("/")[0].split()[0] for line in told.group(1).splitlines()}
    assert {path.name for path in folder.iterdir()} <= names
    version = json.loads((folder / "journal.json").read_text())["version"]
    assert f"`version` in `journal.json` is {version}." in DOCUMENT.read_text("utf-8")
