"""What a report holds. Everything is as the questions told it: none is not known, never 0."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from miseban.insight.digest.span import Kind


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Figure(_Part):
    """A number: ``low`` and ``high`` are the ends of its 95 % interval where that can be told,
    ``base`` how many people or events it stands on, ``coverage`` the part of the time that was
    seen."""

    value: float | None
    low: float | None = None
    high: float | None = None
    base: int | None = None
    coverage: float | None = None


class Compared(_Part):
    """Against the mean of the same time in ``times`` earlier days or weeks: ``share`` more (0.09)
    or less, with the ends of its 95 % interval, which tells how sure the counts are. ``least`` and
    ``most`` are of those earlier times: how far they lie apart by themselves. ``beyond``: surely
    more than the most, or fewer than the least, of at least three."""

    mean: float
    least: float
    most: float
    times: tuple[date, ...] = Field(min_length=1, description="Their first days, latest first.")
    share: float
    low: float | None
    high: float | None
    beyond: bool


Uncompared = Literal["unseen", "few", "no-history"]
"""Why it is not compared: too little of this time was seen, too few people came, or nothing before
it was seen well enough."""


class Stretch(_Part):
    """An hour, or a day of the week; ``normal`` is the mean of the same in earlier weeks."""

    start: AwareDatetime
    visitors: Figure
    normal: float | None


class Visitors(_Part):
    counted: Figure
    before: Compared | None = Field(description="Against the same a week earlier.")
    normal: Compared | None = Field(description="Against up to four weeks before.")
    uncompared: Uncompared | None
    over: tuple[Stretch, ...]


class Inside(_Part):
    """Most people in the shop at once, and when the hour began in which that was."""

    most: float | None
    at: AwareDatetime | None


class Area(_Part):
    """``share`` is of the time spent in all areas; ``total_s`` person-seconds."""

    zone: str
    name: str
    stays: Figure
    mean_s: Figure
    median_s: float | None
    total_s: float | None
    share: float | None


class Queue(_Part):
    zone: str
    name: str
    waited: Figure
    mean_s: Figure
    median_s: float | None
    p90_s: float | None
    length_max: float | None


class WaitingHour(_Part):
    """The hour of the day at which people waited longest on average (of a week: over its days)."""

    hour: int
    mean_s: float
    base: int


class Waiting(_Part):
    queues: tuple[Queue, ...]
    longest: WaitingHour | None


class Facing(_Part):
    shelf: str
    facing: str
    name: str
    shelf_name: str
    empty_min: float
    emptied: float | None
    low_min: float | None
    fill: float | None
    coverage: float | None


class Shelves(_Part):
    """``seen``: how many facings, of ``known``, anything is known of; ``empty`` those that were,
    longest first."""

    known: int
    seen: int
    empty: tuple[Facing, ...]


class Bought(_Part):
    """Receipts through visitors."""

    receipts: float
    conversion: Figure


class Alerts(_Part):
    """Steps of all rules together; ``accepted_median_s`` from an alert to somebody's answer."""

    raised: float
    accepted: float
    done: float
    escalated: float
    accepted_median_s: float | None


class CameraSeen(_Part):
    camera: str
    name: str
    coverage: float | None
    lost_min: float | None
    troubles: tuple[str, ...]


class Seen(_Part):
    """``entrances`` is the part of the time in which the counters of visitors saw. ``cameras`` are
    there for those who may see devices."""

    entrances: float | None
    cameras: tuple[CameraSeen, ...] | None


class Report(_Part):
    """``first`` and ``last`` are days of the shop. ``until`` is how far it goes: the end of the
    last day, or the newest that was known (``whole`` false), and then it is compared with as much
    of other days. ``k``: what people did is told of so many or more; ``withheld`` says that
    something was left out for that. ``says`` are sentences in ``language``."""

    shop: str
    shop_name: str
    kind: Kind
    first: date
    last: date
    timezone: str
    since: AwareDatetime
    until: AwareDatetime | None
    whole: bool
    k: int
    withheld: bool
    visitors: Visitors | None = Field(description="None where the shop file has no entrance.")
    inside: Inside | None
    areas: tuple[Area, ...] = Field(description="Most used first.")
    waiting: Waiting | None
    shelves: Shelves | None
    bought: Bought | None
    alerts: Alerts | None
    seen: Seen
    language: str = "en"
    says: tuple[str, ...] = ()
