"""The events of a made-up camera: number N of a camera, at the moment of its clock, is always the
same event. The moments are written down before the events are told."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.torture.shop import PLACES, SHOP, queue_of
from miseban.vocabulary.events import Event, LineCrossed, QueueState, VisitEnded, ZoneLeft
from miseban.vocabulary.identifiers import EventIds

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
STEP = timedelta(milliseconds=1)
"""Between two events that are told together."""
LAST_LENGTH = 9
"""Of the queue that each camera tells of at last."""


def event(camera: str, number: int, time: datetime, *, last: bool = False) -> Event:
    """``number`` stands in the event as its ``visit``. The ``last`` one is of a long queue."""
    chance = random.Random(f"{camera} {number}")
    stamp: Any = {"id": EventIds(chance).at(time.timestamp()), "time": time, "shop": SHOP}
    visit = f"{number:016x}"
    kind = "queue" if last else chance.choice(("line", "line", "stay", "stay", "queue", "visit"))
    if kind == "line":
        return LineCrossed(
            **stamp, camera=camera, line=f"{camera}-line",
            direction=chance.choice(("in", "out")), visit=visit,
        )  # fmt: skip
    if kind == "stay":
        return ZoneLeft(
            **stamp, camera=camera, zone=chance.choice(PLACES), visit=visit,
            dwell_s=chance.randrange(1, 600) / 4, stitched=1,
        )  # fmt: skip
    if kind == "queue":
        return QueueState(
            **stamp, camera=camera, zone=queue_of(camera),
            length=LAST_LENGTH if last else chance.randrange(6),
            waiting_s=chance.randrange(0, 300),
        )  # fmt: skip
    return VisitEnded(
        **stamp, camera=camera, visit=visit, started=time - timedelta(seconds=60),
        t=(0.0, 1.0, 2.0), x=(1.0, 2.0, 3.0), y=(0.5, 0.5, 0.5), unit="m", areas=("aisle",),
        stitched=1,
    )  # fmt: skip


def some(
    camera: str, first: int, many: int, time: datetime, *, last: bool = False
) -> Iterator[Event]:
    """``many`` events from number ``first`` on, told together at ``time``."""
    for number in range(first, first + many):
        yield event(camera, number, time + (number - first) * STEP, last=last)


def line_of(first: int, many: int, time: datetime, *, last: bool = False) -> str:
    """What is written down about ``some``."""
    return f"{first} {many} {(time - _EPOCH) // timedelta(microseconds=1)} {int(last)}\n"


def told(folder: Path, camera: str) -> dict[int, Event]:
    """By number, all events that the camera was about to tell. A number that is written down again
    was not told the first time: the camera died in between."""
    found: dict[int, Event] = {}
    for line in (folder / f"{camera}.told").read_text("ascii").splitlines():
        first, many, micros, last = (int(part) for part in line.split())
        time = _EPOCH + timedelta(microseconds=micros)
        found |= dict(enumerate(some(camera, first, many, time, last=bool(last)), first))
    return found
