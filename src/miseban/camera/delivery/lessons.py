"""The way of what staff say to a camera process on the hub's own machine: it asks, and is answered
when somebody has said something, or after a while."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from miseban.camera.delivery.calling import TIMEOUT_S, Hung, read_parts, write_parts
from miseban.vocabulary.lessons import LISTENING

AGAIN_S: Final = 2.0
"""Before a hub that cannot be reached, or knows of no lessons, is asked again."""
AT_ONCE_S: Final = 0.5
"""A hub that answers nothing sooner than this has not waited: it knows of no lessons."""


class LocalLessons:
    """Asks the hub at the socket ``path`` from a thread, and hands ``take`` each message for
    ``source``. Nothing is logged: a hub that is gone is told of by the delivery of events."""

    def __init__(self, path: Path, source: str, take: Callable[[bytes], None]) -> None:
        self._path, self._source, self._take = path, source, take
        self._call: socket.socket | None = None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="miseban-lessons", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        call = self._call
        if call is not None:
            with contextlib.suppress(OSError):  # it is closed already
                call.shutdown(socket.SHUT_RDWR)
        if self._thread.is_alive():
            self._thread.join(TIMEOUT_S + 1.0)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                with socket.socket(socket.AF_UNIX) as call:
                    call.settimeout(TIMEOUT_S)
                    self._call = call
                    call.connect(str(self._path))
                    self._listen(call)
            except (OSError, Hung):
                pass
            finally:
                self._call = None
            self._stopping.wait(AGAIN_S)

    def _listen(self, call: socket.socket) -> None:
        while not self._stopping.is_set():
            asked_s = time.monotonic()
            write_parts(call, [self._source.encode(), LISTENING])
            told = read_parts(call)
            for payload in told:
                self._take(payload)
            if not told and time.monotonic() - asked_s < AT_ONCE_S:
                return
