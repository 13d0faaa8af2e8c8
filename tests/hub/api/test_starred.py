"""The shop file without passwords, however they are written; and with them again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from miseban.vocabulary.shop import parse_shop
from tests.hub.api.hubs import SHOP, Place, open_hub

pytestmark = pytest.mark.anyio
TOML = {"Content-Type": "application/toml"}
PLAIN = 'source = "rtsp://eye:secret-of-the-camera@10.0.0.7/main"'
URL = "rtsp://eye:secret-of-the-camera@10.0.0.7/main"


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with open_hub(tmp_path) as found:
        yield found


@pytest.mark.parametrize(
    "written",
    [
        f"source = '{URL}'",
        f'source = """{URL}"""',
        f"source = '''\n{URL}'''",
        f'"source"="{URL}" # a note, "quoted"',
        f'source = "{URL.replace("secret", chr(92) + "u0073ecret")}"',
        f"# was: '{URL}'\nsource = '{URL}'  # {URL}",
    ],
)
async def test_a_password_is_starred_and_kept_however_it_is_written(
    place: Place, written: str
) -> None:
    file = place.hub.files.shop
    assert file is not None
    assert PLAIN in SHOP
    text = SHOP.replace(PLAIN, written)
    file.write_text(text)
    async with place.client("installer") as client:
        shown = await client.get("/api/v1/shop/file")
        assert "-of-the-camera" not in shown.text
        assert parse_shop(shown.text, "x").cameras[0].source == "rtsp://***@10.0.0.7/main"
        done = await client.put("/api/v1/shop/file", content=shown.text, headers=TOML)
        assert done.status_code == 200, done.text
    assert parse_shop(file.read_text(), "x") == parse_shop(text, "x")
    assert file.read_text().count("#") == text.count("#")
    assert "***" not in file.read_text()


async def test_a_password_in_a_table_on_one_line_is_starred_and_kept(place: Place) -> None:
    file = place.hub.files.shop
    assert file is not None
    start, end = SHOP.index("[[camera]]"), SHOP.index("[[line]]")
    size = "resolution = [640, 480]"
    text = (
        f'camera = [{{id="door", source="{URL}", {size}}}, {{id="aisle", source="rtsp://u:other@'
        f'10.0.0.7/main", {size}}}]\n{SHOP[:start]}{SHOP[end:]}'
    )
    file.write_text(text)
    async with place.client("installer") as client:
        shown = await client.get("/api/v1/shop/file")
        assert "-of-the-camera" not in shown.text
        assert "other" not in shown.text
        done = await client.put("/api/v1/shop/file", content=shown.text, headers=TOML)
        assert done.status_code == 200, done.text
    assert parse_shop(file.read_text(), "x") == parse_shop(text, "x")  # to each its own


async def test_stars_in_a_name_get_no_password(place: Place) -> None:
    file = place.hub.files.shop
    assert file is not None
    async with place.client("installer") as client:
        shown = await client.get("/api/v1/shop/file")
        for old in ('name = "A shop"', 'id = "door"\n'):
            name = 'name = "rtsp://***@10.0.0.7/main"\n'
            new = shown.text.replace(old, name if "name" in old else old + name)
            stolen = await client.put("/api/v1/shop/file", content=new, headers=TOML)
            assert stolen.status_code == 400
    assert file.read_text() == SHOP


async def test_a_shop_file_that_is_no_toml_is_not_shown(place: Place) -> None:
    file = place.hub.files.shop
    assert file is not None
    file.write_text(SHOP + "\n[broken")
    async with place.client("installer") as client:
        shown = await client.get("/api/v1/shop/file")
    assert shown.status_code == 400
    assert "-of-the-camera" not in shown.text
