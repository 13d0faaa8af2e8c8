"""``summary.json``: the numbers of a recording, schema 1. Made from events alone (rule 11)."""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from miseban.vocabulary.events.attribute import AttributeCounts
from miseban.vocabulary.identifiers import Name


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


Flag = Literal["gap", "trouble", "audit", "unsure"]
"""Why a number is out of specification: the camera was away for part of the time; it was in
trouble; an audit found it to be further off than is allowed; or nobody has looked closely enough
to know better."""


class Range(_Table):
    """The ends of a 95 % interval."""

    low: float
    high: float


class Count(_Table):
    """What was counted, and the 95 % interval of what really happened: a counter that misses many
    has both ends above ``count``. ``flag`` says why it is out of the shop's specification; none
    where it is within."""

    count: int = Field(ge=0)
    low: int = Field(ge=0)
    high: int = Field(ge=0)
    flag: Flag | None = None


class Spread(_Table):
    """Of a set of durations in seconds; all 0 when the set is empty."""

    mean: float
    median: float
    p90: float
    total: float


class LineSummary(_Table):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    in_: Count = Field(alias="in")
    out: Count
    hours: list[LineHour] = []


class LineHour(_Table):
    """One clock hour of a line; ``coverage`` is the part of it in which the camera saw."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    start: AwareDatetime
    coverage: float
    in_: Count = Field(alias="in")
    out: Count


class ZoneSummary(_Table):
    """``dwell_s`` over finished and still open stays; ``occupancy_mean`` people on average over
    the covered time, ``occupancy_max`` at the fullest. Where staff are told apart all this is
    without them: ``staff_visits`` stays of ``staff_s`` seconds in all were left out.
    Each ``_95`` is the interval of the truth: of the visits, of the mean dwell, and of the people
    on average over the whole time."""

    kind: str
    visits: int
    dwell_s: Spread
    occupancy_mean: float
    occupancy_max: int
    staff_visits: int = 0
    staff_s: float = 0.0
    visits_95: Range | None = None
    dwell_mean_95: Range | None = None
    occupancy_mean_95: Range | None = None


class QueueSummary(_Table):
    """``waiting_s`` of those who waited, ``service_s`` at the till's counter where one is drawn;
    ``left`` people who gave up: they left the queue and did not reach the counter."""

    visits: int
    length_mean: float
    length_max: int
    waiting_s: Spread
    service_s: Spread | None = None
    served: int | None = None
    left: int | None = None


class PathSummary(_Table):
    """People who went straight from one zone to the next."""

    from_zone: Name
    to_zone: Name
    people: int


class Correction(_Table):
    """At ``time`` nobody can have been inside, or fewer than nobody would have been: the count was
    off by ``people`` (more counted in than out when positive)."""

    time: AwareDatetime
    people: int


class InsideSummary(_Table):
    """People in the shop by the balance of its entrance lines, without staff where they are told
    apart. Always ``entered - left == people_end + drift`` (counting rule 10)."""

    entered: int
    left: int
    people_end: int = Field(ge=0)
    people_end_95: Range | None = None
    people_max: int = Field(ge=0)
    drift: int
    corrections: list[Correction]


class GroupSize(_Table):
    """So many ``groups`` of ``people`` each came in."""

    people: int
    groups: int


class Reach(_Table):
    """How many of the visitors stayed in an area, and what ``share`` of them that is."""

    visitors: int
    share: float | None


class Passages(_Table):
    """Passages of the entrance lines by shoppers and, where they are told apart, by staff."""

    shoppers_in: int
    shoppers_out: int
    staff_in: int
    staff_out: int


class VisitorSummary(_Table):
    """The inputs of conversion. ``visitors`` are people who came in, once for each time, or were
    inside when the recording began, and do not work here; ``begun_inside`` visits that begin inside later: of
    people who were lost and found again, and have been counted. ``passers_by`` were never
    inside; ``capture_rate`` is visitors through visitors and passers-by. ``bounced`` were out
    again within a minute without queueing or being served. ``conversion`` is receipts through
    visitors, ``group_conversion`` through groups. ``visitors_95`` is the interval of the visitors,
    by what entrances miss and invent. None is what cannot be told."""

    visitors: int
    visitors_95: Range | None = None
    begun_inside: int
    staff: int | None
    passages: Passages
    passers_by: int
    capture_rate: float | None
    groups: int | None
    group_sizes: list[GroupSize]
    bounced: int
    bounce_rate: float | None
    stay_s: Spread
    reach: dict[str, Reach]
    receipts: int | None
    conversion: float | None
    group_conversion: float | None


class AttributeCell(_Table):
    """What an ``attribute.summary`` tells of a zone and the quarter of an hour that ends at
    ``end``; a value's ``people`` are none where they are suppressed."""

    zone: Name
    end: AwareDatetime
    k: int
    visitors: int
    attributes: list[AttributeCounts]


class CameraSummary(_Table):
    """One of several cameras: whether it is ``fused`` with others on one floor, where everybody is
    counted once, or counts by itself; ``sights`` are the places of people that it told of."""

    fused: bool
    sights: int


class Summary(_Table):
    """The whole of ``summary.json``. ``coverage`` is the part of ``duration_s`` in which the camera
    saw; ``detected`` the part of ``frames`` that the detector saw (None where there was none);
    ``cameras`` are several that saw the recording; ``people`` visits seen (not unique persons; of
    the floor alone, where cameras share one), ``visitors`` those who came to shop; ``entrances``
    the lines into the shop together; ``incomplete`` why a recording ended early; ``rejected`` rows
    of tracks that could not be used, by reason; ``model_note`` what to know of the ``model``
    before its counts are believed."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    schema_: Literal[1] = Field(default=1, alias="schema")
    shop: Name
    camera: str | None
    cameras: dict[str, CameraSummary] = {}
    start: AwareDatetime
    duration_s: float
    frames: int
    analysed_fps: float
    detected: float | None = None
    coverage: float
    incomplete: str = ""
    people: int
    lines: dict[str, LineSummary]
    entrances: LineSummary | None = None
    inside: InsideSummary | None = None
    visitors: VisitorSummary | None = None
    zones: dict[str, ZoneSummary]
    queues: dict[str, QueueSummary]
    paths: list[PathSummary]
    shelves: dict[str, dict[str, float]] = {}
    attributes: list[AttributeCell] = []
    rejected: dict[str, int] = {}
    model: str
    model_note: str = ""
    versions: dict[str, str]
