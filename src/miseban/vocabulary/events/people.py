"""Events about people: passages, stays, queues and whole visits."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, NonNegativeInt

from miseban.vocabulary.events.base import EventBase, Fraction, Seconds
from miseban.vocabulary.identifiers import Name

Role = Literal["shopper", "staff"]


class LineCrossed(EventBase):
    """One person passed a line once. ``time`` is the moment on the path between two positions."""

    type: Literal["line.crossed"] = "line.crossed"
    line: Name
    direction: Literal["in", "out"]
    visit: str


class ZoneEntered(EventBase):
    """A person came into a zone and stayed long enough to count; ``time`` is the entry."""

    type: Literal["zone.entered"] = "zone.entered"
    zone: Name
    visit: str


class ZoneLeft(EventBase):
    """``time`` is when the person was last inside; ``dwell_s`` the time really spent (rule 7);
    ``stitched`` the number of track pieces the stay was put together from, 1 when unbroken."""

    type: Literal["zone.left"] = "zone.left"
    zone: Name
    visit: str
    dwell_s: Seconds
    stitched: Annotated[int, Field(ge=1)]


class ZoneOccupancy(EventBase):
    """People in a zone over the ``period_s`` seconds that end at ``time``.

    ``people`` at the end, ``people_max`` at the fullest, ``person_s`` person-seconds spent;
    ``coverage`` the part of the period in which the camera saw (rule 12).
    """

    type: Literal["zone.occupancy"] = "zone.occupancy"
    zone: Name
    people: NonNegativeInt
    people_max: NonNegativeInt
    person_s: Seconds
    period_s: Seconds
    coverage: Fraction


class QueueState(EventBase):
    """A queue when its length changes: ``length`` people wait, ``waiting_s`` is how long the one
    who came first among them has waited so far (0 when nobody waits)."""

    type: Literal["queue.state"] = "queue.state"
    zone: Name
    length: NonNegativeInt
    waiting_s: Seconds


class VisitEnded(EventBase):
    """A person left the view. The trail is sampled at 1 Hz: ``t`` seconds since the start of the
    recording or session, ``x`` and ``y`` in ``unit`` (metres on the floor where the camera has
    floor points, else pixels). ``areas`` are the zones stayed in, in order of entry; ``stitched``
    the number of track pieces (rule 8). ``role`` says who works here and who shops, ``group`` is
    a random id shared by those who came together; none where nobody can tell. ``certainty`` is how
    sure it is that all of this, and nothing else, was one person's; none with a single camera."""

    type: Literal["visit.ended"] = "visit.ended"
    visit: str
    started: AwareDatetime
    t: tuple[float, ...]
    x: tuple[float, ...]
    y: tuple[float, ...]
    unit: Literal["m", "px"]
    areas: tuple[Name, ...]
    stitched: Annotated[int, Field(ge=1)]
    role: Role | None = None
    group: str | None = None
    certainty: Fraction | None = None


class VisitLabelled(EventBase):
    """What became known of a visit after it was told: what this says stands for the whole of it,
    back to its beginning, instead of what was said before. ``certainty`` is that of the role."""

    type: Literal["visit.labelled"] = "visit.labelled"
    visit: str
    role: Role | None = None
    group: str | None = None
    certainty: Fraction | None = None
