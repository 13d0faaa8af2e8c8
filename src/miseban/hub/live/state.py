"""The live state: every event goes in, and what is so at this moment can be asked."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from miseban.hub.live.alert_book import AlertBook
from miseban.hub.live.balance import Balance
from miseban.hub.live.cameras import Cameras
from miseban.hub.live.latest import Latest
from miseban.hub.live.shelves import Shelves
from miseban.hub.live.visits import Labels, Visits
from miseban.hub.live.window import AHEAD_S, KEPT_DAYS, OPEN_S, SILENT_S, window_start
from miseban.insight.inside import empty_moments
from miseban.vocabulary.events import (
    AlertAnswered,
    AlertStep,
    CameraHealth,
    Event,
    HelpEnded,
    HelpNeeded,
    HelpStep,
    LineCrossed,
    QueueState,
    ShelfConfirmed,
    ShelfState,
    ShelfTouched,
    Stocked,
    TillReceipt,
    VisitEnded,
    VisitLabelled,
    ZoneEntered,
    ZoneLeft,
    ZoneOccupancy,
)
from miseban.vocabulary.shop import Shop

_TIDY_S = 60.0
Steps = dict[type, Callable[[Any], object]]


class State:
    """Keeps what is so now. ``take`` may be called in one thread and the rest in others: every
    method holds one lock; ``held`` keeps it for several calls."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.labels = Labels()
        entrances = frozenset(line.id for line in shop.lines if line.entrance)
        self.balance = Balance(lambda: self.labels.hashes) if entrances else None
        self.visits = Visits(entrances, {till.service for till in shop.tills})
        self.queues: Latest[str, tuple[int, float]] = Latest()
        self.shelves = Shelves(shop)
        self.receipts: Latest[str, None] = Latest()
        self.cameras = Cameras()
        self.alerts = AlertBook()
        self.calls: dict[str, HelpNeeded] = {}
        self.calls_ended: dict[str, datetime] = {}
        self.newest: datetime | None = None
        self.ahead: Counter[str] = Counter()
        self._entrances = entrances
        self._zones = {zone.id: zone for zone in shop.zones}
        self._watcher = {shelf.id: shelf.camera for shelf in shop.shelves}
        self._cameras = frozenset(camera.id for camera in shop.cameras)
        self._lock = threading.RLock()
        self._tills = {till.id: till for till in shop.tills}
        # By type: to ask of each whether it is that takes longer than all.
        self._aside: Steps = {
            AlertStep: self.alerts.take, HelpStep: self.alerts.take,
            TillReceipt: self._receipt, ShelfConfirmed: self.shelves.confirmed,
            AlertAnswered: lambda _: None,
        }  # fmt: skip
        self._tells: Steps = {
            CameraHealth: self._health, LineCrossed: self._crossed, ZoneEntered: self._stay,
            ZoneLeft: self._stay, ShelfTouched: self.visits.touched, VisitEnded: self._ended,
            VisitLabelled: self._labelled, ZoneOccupancy: self.visits.occupancy,
            QueueState: self._queue, ShelfState: self.shelves.take, HelpNeeded: self._call,
            HelpEnded: self._call_ended,
        }  # fmt: skip
        self._now: datetime | None = None
        self._start: datetime | None = None
        self._next: datetime | None = None  # to look what is too old

    @contextmanager
    def held(self) -> Iterator[None]:
        """Nothing changes meanwhile."""
        with self._lock:
            yield

    def take(self, events: Sequence[Event], now: datetime | None = None) -> None:
        """Events of the journal, in any order, may be again. ``now``: else that of the
        newest so far."""
        with self._lock:
            latest = None if now is None else now + timedelta(seconds=AHEAD_S)
            for event in events:
                if latest is not None and event.time > latest:
                    self._ahead(event)
                    continue
                self._one(event)
                if now is None and (self._now is None or event.time > self._now):
                    self._now = event.time
            self._advance(now)

    def people(self, zone: str, now: datetime) -> int:
        """Shoppers there."""
        staff = self.labels.staff
        return sum(visit not in staff for visit in self.visits.there(zone, now))

    def queue(self, zone: str, now: datetime) -> tuple[int, float] | None:
        """How many wait, and for how many seconds the first of them; None where nobody can tell.
        Without staff, as in ``insight.shoppers``."""
        said = self.queues.get(zone, window_start(self.shop, now))
        if said is None or self.blind(self._zones[zone].camera, now):
            return None
        time, (length, waiting_s) = said
        there = self.visits.there(zone, now) if length else {}
        working = there.keys() & self.labels.staff
        length = max(0, length - len(working))
        if not length:
            return 0, 0.0
        if working:
            first = min((since for v, since in there.items() if v not in working), default=now)
            return length, max(0.0, (now - first).total_seconds())
        return length, waiting_s + max(0.0, (now - time).total_seconds())

    def till_open(self, till: str, now: datetime) -> bool:
        """Whether it printed a receipt or a shopper was at its counter in the last ``OPEN_S``."""
        after = now - timedelta(seconds=OPEN_S)
        if self.receipts.get(till, after) is not None:
            return True
        service, staff = self._tills[till].service, self.labels.hashes
        return self.visits.anybody(service, after, staff) or self.people(service, now) > 0

    def facing(self, name: str, now: datetime) -> Stocked | None:
        """How the facing looks that alerts call ``name``; None: nobody can tell."""
        place = self.shelves.places[name]
        said = self.shelves.get(place, now - timedelta(days=KEPT_DAYS))
        return None if said is None or self.blind(self._watcher[place[0]], now) else said[1]

    def blind(self, camera: str | None, now: datetime) -> bool:
        """Whether what ``camera`` (none: the floor of all) told last is too old, or it has had no
        pictures since."""
        if camera is not None:
            return self.cameras.silent(camera, now) or self.cameras.gone(camera, now)
        return self.newest is None or (now - self.newest).total_seconds() > SILENT_S

    def moment(self, now: datetime | None) -> datetime:
        """``now``, else when the newest event happened; what is too old then is forgotten."""
        moment = now or self._now
        if moment is None:
            raise ValueError("expected a moment, since no event has come yet")
        self._advance(moment)
        return moment

    def _ahead(self, event: Event) -> None:
        """By a wrong clock. An alert of ours is open anyhow, and who needs help does not wait
        until it is right."""
        if isinstance(event, AlertStep | HelpStep):
            self.alerts.take(event)
        else:
            self.ahead[event.camera or ""] += 1
            if isinstance(event, HelpNeeded | HelpEnded):
                self._tells[type(event)](event)

    def _one(self, event: Event) -> None:
        aside = self._aside.get(type(event))
        if aside is not None:
            aside(event)
            return
        if self.newest is None or event.time > self.newest:
            self.newest = event.time
        if event.camera in self._cameras:
            self.cameras.heard(event.camera, event.time)
            if type(event) is not CameraHealth:
                self.cameras.saw(event.camera, event.time)
        tells = self._tells.get(type(event))
        if tells is not None:
            tells(event)

    def _receipt(self, event: TillReceipt) -> None:
        if event.till in self._tills:
            self.receipts.put(event.till, (event.time, event.id), None)

    def _health(self, event: CameraHealth) -> None:
        if event.camera in self._cameras:
            self.cameras.health(event.camera, event)
            if event.state != "gap":
                self.cameras.saw(event.camera, event.time)

    def _crossed(self, event: LineCrossed) -> None:
        self.visits.crossed(event)
        if self.balance is not None and event.line in self._entrances and self._recent(event):
            self.balance.passed(event.time, event.id, event.direction, event.visit)

    def _stay(self, event: ZoneEntered | ZoneLeft) -> None:
        if event.zone in self._zones:
            self.visits.stay(event)

    def _ended(self, event: VisitEnded) -> None:
        self.visits.ended(event)
        self._labelled(event)

    def _labelled(self, event: VisitEnded | VisitLabelled) -> None:
        if self._recent(event) and self.labels.take(event) and self.balance is not None:
            self.balance.relabelled(event.visit)

    def _queue(self, event: QueueState) -> None:
        if event.zone in self._zones:
            self.queues.put(event.zone, (event.time, event.id), (event.length, event.waiting_s))

    def _call(self, event: HelpNeeded) -> None:
        held = self.calls.get(event.help)
        if held is None or (event.time, event.id) < (held.time, held.id):
            self.calls[event.help] = event

    def _call_ended(self, event: HelpEnded) -> None:
        ended = self.calls_ended.get(event.help, event.time)
        self.calls_ended[event.help] = max(ended, event.time)

    def _recent(self, event: Event) -> bool:
        return self._start is None or event.time >= self._start

    def _advance(self, now: datetime | None) -> None:
        """The moment is ``now`` or later: the shop was empty meanwhile, and the old is
        forgotten."""
        if now is not None and (self._now is None or now > self._now):
            self._now = now
        moment = self._now
        if moment is None or (self._next is not None and moment < self._next):
            return
        start = self._start = window_start(self.shop, moment)
        info, span_s = self.shop.shop, (moment - start).total_seconds() + _TIDY_S
        empty = empty_moments(info.empty, info.timezone, start, span_s)
        coming = [one for one in empty if one > moment]
        midnight = start + timedelta(days=2)
        self._next = min([*coming, midnight, moment + timedelta(seconds=_TIDY_S)])
        worked = self.labels.forget(start, moment)
        if self.balance is not None:
            for one in empty[: len(empty) - len(coming)]:
                self.balance.empty(one)
            self.balance.forget(start)
            self.balance.relabelled(*worked)
        old = moment - timedelta(days=KEPT_DAYS)
        self.visits.forget(moment)
        self.cameras.forget(moment)
        self.queues.forget(start)
        self.receipts.forget(start)
        self.shelves.forget(old)
        self.alerts.forget(old)
        for call in [i for i, needed in self.calls.items() if needed.time < old]:
            del self.calls[call]
        for call in [i for i, ended in self.calls_ended.items() if ended < old]:
            del self.calls_ended[call]
