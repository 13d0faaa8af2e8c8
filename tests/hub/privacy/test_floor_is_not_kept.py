"""Positions of this moment go from a camera process through the hub to a page; then every file of
both is searched for them. What is planted is found, so the search would have found them."""

from __future__ import annotations

import io
import re
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from miseban.camera.process import child
from miseban.camera.process.logs import start_logging
from miseban.camera.process.settings import Model, ProcessSettings
from miseban.hub.api.app import create_app
from miseban.hub.intake.local import LocalIntake
from miseban.hub.running.box import open_box
from miseban.hub.running.settings import load_settings
from miseban.journal.backup import back_up
from miseban.vision.pixels import Frame
from miseban.vocabulary.floor_now import FloorNow, read_floor
from tests.camera.process.test_dots import CAMERA, SHOP, Walks
from tests.camera.process.test_live import Clock, Lens
from tests.hub.api.serving import served
from tests.hub.privacy.needles import blobs
from tests.hub.privacy.test_nothing_leaves import manager
from tests.logging_as_before import logging_as_before as _as_before  # noqa: F401


class Begins(Lens):
    """Its time begins with its first picture: between an opened camera and that, a process that has
    become large tidies up for longer than the walk takes."""

    def frames(self) -> Iterator[Frame]:
        self._clock = Clock(rate=2.0)
        yield from super().frames()


def came_and_went(floors: list[FloorNow]) -> bool:
    """Somebody was shown and nobody is any more."""
    shown = [bool(floor.dots) for floor in floors]
    return any(shown) and not shown[-1]


def seen_by_a_page(stream: httpx.Response, floors: list[FloorNow]) -> Iterator[str]:
    """What it is sent of positions, until somebody came and went."""
    until_s = time.monotonic() + 60.0
    for line in stream.iter_lines():
        if line.startswith("data:") and '"dots"' in line:
            yield line
            if came_and_went(floors):
                return
        assert time.monotonic() < until_s, f"nobody came and went in {len(floors)} floors"


def test_no_file_holds_a_dot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    shop_file = tmp_path / "shop.toml"
    shop_file.write_text(SHOP + CAMERA.replace("NAME", "a"))
    monkeypatch.setattr(child, "open_live", lambda *_: Begins(Clock(rate=2.0)))
    monkeypatch.setattr(child, "open_detector", lambda *_, **__: Walks())
    floors: list[FloorNow] = []
    pages: list[str] = []
    with (
        (tmp_path / "log").open("w", encoding="utf-8") as log,
        open_box(shop_file, load_settings(None, data=tmp_path / "data")) as box,
    ):
        start_logging("json", to=log)  # as a hub does, whatever tests before this one have set

        def take(source: str, payload: bytes) -> None:
            floors.append(read_floor(payload, source))
            box.hub.floor.take(source, payload)
            box.hub.floor.take(source, payload[:-1])  # and once broken, which is logged

        intake = LocalIntake(tmp_path / "hub.sock", box.hub.journal.accept, take)
        intake.start()
        process = child.CameraProcess(
            ProcessSettings(
                shop_file=shop_file, source="a", cameras={"a": Model(name="walks")},
                hub=tmp_path / "hub.sock", outbox=tmp_path / "outbox", gate=False,
            ),
            io.BytesIO(),
        )  # fmt: skip
        (tmp_path / "outbox").mkdir(exist_ok=True)
        running = threading.Thread(target=process.run)
        token = manager(box.hub.people, datetime.now(UTC))
        headers = {"Authorization": f"Bearer {token}"}
        with (
            served(create_app(box.hub)) as url,
            httpx.Client(base_url=url, headers=headers, timeout=30) as client,
            client.stream("GET", "/api/v1/live/screen") as stream,
        ):
            running.start()
            try:
                pages += seen_by_a_page(stream, floors)
            finally:
                process.stop()
                running.join(30)
        assert not running.is_alive()
        intake.stop()
        now = datetime.now(UTC) + timedelta(minutes=1)
        box.hub.journal.compact(now)
        back_up(box.hub.journal.folder, tmp_path / "backup", now)
        kept = box.hub.journal.state
    keys = {dot.key for floor in floors for dot in floor.dots}
    assert keys, "somebody was shown"
    assert any(key in page for key in keys for page in pages), "on a page too"
    assert kept is not None
    (tmp_path / "printed").write_text("".join(capfd.readouterr()))
    searched = list(blobs(tmp_path))
    assert sum(len(data) for _, data in searched) > 10_000
    forms = [key.encode() for key in keys] + [bytes.fromhex(key) for key in keys] + [b'"floor"']
    for name, data in searched:
        if name.endswith("shop.toml"):
            continue
        for form in forms:
            assert form not in data, name
    assert re.search("refused", (tmp_path / "log").read_text()), "the log was searched as well"
    planted = tmp_path / "planted"
    planted.mkdir()
    (planted / "file").write_bytes(floors[len(floors) // 2].encode())
    assert any(form in data for _, data in blobs(planted) for form in forms)
