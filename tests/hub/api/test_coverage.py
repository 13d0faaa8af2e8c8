"""Which floor the cameras see, as the command tells it, and to nobody who may not set the shop."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from miseban.cli.app import app
from miseban.hub.api import answering, coverage
from miseban.hub.api.coverage import ASKS
from miseban.hub.people.rights import ROLE_RIGHTS, ROLES, Right
from miseban.space.calibration.seen import spots
from miseban.space.coverage import Coverage, cover
from miseban.vocabulary.shop import Shop, load_shop
from tests.hub.api.hubs import SHOP, Place, open_hub
from tests.space.coverage.rooms import lens

pytestmark = pytest.mark.anyio
ADDRESS = "/api/v1/shop/coverage"
SHELF = (
    '\n[[fixture]]\nid = "shelf"\n'
    "polygon = [[5.0, 3.0], [5.5, 3.0], [5.5, 6.0], [5.0, 6.0]]\nheight_m = 1.5\n"
)


def with_floor_points(text: str) -> str:
    """One of its two cameras knows its floor, and a shelf stands there."""
    points = ", ".join(
        f"{{ pixel = [{u:.3f}, {v:.3f}], floor_m = [{x:.3f}, {y:.3f}] }}"
        for (u, v), (x, y) in spots(lens(1, 4), (12.0, 8.0))
    )
    camera = 'id = "door"\n'
    assert camera in text
    placed = text.replace(camera, f"{camera}floor_points = [{points}]\n")
    return placed.replace("640, 480", "640, 360") + SHELF


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Place]:
    with open_hub(tmp_path) as found:
        yield found


def write(hub: Place, text: str) -> Path:
    file = hub.hub.files.shop
    assert file is not None
    file.write_text(text, "utf-8")
    return file


async def asked(hub: Place, **query: Any) -> dict[str, Any]:
    async with hub.client("installer") as client:
        answer = await client.get(ADDRESS, params=query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_its_figures_are_those_of_the_command(hub: Place) -> None:
    file = write(hub, with_floor_points(SHOP))
    told = await asked(hub, more=True)
    printed = CliRunner().invoke(app, ["coverage", str(file), "--more", "1", "--json"])
    assert printed.exit_code == 0, printed.output
    figures = json.loads(printed.stdout)
    for posture, seen in figures["seen"].items():
        assert seen == {key: told["seen"][posture][key] for key in seen}
    assert 0.1 < told["seen"]["lies"]["by_one"] < told["seen"]["stands"]["by_one"] < 1
    (more,) = figures["more"]
    assert told["more"] == more
    for key in ("floor_m2", "cameras", "without_floor_points"):
        assert told[key] == figures[key]
    assert told["without_floor_points"] == ["aisle"]


async def test_rows_say_of_every_square_how_many_cameras_see_it(hub: Place) -> None:
    file = write(hub, with_floor_points(SHOP))
    told = await asked(hub)
    found = cover(load_shop(file))
    assert told["more"] is None
    assert told["step_m"] == found.step_m
    for posture, counts in found.by.items():
        rows = told["seen"][posture]["rows"]
        assert (len(rows), {len(row) for row in rows}) == (32, {48})
        squares = {
            ((x + 0.5) * 0.25, (y + 0.5) * 0.25): int(sign)
            for y, row in enumerate(rows)
            for x, sign in enumerate(row)
            if sign != "."
        }
        places = map(tuple, found.places.tolist())
        assert squares == dict(zip(places, counts.tolist(), strict=True))
        assert rows[16][20] == "."  # 5.1, 4.1: the shelf


async def test_a_shop_whose_cameras_do_not_know_their_floor_is_seen_nowhere(hub: Place) -> None:
    told = await asked(hub)
    assert told["without_floor_points"] == ["door", "aisle"]
    assert told["cameras"] == {}
    assert told["floor_m2"] == 96.0
    for seen in told["seen"].values():
        assert (seen["by_one"], seen["by_two"]) == (0.0, 0.0)
        assert [gap["m2"] for gap in seen["gaps"]] == [96.0]
        assert set("".join(seen["rows"])) == {"0"}


async def test_only_who_may_set_the_shop_is_told(hub: Place) -> None:
    for role in ROLES:
        async with hub.client(role) as client:
            answer = await client.get(ADDRESS)
        assert answer.status_code == (200 if Right.SET_SHOP in ROLE_RIGHTS[role] else 403)
    async with hub.client() as client:
        assert (await client.get(ADDRESS)).status_code == 401


async def test_without_a_floor_there_is_none_that_is_seen(hub: Place) -> None:
    write(hub, '[shop]\nid = "shop"\ntimezone = "Asia/Tokyo"\npolicy = "jp"\n')
    async with hub.client("installer") as client:
        refused = await client.get(ADDRESS)
    assert refused.status_code == 404, refused.text


async def test_what_takes_too_long_is_broken_off_and_the_next_is_begun(
    hub: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    wall = (
        '\n[[fixture]]\nid = "w{0}"\npolygon = [[0, {0}], [400, {0}], [400, {0}.1], [0, {0}.1]]\n'
    )
    large = with_floor_points(SHOP).replace("12.0, depth_m = 8.0", "400.0, depth_m = 400.0")
    write(hub, large + "".join(wall.format(y) for y in range(400)))  # minutes of work
    monkeypatch.setattr(answering, "LONGEST_S", 0.5)
    async with hub.client("installer") as client:
        refused = await client.get(ADDRESS, params={"more": True})
    assert (refused.status_code, refused.json()["code"]) == (503, "timeout")
    monkeypatch.setattr(answering, "LONGEST_S", 10.0)
    assert await hub.app.state.coverage_turns.take(lambda: "begun") == "begun"


async def test_one_is_worked_out_at_a_time_and_questions_do_not_wait_for_it(
    hub: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(hub, with_floor_points(SHOP))
    begun, go_on, working = threading.Semaphore(0), threading.Event(), list[Coverage]()

    def held(shop: Shop, **more: Any) -> Coverage:
        working.append(cover(shop, **more))
        begun.release()
        assert go_on.wait(20)
        return working[-1]

    monkeypatch.setattr(coverage, "cover", held)
    async with hub.client("installer") as client, asyncio.TaskGroup() as group:
        asked = [group.create_task(client.get(ADDRESS)) for _ in range(answering.AT_ONCE + 1)]
        try:
            assert await asyncio.to_thread(begun.acquire, timeout=20)
            turns: answering.Turns = hub.app.state.turns
            assert await turns.take(lambda: len(working)) == 1
            assert not await asyncio.to_thread(begun.acquire, timeout=0.3)
        finally:
            go_on.set()
    assert {one.result().status_code for one in asked} == {200}


async def test_it_says_of_which_file_it_is(hub: Place) -> None:
    file = write(hub, with_floor_points(SHOP))
    async with hub.client("installer") as client:
        for _ in range(2):
            drawn, seen = [
                await client.get(f"/api/v1/shop/{one}") for one in ("drawings", "coverage")
            ]
            assert seen.json()["etag"] == seen.headers["ETag"] == drawn.json()["etag"]
            file.write_text(file.read_text("utf-8") + "# anew\n", "utf-8")


async def test_a_floor_without_room_is_named(hub: Place) -> None:
    whole = "[[0, 0], [12, 0], [12, 8], [0, 8]]"
    write(hub, f'{SHOP}\n[[fixture]]\nid = "all"\npolygon = {whole}\n')
    async with hub.client("installer") as client:
        refused = await client.get(ADDRESS)
    assert refused.status_code == 400
    assert refused.json()["code"] == "coverage"


async def test_nobody_asks_it_without_end(hub: Place) -> None:
    async with hub.client("installer") as client:
        found = [(await client.get(ADDRESS)).status_code for _ in range(ASKS.tries + 1)]
        assert found == [200] * ASKS.tries + [429]
