"""The hub's API on a port of its own, as browsers and programs see it."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI

from miseban.hub.api.watching import end_streams


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """Its address, while it is served on loopback."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        config = uvicorn.Config(app, log_level="warning", lifespan="off", ws="none")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [taken]}, daemon=True)
        thread.start()
        until_s = time.monotonic() + 20
        while not server.started:
            if time.monotonic() > until_s or not thread.is_alive():
                raise RuntimeError("the server did not start")
            time.sleep(0.02)
        try:
            yield f"http://127.0.0.1:{taken.getsockname()[1]}"
        finally:
            server.should_exit = True
            end_streams(app)
            thread.join(20)
            assert not thread.is_alive()
