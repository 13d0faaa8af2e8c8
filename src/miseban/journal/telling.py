"""Who is told of new events: after they are durable, in the order in which they were accepted."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence

from miseban.vocabulary.events import Event

Listener = Callable[[Sequence[Event]], None]


class Telling:
    """``put`` is called while the journal is locked, so in order; ``tell`` is not."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []
        self._untold: deque[Sequence[Event]] = deque()
        self._turn = threading.RLock()
        self._busy = False

    def subscribe(self, listener: Listener) -> None:
        self._listeners.append(listener)

    def put(self, events: Sequence[Event]) -> None:
        if events:
            self._untold.append(events)

    def tell(self) -> None:
        """What a listener appends is told by the one who is telling, after this. An error of a
        listener is the writer's; the next ``tell`` goes on after what it was about."""
        with self._turn:
            if self._busy:
                return
            self._busy = True
            try:
                while self._untold:
                    events = self._untold.popleft()
                    for listener in self._listeners:
                        listener(events)
            finally:
                self._busy = False
