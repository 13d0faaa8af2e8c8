"""A camera process and its shop file."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest

from miseban.camera.delivery.keeper import Keeper
from miseban.camera.process import child, shop_watch
from miseban.camera.process.settings import Model, ProcessSettings
from miseban.vision.sources.source import Source
from miseban.vocabulary.errors import Failed
from miseban.vocabulary.shop import Shop
from miseban.vocabulary.whole_files import write_whole

SHOP = """[shop]
id = "{id}"
timezone = "UTC"
policy = "jp"
[[camera]]
id = "door"
source = "sim:door"
resolution = [640, 480]
"""


def test_one_shop_file_whatever_happens_to_it_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "shop.toml"
    file.write_text(SHOP.format(id="before"))
    opened: list[str] = []

    class Edited(Keeper):
        def __init__(self, *arguments: object) -> None:
            super().__init__(*arguments)  # type: ignore[arg-type]
            file.write_text(SHOP.format(id="after"))

    def open_live(shop: Shop, name: str, shop_file: Path) -> Source:
        opened.append(shop.shop.id)
        raise Failed("no-stream", name, "enough for this test")

    monkeypatch.setattr(child, "Keeper", Edited)
    monkeypatch.setattr(child, "open_live", open_live)
    monkeypatch.setattr(child, "DELIVER_S", 0.0)
    settings = ProcessSettings(
        shop_file=file,
        source="door",
        cameras={"door": Model(name="motion", threads=1)},
        hub=tmp_path / "hub.sock",
        outbox=tmp_path,
    )
    with pytest.raises(Failed, match="enough"):
        child.CameraProcess(settings, io.BytesIO()).run()
    assert opened == ["before"]


def test_a_zone_that_was_drawn_is_counted_by_a_session_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "shop.toml"
    file.write_text(SHOP.format(id="shop"))

    class Loop:
        """Frames that never end; somebody draws a line after a while."""

        frames = 0

        def __init__(self, *_: object, stopped: Callable[[], bool], **more: object) -> None:
            self._stopped = stopped

        def run(self) -> None:
            while not self._stopped():
                self.frames += 1
                assert self.frames < 50
                if self.frames == 10:
                    line = '[[line]]\nid = "l"\ncamera = "door"\npoints = [[1, 1], [9, 9]]\n'
                    write_whole(file, file.read_text() + line)

    monkeypatch.setattr(child, "LiveLoop", Loop)
    monkeypatch.setattr(child.CameraProcess, "_sources", lambda *_: {})
    monkeypatch.setattr(child, "DELIVER_S", 0.0)
    monkeypatch.setattr(shop_watch, "LOOK_S", 0.0)
    settings = ProcessSettings(
        shop_file=file, source="door", cameras={"door": Model(name="motion", threads=1)},
        hub=tmp_path / "hub.sock", outbox=tmp_path,
    )  # fmt: skip
    assert child.CameraProcess(settings, io.BytesIO()).run() == child.ANEW
