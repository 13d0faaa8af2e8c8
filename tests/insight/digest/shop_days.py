"""Days of a small shop, made by hand, in a journal: so many came, stood at the milk, and waited."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from miseban.insight import questions
from miseban.insight.digest import Kind, Report, Span, make_report
from miseban.vocabulary.events import (
    CameraHealth,
    Event,
    LineCrossed,
    ShelfState,
    TillReceipt,
    ZoneEntered,
    ZoneLeft,
)
from miseban.vocabulary.identifiers import EventIds
from tests.insight.questions.shops import Place, kept, small

TUESDAY = date(2026, 3, 24)
ZONE = ZoneInfo("Asia/Tokyo")
OPENS_H, CLOSES_H = 8, 20


class Day:
    """Events of one day."""

    def __init__(self, day: date, seed: int = 0) -> None:
        self.day = day
        self._ids = EventIds(random.Random(f"{day}{seed}"))
        self.events: list[Event] = []

    def at(self, hour: float) -> datetime:
        return datetime.combine(self.day, time(), ZONE).astimezone(UTC) + timedelta(hours=hour)

    def _stamp(self, when: datetime) -> dict[str, Any]:
        return {"id": self._ids.at(when.timestamp()), "time": when, "shop": "small"}

    def seen(self, since_h: float = 0, until_h: float = 24, lost_h: float = 0.0) -> Day:
        """The camera reports every quarter of an hour; it lost the first ``lost_h`` of them."""
        for quarter in range(int(since_h * 4) + 1, int(until_h * 4) + 1):
            when = self.at(quarter / 4)
            gap_s = 900.0 if quarter / 4 <= since_h + lost_h else 0.0
            self.events.append(
                CameraHealth(**self._stamp(when), camera="door", state="ok", fps=5.0, gap_s=gap_s)
            )
        return self

    def came(self, n: int, *, wait_s: Mapping[int, float] | None = None) -> Day:
        """``n`` people evenly over the open hours; each stands 60 s at the milk, and waits in the
        queue for 10 s, or what ``wait_s`` says of the hour."""
        for i in range(n):
            hour = OPENS_H + (CLOSES_H - OPENS_H) * (i + 0.5) / n
            begin, visit = self.at(hour), f"{self.day:%m%d}{i:012x}"
            self._crossed(begin, "in", visit)
            self._stay("milk", begin + timedelta(seconds=20), 60.0, visit)
            wait = (wait_s or {}).get(int(hour), 10.0)
            self._stay("queue", begin + timedelta(seconds=100), wait, visit)
            self._crossed(begin + timedelta(seconds=130 + wait), "out", visit)
        return self

    def _crossed(self, when: datetime, way: Literal["in", "out"], visit: str) -> None:
        stamp = self._stamp(when)
        self.events.append(
            LineCrossed(**stamp, camera="door", line="entrance", direction=way, visit=visit)
        )

    def _stay(self, zone: str, begin: datetime, length_s: float, visit: str) -> None:
        more: dict[str, Any] = {"camera": "door", "zone": zone, "visit": visit}
        end = begin + timedelta(seconds=length_s)
        self.events.append(ZoneEntered(**self._stamp(begin), **more))
        self.events.append(ZoneLeft(**self._stamp(end), **more, dwell_s=length_s, stitched=1))

    def empty_shelf(self, since_h: float, until_h: float) -> Day:
        states: list[tuple[float, Any, float]] = [
            (0.0, "full", 1.0),
            (since_h, "empty", 0.0),
            (until_h, "full", 1.0),
            (23.9, "full", 1.0),
        ]
        for hour, state, fill in states:
            self.events.append(
                ShelfState(
                    **self._stamp(self.at(hour)),
                    camera="door",
                    shelf="milk",
                    facing="a",
                    state=state,
                    fill=fill,
                    confidence=0.9,
                )
            )
        return self

    def sold(self, n: int) -> Day:
        for i in range(n):
            stamp = self._stamp(self.at(OPENS_H + 11 * i / n))
            receipt = f"{self.day}-{i}"
            self.events.append(
                TillReceipt(**stamp, till="t", receipt=receipt, currency="JPY", lines=(), total=0)
            )
        return self


def events_of(days: list[Day]) -> Iterator[Event]:
    for day in days:
        yield from sorted(day.events, key=lambda event: event.time)


def weeks(counts: Mapping[int, int], **more: Any) -> list[Day]:
    """Days that many weeks before ``TUESDAY``, on which so many came, seen throughout."""
    days = [Day(TUESDAY - timedelta(weeks=ago)) for ago in sorted(counts, reverse=True)]
    return [
        day.seen().came(n, **(more if day.day == TUESDAY else {}))
        for day, n in zip(days, (counts[ago] for ago in sorted(counts, reverse=True)), strict=True)
    ]


def journal(folder: Path, days: list[Day]) -> Place:
    return kept(folder, small(), list(events_of(days)))


def report(place: Place, kind: Kind = "day", day: date = TUESDAY, **more: Any) -> Report:
    span = Span.around(kind, day, place.shop.shop.timezone)
    return make_report(
        lambda asked: questions.answer(asked, place.shop, place.reader), place.shop, span, **more
    )
