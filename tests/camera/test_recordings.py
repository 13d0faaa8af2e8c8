"""Recordings of several cameras: whose each is, when it began, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from miseban.camera.recordings import in_folder, of_shop_file, opened
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.shop import Shop, parse_shop
from tests.cli.footage import film

TEXT = """
[shop]
id = "s"
timezone = "Asia/Tokyo"
policy = "jp"
[[camera]]
id = "door"
source = "{door}"
resolution = [320, 240]
[[camera]]
id = "till"
source = "{till}"
resolution = [320, 240]
"""


def shop_of(door: str = "door.mp4", till: str = "till.avi") -> Shop:
    return parse_shop(TEXT.format(door=door, till=till), "s")


def touch(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).touch()
    return folder


def test_files_are_named_after_cameras_and_may_say_when_they_began(tmp_path: Path) -> None:
    touch(tmp_path, "till_20260407_110000.avi", "door.mp4", "cat.mp4", "door.txt")
    began = datetime(2026, 4, 7, 1, tzinfo=UTC)
    door, till = in_folder(tmp_path, shop_of(), began)
    assert (door.camera, Path(door.address).name, door.start) == ("door", "door.mp4", began)
    assert (till.camera, till.start) == ("till", datetime(2026, 4, 7, 2, tzinfo=UTC))


BAD: dict[str, tuple[tuple[str, ...], str]] = {
    "nothing": ((), "door.mp4; found no video"),
    "nobody's": (("cat.mp4",), "found cat.mp4"),
    "two of one": (("door.mp4", "door_20260407_110000.mp4"), 'one recording of "door"'),
    "no time": (("door_20261307_110000.mp4",), "found door_20261307"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_told_is_refused(name: str, tmp_path: Path) -> None:
    files, said = BAD[name]
    with pytest.raises(BadInput, match="expected") as error:
        in_folder(touch(tmp_path, *files), shop_of())
    assert said in str(error.value)


def test_the_shop_files_own_sources(tmp_path: Path) -> None:
    door, till = of_shop_file(shop_of("clips/door.mp4", "sim:till?seed=3"), tmp_path)
    assert door.address == str(tmp_path / "clips/door.mp4")
    assert till.address == "sim:till?seed=3&pace=full"
    with pytest.raises(BadInput, match="several live cameras") as error:
        of_shop_file(shop_of("rtsp://u:secret@host/1"), tmp_path)
    assert "secret" not in str(error.value)


def test_a_bad_recording_is_told_and_the_others_are_opened(tmp_path: Path) -> None:
    film(tmp_path / "till.avi")
    touch(tmp_path, "door.mp4")
    sources, lost = opened(in_folder(tmp_path, shop_of()), shop_of(), tmp_path / "shop.toml")
    assert list(sources) == ["till"]
    assert "empty file" in lost["door"]
    for source in sources.values():
        source.close()


def _only_bad(folder: Path) -> None:
    touch(folder, "door.mp4")


def _of_two_days(folder: Path) -> None:
    film(folder / "door_20260407_110000.avi")
    film(folder / "till_20260409_110000.avi")


@pytest.mark.parametrize(("make", "said"), [(_only_bad, "empty file"), (_of_two_days, "one time")])
def test_without_any_or_of_two_days_nothing_begins(
    make: Callable[[Path], None], said: str, tmp_path: Path
) -> None:
    make(tmp_path)
    with pytest.raises(BadInput, match=said):
        opened(in_folder(tmp_path, shop_of()), shop_of(), tmp_path / "shop.toml")
