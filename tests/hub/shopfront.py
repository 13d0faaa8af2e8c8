"""A small shop for tests of the hub, events in it, and a journal that is a list."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from miseban.vocabulary.events import (
    CameraHealth,
    Event,
    HelpEnded,
    HelpNeeded,
    LineCrossed,
    QueueState,
    ShelfState,
    TillReceipt,
    VisitEnded,
    VisitLabelled,
    ZoneEntered,
    ZoneLeft,
    ZoneOccupancy,
)
from miseban.vocabulary.identifiers import EventIds
from miseban.vocabulary.shop import Shop, parse_shop

START = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
"""Ten in the morning in Tokyo."""

SHOP_TEXT = """
[shop]
id = "kado"
timezone = "Asia/Tokyo"
policy = "jp"
empty = ["02:00-04:00"]
floor = { width_m = 10.0, depth_m = 8.0 }

[[camera]]
id = "door"
source = "door.mp4"
resolution = [640, 480]

[[camera]]
id = "tills"
source = "tills.mp4"
resolution = [640, 480]

[[line]]
id = "entrance"
camera = "door"
points = [[320, 480], [320, 0]]

[[zone]]
id = "fruit"
name = "Fruit table"
kind = "area"
camera = "door"
polygon = [[10, 10], [100, 10], [100, 100]]

[[zone]]
id = "queue-1"
name = "Till 1"
kind = "queue"
camera = "tills"
polygon = [[10, 10], [100, 10], [100, 100]]

[[zone]]
id = "queue-2"
kind = "queue"
camera = "tills"
polygon = [[210, 10], [300, 10], [300, 100]]

[[zone]]
id = "counter-1"
kind = "counter"
camera = "tills"
polygon = [[10, 110], [100, 110], [100, 200]]

[[zone]]
id = "counter-2"
kind = "counter"
camera = "tills"
polygon = [[210, 110], [300, 110], [300, 200]]

[[shelf]]
id = "lunch"
camera = "tills"
[[shelf.facing]]
id = "egg"
name = "Egg sandwich"
gtin = "2000000000015"
polygon = [[388, 28], [480, 28], [480, 62]]
capacity = 8
[[shelf.facing]]
id = "ham"
gtin = "2000000000022"
polygon = [[388, 128], [480, 128], [480, 162]]
capacity = 8

[[till]]
id = "till-1"
queue = "queue-1"
service = "counter-1"

[[till]]
id = "till-2"
queue = "queue-2"
service = "counter-2"
"""
SHOP: Shop = parse_shop(SHOP_TEXT, "kado.toml")


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


class Making:
    """Makes events at seconds after ``start``, with ids that are the same in every run."""

    def __init__(self, seed: int = 0) -> None:
        self.ids = EventIds(random.Random(seed))
        self.start = START

    def ids_next(self) -> str:
        return self.ids.at(0)

    def _stamp(self, seconds: float, camera: str | None) -> dict[str, Any]:
        time = self.start + timedelta(seconds=seconds)
        event_id = self.ids.at(time.timestamp())
        return {"id": event_id, "time": time, "shop": "kado", "camera": camera}

    def crossed(self, seconds: float, direction: Any, visit: str) -> LineCrossed:
        stamp = self._stamp(seconds, "door")
        return LineCrossed(**stamp, line="entrance", direction=direction, visit=visit)

    def entered(self, seconds: float, zone: str, visit: str, camera: str = "tills") -> ZoneEntered:
        return ZoneEntered(**self._stamp(seconds, camera), zone=zone, visit=visit)

    def left(self, seconds: float, zone: str, visit: str, camera: str = "tills") -> ZoneLeft:
        stamp = self._stamp(seconds, camera)
        return ZoneLeft(**stamp, zone=zone, visit=visit, dwell_s=1.0, stitched=1)

    def occupancy(self, seconds: float, zone: str, people: int) -> ZoneOccupancy:
        return ZoneOccupancy(
            **self._stamp(seconds, "tills"), zone=zone, people=people, people_max=people,
            person_s=0.0, period_s=60.0, coverage=1.0,
        )  # fmt: skip

    def queue(
        self, seconds: float, length: int, waiting_s: float = 0.0, zone: str = "queue-1"
    ) -> QueueState:
        stamp = self._stamp(seconds, "tills")
        return QueueState(**stamp, zone=zone, length=length, waiting_s=waiting_s)

    def ended(self, seconds: float, visit: str, role: Any = None) -> VisitEnded:
        return VisitEnded(
            **self._stamp(seconds, "tills"), visit=visit, started=at(seconds - 1), t=(), x=(),
            y=(), unit="px", areas=(), stitched=1, role=role,
        )  # fmt: skip

    def labelled(self, seconds: float, visit: str, role: Any) -> VisitLabelled:
        return VisitLabelled(**self._stamp(seconds, None), visit=visit, role=role)

    def shelf(self, seconds: float, state: Any, facing: str = "egg") -> ShelfState:
        fill = {"full": 0.9, "low": 0.2}.get(state, 0.0)
        return ShelfState(
            **self._stamp(seconds, "tills"), shelf="lunch", facing=facing, fill=fill, state=state,
            confidence=0.9,
        )  # fmt: skip

    def health(
        self, seconds: float, state: Any = "ok", phase: Any = None, gap_s: float = 0.0,
        camera: str = "tills",
    ) -> CameraHealth:  # fmt: skip
        stamp = self._stamp(seconds, camera)
        since = at(seconds) if phase else None
        return CameraHealth(**stamp, state=state, fps=5.0, phase=phase, since=since, gap_s=gap_s)

    def help(
        self, seconds: float, call: str, kind: Any = "fall", zone: str | None = "fruit"
    ) -> HelpNeeded:
        return HelpNeeded(
            **self._stamp(seconds, "door"), help=call, kind=kind, place=(1.0, 2.0), unit="m",
            zone=zone, confidence=0.8,
        )  # fmt: skip

    def helped(self, seconds: float, call: str) -> HelpEnded:
        return HelpEnded(**self._stamp(seconds, "door"), help=call)

    def receipt(self, seconds: float, till: str, number: str) -> TillReceipt:
        stamp = self._stamp(seconds, None)
        return TillReceipt(**stamp, till=till, receipt=number, currency="JPY", lines=(), total=0)


class ListJournal:
    """A journal that is a list: every event once, and listeners that hear of what is new."""

    def __init__(self, events: Iterable[Event] = ()) -> None:
        self.kept: dict[str, Event] = {}
        self.listeners: list[Any] = []
        self.append(list(events))

    def append(self, events: Sequence[Event]) -> int:
        new = [event for event in events if event.id not in self.kept]
        self.kept |= {event.id: event for event in new}
        for listener in self.listeners:
            listener(new)
        return len(new)

    def events(
        self, types: Sequence[str] | None = None, since: datetime | None = None
    ) -> list[Event]:
        return [
            event
            for event in sorted(self.kept.values(), key=lambda one: one.time)
            if (types is None or event.type in types) and (since is None or event.time >= since)
        ]
