"""The newest events, for those who come back: most of them as text."""

from __future__ import annotations

import time
import zlib
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Final

from miseban.vocabulary.events import EVENTS, Event

PACKED_S: Final = 5.0
"""Nearly all who come back were away for less. So often what is there is packed; when more come
meanwhile than are kept, they go as they came, and nothing is packed for nothing."""
PIECE: Final = 64
"""Events that are packed, and read again, at a time: whoever waits for that waits little."""
_LEVEL: Final = 1  # of zlib: a tenth of the size in a few microseconds an event


class Remembered:
    """Up to ``most`` events in the order in which they came. An event is some thirty pieces of
    memory, one that tells of a trail two hundred: thousands of them that come and go leave holes
    everywhere. As text, packed with its neighbours, each is a part of one piece. For one thread at
    a time; ``clock`` gives seconds."""

    def __init__(self, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._most, self._clock = most, clock
        self._packed: deque[tuple[int, bytes]] = deque()  # how many, and their text
        self._n = 0  # in what is packed
        self._new: deque[Event] = deque(maxlen=most)
        self._came = self._due = 0  # since the last time, and still to be packed of what was there
        self._next_s = clock() + PACKED_S

    def __len__(self) -> int:
        return min(self._most, self._n + len(self._new))

    def add(self, events: Sequence[Event]) -> None:
        """Packs no more of the older ones than so many new ones make necessary."""
        self._new.extend(events)
        self._came += len(events)
        now_s = self._clock()
        if now_s >= self._next_s:
            self._due = len(self._new) if self._came < self._most else 0
            self._came, self._next_s = 0, now_s + PACKED_S
        for _ in range(2 + len(events) // PIECE):
            if self._due > 0:
                self._pack()
        while self._packed and self._n + len(self._new) - self._packed[0][0] >= self._most:
            self._n -= self._packed.popleft()[0]

    def last(self, many: int) -> Iterator[Event]:
        """The newest ``many`` of them, no more than there are, in their order."""
        skipped = max(0, self._n + len(self._new) - many)
        for count, text in self._packed:
            if skipped < count:
                lines = zlib.decompress(text).splitlines()
                yield from map(EVENTS.validate_json, lines[skipped:])
            skipped = max(0, skipped - count)
        yield from islice(self._new, skipped, None)

    def _pack(self) -> None:
        some = [self._new.popleft() for _ in range(min(PIECE, self._due, len(self._new)))]
        self._due = self._due - len(some) if some else 0
        if some:
            lines = b"\n".join(event.model_dump_json().encode() for event in some)
            self._packed.append((len(some), zlib.compress(lines, _LEVEL)))
            self._n += len(some)
