"""One child process: started, listened to, measured and ended."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from miseban.camera.process.memory import resident_bytes

ANEW: Final = 3
"""Exit status of a process that only wants to begin a new session."""
_LONGEST_LINE = 65_536


@dataclass(frozen=True, slots=True)
class Command:
    """``arguments`` of the process, and the line that it is told on standard input."""

    arguments: Sequence[str]
    told: bytes = b""


class ChildProcess:
    """Runs ``command``. Its standard input stays open for as long as we live, so that it can tell
    when we are gone; a line on its standard output is a sign of life: ``beat`` is the last one, at
    ``beat_at`` by ``clock`` (when it was started, before the first).

    Raises ``OSError`` when it cannot be started.
    """

    def __init__(self, command: Command, clock: Callable[[], float]) -> None:
        self._clock = clock
        self.beat = b""
        self.beat_at = clock()
        self._heard = b""
        self._room = bytearray(_LONGEST_LINE)  # one for all it says: a piece each leaves holes
        self._process = subprocess.Popen(  # noqa: S603 - our own program and settings
            list(command.arguments), stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert self._process.stdin is not None  # noqa: S101 - it is a pipe
        assert self._process.stdout is not None  # noqa: S101 - it is a pipe
        os.set_blocking(self._process.stdout.fileno(), False)
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.write(command.told + b"\n")
            self._process.stdin.flush()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def status(self) -> int | None:
        """The exit status, negative for a signal; None while it runs."""
        return self._process.poll()

    @property
    def running(self) -> bool:
        return self.status is None

    def listen(self) -> None:
        """Reads what it has said."""
        assert self._process.stdout is not None  # noqa: S101 - it is a pipe
        with contextlib.suppress(BlockingIOError, ValueError):
            while many := os.readv(self._process.stdout.fileno(), [self._room]):
                *lines, self._heard = (self._heard + self._room[:many]).split(b"\n")
                self._heard = self._heard[-_LONGEST_LINE:]
                if lines:
                    self.beat, self.beat_at = lines[-1], self._clock()

    def rss_bytes(self) -> int:
        """The memory that it really takes; 0 where the system does not tell."""
        return resident_bytes(self.pid)

    def ask_to_end(self) -> None:
        if self.running:
            self._process.terminate()

    def end(self, wait_s: float) -> None:
        """Asks, waits, and kills if need be."""
        self.ask_to_end()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(wait_s)
        self.kill()

    def kill(self) -> None:
        """At once; returns when it is gone."""
        if self.running:
            self._process.kill()
            self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()
