"""Drawn pictures go through a camera's analysis, its outbox, the hub, its API and a back-up; then
every file and all bytes of the sockets are searched for pixels and vectors. Each kind is planted
once, to see that it would be found."""

from __future__ import annotations

import base64
import io
import json
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from numpy.typing import NDArray

from miseban.camera.appearance import AppearanceMemory
from miseban.camera.delivery.calling import HubCall
from miseban.camera.delivery.direct import DirectSender
from miseban.camera.delivery.outbox import Outbox
from miseban.camera.simulated import open_simulated
from miseban.camera.together import analyse_together
from miseban.hub.api.app import create_app
from miseban.hub.intake.local import LocalIntake
from miseban.hub.people.identity import CONSOLE
from miseban.hub.people.rights import ROLE_RIGHTS, TOKEN_RIGHTS
from miseban.hub.privacy.scan import pictures_in, scan
from miseban.hub.running.box import open_box
from miseban.hub.running.settings import load_settings
from miseban.journal.backup import back_up
from miseban.vision.appearance import clothes, memory
from miseban.vision.detectors.detection import Detections
from miseban.vision.pixels import Frame
from miseban.vocabulary.shop import load_shop
from tests.hub.api.serving import served
from tests.hub.people.staff import PASSWORD
from tests.hub.privacy.needles import Needles, blobs
from tests.sim import corner

pytest.importorskip("panda3d", reason="needs panda3d, the extra `sim`")
SECONDS = 90.0
NOTICE = """
[notice]
operator = "Corner"
purpose = "To lay out the shop."
data = ["count", "trajectory", "appearance"]
retention_days = 30
contact = "03-0000-0000"
posted = 2026-01-01
"""


class Drawn:
    """A source whose frames are remembered here: nowhere else may anybody."""

    def __init__(self, source: Any) -> None:
        self._source = source
        self.seen: list[NDArray[np.uint8]] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._source, name)

    def frames(self) -> Iterator[Frame]:
        for frame in self._source.frames():
            self.seen.append(frame.bgr.copy())
            yield frame


class AgainstTheEmptyShop:
    """Finds whoever was not there in the first picture, of an empty shop."""

    name = "against the empty shop"
    every_frame = True

    def __init__(self) -> None:
        self._empty: NDArray[np.int16] | None = None

    def detect(self, frame: Frame) -> Detections:
        import cv2

        now = frame.bgr.astype(np.int16)
        if self._empty is None:
            self._empty = now
        other = (np.abs(now - self._empty).max(axis=2) > 25).astype(np.uint8)
        other = cv2.morphologyEx(other, cv2.MORPH_CLOSE, np.ones((9, 5), np.uint8))
        _, _, stats, _ = cv2.connectedComponentsWithStats(other)
        boxes = [(x, y, x + w, y + h) for x, y, w, h, area in stats[1:].tolist() if area > 250]
        if not boxes:
            return Detections.none()
        return Detections(np.array(boxes, np.float64), np.full(len(boxes), 0.9))

    def close(self) -> None:
        """Nothing is open."""


class Tee:
    """Stands between a camera process and the hub's socket, and keeps what both say."""

    def __init__(self, front: Path, back: Path) -> None:
        self.said = bytearray()
        self._back = back
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(str(front))
        self._listening.listen()
        self._calls: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._run, daemon=True)]
        self._threads[0].start()

    def _run(self) -> None:
        while True:
            try:
                one, _ = self._listening.accept()
            except OSError:
                return
            other = socket.socket(socket.AF_UNIX)
            other.connect(str(self._back))
            for a, b in ((one, other), (other, one)):
                self._threads.append(threading.Thread(target=self._pass, args=(a, b), daemon=True))
                self._threads[-1].start()
            self._calls += (one, other)

    def _pass(self, a: socket.socket, b: socket.socket) -> None:
        with suppress(OSError):
            while data := a.recv(65536):
                self.said += data
                b.sendall(data)
            b.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        for one in (self._listening, *self._calls):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(10)
        for one in (self._listening, *self._calls):
            one.close()


