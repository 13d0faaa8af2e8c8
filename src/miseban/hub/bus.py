"""What the journal has kept, for whoever waits for it: pages, webhooks, other programs.

``publish`` is called in the journal's thread and never waits; every subscriber reads in its own
asyncio loop. Each has a queue of its own, with a bound. Who does not keep up loses what waits for
it, is told so once by a ``Missed``, and must ask for a snapshot; nobody else notices.

Events are numbered as they come. A place in the stream is written ``EPOCH-NUMBER``, where the epoch
is another one after each start: who comes back with the place it has seen last (``Last-Event-ID``)
goes on after it where the bus still remembers, and else begins with a ``Missed``.
"""

from __future__ import annotations

import asyncio
import re
import secrets
import threading
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from miseban.hub.remembered import Remembered
from miseban.vocabulary.events import AssistEvent, Event, PlainEvent

REMEMBERED: Final = 4096
"""Events for those who come back; a second of busy cameras is a tenth of that."""
QUEUED: Final = 1024
"""Events that wait for one subscriber before it has missed some."""
_PLACE = re.compile(r"([0-9a-f]{8})-(0|[1-9][0-9]{0,17})")

E = TypeVar("E")


@dataclass(frozen=True, slots=True)
class Told(Generic[E]):
    """An event and its place in the stream."""

    place: str
    event: E


@dataclass(frozen=True, slots=True)
class Missed:
    """Something was lost before ``place``: a snapshot that is asked for now has it."""

    place: str


class Subscription(Generic[E]):
    """One reader of the bus, in one asyncio loop. Iterate over it; ``close`` when done, or use it
    as a context manager."""

    def __init__(
        self, bus: Bus, loop: asyncio.AbstractEventLoop, keeps: Callable[[Event], bool], most: int
    ) -> None:
        self._bus, self.loop, self._keeps, self._most = bus, loop, keeps, most
        self._waiting: deque[tuple[int, Event]] = deque()
        self._missed: int | None = None
        self._ready = asyncio.Event()
        self._closed = False

    def __enter__(self) -> Subscription[E]:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends it: whoever waits for the next event gets no more."""
        self._closed = True
        self._bus._forget(self)
        if not self.loop.is_closed():
            self.loop.call_soon_threadsafe(self._ready.set)

    async def __aiter__(self) -> AsyncIterator[Told[E] | Missed]:
        while (found := await self.next()) is not None:
            yield found

    async def next(self) -> Told[E] | Missed | None:
        """The next event; None once it is closed."""
        while True:
            if self._closed:
                return None
            self._ready.clear()
            found = self._bus._next(self)
            if found is not None:
                return found
            await self._ready.wait()

    async def some(self, most: int = 500) -> list[Told[E] | Missed]:
        """What waits, once something does; empty once it is closed."""
        first = await self.next()
        found = [] if first is None else [first]
        while found and len(found) < most and (more := self._bus._next(self)) is not None:
            found.append(more)
        return found

    # Called under the bus's lock.

    def _take(self, number: int, event: Event) -> bool:
        if not self._keeps(event):
            return False
        if len(self._waiting) >= self._most:
            self._missed = self._waiting[-1][0]
            self._waiting.clear()
        if self._missed is not None:
            self._missed = number
        else:
            self._waiting.append((number, event))
        return True

    def _pop(self, place: Callable[[int], str]) -> Told[E] | Missed | None:
        if self._missed is not None:
            number, self._missed = self._missed, None
            return Missed(place(number))
        if not self._waiting:
            return None
        number, event = self._waiting.popleft()
        return Told(place(number), event)  # type: ignore[arg-type]  # _keeps let it through


class Bus:
    """Hands kept events to subscribers. All methods may be called from any thread."""

    def __init__(self, remembered: int = REMEMBERED) -> None:
        self._lock = threading.Lock()
        self._epoch = secrets.token_hex(4)
        self._number = 0
        self._past = Remembered(remembered)
        self._readers: list[Subscription[Any]] = []

    @property
    def place(self) -> str:
        """Of the newest event: a snapshot taken after asking for it misses nothing up to here."""
        with self._lock:
            return self._written(self._number)

    def publish(self, events: Sequence[Event]) -> None:
        """Hands ``events`` on, in their order, and waits for nobody."""
        wake = set()
        with self._lock:
            self._past.add(events)
            for event in events:
                self._number += 1
                for reader in self._readers:
                    if reader._take(self._number, event):
                        wake.add(reader)
        for reader in wake:
            try:
                reader.loop.call_soon_threadsafe(reader._ready.set)
            except RuntimeError:  # its loop has ended, and it cannot read any more
                self._forget(reader)

    def subscribe(
        self,
        wanted: Callable[[PlainEvent], bool] = lambda _: True,
        *,
        after: str | None = None,
        most: int = QUEUED,
    ) -> Subscription[PlainEvent]:
        """Everything that ``wanted`` lets through, and never a call for help. ``after`` is the
        place that was seen last. Must be called in the loop that will read."""

        def keeps(event: Event) -> bool:
            return not isinstance(event, AssistEvent) and wanted(event)

        reader: Subscription[PlainEvent] = Subscription(
            self, asyncio.get_running_loop(), keeps, most
        )
        self._join(reader, after)
        return reader

    def subscribe_with_help(
        self,
        wanted: Callable[[Event], bool] = lambda _: True,
        *,
        after: str | None = None,
        most: int = QUEUED,
    ) -> Subscription[Event]:
        """The same with calls for help: for alerts and for pages of staff, and for nothing else."""
        reader: Subscription[Event] = Subscription(self, asyncio.get_running_loop(), wanted, most)
        self._join(reader, after)
        return reader

    def _join(self, reader: Subscription[Any], after: str | None) -> None:
        with self._lock:
            if after is not None:
                seen = self._number_of(after)
                oldest = self._number + 1 - len(self._past)
                if seen is None or seen > self._number or seen + 1 < oldest:
                    reader._missed = self._number
                else:
                    for number, event in enumerate(self._past.last(self._number - seen), seen + 1):
                        reader._take(number, event)
                        if reader._missed is not None:  # it has to begin anew, whatever follows
                            reader._missed = self._number
                            break
            self._readers.append(reader)

    def _forget(self, reader: Subscription[Any]) -> None:
        with self._lock:
            self._readers = [one for one in self._readers if one is not reader]

    def _next(self, reader: Subscription[E]) -> Told[E] | Missed | None:
        with self._lock:
            return reader._pop(self._written)

    def _written(self, number: int) -> str:
        return f"{self._epoch}-{number}"

    def _number_of(self, place: str) -> int | None:
        """None for a place of another start, or for what is no place."""
        found = _PLACE.fullmatch(place)
        return int(found[2]) if found and found[1] == self._epoch else None
