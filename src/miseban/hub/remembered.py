"""The newest events, for those who come back: most of them as text."""

from __future__ import annotations

import time
import zlib
from collections import deque
from collections.abc import Callable, Iterator
from typing import Final

from miseban.vocabulary.events import EVENTS, Event

PACKED_S: Final = 5.0
"""Nearly all who come back were away for less. So often what is there is packed; when more come
meanwhile than are kept, they go as they came, and nothing is packed for nothing."""
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
        self._next_s = clock() + PACKED_S

    def __len__(self) -> int:
        return min(self._most, self._n + len(self._new))

    def append(self, event: Event) -> None:
        if self._clock() >= self._next_s:
            self._pack()
        self._new.append(event)
        while self._packed and self._n + len(self._new) - self._packed[0][0] >= self._most:
            self._n -= self._packed.popleft()[0]

    def last(self, many: int) -> Iterator[Event]:
        """The newest ``many`` of them, no more than there are, in their order."""
        skipped = self._n + len(self._new) - many
        for count, text in self._packed:
            if skipped >= count:
                skipped -= count
                continue
            lines = zlib.decompress(text).splitlines()
            yield from map(EVENTS.validate_json, lines[max(skipped, 0) :])
            skipped = 0
        for at, event in enumerate(self._new):
            if at >= skipped:
                yield event

    def _pack(self) -> None:
        self._next_s = self._clock() + PACKED_S
        if 0 < len(self._new) < self._most:
            lines = b"\n".join(event.model_dump_json().encode() for event in self._new)
            self._packed.append((len(self._new), zlib.compress(lines, _LEVEL)))
            self._n += len(self._new)
            self._new.clear()
