"""Receipts by HTTP: whole files or nothing, and once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from miseban.hub.people.rights import Right
from miseban.vocabulary.events import TillReceipt
from tests.hub.api.hubs import Place, open_hub
from tests.hub.formats.test_receipts import CSV, EGG, POSLOG, TEA

pytestmark = pytest.mark.anyio
URL = "/api/v1/receipts"
ASKED = {"currency": "JPY", "till": ["1=till-1", "2=till-1"]}


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with open_hub(tmp_path) as found:
        found.clock.at = datetime(2026, 4, 3, tzinfo=UTC)
        scopes = [Right.IMPORT_RECEIPTS]
        found.tokens["manager"] = found.token("manager", scopes, timedelta(days=9))[1]
        yield found


def kept(place: Place) -> list[TillReceipt]:
    found = place.hub.reader.events(types=["till.receipt"])
    return [event for event in found if isinstance(event, TillReceipt)]


async def send(place: Place, data: bytes, kind: str = "text/csv") -> httpx.Response:
    async with place.client("manager") as client:
        return await client.post(URL, params=ASKED, content=data, headers={"Content-Type": kind})


async def test_a_file_is_kept_once_however_often_it_is_sent(place: Place) -> None:
    csv = CSV.replace("2,0001", "2,0002")
    first, again = await send(place, csv.encode()), await send(place, csv.encode())
    told = {"differing": [], "returned": 0, "not_sales": 0, "unplaced": [TEA]}
    assert first.json() == {"new": 2, "known": 0} | told
    assert again.json() == {"new": 0, "known": 2} | told
    later = await send(place, csv.replace("09:3", "21:3").replace("09:4", "21:4").encode())
    assert later.json() == {"new": 0, "known": 2} | told  # the same receipts, told later
    assert [event.total for event in kept(place)] == [338, 120]


async def test_what_was_kept_stands_and_a_change_is_told_of(place: Place) -> None:
    await send(place, CSV.replace("2,0001", "2,0002").encode())
    changed = CSV.replace("2,0001", "2,0002").replace(",2,120", ",3,120")
    assert (await send(place, changed.encode())).json()["differing"] == ["0001"]
    assert [event.total for event in kept(place)] == [338, 120]


async def test_a_mistake_anywhere_keeps_nothing(place: Place) -> None:
    response = await send(place, CSV.replace(",98", ",x").encode())
    assert response.status_code == 400
    assert response.json()["where"] == "line 3, column 6 (price)"
    assert kept(place) == []


async def test_all_three_formats_come_in(place: Place) -> None:
    data = POSLOG.replace(
        b"<WorkstationID>2</WorkstationID><SequenceNumber>0001",
        b"<WorkstationID>2</WorkstationID><SequenceNumber>0002",
    )
    assert (await send(place, data, "application/xml")).json()["new"] == 2
    json = b"""{"receipts": [{"till": "1", "receipt": "3", "time": "2026-04-01T00:00Z",
        "lines": [{"gtin": "4901234567894", "quantity": 1, "price": 5}]}]}"""
    assert (await send(place, json, "application/json; charset=utf-8")).json()["new"] == 1
    cp932 = ("till,receipt,time,gtin,quantity,price,name\n"
             "1,4,2026-04-01 09:30,4901234567894,1,5,玉子").encode("cp932")  # fmt: skip
    assert (await send(place, cp932, "text/csv; charset=Shift_JIS")).json()["new"] == 1
    assert len(kept(place)) == 4


@pytest.mark.parametrize("kind", ["", "text/html", "application/x-www-form-urlencoded", ";;"])
async def test_another_kind_of_body_is_refused(place: Place, kind: str) -> None:
    assert (await send(place, CSV.encode(), kind)).status_code == 415


async def test_a_file_too_large_is_refused_before_it_is_read(place: Place) -> None:
    assert (await send(place, b"x" * 8_000_001)).status_code == 413


async def test_a_till_of_nobody_is_named(place: Place) -> None:
    async with place.client("manager") as client:
        response = await client.post(
            URL, params={"currency": "JPY"}, content=CSV, headers={"Content-Type": "text/csv"}
        )
    assert response.status_code == 400
    assert "a till of the shop (till-1)" in response.json()["detail"]


async def test_a_receipt_of_the_future_is_refused_and_named(place: Place) -> None:
    place.clock.at = datetime(2026, 3, 31, tzinfo=UTC)
    response = await send(place, CSV.encode())
    assert response.status_code == 400
    assert response.json()["where"] == "line 2 (time)"
    assert "a time that has come" in response.json()["detail"]
    assert kept(place) == []
    place.clock.at += timedelta(days=1)  # the same file, once its time has come
    assert (await send(place, CSV.replace("2,0001", "2,0002").encode())).json()["new"] == 2


async def test_goods_that_stand_nowhere_are_kept_and_named(place: Place) -> None:
    csv = CSV.replace("2,0001", "2,0002").replace(EGG, "2101000090003")
    assert (await send(place, csv.encode())).json()["unplaced"] == ["2101000090003", TEA]
    assert len(kept(place)) == 2
