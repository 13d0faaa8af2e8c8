"""Intake from this machine: camera processes call by a Unix socket, where there is no broker.

See ``camera/delivery/calling.py`` for what is said. Only the hub's own user may call.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from pathlib import Path
from typing import Final

from miseban.camera.delivery.calling import Hung, read_parts, write_parts
from miseban.camera.delivery.direct import Accept
from miseban.camera.process.logs import log
from miseban.hub.intake.desk import Desk, TakesFloor, to_nobody
from miseban.hub.intake.lessons import Lessons
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.floor_now import is_floor
from miseban.vocabulary.identifiers import is_name
from miseban.vocabulary.lessons import LISTENING

_LOG = log("intake")
LISTEN_S: Final = 4.0
"""Who asks for lessons is answered after so long, whether there are any or not."""


class LocalIntake:
    """Answers calls at the socket ``path`` until ``stop``, a thread for each camera process.
    ``floor`` is handed who is on the floor, with the source that says so; ``lessons`` has what
    staff say to the cameras."""

    def __init__(
        self,
        path: Path,
        accept: Accept,
        floor: TakesFloor = to_nobody,
        lessons: Lessons | None = None,
    ) -> None:
        self._path, self._accept, self._floor = path, accept, floor
        self._lessons = lessons or Lessons()
        self._listening = socket.socket(socket.AF_UNIX)
        self._calls: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._stopping = False
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Raises ``BadInput`` (``socket``) where the path cannot be had."""
        try:
            self._path.unlink(missing_ok=True)
            self._listening.bind(str(self._path))
            self._path.chmod(0o600)
            self._listening.listen(64)
        except OSError as error:
            what = f"cannot be listened at: {error.strerror or error}"
            raise BadInput("socket", self._path, what) from None
        self._begin(self._run)

    def stop(self) -> None:
        self._stopping = True
        self._lessons.close()
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        with self._lock:
            for call in self._calls:
                with contextlib.suppress(OSError):
                    call.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(10)
        self._path.unlink(missing_ok=True)

    def _begin(self, what: object, *arguments: object) -> None:
        thread = threading.Thread(target=what, args=arguments, daemon=True)  # type: ignore[arg-type]
        self._threads = [one for one in self._threads if one.is_alive()] + [thread]
        thread.start()

    def _run(self) -> None:
        while not self._stopping:
            try:
                call, _ = self._listening.accept()
            except OSError:
                return
            with self._lock:
                self._calls.add(call)
            self._begin(self._answer, call)

    def _answer(self, call: socket.socket) -> None:
        desk = Desk(self._accept)
        try:
            while not self._stopping:
                said, *payloads = read_parts(call)
                source = said.decode("ascii")
                if payloads == [LISTENING] and is_name(source):
                    write_parts(call, self._lessons.wait(source, LISTEN_S))
                    continue
                batches = []
                for payload in payloads:
                    if is_floor(payload) and is_name(source):
                        self._floor(source, payload)
                    else:
                        batches.append((source, payload))
                answers = desk.take(batches)
                write_parts(call, [ack.encode() for _, ack in answers])
        except (Hung, OSError, ValueError):
            return
        finally:
            with self._lock:
                self._calls.discard(call)
            call.close()
