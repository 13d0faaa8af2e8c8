"""Events: the facts that leave the camera room. One typed union, told apart by ``type``.

Every field has a data class (``privacy.md`` rule 3) in ``EVENT_CLASSES``; retention, export and
use are decided by class.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, NonNegativeInt, TypeAdapter

from miseban.vocabulary.identifiers import Name

DataClass = Literal["count", "trajectory", "attribute", "assist", "member", "staff", "device"]
Seconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Fraction = Annotated[float, Field(ge=0, le=1)]


class _Event(BaseModel):
    """``time`` is when the frame was taken (UTC), never when it was processed (rule 13)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    time: AwareDatetime
    shop: Name
    camera: Name | None = None


class LineCrossed(_Event):
    """One person passed a line once. ``time`` is the moment on the path between two positions."""

    type: Literal["line.crossed"] = "line.crossed"
    line: Name
    direction: Literal["in", "out"]
    visit: str


class ZoneEntered(_Event):
    """A person came into a zone and stayed long enough to count; ``time`` is the entry."""

    type: Literal["zone.entered"] = "zone.entered"
    zone: Name
    visit: str


class ZoneLeft(_Event):
    """``time`` is when the person was last inside; ``dwell_s`` the time really spent (rule 7);
    ``stitched`` the number of track pieces the stay was put together from, 1 when unbroken."""

    type: Literal["zone.left"] = "zone.left"
    zone: Name
    visit: str
    dwell_s: Seconds
    stitched: Annotated[int, Field(ge=1)]


class ZoneOccupancy(_Event):
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


class QueueState(_Event):
    """A queue when its length changes: ``length`` people wait, ``waiting_s`` is how long the one
    who came first among them has waited so far (0 when nobody waits)."""

    type: Literal["queue.state"] = "queue.state"
    zone: Name
    length: NonNegativeInt
    waiting_s: Seconds


class VisitEnded(_Event):
    """A person left the view. The trail is sampled at 1 Hz: ``t`` seconds since the start of the
    recording or session, ``x`` and ``y`` in ``unit`` (metres on the floor where the camera has
    floor points, else pixels). ``areas`` are the zones stayed in, in order of entry; ``stitched``
    the number of track pieces (rule 8)."""

    type: Literal["visit.ended"] = "visit.ended"
    visit: str
    started: AwareDatetime
    t: tuple[float, ...]
    x: tuple[float, ...]
    y: tuple[float, ...]
    unit: Literal["m", "px"]
    areas: tuple[Name, ...]
    stitched: Annotated[int, Field(ge=1)]


class CameraHealth(_Event):
    """What the camera could and could not see: a ``gap`` of lost coverage that ended at ``time``,
    or that all is well (``state`` "ok", which nothing writes yet)."""

    type: Literal["camera.health"] = "camera.health"
    state: Literal["ok", "gap"]
    fps: Annotated[float, Field(ge=0)]
    gap_s: Seconds = 0.0
    reason: str = ""


Event = Annotated[
    LineCrossed | ZoneEntered | ZoneLeft | ZoneOccupancy | QueueState | VisitEnded | CameraHealth,
    Field(discriminator="type"),
]
EVENTS: TypeAdapter[Event] = TypeAdapter(Event)

EVENT_CLASSES: dict[str, DataClass] = {
    "line.crossed": "count",
    "zone.entered": "trajectory",
    "zone.left": "trajectory",
    "zone.occupancy": "count",
    "queue.state": "count",
    "visit.ended": "trajectory",
    "camera.health": "device",
}
