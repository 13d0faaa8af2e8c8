"""The life of alerts: raised, delivered, accepted by someone, done or escalated, or over by itself.

Every step is an event, and what is open after a restart is made from those events: so nobody is
told twice. There is at most one open alert of a rule and a subject.

Time is an argument: ``now`` is the wall clock's, for events and the hours of rules, ``steady_s`` is
of a clock that never jumps, for all durations; who has only the wall clock leaves it out.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Final, Literal
from zoneinfo import ZoneInfo

from miseban.hub.alerts.alert import Alert, Notice, notice_of
from miseban.hub.alerts.desk import Desk, Key
from miseban.hub.alerts.help_calls import HelpCalls
from miseban.hub.alerts.measures import read, touched
from miseban.hub.alerts.restoring import age_s, restored
from miseban.hub.alerts.rules import Rule, Rules
from miseban.hub.alerts.steady import SteadyTime
from miseban.hub.alerts.watched import Watched, watched_by
from miseban.hub.live import AlertNow, LiveState
from miseban.hub.live.alert_book import AlertRecord
from miseban.vocabulary.events import Event, HelpEnded, HelpNeeded
from miseban.vocabulary.identifiers import EventIds
from miseban.vocabulary.policies import load_policy

AGAIN_S: Final = 600.0
"""An alert that was raised before a restart and reached nobody is delivered after it, if that is
no longer ago than this."""


class Alerts:
    """Watches the live state by the rules. ``append`` puts events into the journal; they come back
    from there to the live state. Notices that are returned are to be delivered by the caller, who
    tells ``delivered`` of each that was. Methods may be called from any thread but the journal's.
    """

    def __init__(
        self,
        rules: Rules,
        live: LiveState,
        append: Callable[[Sequence[Event]], object],
        *,
        ids: EventIds | None = None,
    ) -> None:
        self._desk = Desk(live.shop.shop.id, append, ids or EventIds())
        self._time = SteadyTime()
        self._lock = threading.RLock()
        self._pending: list[Notice] = []
        self._calls = HelpCalls()
        self._watched: dict[Key, Watched] = {}
        self._look_by(rules, live)

    def _look_by(self, rules: Rules, live: LiveState) -> None:
        """From now on."""
        info = live.shop.shop
        self._live = live
        self._zone = ZoneInfo(info.timezone)
        self._keeps_staff = load_policy(info.policy).staff.on
        self._rules = {rule.id: rule for rule in rules.rules if rule.on}
        self._calls.look_by(self._rules.values())
        self._watched = watched_by(self._rules.values(), live.shop, self._watched)

    def go_on(
        self,
        rules: Rules,
        live: Callable[[], LiveState],
        now: datetime,
        steady_s: float | None = None,
    ) -> None:
        """Goes on by other ``rules``, or over another state: ``live`` makes it, and meanwhile
        nobody is told of anything. What is open stays open, what has lasted for a while goes on
        lasting, and nothing is told again. An alert of a rule or a subject that is no more ends."""
        now_s = self._time.at(now, steady_s)
        with self._lock:
            self._look_by(rules, live())
            with self._live.held():
                for key, alert in self._desk.all():
                    rule = self._rules.get(key[0])
                    if rule is None or not self._is_watched(key, rule):
                        self._close(key, now, now_s, done=False)
                    else:
                        alert.follow(rule)
            self._desk.recorder.flush()

    def restore(
        self, records: Iterable[AlertRecord], now: datetime, steady_s: float | None = None
    ) -> None:
        """Goes on with the alerts of which the journal tells (``live.alerts.records()``). An alert
        of a rule or a subject that is no more ends."""
        now_s = self._time.at(now, steady_s)
        with self._lock:
            with self._live.held():
                for record in records:
                    self._restore(record, now, now_s)
            self._desk.recorder.flush()

    def take(
        self, events: Sequence[Event], now: datetime, steady_s: float | None = None
    ) -> list[Notice]:
        """The journal has kept ``events``, and the live state has them: looks at what they may
        have changed at once."""
        now_s = self._time.at(now, steady_s)
        with self._lock:
            with self._live.held():
                keys: dict[Key, None] = {}
                helped = False
                for event in events:
                    measures, subject = touched(event, self._live)
                    for rule in self._rules.values() if measures else ():
                        if rule.when in measures and (rule.id, subject) in self._watched:
                            keys[rule.id, subject] = None
                    helped = helped or isinstance(event, HelpNeeded | HelpEnded)
                notices = [notice for key in keys for notice in self._look(key, now, now_s)]
                if helped:
                    notices += self._look_for_help(now, now_s)
            self._desk.recorder.flush()
            return notices

    def tick(self, now: datetime, steady_s: float | None = None) -> list[Notice]:
        """Once a second: looks at everything, and passes on what nobody has taken."""
        now_s = self._time.at(now, steady_s)
        with self._lock:
            with self._live.held():
                notices, self._pending = self._pending, []
                for key in self._watched:
                    notices += self._look(key, now, now_s)
                notices += self._look_for_help(now, now_s)
                for _, alert in self._desk.all():
                    steps = alert.rule.escalate
                    if alert.accepted is not None or alert.level >= len(steps):
                        continue
                    if now_s - alert.raised_s >= steps[alert.level].after_s:
                        notices.append(self._desk.pass_on(alert, now, now_s))
            self._desk.recorder.flush()
            return notices

    def open(self) -> list[AlertNow]:
        """Those that are neither done nor over, the oldest first, help included."""
        with self._lock:
            return self._desk.shown()

    def notices(self) -> list[Notice]:
        """The same, each as somebody is told of it."""
        with self._lock:
            found = [notice_of(alert) for _, alert in self._desk.all()]
        return sorted(found, key=lambda one: (one.alert.raised, one.alert.alert))

    def accept(self, alert_id: str, by: str, now: datetime) -> AlertNow:
        """The account ``by`` takes it. Who comes second changes nothing. Raises ``BadInput``
        (``no-such-alert``) unless it is open."""
        with self._lock:
            _, alert = self._desk.find(alert_id)
            if alert.accepted is None:
                self._desk.accept(alert, now)
                self._answered(alert, "accepted", by, now)
            return alert.now()

    def done(
        self, alert_id: str, by: str, now: datetime, steady_s: float | None = None
    ) -> AlertNow:
        """It is done. Raises ``BadInput`` (``no-such-alert``) unless it is open."""
        with self._lock:
            key, alert = self._desk.find(alert_id)
            with self._live.held():
                self._close(key, now, self._time.at(now, steady_s), done=True)
            self._answered(alert, "done", by, now)
            return alert.now()

    def escalate(
        self, alert_id: str, by: str, now: datetime, steady_s: float | None = None
    ) -> list[Notice]:
        """``by`` passes it on to the next in its rule, or to managers where that names nobody.
        Raises ``BadInput`` (``no-such-alert``) unless it is open."""
        with self._lock:
            _, alert = self._desk.find(alert_id)
            notice = self._desk.pass_on(alert, now, self._time.at(now, steady_s))
            self._answered(alert, "escalated", by, now)
            return [notice]

    def delivered(self, alert_id: str, channel: str, now: datetime) -> None:
        """It has reached somebody by ``channel``: told once, until it is passed on."""
        with self._lock:
            self._desk.deliver(alert_id, channel, now)
            self._desk.recorder.flush()

    def _restore(self, record: AlertRecord, now: datetime, now_s: float) -> None:
        self._desk.recorder.after(record.newest)
        if record.raised is None:
            return
        key, rule = (record.rule, record.watched), self._rules.get(record.rule)
        if record.closed is not None:
            self._closed(key, now_s - age_s(record.closed, now))
        elif rule is None or not self._is_watched(key, rule) or key in self._desk:
            self._desk.recorder.ended(record, now)
        else:
            alert = restored(record, rule, self._live.calls.get(key[1] or ""), now, now_s)
            self._desk.put_back(key, alert)
            notice = notice_of(alert)
            lately = age_s(record.passed_on or record.raised, now) <= AGAIN_S
            if alert.accepted is None and notice.channels and lately:
                self._pending.append(notice)

    def _is_watched(self, key: Key, rule: Rule) -> bool:
        return key in self._watched or rule.when == "help.needed"

    def _look(self, key: Key, now: datetime, now_s: float) -> list[Notice]:
        watched = self._watched[key]
        rule = watched.rule
        value = read(self._live, rule.when, watched.subject, now)
        verdict = watched.judge(
            value, now_s, is_open=key in self._desk, in_hours=rule.in_hours(now, self._zone)
        )
        if verdict == "end":
            self._close(key, now, now_s, done=False)
        if verdict != "raise":
            return []
        shown = None if rule.side == "is" else value
        alert_id = self._desk.recorder.new_id(now)
        alert = Alert(alert_id, rule, watched.subject, shown, raised=now, raised_s=now_s)
        return [self._desk.open(key, alert, now)]

    def _look_for_help(self, now: datetime, now_s: float) -> list[Notice]:
        for key, alert in self._desk.all():
            if alert.is_help and not read(self._live, "help.needed", key[1], now):
                self._close(key, now, now_s, done=False)
        notices = []
        for rule, call in self._calls.due(self._live, now, now_s):
            key = (rule.id, call.help)
            if key not in self._desk and rule.in_hours(now, self._zone):
                alert_id = self._desk.recorder.new_id(now)
                alert = Alert(
                    alert_id, rule, call.help, None, now, now_s, kind=call.kind, zone=call.zone
                )
                notices.append(self._desk.open(key, alert, now))
        return notices

    def _close(self, key: Key, now: datetime, now_s: float, *, done: bool) -> None:
        self._desk.close(key, now, done=done)
        self._closed(key, now_s)

    def _closed(self, key: Key, closed_s: float) -> None:
        """The cool-down begins."""
        if key in self._watched:
            self._watched[key].closed(closed_s)
        elif key[1] is not None:
            self._calls.closed(key[0], key[1], closed_s, self._live)

    def _answered(
        self, alert: Alert, step: Literal["accepted", "done", "escalated"], by: str, now: datetime
    ) -> None:
        if self._keeps_staff:
            self._desk.recorder.answered(alert, step, by, now)
        self._desk.recorder.flush()
