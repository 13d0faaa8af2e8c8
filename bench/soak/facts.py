"""What the telling cameras tell: event after event, numbered."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from miseban.vocabulary.events import (
    Event,
    LineCrossed,
    QueueState,
    VisitEnded,
    ZoneEntered,
    ZoneLeft,
)
from miseban.vocabulary.identifiers import EventIds

SHOP = "soak"
VISIT = 6
"""Events of a visit that a telling camera tells of."""


def event(camera: str, index: int, number: int, ids: EventIds) -> Event:
    """Event ``number`` (from 1) of the telling camera ``camera``, the ``index``-th, at this moment:
    someone comes, is in the zone, waits and goes; then the next one comes."""
    now = datetime.now(UTC)
    turn, step = divmod(number - 1, VISIT)
    visit = f"{index:04x}{turn:012x}"
    told: dict[str, Any] = {"id": ids.at(now.timestamp()), "time": now, "shop": SHOP}
    told["camera"] = camera
    if step in (0, 4):
        way: Literal["in", "out"] = "in" if step == 0 else "out"
        return LineCrossed(**told, line=f"{camera}-line", direction=way, visit=visit)
    if step == 1:
        return ZoneEntered(**told, zone=f"{camera}-zone", visit=visit)
    if step == 2:
        return QueueState(**told, zone=f"{camera}-queue", length=turn % 5, waiting_s=turn % 90)
    if step == 3:
        return ZoneLeft(**told, zone=f"{camera}-zone", visit=visit, dwell_s=20.0, stitched=1)
    trail = tuple(float(second) for second in range(30))
    return VisitEnded(
        **told, visit=visit, started=now - timedelta(seconds=30), t=trail, x=trail, y=trail,
        unit="px", areas=(f"{camera}-zone",), stitched=1,
    )  # fmt: skip
