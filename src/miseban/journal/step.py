"""What a compaction moves at once: read from the logs, and only read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from pathlib import Path

import pyarrow as pa

from miseban.journal.disk import Disk
from miseban.journal.known import date_of, day_of
from miseban.journal.manifest import Manifest, Place
from miseban.journal.marks import Marks
from miseban.journal.replay import Found, replay
from miseban.journal.segments import table_of
from miseban.vocabulary.events import EVENT_CLASSES, DataClass, Event

EVENTS_AT_ONCE = 2_000
"""As objects, before they become columns: each is some dozens of small pieces of memory."""
EVENTS_A_STEP = 200_000
"""From which a step is made and its logs are dropped."""


@dataclass(frozen=True)
class Step:
    """What the logs up to ``last`` hold: so many ``events``, in ``tables`` (``segments.SCHEMAS``)
    in order of acceptance, and lines that were ``rejected``. ``marks`` are those after them."""

    last: int
    marks: Marks
    tables: Mapping[Place, pa.Table]
    rejected: Sequence[bytes]
    events: int


def next_step(disk: Disk, folder: Path, manifest: Manifest, last: int) -> Step:
    """Of the logs from the first that ``manifest`` counts up to ``last``, as many as make
    ``EVENTS_A_STEP``. Raises ``OSError``."""
    marks = Marks.of(manifest)
    tables: dict[Place, list[pa.Table]] = defaultdict(list)
    waiting: list[Event] = []
    rejected: list[bytes] = []
    events, upto = 0, last
    first = manifest.first_log
    parts = replay(disk, folder, manifest.shop, first, Found(), lambda number: number <= last)
    for log, of_log in groupby(parts, key=lambda part: part.log):
        for part in of_log:
            marks.take(part.head, part.events[-1].time if part.events else None)
            waiting += part.events
            rejected += part.rejected
            events += len(part.events)
            if len(waiting) >= EVENTS_AT_ONCE:
                _to_tables(waiting, tables)
                waiting = []
        if events >= EVENTS_A_STEP:
            upto = log
            break
    _to_tables(waiting, tables)
    whole = {place: pa.concat_tables(some) for place, some in tables.items()}
    return Step(upto, marks, whole, rejected, events)


def _to_tables(events: Sequence[Event], tables: dict[Place, list[pa.Table]]) -> None:
    by_place: dict[tuple[DataClass, date], list[Event]] = defaultdict(list)
    for event in events:
        by_place[EVENT_CLASSES[event.type], date_of(day_of(event.time))].append(event)
    for (data, day), of_place in by_place.items():
        tables[data, day].append(table_of(data, of_place))
