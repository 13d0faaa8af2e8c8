"""The latest frame of each of several live cameras, whoever of them is slow or away."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Protocol, runtime_checkable

from miseban.vision.pixels import Frame
from miseban.vision.sources.source import Source

ASK_S = 0.02
"""Between two questions to a simulated camera."""


@runtime_checkable
class Asked(Protocol):
    """A source that is asked in the caller's thread, as a simulated camera. Known by this and not
    by its class: a camera process would load the whole simulator otherwise, half of its start."""

    def poll(self) -> Frame | None:
        """The frame that is due and was not given yet, if there is one."""


class Feeds:
    """Reads every source in a thread of its own. A frame that nobody took in time gives way to the
    next one of its camera; so each camera has at most one that waits. Simulated cameras are asked
    in the caller's thread: only the one in which the renderer was made can draw.

    ``broken`` names cameras that ended, and why: a live camera never should.
    """

    def __init__(self, sources: Mapping[str, Source]) -> None:
        self._sources = dict(sources)
        self._asked = {n: s for n, s in sources.items() if isinstance(s, Asked)}
        self._waiting: dict[str, Frame] = {}
        self._changed = threading.Condition()
        self._stopping = False
        self.broken: dict[str, str] = {}
        self._threads = [
            threading.Thread(target=self._read, args=(name,), name=f"feed {name}", daemon=True)
            for name in self._sources
            if name not in self._asked
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def take(self, wait_s: float) -> dict[str, Frame]:
        """The frames that came since the last call; waits for one, at most ``wait_s``."""
        found = {n: frame for n, s in self._asked.items() if (frame := s.poll()) is not None}
        if self._asked:
            wait_s = 0.0 if found else min(wait_s, ASK_S)
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self.broken, wait_s)
            waiting, self._waiting = self._waiting, {}
        return found | waiting

    def stop(self) -> None:
        """Closes the sources; what waited is dropped."""
        with self._changed:
            self._stopping = True
        for source in self._sources.values():
            source.close()
        for thread in self._threads:
            thread.join(2.0)
        with self._changed:
            self._waiting.clear()

    def _read(self, name: str) -> None:
        source = self._sources[name]
        why = "its stream ended"
        try:
            for frame in source.frames():
                with self._changed:
                    if self._stopping:
                        return
                    self._waiting[name] = frame
                    self._changed.notify()
                del frame  # not held while the next is waited for
            why = source.incomplete or why
        except Exception as error:  # noqa: BLE001 - told to the loop, which ends the process
            why = f"{type(error).__name__}: {error}"
        with self._changed:
            if not self._stopping:
                self.broken[name] = why
                self._changed.notify()
