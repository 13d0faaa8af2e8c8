"""Drawings are set one by one, tried before, and taken back."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import cv2
import httpx
import numpy as np
import pytest

from miseban.hub.shop_file.versions import MOST, Versions
from miseban.vocabulary.events import VisitEnded
from miseban.vocabulary.shop import load_shop
from tests.hub.api.hubs import NOW, SHOP, Place, open_hub

pytestmark = pytest.mark.anyio
CROSSED = [[1.0, 5.0], [3.0, 7.0], [3.0, 5.0], [1.0, 7.0]]
NEW = {"id": "bread", "kind": "area", "polygon": [[1.0, 5.0], [3.0, 5.0], [3.0, 7.0]]}


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Place]:
    with open_hub(tmp_path) as found:
        yield found


def file_of(place: Place) -> Path:
    assert place.hub.files.shop is not None
    return place.hub.files.shop


async def patch(client: httpx.AsyncClient, *edits: dict[str, Any], **more: Any) -> httpx.Response:
    headers = {"If-Match": more.pop("etag")} if "etag" in more else {}
    return await client.patch(
        "/api/v1/shop/file", json={"edits": list(edits), **more}, headers=headers
    )


async def test_a_zone_is_added_and_every_other_line_stays(hub: Place) -> None:
    async with hub.client("installer") as client:
        etag = (await client.get("/api/v1/shop/drawings")).json()["etag"]
        found = await patch(client, {"kind": "zone", "id": "bread", "put": NEW}, etag=etag)
        assert found.status_code == 200, found.text
        text = file_of(hub).read_text("utf-8")
        came = text.index('\n[[zone]]\nid = "bread"')
        end = text.index("\n", text.index("polygon", came)) + 1
        assert text[:came] + text[end:] == SHOP
        assert load_shop(file_of(hub)).zone("bread").polygon[0] == (1.0, 5.0)
        assert hub.told == ["shop"]

        again = await patch(client, {"kind": "zone", "id": "bread", "put": None}, etag=etag)
        assert again.status_code == 412  # somebody set it meanwhile
        assert file_of(hub).read_text("utf-8") == text


@pytest.mark.parametrize("more", [{"polygon": [[None, 1.0]]}, {"name": [{"a": None}]}])
async def test_what_no_file_can_say_is_refused_with_one_line(
    hub: Place, more: dict[str, Any]
) -> None:
    async with hub.client("installer") as client:
        for zone in ("bread", "milk"):
            found = await patch(client, {"kind": "zone", "id": zone, "put": NEW | more})
            assert found.status_code == 400, found.text
            assert "\n" not in found.json()["detail"]
    assert file_of(hub).read_text("utf-8") == SHOP


async def test_a_crossing_polygon_is_told_where_it_is_and_nothing_is_written(hub: Place) -> None:
    async with hub.client("manager") as client:
        bad = {"kind": "zone", "id": "bread", "put": NEW | {"polygon": CROSSED}}
        fine = {"kind": "line", "id": "entrance", "put": None}
        for edits in ((bad,), (fine, bad)):
            found = await patch(client, *edits)
            assert found.status_code == 400
            assert "crossing or touch at [2, 6]" in found.json()["detail"]
            assert found.json()["where"] == 'shop.toml: [[zone]] 4 "bread" polygon'
        assert file_of(hub).read_text("utf-8") == SHOP
        assert hub.told == []


async def test_only_checking_writes_nothing(hub: Place) -> None:
    async with hub.client("manager") as client:
        edit = {"kind": "zone", "id": "bread", "put": NEW}
        assert (await patch(client, edit, check=True)).status_code == 200
    assert file_of(hub).read_text("utf-8") == SHOP


async def test_a_camera_keeps_its_password_under_the_stars(hub: Place) -> None:
    async with hub.client("installer") as client:
        answer = await client.get("/api/v1/shop/drawings")
        assert "secret-of-the-camera" not in answer.text
        door = answer.json()["shop"]["camera"][0]
        await patch(client, {"kind": "camera", "id": "door", "put": door | {"fps": 8}})
        camera = load_shop(file_of(hub)).camera("door")
        assert (camera.fps, camera.source) == (8, "rtsp://eye:secret-of-the-camera@10.0.0.7/main")
        moved = door | {"source": "rtsp://***@10.0.0.8/main"}  # another address does not get it
        found = await patch(client, {"kind": "camera", "id": "door", "put": moved})
        assert found.json()["code"] == "password"


async def test_versions_say_who_changed_what_and_lead_back(hub: Place) -> None:
    async with hub.client("installer") as client:
        await patch(client, {"kind": "zone", "id": "bread", "put": NEW})
        hub.clock.at += timedelta(minutes=1)
        await patch(client, {"kind": "line", "id": "entrance", "put": None})
        listed = await client.get("/api/v1/shop/versions")
        assert "secret" not in listed.text
        versions = listed.json()["versions"]
        assert [(one["by"], one["now"]) for one in versions] == [
            ("installer", True), ("installer", False), ("", False),
        ]  # fmt: skip
        assert versions[0]["changes"] == [
            {"kind": "line", "id": "entrance", "name": "entrance", "what": "removed"}
        ]
        first = versions[-1]["id"]
        beside = await client.get(f"/api/v1/shop/versions/{first}")
        assert "secret" not in beside.text
        assert {(one["id"], one["what"]) for one in beside.json()["changes"]} == {
            ("bread", "removed"), ("entrance", "added"),
        }  # fmt: skip
        assert {"sign": "+", "text": "[[line]]"} in beside.json()["diff"]
        hub.clock.at += timedelta(minutes=1)
        assert (await client.post(f"/api/v1/shop/versions/{first}/restore")).status_code == 200
        assert file_of(hub).read_text("utf-8") == SHOP
        assert (await client.get("/api/v1/shop/versions/20200101T000000000000Z")).status_code == 404


def test_twenty_versions_are_kept_for_the_hub_alone(tmp_path: Path) -> None:
    versions = Versions(tmp_path / "versions")
    for n in range(MOST + 5):
        versions.keep(f"# {n}\n", "a.b/c", NOW)  # the clock stands still
        versions.keep(f"# {n}\n", "a.b/c", NOW)  # the same again is none
    held = versions.all()
    assert [one.text() for one in held] == [f"# {n}\n" for n in reversed(range(5, MOST + 5))]
    assert {one.by for one in held} == {"a.b/c"}
    assert {one.path.stat().st_mode & 0o777 for one in held} == {0o600}
    assert (tmp_path / "versions").stat().st_mode & 0o777 == 0o700


def walk(n: int, ended_s: float, unit: Any = "m") -> VisitEnded:
    """Somebody who comes in over y = 1, stands at (5, 2) for 20 s and goes out again."""
    y = [*np.linspace(0.0, 2.0, 6), *[2.0] * 20, *np.linspace(2.0, 0.0, 6)]
    x = [*np.linspace(2.0, 5.0, 6), *[5.0] * 20, *np.linspace(5.0, 2.0, 6)]
    ended = NOW - timedelta(seconds=ended_s)
    return VisitEnded(
        id=f"{n:08x}-walk", time=ended, shop="shop", visit=f"{n + 4096:016x}",
        started=ended - timedelta(seconds=len(x) - 1),
        t=tuple(float(1000 + i) for i in range(len(x))), x=tuple(x), y=tuple(y), unit=unit,
        areas=(), stitched=1,
    )  # fmt: skip


ZONE = {"kind": "area", "polygon": [[4.0, 1.5], [6.0, 1.5], [6.0, 3.0], [4.0, 3.0]]}
LINE = {"points": [[0.5, 1.0], [6.0, 1.0]]}


async def tried(place: Place, kind: str, put: dict[str, Any], **more: Any) -> Any:
    async with place.client("installer") as client:
        found = await client.post("/api/v1/shop/try", json={"kind": kind, "put": put, **more})
    assert found.status_code == 200, found.text
    return found.json()


async def test_a_draft_counts_the_visits_of_the_last_minutes(hub: Place) -> None:
    assert (await tried(hub, "zone", ZONE))["reason"] == "no-trails"
    hub.keep(*(walk(n, 30.0 * n + 5) for n in range(6)), *(walk(n, 3000.0) for n in range(50, 60)))
    zone = await tried(hub, "zone", ZONE)
    assert (zone["visits"], zone["people"], zone["stays"]) == (6, 6, 6)
    assert 20 <= zone["dwell_s"] <= 26
    line = await tried(hub, "line", LINE)
    # Walked from left to right, "in" is to the right hand: down on the plan.
    assert (line["passed_in"], line["passed_out"], line["people"]) == (6, 6, 6)
    other = await tried(hub, "line", {"points": LINE["points"][::-1]})
    assert (other["passed_in"], other["passed_out"]) == (6, 6)
    assert (await tried(hub, "zone", ZONE, minutes=60))["people"] == 16
    for zone_beside in ({**ZONE, "kind": "private", "camera": "aisle"},):
        assert (await tried(hub, "zone", zone_beside))["reason"] == "private"
    on_picture = {**ZONE, "camera": "aisle"}
    assert (await tried(hub, "zone", on_picture))["reason"] == "no-place"
    assert file_of(hub).read_text("utf-8") == SHOP


async def test_of_few_people_a_draft_tells_nothing_not_even_that_there_were_none(
    hub: Place,
) -> None:
    hub.keep(*(walk(n, 20.0 * n + 5) for n in range(4)))
    seen = await tried(hub, "zone", ZONE)
    far = {**ZONE, "polygon": [[9.0, 6.0], [11.0, 6.0], [11.0, 7.5]]}
    unseen = await tried(hub, "zone", far)
    assert seen == unseen
    assert seen["people"] is seen["visits"] is seen["stays"] is None


async def test_a_draft_with_a_mistake_is_told_where(hub: Place) -> None:
    async with hub.client("installer") as client:
        put = {**ZONE, "polygon": CROSSED}
        found = await client.post("/api/v1/shop/try", json={"kind": "zone", "put": put})
        assert found.status_code == 400
        assert "[2, 6]" in found.json()["detail"]


async def test_pairs_are_judged_each_in_centimetres(hub: Place) -> None:
    # A camera at 3 m that looks down at 45 degrees: pixels by the pinhole, one of them 25 px off.
    async with hub.client("installer") as client:
        plan = [(x, y) for y in (2.0, 4.0, 6.0) for x in (4.0, 6.0, 8.0)]
        pairs = [{"pixel": seen(x, y), "floor_m": (x, y)} for x, y in plan]
        path = "/api/v1/cameras/door/calibrate"
        good = (await client.post(path, json={"points": pairs})).json()
        assert good["problem"] is None
        assert max(good["points_cm"]) < 1
        assert good["height_m"] == pytest.approx(3.0, abs=0.05)
        x, y, w = np.array(good["to_pixel"]) @ [6.0, 4.0, 1.0]
        assert (x / w, y / w) == pytest.approx(seen(6.0, 4.0), abs=0.5)
        bad = [*pairs]
        bad[4] = {**bad[4], "pixel": (bad[4]["pixel"][0] + 25, bad[4]["pixel"][1])}
        told = (await client.post(path, json={"points": bad})).json()
        assert told["problem"].startswith("expected [6, 4] near")
        assert told["suspect"] == int(np.argmax(told["points_cm"])) == 4
        assert told["points_cm"][4] > 10
        few = (await client.post(path, json={"points": pairs[:3]})).json()
        assert few["problem"]
        assert few["points_cm"] == [None] * 3
        outside = [{"pixel": (700.0, 2.0), "floor_m": (1.0, 1.0)}]
        assert (await client.post(path, json={"points": outside})).status_code == 400
        nobody = await client.post("/api/v1/cameras/no/calibrate", json={"points": []})
        assert nobody.status_code == 404


def seen(x: float, y: float) -> tuple[float, float]:
    """By a lens 3 m above (6, 0) of 400 px, 640x480, that looks down along y at 45 degrees."""
    s = 2**-0.5
    deep = s * y + s * 3.0
    down = -s * y + s * 3.0
    return 320 + 400 * (6.0 - x) / deep, 240 + 400 * down / deep


async def test_a_look_into_a_camera_is_bounded_and_noted(hub: Place, tmp_path: Path) -> None:
    video = tmp_path / "aisle.avi"
    writer = cv2.VideoWriter(str(video), cv2.VideoWriter.fourcc(*"MJPG"), 10, (320, 240))
    for n in range(20):
        writer.write(np.full((240, 320, 3), 12 * n, np.uint8))
    writer.release()

    async def check(source: str) -> Any:
        async with hub.client("installer") as client:
            return await client.post("/api/v1/cameras/check", json={"source": source})

    found = (await check(str(video))).json()
    assert (found["code"], found["width"], found["height"]) == ("ok", 320, 240)
    assert found["fps"] == pytest.approx(10, abs=0.5)
    for source in ("http://10.0.0.1/", "concat:/etc/passwd", "ftp://x/y", "rtsp://"):
        assert (await check(source)).json()["code"] in ("form", "no-video"), source
    audited = [(one.act, one.about) for one in hub.hub.people.audit.entries()]
    assert ("camera.check", str(video)) in audited
    hub.hub.looking_in.acquire()
    try:
        assert (await check("usb:0")).status_code == 429  # one at a time
    finally:
        hub.hub.looking_in.release()
    for _ in range(12):
        last = await check("rtsp://")
    assert last.json()["code"] == "form"  # what is never opened costs nothing
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("miseban.hub.api.cameras.look_into", lambda _: pytest.fail("opened"))
        hub.hub.looking_in.acquire()
        statuses = {(await check("usb:0")).status_code for _ in range(12)}
        hub.hub.looking_in.release()
    assert statuses == {429}
    await asyncio.sleep(0)
