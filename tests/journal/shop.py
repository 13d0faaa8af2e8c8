"""Events of a little shop, an outbox that sends them, and what a journal holds."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from miseban.journal.disk import RealDisk
from miseban.journal.manifest import read_manifest
from miseban.journal.replay import Found, replay
from miseban.journal.segments import events_of, read_segment
from miseban.vocabulary.delivery import Ack, Batch, BatchHead
from miseban.vocabulary.events import (
    AlertStep,
    CameraHealth,
    Event,
    HelpEnded,
    LineCrossed,
    ReceiptLine,
    TillReceipt,
    VisitEnded,
    ZoneLeft,
)
from miseban.vocabulary.identifiers import EventIds

SHOP = "corner"
NOON = datetime(2026, 4, 7, 12, tzinfo=UTC)


class Maker:
    """Makes events of all kinds, one a minute."""

    def __init__(self, seed: int = 1) -> None:
        self._rng = random.Random(seed)
        self._ids = EventIds(self._rng)

    def one(self, time: datetime, kind: str | None = None) -> Event:
        rng = self._rng
        head: dict[str, Any] = {"id": self._ids.at(time.timestamp()), "time": time, "shop": SHOP}
        visit = f"{rng.getrandbits(64):016x}"
        kind = kind or rng.choice(["line", "line", "left", "visit", "health", "receipt", "help"])
        if kind == "line":
            way: Literal["in", "out"] = rng.choice(["in", "out"])
            return LineCrossed(**head, camera="door", line="entrance", direction=way, visit=visit)
        if kind == "left":
            dwell_s = round(rng.uniform(1, 100), 3)
            return ZoneLeft(**head, zone="milk", visit=visit, dwell_s=dwell_s, stitched=1)
        if kind == "visit":
            t = tuple(float(i) for i in range(rng.randint(0, 9)))
            x = tuple(round(rng.uniform(-50, 50), 2) for _ in t)
            return VisitEnded(
                **head, visit=visit, started=time - timedelta(seconds=9), t=t, x=x, y=x,
                unit="m", areas=("milk",) * rng.randint(0, 2), stitched=1,
            )  # fmt: skip
        if kind == "health":
            return CameraHealth(**head, camera="door", state="ok", fps=5.0)
        if kind == "receipt":
            line = ReceiptLine(gtin="4901", quantity=2, price=rng.randint(1, 500))
            total = line.quantity * line.price
            lines = (line,)
            return TillReceipt(
                **head, till="till-1", receipt="7", currency="JPY", lines=lines, total=total
            )
        return HelpEnded(**head, help=visit)

    def some(self, n: int, start: datetime = NOON, kind: str | None = None) -> list[Event]:
        return [self.one(start + timedelta(minutes=i), kind) for i in range(n)]

    def alert(self, time: datetime = NOON) -> Event:
        return AlertStep(
            id=self._ids.at(time.timestamp()), time=time, shop=SHOP, alert="a", step="raised",
            rule="queue-long", about="queue",
        )  # fmt: skip


class Outbox:
    """A camera's: numbered from 1, forgets what was acknowledged."""

    def __init__(self, source: str = "door", stream: str = "0" * 16) -> None:
        self.source, self.stream = source, stream
        self.events: dict[int, Event] = {}
        self.next = 1

    def put(self, events: Iterable[Event]) -> None:
        for event in events:
            self.events[self.next] = event
            self.next += 1

    def batch(self, most: int = 1000, first: int | None = None) -> Batch:
        """From the oldest that is left on."""
        oldest = min(self.events, default=self.next)
        first = first or oldest
        numbers = [n for n in sorted(self.events) if n >= first][:most]
        lines = tuple(line(self.events[n]) for n in numbers)
        return Batch(
            BatchHead(
                source=self.source,
                stream=self.stream,
                first=first,
                events=len(lines),
                oldest=oldest,
            ),
            lines,
        )

    def heard(self, ack: Ack) -> None:
        self.events = {n: event for n, event in self.events.items() if n > ack.upto}


def line(event: Event) -> bytes:
    return event.model_dump_json(exclude_none=True).encode()


def batch(events: Sequence[Event], first: int = 1, oldest: int = 1, **head: Any) -> Batch:
    lines = tuple(line(event) for event in events)
    told = {"source": "door", "stream": "0" * 16, **head}
    return Batch(BatchHead(first=first, events=len(lines), oldest=oldest, **told), lines)


def stored(folder: Path) -> list[Event]:
    """All that a journal holds, as another process would find it: segments, then the log."""
    manifest = read_manifest(folder)
    events: list[Event] = []
    for segment in manifest.segments:
        found = events_of(read_segment(folder / segment.path))
        assert len(found) == segment.events
        assert {event.time.astimezone(UTC).date() for event in found} == {segment.day}
        events += found
    for part in replay(RealDisk(), folder, manifest.shop, manifest.first_log, Found()):
        assert part.head.events == len(part.events)
        events += part.events
    return events


def in_segments(folder: Path) -> list[Event]:
    """All that a plain reader finds below ``events/``."""
    found = []
    for path in sorted((folder / "events").rglob("*.parquet")):
        found += events_of(read_segment(path))
    return found
