"""The way of the floor of this moment to a hub on the same machine: beside the events, in a call of
its own, so that neither ever waits for the other."""

from __future__ import annotations

import socket
import threading
from pathlib import Path
from typing import Final

from miseban.camera.delivery.calling import Hung, read_parts, write_parts

AGAIN_S: Final = 2.0
"""Before a hub that could not be reached is called again."""
PATIENCE_S: Final = 2.0
"""For the hub to answer."""


class LocalFloor:
    """Tells the hub at the socket ``path`` the newest floor that ``show`` was given. What cannot be
    told at once is forgotten: nothing is kept, and nothing is logged.

    A hub that knows of no floors takes it for a batch that it cannot read, refuses it, and says so
    once in its log; it answers nothing in either case.
    """

    def __init__(self, path: Path, source: str) -> None:
        self._path, self._source = path, source
        self._floor: bytes | None = None
        self._woken = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="miseban-floor", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def show(self, floor: bytes) -> None:
        """Never waits. May be called from any thread."""
        self._floor = floor
        self._woken.set()

    def stop(self) -> None:
        self._stopping.set()
        self._woken.set()
        if self._thread.is_alive():
            self._thread.join(PATIENCE_S + 1.0)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                with socket.socket(socket.AF_UNIX) as call:
                    call.settimeout(PATIENCE_S)
                    call.connect(str(self._path))
                    self._talk(call)
            except (OSError, Hung):
                self._stopping.wait(AGAIN_S)

    def _talk(self, call: socket.socket) -> None:
        self._floor = None  # it was seen before there was anybody to tell
        while not self._stopping.is_set():
            self._woken.wait()
            self._woken.clear()
            floor, self._floor = self._floor, None
            if floor is not None:
                write_parts(call, [self._source.encode(), floor])
                read_parts(call)
