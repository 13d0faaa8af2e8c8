"""Writes what the simulation knows besides events: tracks, trails and people, as tables."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import csv as arrow_csv

from miseban.sim.world.people import Person
from miseban.vocabulary.tracks import COLUMNS, TrackRows

Floats = NDArray[np.float64]

THREADS = 2
"""Text is made in so many threads, while the next stretch of time is worked out."""


class TracksFile:
    """``tracks.csv``, written piece by piece; with a column ``visibility`` where it is known.
    Rows become text in threads of their own, and are written in the order they came."""

    def __init__(self, path: Path, *, visibility: bool) -> None:
        self._file = path.open("wb")
        names = (*COLUMNS, "visibility") if visibility else COLUMNS
        self._file.write((",".join(names) + "\n").encode())
        self._threads = ThreadPoolExecutor(THREADS)
        self._pending: deque[Future[pa.Buffer]] = deque()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Writes what is still to be written."""
        try:
            self._write(len(self._pending))
        finally:
            self._threads.shutdown()
            self._file.close()

    def write(self, parts: Sequence[tuple[str, TrackRows, Floats | None]]) -> None:
        """The rows of one stretch of time of all cameras, as (camera, rows, visibility), each in
        order of time; they are written in order of time and then of cameras, perhaps not before
        ``close``. Times to a millisecond, places to a hundredth of a pixel."""
        parts = [part for part in parts if len(part[1])]
        if parts:
            self._write(len(self._pending) - THREADS)
            self._pending.append(self._threads.submit(_as_text, parts))

    def _write(self, pieces: int) -> None:
        """Waits for so many pieces and writes them."""
        for _ in range(pieces):
            self._file.write(self._pending.popleft().result())


def _as_text(parts: Sequence[tuple[str, TrackRows, Floats | None]]) -> pa.Buffer:
    rows = TrackRows.concatenate([part[1] for part in parts])
    names = np.concatenate([np.full(len(part[1]), i) for i, part in enumerate(parts)])
    order = np.argsort(rows.time_s, kind="stable")  # of cameras too, since they are in order
    rows, names = rows.take(order), names[order]
    cameras = pa.DictionaryArray.from_arrays(pa.array(names), [part[0] for part in parts])
    track = pa.array(rows.track, mask=rows.track < 0)
    columns = [cameras.cast(pa.string()), pa.array(np.round(rows.time_s, 3)), track]
    columns += [pa.array(np.round(rows.xyxy[:, i], 2)) for i in range(4)]
    columns.append(pa.array(np.round(rows.score, 3)))
    if all(part[2] is not None for part in parts):
        seen = np.concatenate([part[2] for part in parts if part[2] is not None])
        columns.append(pa.array(np.round(seen[order], 3)))
    table = pa.table(columns, names=[str(i) for i in range(len(columns))])
    options = arrow_csv.WriteOptions(include_header=False, quoting_style="none")
    text = pa.BufferOutputStream()
    arrow_csv.write_csv(table, text, options)
    return text.getvalue()


def write_trails(path: Path, people: Sequence[Person], duration_s: float) -> None:
    """``trails.csv``: the knots of everybody's way, ``person,time_s,x_m,y_m``; straight and at
    constant speed in between."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write("person,time_s,x_m,y_m\n")
        for person in _seen(people, duration_s):
            t, xy = person.trail.knots(duration_s)
            for time_s, (x, y) in zip(t.tolist(), xy.tolist(), strict=True):
                file.write(f"{person.id},{time_s:.6f},{x:.6f},{y:.6f}\n")


def write_people(
    path: Path, people: Sequence[Person], visits: dict[int, str], duration_s: float
) -> None:
    """``people.csv``: who everybody was, with the visit's id in ``events.parquet``; ``left_s`` is
    empty for those still there at the end."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write("person,visit,kind,group,staff,passing,height_m,carries,came_s,left_s\n")
        for p in _seen(people, duration_s):
            left = p.gone and p.trail.end_s <= duration_s
            left_s = f"{p.trail.end_s:.6f}" if left else ""
            row = f"{p.id},{visits[p.id]},{p.kind},{p.group},{int(p.staff)},{int(p.passing)}"
            file.write(f"{row},{p.height_m:.4f},{p.carries},{p.trail.start_s:.6f},{left_s}\n")


def _seen(people: Sequence[Person], duration_s: float) -> list[Person]:
    there = [p for p in people if len(p.trail.t) and p.trail.start_s < duration_s]
    return sorted(there, key=lambda p: p.id)
