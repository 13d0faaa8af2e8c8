"""Single events by HTTP: pages that lose nothing, files that are noted, classes that are kept."""

from __future__ import annotations

import csv
import io
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from miseban.journal.events_table import SCHEMA, read_events
from miseban.vocabulary.events import EVENT_CLASSES
from tests.hub.api.hubs import NOW, Place, a_morning

pytestmark = pytest.mark.anyio
DAY = {"since": "2026-03-01T00:00:00Z", "until": "2026-03-03T00:00:00Z"}


async def pages(place: Place, role: Any, **asked: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    async with place.client(role) as client:
        told: dict[str, Any] = DAY | asked
        while True:
            response = await client.get("/api/v1/events", params=told)
            assert response.status_code == 200, response.text
            found += response.json()["events"]
            if response.json()["next"] is None:
                return found
            told = told | {"cursor": response.json()["next"]}


@pytest.mark.parametrize("limit", [1, 7, 1000])
async def test_pages_are_all_there_is_in_order(place: Place, limit: int) -> None:
    found = await pages(place, "manager", limit=limit)
    assert [one["id"] for one in found] == [event.id for event in a_morning()]


async def test_events_that_happened_at_once_are_not_lost_between_pages(place: Place) -> None:
    same = [
        event.model_copy(update={"id": f"same-{n:02}", "time": NOW + timedelta(seconds=5)})
        for n, event in enumerate(a_morning()[:12])
    ]
    place.keep(*same)
    found = await pages(place, "manager", limit=5, since=(NOW + timedelta(seconds=1)).isoformat())
    assert [one["id"] for one in found] == [event.id for event in same]


@pytest.mark.parametrize(
    ("role", "classes"),
    [
        ("manager", {"count", "trajectory", "assist"}),
        ("staff", {"count", "assist"}),
        ("marketer", {"count", "trajectory"}),
        ("head_office", {"count"}),
    ],
)
async def test_everybody_gets_the_classes_they_may_see(
    place: Place, role: Any, classes: set[str]
) -> None:
    found = await pages(place, role)
    assert {EVENT_CLASSES[one["type"]] for one in found} == classes


@pytest.mark.parametrize("cursor", ["x", "W10=", "WzEsMl0=", "bnVsbA==", "é", "Ww==" * 40])
async def test_a_cursor_that_nobody_gave_is_refused(place: Place, cursor: str) -> None:
    async with place.client("manager") as client:
        response = await client.get("/api/v1/events", params=DAY | {"cursor": cursor})
    assert response.status_code == 422


async def test_a_file_is_the_same_events_and_is_noted(place: Place, tmp_path: Path) -> None:
    paged = await pages(place, "marketer")
    async with place.client("marketer") as client:
        parquet = await client.get("/api/v1/events/file", params=DAY)
        text = await client.get("/api/v1/events/file", params=DAY | {"format": "csv"})
    (tmp_path / "e.parquet").write_bytes(parquet.content)
    assert [e.id for e in read_events(tmp_path / "e.parquet")] == [one["id"] for one in paged]
    assert pq.read_schema(tmp_path / "e.parquet").equals(SCHEMA)
    rows = list(csv.DictReader(io.StringIO(text.text)))
    assert [row["id"] for row in rows] == [one["id"] for one in paged]
    newest = place.hub.people.audit.entries(limit=1)[0]
    assert (newest.act, newest.about) == ("events.export", f"{len(paged)} events")
    assert "help.needed" not in str(newest.detail)


@pytest.mark.parametrize("asked", [None, "bytes=0-3", "bytes=9-3", "bytes=99999999-", "lines=1"])
async def test_no_exported_file_stays_behind(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: str | None
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    headers = {} if asked is None else {"Range": asked}
    async with place.client("marketer") as client:
        await client.get("/api/v1/events/file", params=DAY, headers=headers)
    assert list(tmp_path.iterdir()) == []


async def test_a_file_of_too_long_a_time_is_refused(place: Place) -> None:
    async with place.client("marketer") as client:
        asked = {"since": "2026-01-01T00:00:00Z", "until": "2026-03-03T00:00:00Z"}
        assert (await client.get("/api/v1/events/file", params=asked)).status_code == 422


@pytest.mark.parametrize(
    ("since", "hint"),
    [
        ("2026-03-01T00:00:00+09:00", "the + of an offset is written %2B"),
        ("2026-03-01T00:00:00", "as in 2026-04-07T00:00:00%2B09:00"),
        ("2026-03-01", "as in 2026-04-07T00:00:00%2B09:00"),
    ],
)
async def test_how_a_time_is_written_in_an_address_is_told(
    place: Place, since: str, hint: str
) -> None:
    async with place.client("manager") as client:
        for path in ("/api/v1/events", "/api/v1/questions/visitors"):
            answer = await client.get(f"{path}?since={since}&until=2026-03-03T00:00:00Z")
            assert answer.status_code == 422
            assert answer.json()["where"] == "query.since"
            assert hint in answer.json()["detail"]
