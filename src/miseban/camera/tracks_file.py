"""Reads ``tracks.csv``, ours or any other tracker's, and names the line of what it cannot use."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pyarrow import csv as arrow_csv

from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.tracks import COLUMNS, TrackRows

_BLOCK = 1 << 20  # bytes read at a time: a shop-day must not lie in memory as text
_LISTED = 5  # bad lines named before "and more"
_LARGEST = 2.0**53  # beyond this a float is no exact number any more
_LATEST_S = 31 * 86_400.0  # a clock's seconds since 1970 would mean fifty years of empty minutes
_FARTHEST = 1e6  # pixels: no picture is that large
_NUMBERS = ("time_s", "track", "x1", "y1", "x2", "y2", "score")
_PLACES = ("x1", "y1", "x2", "y2")
# Python also takes underscores, a plus sign and other alphabets' digits for numbers.
_NUMBER = re.compile(
    r"-?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?|[+-]?(inf|infinity|nan)", re.ASCII | re.IGNORECASE
)


def read_tracks(path: Path) -> Iterator[tuple[NDArray[np.object_], TrackRows]]:
    """Blocks of rows in the order of the file, each with the camera of every row (N,).

    ``track`` may be empty or negative: not confirmed. Other columns than ``COLUMNS`` are passed
    over. Raises ``BadInput`` for a file that cannot be read, and for bad rows, naming their
    lines; rows before the first bad one may have been handed out by then, so that a caller who
    must not begin in vain calls ``check_tracks`` first.
    """
    if not _check_header(path):
        return
    try:
        reader = arrow_csv.open_csv(
            path,
            read_options=arrow_csv.ReadOptions(block_size=_BLOCK, use_threads=False),
            convert_options=arrow_csv.ConvertOptions(
                include_columns=list(COLUMNS),
                column_types={"camera": pa.string(), **dict.fromkeys(_NUMBERS, pa.float64())},
                strings_can_be_null=False,
                null_values=[""],
            ),
        )
        for batch in reader:
            rows = _rows(batch)
            if rows is None:
                raise _bad_rows(path)
            if len(rows[1]):
                yield rows
    except (pa.ArrowInvalid, UnicodeDecodeError):
        raise _bad_rows(path) from None
    except OSError as error:
        raise BadInput("unreadable", path, f"cannot be read: {error.strerror or error}") from None
    finally:
        # Arrow keeps what it has once used; on a small board the rest of the run wants it.
        pa.default_memory_pool().release_unused()


@dataclass(frozen=True, slots=True)
class TracksInfo:
    """What one reading of the file tells: its ``cameras``, sorted, whether the rows stand in order
    of time, and the time of the last one."""

    cameras: list[str]
    ordered: bool
    last_s: float


def check_tracks(path: Path) -> TracksInfo:
    """Reads the whole file once. Raises ``BadInput`` as ``read_tracks`` does."""
    cameras: set[str] = set()
    ordered, last_s, latest_s = True, 0.0, 0.0
    for names, rows in read_tracks(path):
        cameras.update(names.tolist())
        ordered = ordered and rows.time_s[0] >= last_s and bool(np.all(np.diff(rows.time_s) >= 0))
        last_s = float(rows.time_s[-1])
        latest_s = max(latest_s, float(rows.time_s.max()))
    return TracksInfo(sorted(cameras), ordered, latest_s)


def _opened(path: Path) -> TextIO:
    """Bytes that are no UTF-8 become surrogates, so that their line can still be counted."""
    return path.open(encoding="utf-8-sig", errors="surrogateescape", newline="")


def _check_header(path: Path) -> bool:
    """Whether anything stands below the header."""
    expected = ",".join(COLUMNS)
    try:
        with _opened(path) as file:
            header = next(csv.reader(file), None)
            more = bool(file.readline())
    except csv.Error as error:
        raise BadInput("not-a-table", path, f"line 1: expected {expected}: {error}") from None
    except OSError as error:
        raise BadInput("unreadable", path, f"cannot be read: {error.strerror or error}") from None
    if header is None:
        raise BadInput("empty", path, f"expected a header {expected}, found an empty file")
    missing = [name for name in COLUMNS if name not in header]
    if missing:
        found = ",".join(header)[:80]
        raise BadInput(
            "header",
            path,
            f"line 1: expected the columns {expected}, found no {', '.join(missing)} in {found!r}",
        )
    twice = sorted({name for name in COLUMNS if header.count(name) > 1})
    if twice:
        raise BadInput("header", path, f"line 1: column {', '.join(twice)} stands there twice")
    return more


def _rows(batch: pa.RecordBatch) -> tuple[NDArray[np.object_], TrackRows] | None:
    """The batch as rows; None when a value is out of bounds."""
    columns = {name: batch.column(name) for name in COLUMNS}
    if any(columns[name].null_count for name in _NUMBERS if name != "track"):
        return None
    track = pc.fill_null(columns["track"], -1.0)
    values = {name: np.asarray(track if name == "track" else columns[name]) for name in _NUMBERS}
    cameras = columns["camera"].to_numpy(zero_copy_only=False)
    good = (
        np.isfinite(np.stack(list(values.values()))).all(axis=0)
        & (values["time_s"] >= 0)
        & (values["time_s"] <= _LATEST_S)
        & (np.abs(np.stack([values[k] for k in _PLACES])) <= _FARTHEST).all(axis=0)
        & (values["x2"] > values["x1"])
        & (values["y2"] > values["y1"])
        & (values["score"] >= 0)
        & (values["score"] <= 1)
        & (values["track"] == np.floor(values["track"]))
        & (np.abs(values["track"]) < _LARGEST)
        & (cameras != "")
    )
    if not good.all():
        return None
    rows = TrackRows(
        values["time_s"],
        values["track"].astype(np.int64),
        np.stack([values[k] for k in _PLACES], axis=1),
        values["score"],
        np.zeros(len(cameras), np.int64),
    )
    return cameras, rows


def _bad_rows(path: Path) -> BadInput:
    """Walks the file line by line, slowly, to say which lines are bad and why."""
    found: list[tuple[int, str]] = []
    more = 0
    before = 0  # lines already read: a quoted value may go over several
    with _opened(path) as file:
        reader = csv.reader(file)
        try:
            header = next(reader)
            at = {name: header.index(name) for name in COLUMNS}
            before = reader.line_num
            for row in reader:
                problem = _problem(row, header, at, reader.line_num - before) if row else ""
                if problem and len(found) < _LISTED:
                    found.append((before + 1, problem))
                elif problem:
                    more += 1
                before = reader.line_num
        except csv.Error as error:
            found.append((before + 1, str(error)))
    if not found:
        return BadInput("not-a-table", path, "expected a CSV file with one row a line")
    line, problem = found[0]
    others = [str(number) for number, _ in found[1:]]
    if more:
        others.append(f"{more} more")
    rest = f" (also bad: line {', '.join(others)})" if others else ""
    return BadInput("bad-row", f"{path} line {line}", problem + rest)


def _problem(row: list[str], header: list[str], at: dict[str, int], lines: int) -> str:
    """What is wrong with a row that took up ``lines`` lines; empty when nothing is."""
    if not "".join(row).isprintable() and any("\ud800" <= c <= "\udfff" for c in "".join(row)):
        return "expected text in UTF-8"
    if lines > 1:
        return f"expected one line a row, found a quoted value that goes over {lines}"
    if len(row) != len(header):
        return f"expected {len(header)} columns, found {len(row)}"
    text = {name: row[at[name]].strip() for name in COLUMNS}
    if not text["camera"]:
        return "camera: expected the id of a camera, found nothing"
    number: dict[str, float] = {}
    for name in _NUMBERS:
        raw = text[name] or ("-1" if name == "track" else "")
        if not _NUMBER.fullmatch(raw):
            return f"{name}: expected a number, found {raw[:40]!r}"
        number[name] = float(raw)
        if not math.isfinite(number[name]):
            return f"{name}: expected a finite number, found {raw[:40]!r}"
    if number["time_s"] < 0:
        return f"time_s: expected 0 or more, found {text['time_s']}"
    if number["time_s"] > _LATEST_S:
        return (
            f"time_s: expected seconds since the recording began, at most {_LATEST_S:.0f} "
            f"(31 days), found {text['time_s']}"
        )
    if number["track"] != math.floor(number["track"]) or abs(number["track"]) >= _LARGEST:
        return f"track: expected a whole number below 2^53, found {text['track'][:40]}"
    for name in _PLACES:
        if abs(number[name]) > _FARTHEST:
            return f"{name}: expected a place in the picture, found {text[name]}"
    for low, high in (("x1", "x2"), ("y1", "y2")):
        if number[high] <= number[low]:
            return f"{high}: expected more than {low} ({text[low]}), found {text[high]}"
    if not 0 <= number["score"] <= 1:
        return f"score: expected 0 to 1, found {text['score']}"
    return ""
