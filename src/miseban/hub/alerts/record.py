"""Writes the steps of alerts into the journal."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final, Literal

from miseban.hub.alerts.alert import Alert
from miseban.hub.live.alert_book import AlertRecord
from miseban.hub.live.window import AHEAD_S
from miseban.vocabulary.errors import MisebanError
from miseban.vocabulary.events import AlertAnswered, AlertStep, Event, HelpStep, Step
from miseban.vocabulary.identifiers import EventIds

_LOG = logging.getLogger(__name__)
MOST_KEPT: Final = 10_000
"""Steps that wait for a disk with space; the oldest go first."""
_TICK: Final = timedelta(microseconds=1)
_A_LITTLE: Final = timedelta(seconds=AHEAD_S)


class Recorder:
    """Collects steps and appends them together. When the journal cannot take them (a full disk),
    people are told nevertheless, and the steps are appended as soon as it can."""

    def __init__(
        self, shop: str, append: Callable[[Sequence[Event]], object], ids: EventIds
    ) -> None:
        self._shop, self._append, self._ids = shop, append, ids
        self._waiting: list[Event] = []
        self._last: datetime | None = None
        self._failing = False

    def new_id(self, now: datetime) -> str:
        return self._ids.at(now.timestamp())

    def step(self, alert: Alert, step: Step, now: datetime, channel: str | None = None) -> datetime:
        """The moment that the step got."""
        time = alert.newest = self._moment(now, alert.newest)
        self._waiting.append(alert.step(step, self.new_id(time), time, self._shop, channel))
        return time

    def answered(
        self, alert: Alert, step: Literal["accepted", "done", "escalated"], by: str, now: datetime
    ) -> None:
        time = alert.newest = self._moment(now, alert.newest)
        self._waiting.append(
            AlertAnswered(
                id=self.new_id(time), time=time, shop=self._shop, alert=alert.id, step=step, by=by
            )
        )

    def ended(self, record: AlertRecord, now: datetime) -> None:
        """Of an alert that nothing watches any more."""
        time = self._moment(now, record.newest)
        if record.about == "help":
            self._waiting.append(
                HelpStep(
                    id=self.new_id(time),
                    time=time,
                    shop=self._shop,
                    alert=record.alert,
                    help=record.help or "",
                    step="ended",
                    rule=record.rule,
                    zone=record.subject,
                    urgency=record.urgency,
                )
            )
            return
        self._waiting.append(
            AlertStep(
                id=self.new_id(time),
                time=time,
                shop=self._shop,
                alert=record.alert,
                step="ended",
                rule=record.rule,
                about=record.about,
                subject=record.subject,
                urgency=record.urgency,
            )
        )

    def after(self, time: datetime | None) -> None:
        """What comes is told as later than ``time``, if that is not far ahead."""
        if time is not None and (self._last is None or time > self._last):
            self._last = time

    def flush(self) -> None:
        """Appends what waits."""
        if not self._waiting:
            return
        try:
            self._append(list(self._waiting))
        except (OSError, MisebanError) as error:
            if not self._failing:
                _LOG.error("steps of alerts wait, since the journal takes none: %s", error)
            self._failing = True
            del self._waiting[:-MOST_KEPT]
            return
        if self._failing:
            _LOG.warning("the journal takes steps of alerts again")
        self._failing = False
        self._waiting.clear()

    def _moment(self, now: datetime, newest: datetime | None) -> datetime:
        """``now``, but after what was told before: the order of steps is that of their times, also
        when the wall clock was put back a little. When it was put back by much, new alerts have the
        new time; one that was told of goes on after its ``newest`` step."""
        floors = [newest] if newest is not None else []
        if self._last is not None and self._last - now <= _A_LITTLE:
            floors.append(self._last)
        time = max([now, *(floor + _TICK for floor in floors)])
        if time - now <= _A_LITTLE:
            self._last = time
        return time
