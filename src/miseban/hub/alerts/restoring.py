"""An open alert, made from what the journal tells of it."""

from __future__ import annotations

from datetime import datetime

from miseban.hub.alerts.alert import Alert, counted_from
from miseban.hub.alerts.rules import Rule
from miseban.hub.live.alert_book import AlertRecord
from miseban.vocabulary.events import HelpNeeded


def restored(
    record: AlertRecord, rule: Rule, call: HelpNeeded | None, now: datetime, now_s: float
) -> Alert:
    """``record`` is of one that was raised and is not closed; ``call`` is the one it is about, as
    far as that is known. ``now_s`` is the moment ``now`` in steady time."""
    if record.raised is None:
        raise ValueError("an alert that was never raised")
    passed_on = record.passed_on or record.raised
    level = len(record.escalations)
    return Alert(
        id=record.alert,
        rule=rule,
        subject=record.watched,
        value=record.value,
        raised=record.raised,
        raised_s=counted_from(rule, level, now_s - age_s(passed_on, now)),
        kind=call.kind if call else None,
        zone=record.subject if record.about == "help" else None,
        accepted=record.accepted,
        level=level,
        told=record.channels(passed_on),
        channels=record.channels(),
        newest=record.newest,
    )


def age_s(time: datetime, now: datetime) -> float:
    """Seconds since ``time``; none for what was told with a clock that was ahead."""
    return max(0.0, (now - time).total_seconds())