@dataclass
class Ran:
    folder: Path
    frames: list[NDArray[np.uint8]]
    vectors: list[NDArray[np.floating]]
    events: int
    sockets: bytes
    needles: Needles


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    folder = tmp_path_factory.mktemp("shop")
    shop_file = corner.files(folder)
    text = shop_file.read_text().replace('policy = "kr"', 'policy = "jp"')
    shop_file.write_text(text + NOTICE)
    shop = load_shop(shop_file)
    vectors: list[NDArray[np.floating]] = []
    with pytest.MonkeyPatch.context() as patched:
        original = clothes.clothes

        def watched(*arguments: Any) -> Any:
            found = original(*arguments)
            vectors.extend(np.asarray(one) for one in found if one is not None)
            return found

        patched.setattr(memory, "clothes", watched)
        looks = AppearanceMemory(600.0, ZoneInfo(shop.shop.timezone))
        drawn = Drawn(open_simulated("sim:eye?pace=full", shop_file=shop_file, fps=None))
        with drawn._source, closing(AgainstTheEmptyShop()) as detector:
            result, _ = analyse_together(
                {"eye": (drawn, detector)}, shop, looks=looks, until_s=SECONDS
            )
    events = sorted(result.events, key=lambda event: (event.time, event.id))
    sockets = delivered_and_asked(folder, shop_file, events)
    every = drawn.seen[:: max(1, len(drawn.seen) // 12)]
    return Ran(folder, drawn.seen, vectors, len(events), sockets, Needles(every, vectors))


def delivered_and_asked(folder: Path, shop_file: Path, events: list[Any]) -> bytes:
    """Everything that was said on sockets while a hub kept ``events`` and told of them."""
    now = events[-1].time + timedelta(minutes=1)
    said = bytearray()
    settings = load_settings(None, data=folder / "data")
    with ExitStack() as stack:
        box = stack.enter_context(open_box(shop_file, settings, now=lambda: now))
        intake = LocalIntake(folder / "hub.sock", box.hub.journal.accept)
        intake.start()
        stack.callback(intake.stop)
        tee = Tee(folder / "tee.sock", folder / "hub.sock")
        stack.callback(tee.close)
        url = stack.enter_context(served(create_app(box.hub)))
        token = manager(box.hub.people, now)
        headers = {"Authorization": f"Bearer {token}"}
        client = stack.enter_context(httpx.Client(base_url=url, headers=headers, timeout=60))
        with client.stream("GET", "/api/v1/live/events") as stream:
            deliver(folder, tee, events)
            lines = stream.iter_lines()
            heard = 0
            while heard < len(events) // 2:
                line = next(lines)
                said += line.encode() + b"\n"
                heard += line.startswith("event:")
        box.hub.journal.compact(now)
        span = {"since": "2026-04-06T00:00:00Z", "until": "2026-04-07T00:00:00Z"}
        paths = ["/api/v1/live", "/api/v1/live/help", "/api/v1/shop", "/notice", "/api/v1/alerts"]
        paths += ["/api/v1/privacy/policy", "/api/v1/privacy/notice"]
        asked = (
            "visitors",
            "dwell",
            "occupancy",
            "heat",
            "paths",
            "routes",
            "funnel",
            "areas",
            "cameras",
        )
        for path in [*paths, *(f"/api/v1/questions/{name}" for name in asked)]:
            answer = client.get(path, params=span if "questions" in path else None)
            assert answer.status_code == 200, (path, answer.text)
            said += answer.content
        for path in ("/api/v1/events", "/api/v1/events/file"):
            answer = client.get(path, params=span | {"limit": 1000} if path[-1] == "s" else span)
            assert answer.status_code == 200, answer.text
            said += answer.content
        back_up(box.hub.journal.folder, folder / "backup", now)
        said += tee.said
    return bytes(said)


def manager(people: Any, now: datetime) -> str:
    account = people.accounts.add("manager", "manager", PASSWORD, CONSOLE, now)
    scopes = sorted(ROLE_RIGHTS["manager"] & TOKEN_RIGHTS)
    _, secret = people.tokens.create(
        account.id, "test", scopes, now + timedelta(days=1), CONSOLE, now
    )
    return str(secret)


def deliver(folder: Path, tee: Tee, events: list[Any]) -> None:
    outbox = Outbox(folder / "outbox" / "eye.sqlite", "eye")
    outbox.add(events)
    with closing(HubCall(folder / "tee.sock", "eye")) as call:
        sender = DirectSender(outbox, call)
        sender.start()
        sender.stop(60.0)
    assert outbox.waiting == 0
    outbox.add(events[:20])  # some are left, as when the hub is away
    outbox.close()
    assert tee.said


def test_there_was_something_to_find(ran: Ran) -> None:
    assert len(ran.frames) >= 100
    assert ran.events >= 20
    assert len(ran.vectors) >= 10
    assert len(ran.needles.bytes) > 10_000
    assert len(ran.sockets) > 20_000
    kinds = {path.suffix for path in ran.folder.rglob("*") if path.is_file()}
    assert {".parquet", ".json", ".db", ".sqlite"} <= kinds


def test_no_picture_and_no_vector_is_in_any_file(ran: Ran) -> None:
    for name, data in blobs(ran.folder):
        assert list(pictures_in(data)) == [], name
        assert not ran.needles.found(data), name
    assert list(scan(ran.folder)) == []


def test_none_went_over_a_socket(ran: Ran) -> None:
    assert list(pictures_in(ran.sockets)) == []
    assert not ran.needles.found(ran.sockets)


def planted(ran: Ran) -> dict[str, bytes]:
    """Everything that must be found, written down in every way."""
    frame = ran.frames[max(1, len(ran.frames) // 12)]  # one of those that needles are of
    rows = np.ascontiguousarray(frame[100:110]).tobytes()
    crop = np.ascontiguousarray(frame[90:150, 81:160]).tobytes()
    vector = max(ran.vectors, key=lambda one: len(set(one.tolist())))
    return {
        "rows of a frame": rows,
        "rows in RGB": np.ascontiguousarray(frame[100:110, :, ::-1]).tobytes(),
        "a crop": crop,
        "rows in base64": b'{"x": "' + base64.b64encode(b"." + rows) + b'"}',
        "rows in hexadecimal": rows.hex().encode(),
        "a vector": b"...." + vector.astype(np.float32).tobytes(),
        "a vector of doubles": vector.astype(np.float64).tobytes(),
        "a vector in base64": base64.b64encode(vector.astype(np.float32).tobytes()),
        "a vector as text": json.dumps([round(float(x), 6) for x in vector]).encode(),
    }


KINDS = ("rows of a frame", "rows in RGB", "a crop", "rows in base64", "rows in hexadecimal",
         "a vector", "a vector of doubles", "a vector in base64", "a vector as text")  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_planted_is_found(ran: Ran, kind: str) -> None:
    assert ran.needles.found(os.urandom(500) + planted(ran)[kind] + os.urandom(500))


def test_what_is_planted_in_a_journal_is_found(ran: Ran, tmp_path: Path) -> None:
    """In a compressed column, where no search of the bytes of the file would see it."""
    for kind, data in planted(ran).items():
        column = pa.array([b"nothing", data], pa.binary())
        path = tmp_path / f"{kind}.parquet"
        pq.write_table(pa.table({"a": column}), path, compression="zstd")
    for kind in KINDS:
        inside = [d for n, d in blobs(tmp_path) if n.startswith(str(tmp_path / kind))]
        assert any(ran.needles.found(data) for data in inside), kind


@pytest.mark.parametrize("form", [".jpg", ".png", ".bmp", ".webp", ".tiff"])
def test_a_planted_picture_is_found(ran: Ran, tmp_path: Path, form: str) -> None:
    import cv2

    done, encoded = cv2.imencode(form, ran.frames[-1])
    assert done
    data = encoded.tobytes()
    ways = {
        "file": data,
        "in the middle": os.urandom(3000) + data + os.urandom(100),
        "base64": b'{"snapshot": "' + base64.b64encode(data) + b'"}',
        "hexadecimal": b"x" + data.hex().encode(),
    }
    for way, content in ways.items():
        if form == ".tiff" and way in ("base64", "hexadecimal"):
            continue  # as text its beginning is too common to tell
        (tmp_path / way).write_bytes(content)
    pq.write_table(
        pa.table({"a": pa.array([data], pa.binary())}), tmp_path / "p", compression="zstd"
    )
    found = {Path(one.file).name for one in scan(tmp_path)}
    assert found == {path.name for path in tmp_path.iterdir()}


def test_a_planted_array_is_found(tmp_path: Path) -> None:
    out = io.BytesIO()
    np.save(out, np.arange(8))
    (tmp_path / "a").write_bytes(out.getvalue())
    assert [one.kind for one in scan(tmp_path)] == ["array"]


def test_chance_looks_like_no_picture(tmp_path: Path) -> None:
    (tmp_path / "noise").write_bytes(np.random.default_rng(1).bytes(8_000_000))
    assert list(scan(tmp_path)) == []
