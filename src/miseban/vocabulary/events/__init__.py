"""Events: the facts that leave the camera room. One typed union, told apart by ``type``.

Every event has a data class (``privacy.md`` rule 3) in ``EVENT_CLASSES``; retention, export and
use are decided by class.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from pydantic import ConfigDict, Field, TypeAdapter

from miseban.vocabulary.events.alert import About, AlertAnswered, AlertStep, HelpStep, Step, Urgency
from miseban.vocabulary.events.attribute import (
    AttributeCounts,
    AttributeSummary,
    ValueCount,
)
from miseban.vocabulary.events.base import DataClass
from miseban.vocabulary.events.device import CameraHealth, Trouble
from miseban.vocabulary.events.help import AssistEvent, HelpEnded, HelpKind, HelpNeeded
from miseban.vocabulary.events.people import (
    LineCrossed,
    QueueState,
    Role,
    VisitEnded,
    VisitLabelled,
    ZoneEntered,
    ZoneLeft,
    ZoneOccupancy,
)
from miseban.vocabulary.events.shelf import (
    ShelfConfirmed,
    ShelfFaced,
    ShelfState,
    ShelfTouched,
    Stocked,
    Touch,
)
from miseban.vocabulary.events.till import ReceiptLine, TillReceipt

__all__ = [
    "AS_READ",
    "EVENTS",
    "EVENT_CLASSES",
    "About",
    "AlertAnswered",
    "AlertStep",
    "AssistEvent",
    "AttributeCounts",
    "AttributeSummary",
    "CameraHealth",
    "DataClass",
    "Event",
    "HelpEnded",
    "HelpKind",
    "HelpNeeded",
    "HelpStep",
    "LineCrossed",
    "PlainEvent",
    "QueueState",
    "ReceiptLine",
    "Role",
    "ShelfConfirmed",
    "ShelfFaced",
    "ShelfState",
    "ShelfTouched",
    "Step",
    "Stocked",
    "TillReceipt",
    "Touch",
    "Trouble",
    "Urgency",
    "ValueCount",
    "VisitEnded",
    "VisitLabelled",
    "ZoneEntered",
    "ZoneLeft",
    "ZoneOccupancy",
    "plain",
]

_Plain = (
    LineCrossed
    | ZoneEntered
    | ZoneLeft
    | ZoneOccupancy
    | QueueState
    | VisitEnded
    | VisitLabelled
    | ShelfFaced
    | ShelfTouched
    | ShelfState
    | ShelfConfirmed
    | AlertStep
    | AlertAnswered
    | TillReceipt
    | AttributeSummary
    | CameraHealth
)
PlainEvent = Annotated[_Plain, Field(discriminator="type")]
"""Every event but those about help. What chooses content, prices or coupons, and whatever leaves
for others, takes this type: a call for help cannot get there (``privacy.md`` rule 4)."""
Event = Annotated[_Plain | HelpNeeded | HelpEnded | HelpStep, Field(discriminator="type")]
AS_READ = ConfigDict(cache_strings="keys")
"""Pydantic otherwise keeps 16 000 texts that it has read, in case that they come again: ids of
events do not, and lie about in memory until by chance another takes their place."""
EVENTS: TypeAdapter[Event] = TypeAdapter(Event, config=AS_READ)

EVENT_CLASSES: dict[str, DataClass] = {
    "line.crossed": "count",
    "zone.entered": "trajectory",
    "zone.left": "trajectory",
    "zone.occupancy": "count",
    "queue.state": "count",
    "visit.ended": "trajectory",
    "visit.labelled": "trajectory",
    "shelf.faced": "trajectory",
    "shelf.touched": "trajectory",
    "shelf.state": "count",
    "shelf.confirmed": "count",
    "help.needed": "assist",
    "help.ended": "assist",
    "alert.step": "count",
    "help.step": "assist",
    "alert.answered": "staff",
    "till.receipt": "count",
    "attribute.summary": "attribute",
    "camera.health": "device",
}


def plain(events: Iterable[Event]) -> list[PlainEvent]:
    """``events`` without those about help, in their order."""
    return [event for event in events if not isinstance(event, AssistEvent)]
