"""Puts events into the outbox, and answers for those that a full disk does not take."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import structlog

from miseban.camera.delivery.outbox import Outbox
from miseban.camera.delivery.storage import OutboxFull
from miseban.vocabulary.events import CameraHealth, Event
from miseban.vocabulary.identifiers import EventIds

HELD = 20_000
"""Events held in memory while the disk is full: minutes to hours of a camera's."""
RETRY_S = 2.0

log = structlog.get_logger(__name__)


class Keeper:
    """Between what makes events and the ``outbox`` of ``cameras``; ``added`` is called when events
    are there to be sent.

    While the disk is full, up to ``held`` events wait in memory. What comes beyond is lost: it is
    counted (``lost``), and once there is space each camera tells a gap for that time. So it does
    for an outbox that was found damaged.
    """

    def __init__(
        self,
        outbox: Outbox,
        shop: str,
        cameras: Sequence[str],
        added: Callable[[], None],
        *,
        held: int = HELD,
        utc: Callable[[], datetime] = lambda: datetime.now(UTC),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._outbox, self._shop, self._cameras = outbox, shop, tuple(cameras)
        self._added, self._held, self._utc, self._clock = added, held, utc, clock
        self._waiting: list[Event] = []
        self._gone: list[Event] = []  # the first and the last that were lost
        self._ids = EventIds()
        self._full = False
        self._tried_s = float("-inf")
        self._told_aside = outbox.moved_aside
        self.lost = 0
        self._lost_now = 0
        if outbox.moved_aside is not None:
            self._tell_damage()

    @property
    def full(self) -> bool:
        """Whether the disk takes no more."""
        return self._full

    def put(self, events: Sequence[Event]) -> None:
        """Takes ``events``. Those for which there is space are on the disk when it returns; call it
        without any now and then, so that those in memory follow."""
        room = max(0, self._held - len(self._waiting)) if self._full else len(events)
        self._waiting += events[:room]
        for event in events[room:]:
            self._gone = [*self._gone[:1], event]
            self.lost += 1
            self._lost_now += 1
        now = self._clock()
        if not self._waiting or (self._full and now < self._tried_s + RETRY_S):
            return
        self._tried_s = now
        try:
            self._add()
        except OutboxFull as error:
            if not self._full:
                self._full = True
                log.error("outbox.full", source=self._outbox.source, why=error.what)
            return
        if self._full:
            self._full = False
            log.info("outbox.has_space", source=self._outbox.source, lost=self._lost_now)
            self._tell_lost()
        if self._outbox.moved_aside != self._told_aside:
            self._tell_damage()
        self._added()

    def _add(self) -> None:
        """Raises ``OutboxFull``; what is on the disk waits no longer."""
        while self._waiting:
            part = self._waiting[:1000]
            try:
                self._outbox.add(part)
            except ValueError as error:
                self._one_by_one(part, error)
            del self._waiting[: len(part)]

    def _one_by_one(self, events: Sequence[Event], error: ValueError) -> None:
        """One of ``events`` is larger than a hub takes: the others must not wait for it."""
        for event in events:
            try:
                self._outbox.add([event])
            except ValueError:
                self.lost += 1
                log.error("event.too_large", id=event.id, type=event.type, why=str(error))

    def _tell_lost(self) -> None:
        if not self._gone:
            return
        first, last = self._gone[0].time, self._gone[-1].time
        count, self._lost_now, self._gone = self._lost_now, 0, []
        seconds = abs((last - first).total_seconds())
        reason = f"the disk was full: {count} events were lost"
        self._health([max(first, last)], seconds, reason)

    def _tell_damage(self) -> None:
        self._told_aside = self._outbox.moved_aside
        saved = self._outbox.waiting
        reason = f"the outbox was damaged: {saved} events of it could be saved, others may be lost"
        self._health([self._utc()], 0.0, reason)

    def _health(self, times: Sequence[datetime], gap_s: float, reason: str) -> None:
        self.put(
            [
                CameraHealth(
                    id=self._ids.at(time.timestamp()),
                    time=time,
                    shop=self._shop,
                    camera=camera,
                    state="gap",
                    fps=0.0,
                    gap_s=gap_s,
                    reason=reason,
                )
                for time in times
                for camera in self._cameras
            ]
        )
