"""Events about alerts: what the hub told the people of the shop, and what they did about it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from miseban.vocabulary.events.base import EventBase
from miseban.vocabulary.events.help import AssistEvent
from miseban.vocabulary.identifiers import Name

Step = Literal["raised", "delivered", "accepted", "done", "escalated", "ended"]
"""``ended``: the reason passed by itself, and nobody need do anything any more."""
About = Literal["queue", "till", "shelf", "room", "camera", "counts", "help"]
Urgency = Literal["note", "warning", "urgent"]
Measured = Annotated[float, Field(allow_inf_nan=False)]


class AlertStep(EventBase):
    """A step in the life of ``alert``, which ``rule`` raised about ``subject`` (a zone, till,
    facing, camera or line; none where it is the whole shop). ``value`` is what was measured when
    it was raised, ``channel`` by which way it was delivered. Who took it is another event."""

    type: Literal["alert.step"] = "alert.step"
    alert: str
    step: Step
    rule: Name
    about: About
    subject: Name | None = None
    urgency: Urgency = "warning"
    value: Measured | None = None
    channel: Name | None = None


class HelpStep(AssistEvent):
    """A step in the life of the alert ``alert`` about the call ``help``."""

    type: Literal["help.step"] = "help.step"
    alert: str
    help: str
    step: Step
    rule: Name
    zone: Name | None = None
    urgency: Urgency = "urgent"
    channel: Name | None = None


class AlertAnswered(EventBase):
    """The account ``by`` took ``alert`` or finished it: to mend the rota, never to score anybody.
    Told only where the policy keeps data of staff."""

    type: Literal["alert.answered"] = "alert.answered"
    alert: str
    step: Literal["accepted", "done", "escalated"]
    by: str
