"""A registry of two small models, and a server that has their files."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from miseban.vision.models.registry import Model, ModelFile, ModelInput

BODY = bytes(range(256)) * 2000
"""512,000 bytes: several chunks."""


@dataclass
class Server:
    """A real HTTP server on loopback. ``behaviour`` is what it does with the next requests."""

    address: str = ""
    body: bytes = BODY
    ranges: bool = True
    cut_after: int | None = None
    status: int = 200
    asked: list[str] = field(default_factory=list)
    """The Range header of each request, empty where there was none."""


@pytest.fixture
def server() -> Iterator[Server]:
    state = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            wanted = self.headers.get("Range", "")
            state.asked.append(wanted)
            if state.status != 200:
                self.send_error(state.status)
                return
            start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted else 0
            if start and state.ranges:
                if start >= len(state.body):
                    self.send_error(416)
                    return
                self.send_response(206)
                last = len(state.body) - 1
                self.send_header("Content-Range", f"bytes {start}-{last}/{last + 1}")
            else:
                start = 0
                self.send_response(200)
            rest = state.body[start:]
            self.send_header("Content-Length", str(len(rest)))
            self.end_headers()
            self.wfile.write(rest[: state.cut_after])
            self.close_connection = True

        def log_message(self, *_: object) -> None:
            return

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.address = f"http://127.0.0.1:{http.server_port}/model.onnx"
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield state
    http.shutdown()
    thread.join()
    http.server_close()


def one_file(address: str = "", body: bytes = BODY, name: str = "model.onnx") -> Model:
    """A registered model whose file holds ``body``."""
    file = ModelFile(
        name=name, size=len(body), sha256=hashlib.sha256(body).hexdigest(), address=address
    )
    return Model(
        name="small",
        task="person-detection",
        rank=1,
        licence="MIT",
        source="made by this test",
        runtime="onnxruntime",
        decoding="yolox-one-class",
        input=ModelInput(size=(64, 64), resize="letterbox"),
        files=(file,),
    )


def ir(tmp_path: Path) -> Model:
    """A registered model of two files, which lie in ``tmp_path`` under names of their own."""
    bodies = {"net.xml": b"<net/>", "net.bin": b"weights"}
    (tmp_path / "other.xml").write_bytes(bodies["net.xml"])
    (tmp_path / "other.bin").write_bytes(bodies["net.bin"])
    files = tuple(
        ModelFile(name=name, size=len(body), sha384=hashlib.sha384(body).hexdigest())
        for name, body in bodies.items()
    )
    return Model(
        name="pair",
        task="face-detection",
        licence="MIT",
        source="made by this test",
        runtime="openvino",
        files=files,
    )
