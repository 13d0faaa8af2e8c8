"""What the live state shows, as plain tables. Calls for help are in a table of their own, so that
whoever gets the one does not get the other by accident (``privacy.md`` rule 4)."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from miseban.vocabulary.events import About, HelpKind, Stocked, Trouble, Urgency


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class InsideNow(_Table):
    """People in the shop by the balance of its entrances, without staff where they are told apart.
    The other figures count from when the shop was last known to be empty, or from yesterday:
    ``drift`` more people were counted in than out than can have been (fewer, when negative)."""

    people: int
    most: int
    entered: int
    left: int
    drift: int


class ZoneNow(_Table):
    """``people`` in the zone, without staff where they are told apart."""

    zone: str
    people: int


class QueueNow(_Table):
    """``length`` people wait, the first of them for ``waiting_s``. Both none where nobody can tell:
    nothing was said of it yet, or its camera is silent."""

    zone: str
    length: int | None
    waiting_s: float | None


class FacingNow(_Table):
    """A product's place on a shelf; ``since`` it looks like that, by its camera or by
    what staff said last, who say nothing of ``fill``. None where it was not told."""

    shelf: str
    facing: str
    state: Stocked | None
    fill: float | None
    since: datetime | None


class TillNow(_Table):
    """``open`` where somebody was served of late; ``waiting`` in its queue, which other tills may
    share; ``last_receipt`` when it last printed one."""

    till: str
    open: bool
    waiting: int | None
    last_receipt: datetime | None


class CameraNow(_Table):
    """``up`` unless it is silent, cannot see, or no pictures come from it, ``gone_since`` then (two
    hours ago at most); ``newest`` when what it told last happened;
    ``coverage`` the part of the last hour in which it saw; ``ahead`` events left out because their
    time has not come yet: its clock is wrong."""

    camera: str
    up: bool
    gone_since: datetime | None
    newest: datetime | None
    age_s: float | None
    troubles: dict[Trouble, datetime]
    coverage: float | None
    ahead: int


class AlertNow(_Table):
    """An alert that is neither done nor over. ``subject`` is the zone, till, facing or camera; for
    help, the zone it is in. ``accepted`` when somebody took it; ``escalated`` how often it was
    passed on; ``channels`` by which it was delivered."""

    alert: str
    rule: str
    about: About
    subject: str | None
    urgency: Urgency
    value: float | None
    raised: datetime
    accepted: datetime | None
    escalated: int
    channels: tuple[str, ...]
    help: str | None = None


class LiveSnapshot(_Table):
    """The shop at ``time``. ``newest`` is when the newest thing happened of which a camera told,
    ``age_s`` ago. Nothing about help is in here."""

    time: datetime
    newest: datetime | None
    age_s: float | None
    inside: InsideNow | None
    visits: int
    zones: tuple[ZoneNow, ...]
    queues: tuple[QueueNow, ...]
    shelves: tuple[FacingNow, ...]
    tills: tuple[TillNow, ...]
    cameras: tuple[CameraNow, ...]
    alerts: tuple[AlertNow, ...]


class HelpCall(_Table):
    """A call for help that has not ended, since ``since``; ``place`` is x, y in ``unit``."""

    help: str
    kind: HelpKind
    camera: str | None
    zone: str | None
    place: tuple[float, float]
    unit: str
    since: datetime
    confidence: float


class HelpSnapshot(_Table):
    """Calls for help, and the alerts about them: of class ``assist``, for staff alone."""

    time: datetime
    calls: tuple[HelpCall, ...]
    alerts: tuple[AlertNow, ...]
