"""Alerts as the journal tells of them: what was raised, who was told, what has ended."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from miseban.hub.live.snapshot import AlertNow
from miseban.vocabulary.events import About, AlertStep, HelpStep, Urgency


@dataclass(slots=True)
class AlertRecord:
    """One alert. Steps are sets of what happened, so that their order does not matter."""

    alert: str
    rule: str
    about: About
    subject: str | None
    urgency: Urgency
    help: str | None
    value: float | None = None
    raised: datetime | None = None
    accepts: list[datetime] = field(default_factory=list)
    closed: datetime | None = None
    newest: datetime | None = None
    escalations: dict[str, datetime] = field(default_factory=dict)
    deliveries: dict[str, tuple[datetime, str]] = field(default_factory=dict)

    @property
    def open(self) -> bool:
        return self.raised is not None and self.closed is None

    @property
    def watched(self) -> str | None:
        """What its rule looks at: a subject, or a call for help."""
        return self.help if self.about == "help" else self.subject

    @property
    def passed_on(self) -> datetime | None:
        """When it was last escalated."""
        return max(self.escalations.values(), default=None)

    @property
    def accepted(self) -> datetime | None:
        """When somebody took it, of those to whom it was passed on last."""
        since = self.passed_on
        return min((time for time in self.accepts if since is None or time > since), default=None)

    def channels(self, since: datetime | None = None) -> set[str]:
        """By which it was delivered, at all or from ``since`` on."""
        return {c for time, c in self.deliveries.values() if since is None or time >= since}

    def now(self) -> AlertNow:
        if self.raised is None:
            raise ValueError("an alert that was never raised")
        return AlertNow(
            alert=self.alert,
            rule=self.rule,
            about=self.about,
            subject=self.subject,
            urgency=self.urgency,
            value=self.value,
            raised=self.raised,
            accepted=self.accepted,
            escalated=len(self.escalations),
            channels=tuple(sorted(self.channels())),
            help=self.help,
        )


class AlertBook:
    """All alerts of which something was heard."""

    def __init__(self, steps: Iterable[AlertStep | HelpStep] = ()) -> None:
        self._records: dict[str, AlertRecord] = {}
        for step in steps:
            self.take(step)

    def take(self, step: AlertStep | HelpStep) -> AlertRecord:
        record = self._records.get(step.alert)
        if record is None:
            record = self._records[step.alert] = _record(step)
        record.newest = max(step.time, record.newest or step.time)
        if step.step == "raised":
            record.raised = step.time
            record.value = step.value if isinstance(step, AlertStep) else None
            record.urgency = step.urgency
        elif step.step == "accepted":
            record.accepts.append(step.time)
        elif step.step == "escalated":
            record.escalations[step.id] = step.time
        elif step.step == "delivered":
            if step.channel is not None:
                record.deliveries[step.id] = step.time, step.channel
        else:
            record.closed = min(step.time, record.closed or step.time)
        return record

    def records(self) -> list[AlertRecord]:
        """All, those raised first before the others."""
        return sorted(
            self._records.values(), key=lambda one: (one.raised is None, one.raised or 0, one.alert)
        )

    def open(self, since: datetime) -> list[AlertRecord]:
        """Those that are open and were heard of from ``since`` on."""
        return [one for one in self.records() if one.open and one.newest and one.newest >= since]

    def forget(self, before: datetime) -> None:
        old = [i for i, r in self._records.items() if r.newest is None or r.newest < before]
        for alert in old:
            del self._records[alert]


def _record(step: AlertStep | HelpStep) -> AlertRecord:
    if isinstance(step, HelpStep):
        return AlertRecord(step.alert, step.rule, "help", step.zone, step.urgency, step.help)
    return AlertRecord(step.alert, step.rule, step.about, step.subject, step.urgency, None)
