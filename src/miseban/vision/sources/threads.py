"""The one reader thread that each source has."""

from __future__ import annotations

import atexit
import threading
import weakref
from collections.abc import Callable


class ReaderThread:
    """Runs ``work`` until it returns; ``work`` looks at ``stopping`` and waits on it.

    A daemon thread: a source that nobody closed must not keep the program from ending. But at
    the end of the program every source is closed (``close``) and its reader waited for, because a
    thread that comes back from OpenCV into an interpreter already torn down brings it down.
    """

    def __init__(self, name: str, work: Callable[[], None], close: Callable[[], None]) -> None:
        self.close = close
        self.stopping = threading.Event()
        self._thread = threading.Thread(target=work, name=name, daemon=True)

    def start(self) -> None:
        _running.add(self)
        self._thread.start()

    def stop(self, wait_s: float) -> bool:
        """Asks it to stop, waits at most ``wait_s``; whether it has ended."""
        self.stopping.set()
        if self._thread.ident is not None and self._thread is not threading.current_thread():
            self._thread.join(wait_s)
        return not self._thread.is_alive()


_running: weakref.WeakSet[ReaderThread] = weakref.WeakSet()


@atexit.register
def _stop_all() -> None:
    readers = list(_running)
    for reader in readers:
        reader.close()
    for reader in readers:
        reader.stop(wait_s=15.0)
