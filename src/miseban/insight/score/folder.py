"""A folder to be scored: what it holds, and its recording, read once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray
from pydantic import ValidationError

from miseban.journal.events_table import read_events, read_trails
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.events import Event
from miseban.vocabulary.summary import Summary

EVENTS, SUMMARY, TRACKS, MOT = "events.parquet", "summary.json", "tracks.csv", "mot.txt"

SCORED = {
    "camera.health",
    "help.ended",
    "help.needed",
    "line.crossed",
    "queue.state",
    "shelf.state",
    "shelf.touched",
    "till.receipt",
    "visit.ended",
    "visit.labelled",
    "zone.entered",
    "zone.left",
    "zone.occupancy",
}
"""Types of events that figures are made of."""

STOCK = "stock.csv"
TABLES = {
    "incidents.csv": {"help.needed"},
    "receipts.csv": {"till.receipt"},
    STOCK: {"shelf.state", "shelf.touched"},
}
"""Tables of a simulated truth beside the types of events that it tells of: where one lies, no such
event means that nothing of the kind happened."""


@dataclass(frozen=True, slots=True)
class Recording:
    """Events and summary of one recording; ``tells_of`` are the types of events that it knows,
    ``other_types`` those that no figure is made of; ``stock`` is the file of stocks, or None.

    ``trails`` are those of the visits by the id of the event, (3, N) rows ``t``, ``x``, ``y``; the
    events have none. As Python's numbers a supermarket's day of them would take a gigabyte."""

    summary: Summary
    events: list[Event]
    trails: dict[str, NDArray[np.float64]]
    tells_of: frozenset[str]
    stock: Path | None = None

    @property
    def other_types(self) -> frozenset[str]:
        return self.tells_of - SCORED

    @property
    def end(self) -> datetime:
        return self.summary.start + timedelta(seconds=self.summary.duration_s)


@dataclass(frozen=True, slots=True)
class Folder:
    """``summary`` is None in a folder that holds tracks only; ``tracks`` and ``mot`` are files, or
    None."""

    path: Path
    summary: Summary | None
    tracks: Path | None
    mot: Path | None


def read_folder(path: Path) -> Folder:
    """Raises ``BadInput`` for a folder that holds neither a recording's files nor tracks, and for
    files that cannot be read."""
    if not path.is_dir():
        raise BadInput("no-folder", path, "expected a result folder, found no folder")
    held = {name for name in (EVENTS, SUMMARY, TRACKS, MOT) if (path / name).is_file()}
    if not held:
        expected = f"{EVENTS} and {SUMMARY}, {TRACKS} or {MOT}"
        raise BadInput("no-results", path, f"expected {expected}, found none of them")
    half = held & {EVENTS, SUMMARY}
    if len(half) == 1:
        (other,) = {EVENTS, SUMMARY} - half
        raise BadInput("no-results", path, f"expected {other} beside {half.pop()}, found none")
    return Folder(
        path,
        _summary(path) if half else None,
        path / TRACKS if TRACKS in held else None,
        path / MOT if MOT in held else None,
    )


def read_recording(folder: Folder) -> Recording:
    """Events and summary of a folder that has a ``summary``. Raises ``BadInput`` for events that
    cannot be read."""
    assert folder.summary is not None  # noqa: S101 - the caller has looked
    path = folder.path
    try:
        types = set(pq.read_table(path / EVENTS, columns=["type"])["type"].to_pylist())
        events = read_events(path / EVENTS, SCORED, trails=False)
        trails = read_trails(path / EVENTS)
    except ValidationError as error:
        raise _not_valid(path / EVENTS, error) from None
    except (UnicodeDecodeError, OSError) as error:
        raise BadInput("not-readable", path, f"cannot be read: {error}") from None
    except (pa.ArrowException, KeyError) as error:
        raise BadInput("events", path / EVENTS, f"expected a file of events: {error}") from None
    events.sort(key=lambda event: event.time)
    for table, implied in TABLES.items():
        if (path / table).is_file():
            types |= implied
    stock = path / STOCK
    return Recording(
        folder.summary, events, trails, frozenset(types), stock if stock.is_file() else None
    )


def _summary(path: Path) -> Summary:
    try:
        return Summary.model_validate_json((path / SUMMARY).read_text(encoding="utf-8"))
    except ValidationError as error:
        raise _not_valid(path / SUMMARY, error) from None
    except (UnicodeDecodeError, OSError) as error:
        raise BadInput("not-readable", path, f"cannot be read: {error}") from None


def _not_valid(path: Path, error: ValidationError) -> BadInput:
    first = error.errors()[0]
    at = ".".join(str(part) for part in first["loc"]) or "as a whole"
    return BadInput("not-readable", path, f"{at}: {first['msg']}")
