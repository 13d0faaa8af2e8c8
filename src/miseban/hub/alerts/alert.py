"""One alert, and whom to tell of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from miseban.hub.alerts.measures import MEASURES, Measure
from miseban.hub.alerts.rules import Rule
from miseban.hub.live import AlertNow
from miseban.hub.people.rights import Role
from miseban.vocabulary.events import About, AlertStep, HelpKind, HelpStep, Step
from miseban.vocabulary.shop.table import Id


@dataclass(slots=True)
class Alert:
    """An alert while it is open. ``subject`` is that of its rule; of help, the call, which is of
    ``kind`` in ``zone``. ``raised_s`` is the moment of steady time from which its rule counts the
    seconds to an escalation. ``told`` are the channels by which it was delivered since it was
    raised or last escalated; ``newest`` is the time of its last step."""

    id: str
    rule: Rule
    subject: str | None
    value: float | None
    raised: datetime
    raised_s: float
    kind: HelpKind | None = None
    zone: str | None = None
    accepted: datetime | None = None
    level: int = 0
    told: set[str] = field(default_factory=set)
    channels: set[str] = field(default_factory=set)
    newest: datetime | None = None

    def follow(self, rule: Rule) -> None:
        """From now on ``rule``, which is another one of the same id: seconds to the next that are
        told count from when it was last passed on."""
        steps = self.rule.escalate[: self.level]
        passed_s = self.raised_s + (steps[-1].after_s if steps else 0.0)
        self.rule = rule
        self.raised_s = counted_from(rule, self.level, passed_s)

    @property
    def about(self) -> About:
        return MEASURES[self.rule.when].about

    @property
    def is_help(self) -> bool:
        return self.about == "help"

    def now(self) -> AlertNow:
        """As a snapshot shows it."""
        return AlertNow(
            alert=self.id,
            rule=self.rule.id,
            about=self.about,
            subject=self.zone if self.is_help else self.subject,
            urgency=self.rule.urgency,
            value=self.value,
            raised=self.raised,
            accepted=self.accepted,
            escalated=self.level,
            channels=tuple(sorted(self.channels)),
            help=self.subject if self.is_help else None,
        )

    def step(
        self, step: Step, event_id: str, time: datetime, shop: Id, channel: str | None = None
    ) -> AlertStep | HelpStep:
        """The event that tells of a step."""
        if self.is_help:
            return HelpStep(
                id=event_id,
                time=time,
                shop=shop,
                alert=self.id,
                help=self.subject or "",
                step=step,
                rule=self.rule.id,
                zone=self.zone,
                urgency=self.rule.urgency,
                channel=channel,
            )
        return AlertStep(
            id=event_id,
            time=time,
            shop=shop,
            alert=self.id,
            step=step,
            rule=self.rule.id,
            about=self.about,
            subject=self.subject,
            urgency=self.rule.urgency,
            value=self.value if step == "raised" else None,
            channel=channel,
        )


def counted_from(rule: Rule, level: int, passed_s: float) -> float:
    """When an alert that was passed on for the ``level``-th time at ``passed_s`` should have been
    raised for that to be the time."""
    steps = rule.escalate[:level]
    return passed_s - steps[-1].after_s if steps else passed_s


@dataclass(frozen=True, slots=True)
class Notice:
    """Somebody is to be told of ``alert``, which is about ``measure`` (of help: about a call of
    ``kind``): the people of ``roles``, by ``channels``. ``why``: it is new, or was passed on."""

    alert: AlertNow
    measure: Measure
    kind: HelpKind | None
    roles: tuple[Role, ...]
    channels: tuple[str, ...]
    why: Literal["raised", "escalated"]


def notice_of(alert: Alert) -> Notice:
    """Whom to tell of ``alert`` as it stands: those of its rule, or of its last escalation, by the
    channels by which they have not been told."""
    rule = alert.rule
    roles, channels = rule.roles, rule.channels
    if alert.level:
        at = min(alert.level, len(rule.escalate)) - 1
        if at >= 0:
            roles = rule.escalate[at].roles
            channels = rule.escalate[at].channels or rule.channels
        else:  # passed on by hand, where the rule names nobody
            roles = ("manager",)
    left = tuple(one for one in channels if one not in alert.told)
    why: Literal["raised", "escalated"] = "escalated" if alert.level else "raised"
    return Notice(alert.now(), rule.when, alert.kind, roles, left, why)
