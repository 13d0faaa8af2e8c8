"""The open alerts, and the steps that are told of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from miseban.hub.alerts.alert import Alert, Notice, counted_from, notice_of
from miseban.hub.alerts.record import Recorder
from miseban.hub.live import AlertNow
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.events import Event
from miseban.vocabulary.identifiers import EventIds

Key = tuple[str, str | None]
"""A rule, and a subject or a call."""


class Desk:
    """At most one alert for each key. What is told waits in ``recorder`` until it is flushed."""

    def __init__(
        self, shop: str, append: Callable[[Sequence[Event]], object], ids: EventIds
    ) -> None:
        self.recorder = Recorder(shop, append, ids)
        self._open: dict[Key, Alert] = {}

    def __contains__(self, key: Key) -> bool:
        return key in self._open

    def all(self) -> Iterator[tuple[Key, Alert]]:
        """May be closed while iterating."""
        return iter(list(self._open.items()))

    def shown(self) -> list[AlertNow]:
        """The oldest first."""
        alerts = sorted(self._open.values(), key=lambda one: (one.raised, one.id))
        return [alert.now() for alert in alerts]

    def find(self, alert_id: str) -> tuple[Key, Alert]:
        """Raises ``BadInput`` (``no-such-alert``) unless one of that id is open."""
        for key, alert in self._open.items():
            if alert.id == alert_id:
                return key, alert
        raise BadInput("no-such-alert", alert_id, "expected an open alert, found none of that id")

    def put_back(self, key: Key, alert: Alert) -> None:
        """One that was open before a restart."""
        self._open[key] = alert

    def open(self, key: Key, alert: Alert, now: datetime) -> Notice:
        self._open[key] = alert
        alert.raised = self.recorder.step(alert, "raised", now)
        return notice_of(alert)

    def accept(self, alert: Alert, now: datetime) -> None:
        alert.accepted = self.recorder.step(alert, "accepted", now)

    def pass_on(self, alert: Alert, now: datetime, now_s: float) -> Notice:
        """To the next whom its rule names; whoever took it has it no more. Who comes after them is
        told as long after as the rule says, also when it was passed on by hand and early or late.
        """
        alert.level += 1
        alert.raised_s = counted_from(alert.rule, alert.level, now_s)
        alert.accepted = None
        alert.told.clear()
        self.recorder.step(alert, "escalated", now)
        return notice_of(alert)

    def deliver(self, alert_id: str, channel: str, now: datetime) -> None:
        """By ``channel``, if it is to be told there, and once until it is passed on. One that is
        open no more is not told of."""
        for alert in self._open.values():
            if alert.id == alert_id and channel in notice_of(alert).channels:
                alert.told.add(channel)
                alert.channels.add(channel)
                self.recorder.step(alert, "delivered", now, channel)

    def close(self, key: Key, now: datetime, *, done: bool) -> Alert:
        alert = self._open.pop(key)
        self.recorder.step(alert, "done" if done else "ended", now)
        return alert
