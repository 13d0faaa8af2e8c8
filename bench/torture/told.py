"""The events of a made-up camera: number N of a camera is always the same event."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

from miseban.vocabulary.events import Event, LineCrossed, QueueState, VisitEnded, ZoneLeft
from miseban.vocabulary.identifiers import EventIds

SHOP = "torture"
TIMEZONE = "Asia/Tokyo"
START = datetime(2026, 3, 28, 22, 0, tzinfo=UTC)
STEP_S = 0.2
"""Between two events of a camera, by its clock."""
JUMP_EVERY = 500
"""Events, then the camera's clock is set."""
MOST_JUMP_S = 36 * 3600.0


def event(camera: str, number: int) -> Event:
    """``number`` stands in the event as its ``visit``, in the zone's name for one without."""
    chance = random.Random(f"{camera} {number}")
    jump = random.Random(f"{camera} clock {number // JUMP_EVERY}").uniform(0.0, MOST_JUMP_S)
    time = START + timedelta(seconds=number * STEP_S + jump)
    stamp: Any = {"id": EventIds(chance).at(time.timestamp()), "time": time, "shop": SHOP}
    visit = f"{number:016x}"
    kind = chance.choice(("line", "line", "stay", "stay", "queue", "visit"))
    if kind == "line":
        return LineCrossed(
            **stamp, camera=camera, line=f"{camera}-line",
            direction=chance.choice(("in", "out")), visit=visit,
        )  # fmt: skip
    if kind == "stay":
        return ZoneLeft(
            **stamp, camera=camera, zone=chance.choice(("aisle", "magazines")), visit=visit,
            dwell_s=chance.randrange(1, 600) / 4, stitched=1,
        )  # fmt: skip
    if kind == "queue":
        return QueueState(
            **stamp, camera=camera, zone=f"{camera}-queue", length=chance.randrange(6),
            waiting_s=chance.randrange(0, 300),
        )  # fmt: skip
    return VisitEnded(
        **stamp, camera=camera, visit=visit, started=time - timedelta(seconds=60),
        t=(0.0, 1.0, 2.0), x=(1.0, 2.0, 3.0), y=(0.5, 0.5, 0.5), unit="m", areas=("aisle",),
        stitched=1,
    )  # fmt: skip
