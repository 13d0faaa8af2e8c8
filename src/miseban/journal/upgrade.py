"""Older forms of a journal's folder, brought to the one that is written now.

Version 0 is a folder of results: ``events.parquet`` of ``miseban analyze`` or ``replay``, and no
``journal.json``. Its events become segments; ``journal.json`` is written when they are durable, and
only then the old file goes: whenever the power fails, the folder is of one version or of the other.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from miseban.journal.disk import Disk
from miseban.journal.events_table import read_events
from miseban.journal.intake import Refused, checked
from miseban.journal.known import date_of, day_of
from miseban.journal.manifest import Manifest, Place, Segment, Totals, write_manifest
from miseban.journal.segments import sort_events, table_of, write_segment
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.events import EVENT_CLASSES, Event

RESULTS = "events.parquet"


def from_results(disk: Disk, folder: Path, shop: str, timezone: str) -> Manifest:
    """Version 0 as version 1. Raises ``BadInput`` (``journal-shop``, ``journal``, ``events``), and
    nothing has changed; ``OSError``, and it stands as it was."""
    path = folder / RESULTS
    by_place: dict[Place, list[Event]] = defaultdict(list)
    seen: set[str] = set()
    for event in read_events(path):
        if event.shop != shop:
            what = f"events of shop {event.shop}, expected {shop}"
            raise BadInput("journal-shop", path, what)
        found = checked(event, shop)
        if isinstance(found, Refused):
            raise BadInput("journal", path, f"event {event.id}: {found}")
        if event.id not in seen:
            seen.add(event.id)
            by_place[EVENT_CLASSES[event.type], date_of(day_of(event.time))].append(event)
    segments = []
    for number, ((data, day), events) in enumerate(sorted(by_place.items()), start=1):
        segment = Segment(data=data, day=day, file=number, events=len(events))
        write_segment(disk, folder, segment, sort_events(table_of(data, events)))
        segments.append(segment)
    manifest = Manifest(
        shop=shop,
        timezone=timezone,
        next_file=len(segments) + 1,
        segments=tuple(segments),
        totals=Totals(kept=len(seen)),
        stale={day: tuple(sorted(d for d, of in by_place if of == day)) for _, day in by_place},
        superseded=(RESULTS,),
    )
    write_manifest(disk, folder, manifest)
    return manifest
