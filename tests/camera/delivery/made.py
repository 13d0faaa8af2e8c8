"""Events that a test's camera tells, and a hub that keeps them as a hub must."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from miseban.vocabulary.delivery import Ack, Batch
from miseban.vocabulary.events import EVENTS, Event, LineCrossed
from miseban.vocabulary.identifiers import EventIds

START = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


def event(number: int, camera: str = "door") -> Event:
    """The same number gives the same event."""
    time = START + timedelta(seconds=number)
    ids = EventIds(random.Random(f"{camera} {number}"))
    return LineCrossed(
        id=ids.at(time.timestamp()),
        time=time,
        shop="s",
        camera=camera,
        line="entrance",
        direction="in",
        visit=f"{number:016x}",
    )


def events(first: int, last: int, camera: str = "door") -> list[Event]:
    return [event(number, camera) for number in range(first, last + 1)]


class Keeping:
    """A hub in memory: keeps each stream's events in order, once. ``holds`` is how many more it can
    take before it is full."""

    def __init__(self, holds: int = 10**9) -> None:
        self.kept: dict[str, list[Event]] = {}
        self.upto: dict[str, int] = {}
        self.gone = 0
        self.holds = holds

    def accept(self, batches: Sequence[Batch]) -> list[Ack]:
        return [self._one(batch) for batch in batches]

    def _one(self, batch: Batch) -> Ack:
        head = batch.head
        upto = self.upto.get(head.stream, 0)
        if head.oldest > upto + 1:
            self.gone += head.oldest - 1 - upto
            upto = head.oldest - 1
        full = False
        if head.first <= upto + 1:
            for number, line in enumerate(batch.lines, head.first):
                if number <= upto:
                    continue
                if not self.holds:
                    full = True
                    break
                self.holds -= 1
                self.kept.setdefault(head.stream, []).append(EVENTS.validate_json(line))
                upto = number
        self.upto[head.stream] = upto
        return Ack(stream=head.stream, upto=upto, state="full" if full else "ok")

    @property
    def all(self) -> list[Event]:
        return [one for kept in self.kept.values() for one in kept]
