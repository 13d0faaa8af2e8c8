"""A camera's view in blocks: by the real process, for who may set the shop, as the policy says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.hub.api.hubs import SHOP, Place, open_hub
from tests.hub.api.test_setting import noted

pytestmark = pytest.mark.anyio
PATH = "/api/v1/cameras/door/blocks"


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """Its camera at the door is a film: dark on the left, light on the right."""
    film = tmp_path / "film.avi"
    writer = cv2.VideoWriter(str(film), cv2.VideoWriter.fourcc(*"MJPG"), 10, (640, 480))
    picture = np.zeros((480, 640, 3), np.uint8)
    picture[:, 320:] = 200
    for _ in range(30):
        writer.write(picture)
    writer.release()
    with open_hub(tmp_path) as found:
        file = found.hub.files.shop
        assert file is not None
        door = "rtsp://eye:secret-of-the-camera@10.0.0.7/main"
        private = (
            '\n[[zone]]\nid = "p"\nkind = "private"\ncamera = "door"\n'
            "polygon = [[600, 0], [640, 0], [640, 480], [600, 480]]\n"
        )
        file.write_text(SHOP.replace(door, str(film)) + private, encoding="utf-8")
        yield found


async def test_the_view_in_blocks_is_shown_once_and_noted(place: Place, tmp_path: Path) -> None:
    before = {path for path in tmp_path.rglob("*") if path.is_file()}
    async with place.client("installer") as client:
        answer = await client.post(PATH)
    found = answer.json()
    assert answer.status_code == 200, found
    assert (found["code"], found["width"], found["height"]) == ("ok", 640, 480)
    assert [len(row) for row in found["rows"]] == [32] * 24
    left, right, hidden = (int(found["rows"][12][at][1:3], 16) for at in (3, 20, 31))
    assert (left < 12, right > 180, hidden < 12) == (True, True, True)
    assert noted(place)[0] == "camera.blocks"
    after = {path for path in tmp_path.rglob("*") if path.is_file()}
    assert {path for path in after - before if "hub.sqlite" not in path.name} == set()


async def test_where_the_policy_has_it_off_nothing_is_opened(place: Place) -> None:
    shop = place.hub.shop
    place.hub.shop = shop.model_copy(
        update={"shop": shop.shop.model_copy(update={"policy": "strict"})}
    )
    async with place.client("installer") as client:
        answer = await client.post(PATH)
        assert (answer.status_code, answer.json()["code"]) == (403, "no-still")
    async with place.client("marketer") as client:
        assert (await client.post(PATH)).json()["code"] == "right"
    assert "camera.blocks" not in noted(place)


async def test_a_picture_of_another_size_is_not_shown(place: Place) -> None:
    """Private zones are drawn on the shop file's size: on another one they would hide elsewhere."""
    file = place.hub.files.shop
    assert file is not None
    film = next(file.parent.glob("*.avi"))
    writer = cv2.VideoWriter(str(film), cv2.VideoWriter.fourcc(*"MJPG"), 10, (320, 240))
    for _ in range(30):
        writer.write(np.full((240, 320, 3), 200, np.uint8))
    writer.release()
    async with place.client("installer") as client:
        found = (await client.post(PATH)).json()
    assert (found["code"], found["rows"]) == ("size", None)
    assert (found["width"], found["height"]) == (320, 240)
