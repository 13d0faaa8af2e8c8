"""A plan by HTTP: compared with what the live state knows, and kept nowhere."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from miseban.vocabulary.events import ShelfState
from tests.hub.api.hubs import NOW, Place

pytestmark = pytest.mark.anyio
URL = "/api/v1/shelves/plan"
CSV = "shelf,facing,gtin,brand\nfridge,egg,{gtin},Hen\n"
EGG = "4901234567894"


async def post(place: Place, text: str, kind: str = "text/csv") -> tuple[int, dict[str, Any]]:
    async with place.client("marketer") as client:
        answer = await client.post(
            f"{URL}?by=brand", content=text.encode(), headers={"Content-Type": kind}
        )
        return answer.status_code, answer.json()


async def test_the_plan_is_compared_with_what_staff_and_cameras_say(place: Place) -> None:
    status, told = await post(place, CSV.format(gtin=EGG))
    assert (status, told["differences"], told["not_planned"]) == (200, [], [])
    assert told["shares"] == [{"name": "Hen", "facings": 1, "share": 1.0, "planned": 1.0}]
    seen = ShelfState(
        id="wrong-1", time=NOW - timedelta(minutes=5), shop="shop", camera="aisle",
        shelf="fridge", facing="egg", fill=0.5, state="wrong", confidence=0.9,
    )  # fmt: skip
    place.keep(seen)
    _, told = await post(place, CSV.format(gtin=EGG))
    assert [(one["kind"], one["place"]) for one in told["differences"]] == [("wrong", "fridge/egg")]
    async with place.client("marketer") as client:
        own = (await client.get(URL)).json()
    assert own["differences"] == told["differences"]


async def test_what_stands_nowhere_is_missing(place: Place) -> None:
    _, told = await post(place, CSV.format(gtin="40000015"))
    kinds = {one["kind"]: one for one in told["differences"]}
    assert kinds["missing"]["gtin"] == "40000015"
    assert kinds["unplanned"]["gtin"] == EGG


async def test_what_cannot_be_read_is_named(place: Place) -> None:
    status, told = await post(place, CSV.format(gtin="4901234567895"))
    assert (status, told["code"], told["where"]) == (400, "bad-plan", "line 2 (gtin)")
    assert (await post(place, "x", "application/json"))[0] == 415
    assert (await post(place, "x" * 2_100_000))[0] == 413
