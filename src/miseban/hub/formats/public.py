"""Live figures for others, by MQTT: what anybody may know who stands in the shop.

In: the live state and passages. Out: retained messages under ``miseban/SHOP/public/``, and the same
as ONVIF's counters. Never: help, attributes, staff, receipts, or anything that follows one person.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime, time, timedelta
from typing import Final, Protocol
from zoneinfo import ZoneInfo

from miseban.hub.formats.onvif import COUNTER, OCCUPANCY, OnvifEvent, write_onvif
from miseban.hub.live import LiveSnapshot
from miseban.hub.live.hashed import Once
from miseban.vocabulary.events import Event, LineCrossed, PlainEvent
from miseban.vocabulary.shop import Shop

_HIDDEN: Final = ("crew", "private")
"""Kinds of zones of which nothing is told: who works there, and what nobody looks at."""
Figure = dict[str, int | bool | None]
Told = dict[str, Figure | OnvifEvent]


class Reader(Protocol):
    """The part of the journal's reader that a start needs."""

    def events(
        self, types: list[str] | None = None, since: datetime | None = None
    ) -> Iterable[Event]: ...


def public_topic(shop: str, *parts: str) -> str:
    """``miseban/SHOP/public/...``"""
    return "/".join(("miseban", shop, "public", *parts))


class PublicFigures:
    """What is told of ``shop``. ``snapshot`` gives the live state at a moment. Not for threads:
    use it in one loop."""

    def __init__(self, shop: Shop, snapshot: Callable[[datetime], LiveSnapshot]) -> None:
        self._shop, self._snapshot = shop, snapshot
        self._zone = ZoneInfo(shop.shop.timezone)
        self._lines = {line.id: line for line in shop.lines}
        self._shown = {zone.id: zone for zone in shop.zones if zone.kind not in _HIDDEN}
        self._passed = Once()  # by id: whatever is told again is counted once
        self._counts: Counter[tuple[str, str]] = Counter()
        self._from: datetime | None = None

    def catch_up(self, reader: Reader, now: datetime) -> None:
        """Today's passages, as the journal has kept them."""
        self._begin_day(now)
        for event in reader.events(types=["line.crossed"], since=self._from):
            self.take(event)

    def take(self, event: PlainEvent | Event) -> None:
        """A passage that the journal has kept; anything else is nothing to it."""
        if not isinstance(event, LineCrossed) or event.line not in self._lines:
            return
        if (self._from is None or event.time >= self._from) and self._passed.add(event.id):
            self._counts[event.line, event.direction] += 1

    def told(self, now: datetime) -> Told:
        """All figures at ``now``, by topic."""
        self._begin_day(now)
        live = self._snapshot(now)
        found: Told = {}

        def put(figure: Figure, *parts: str) -> None:
            found[public_topic(self._shop.shop.id, *parts)] = figure

        if live.inside is not None:
            put({"people": live.inside.people}, "inside")
        for zone in live.zones:
            if zone.zone in self._shown:
                put({"people": zone.people}, "zone", zone.zone)
                self._onvif(found, now, OCCUPANCY, zone.zone, self._camera(zone.zone), zone.people)
        for queue in live.queues:
            put({"length": queue.length}, "queue", queue.zone)
        for till in live.tills:
            put({"open": till.open, "waiting": till.waiting}, "till", till.till)
        for line in self._lines.values():
            counts = {way: self._counts[line.id, way] for way in ("in", "out")}
            put({"in": counts["in"], "out": counts["out"]}, "line", line.id)
            for way, count in counts.items():
                self._onvif(found, now, COUNTER, f"{line.id}-{way}", line.camera, count)
        return found

    def _onvif(
        self, found: Told, now: datetime, topic: str, rule: str, camera: str | None, count: int
    ) -> None:
        event = OnvifEvent(
            device=public_topic(self._shop.shop.id),
            topic=topic,
            time=now,
            source={"VideoSource": camera or "floor", "Rule": rule},
            data={"Count": str(count), "ClassTypes": "Human"},
        )
        found[write_onvif(event)[0]] = event

    def _camera(self, zone: str) -> str | None:
        return self._shown[zone].camera

    def _begin_day(self, now: datetime) -> None:
        """Passages are counted from the shop's midnight on."""
        midnight = datetime.combine(now.astimezone(self._zone).date(), time(), self._zone)
        if self._from is None or midnight > self._from or now < self._from - timedelta(days=1):
            self._from = midnight
            self._passed.clear()
            self._counts.clear()


def changed(told: Told, before: Told) -> dict[str, bytes]:
    """The messages of ``told`` that say something else than ``before``, by topic."""
    return {
        topic: payload_of(told, topic)
        for topic, figure in told.items()
        if _says(figure) != _says(before.get(topic))
    }


def payload_of(told: Told, topic: str) -> bytes:
    """One message."""
    figure = told[topic]
    if isinstance(figure, OnvifEvent):
        return write_onvif(figure)[1]
    return json.dumps(figure, separators=(",", ":")).encode()


def _says(figure: Figure | OnvifEvent | None) -> object:
    """Without the moment."""
    return figure.data if isinstance(figure, OnvifEvent) else figure
