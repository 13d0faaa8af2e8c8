"""Tracks of both folders, brought onto the same moments."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import csv as arrow_csv

from miseban.camera.tracks_file import read_tracks
from miseban.insight.score.folder import Folder
from miseban.insight.score.overlap import Boxes
from miseban.vocabulary.errors import BadInput

SAME_S = 0.005
"""Times closer than this are one moment: files round them."""
VISIBILITY = "visibility"
MOT_NAME = "mot"
"""Stands for the camera that a MOT file does not name."""

Floats = NDArray[np.float64]
_Rows = tuple[Floats, NDArray[np.int64], NDArray[np.float32]]


def read_pairs(truth: Folder, result: Folder) -> Iterator[tuple[str, Boxes, Boxes]]:
    """Camera by camera, boxes of truth and result with the same numbers for the same moments.

    From ``tracks.csv`` where both folders have one, else from ``mot.txt``. Only the time of the
    truth's recording counts (where no summary tells of it, from its first to its last row). A
    camera that only one side knows has no boxes on the other. Raises ``BadInput`` for files that
    cannot be read.
    """
    if truth.tracks and result.tracks:
        true, found = _by_camera(truth.tracks), _by_camera(result.tracks)
        shift_s = 0.0
        if truth.recording and result.recording:
            began = result.recording.summary.start - truth.recording.summary.start
            shift_s = began.total_seconds()
        for name in sorted(true.keys() | found.keys()):
            # Given away as they are used: a supermarket's day has tens of millions of rows.
            yield (
                name,
                *_on_moments(
                    _joined(true.pop(name, [])),
                    _shifted(_joined(found.pop(name, [])), shift_s),
                    _window(truth),
                ),
            )
    elif truth.mot and result.mot:
        yield MOT_NAME, *_mot_pair(truth.mot, result.mot)


def _by_camera(path: Path) -> dict[str, list[_Rows]]:
    """Times (N,), tracks (N,) and boxes (N, 4) of confirmed rows in which anything was visible, in
    pieces. Places have seven digits, so that as many rows as can be fit into memory."""
    hidden = _hidden(path)
    parts: dict[str, list[_Rows]] = {}
    at = 0
    for names, rows in read_tracks(path):
        good = rows.track >= 0
        if hidden is not None:
            good &= ~hidden[at : at + len(rows)]
        at += len(rows)
        cameras = pa.array(names, pa.string()).dictionary_encode()
        which = cameras.indices.to_numpy()
        for number, name in enumerate(cameras.dictionary.to_pylist()):
            mine = rows.take((which == number) & good)
            if len(mine):
                ltwh = np.concatenate(
                    [mine.xyxy[:, :2], mine.xyxy[:, 2:] - mine.xyxy[:, :2]], axis=1
                )
                piece = mine.time_s, mine.track, ltwh.astype(np.float32)
                parts.setdefault(name, []).append(piece)
    return parts


def _joined(parts: list[_Rows]) -> _Rows:
    """The pieces of one camera as one."""
    if not parts:
        return np.empty(0), np.empty(0, np.int64), np.empty((0, 4), np.float32)
    time_s, track, ltwh = (np.concatenate(column) for column in zip(*parts, strict=True))
    return time_s, track, ltwh


def _hidden(path: Path) -> NDArray[np.bool_] | None:
    """For each row whether nothing of the person could be seen; None where the file does not tell
    (a truth from a simulation has a further column ``visibility``, 0 to 1)."""
    convert = arrow_csv.ConvertOptions(
        include_columns=[VISIBILITY], column_types={VISIBILITY: pa.float64()}
    )
    try:
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            if VISIBILITY not in next(csv.reader(file), []):
                return None
        column = arrow_csv.read_csv(path, convert_options=convert)[VISIBILITY]
    except (OSError, csv.Error, pa.ArrowInvalid) as error:
        raise BadInput("not-readable", path, f"{VISIBILITY} cannot be read: {error}") from None
    return np.asarray(column.to_numpy() == 0)


def _shifted(rows: _Rows, by_s: float) -> _Rows:
    return rows[0] + by_s, rows[1], rows[2]


def _window(truth: Folder) -> tuple[float, float] | None:
    return (0.0, truth.recording.summary.duration_s) if truth.recording else None


def _on_moments(
    truth: _Rows, result: _Rows, window: tuple[float, float] | None
) -> tuple[Boxes, Boxes]:
    times = np.unique(np.concatenate([truth[0], result[0]]))
    moment = np.cumsum(np.diff(times, prepend=-np.inf) > SAME_S, dtype=np.int64)
    if window is None:
        window = (truth[0].min(), truth[0].max()) if len(truth[0]) else (-np.inf, np.inf)
    return _boxes(truth, times, moment, window), _boxes(result, times, moment, window)


def _boxes(
    rows: _Rows, times: Floats, moment: NDArray[np.int64], window: tuple[float, float]
) -> Boxes:
    inside = (rows[0] >= window[0] - SAME_S) & (rows[0] <= window[1] + SAME_S)
    boxes = Boxes(
        moment[np.searchsorted(times, rows[0])], rows[1], rows[2].astype(np.float64)
    ).take(inside)
    return _once(boxes)


def _once(boxes: Boxes) -> Boxes:
    """A track's first box of a moment: two on one moment would be nobody's truth."""
    order = np.lexsort((boxes.track, boxes.moment))
    again = (np.diff(boxes.moment[order]) == 0) & (np.diff(boxes.track[order]) == 0)
    if not again.any():
        return boxes
    return boxes.take(np.sort(order[np.concatenate([[True], ~again])]))


def _mot_pair(truth: Path, result: Path) -> tuple[Boxes, Boxes]:
    true, found = _read_mot(truth), _read_mot(result)
    if true.shape[1] > 6:
        true = true[true[:, 6] != 0]  # the benchmark's mark of what is not to be evaluated
    if len(true):
        inside = (found[:, 0] >= true[:, 0].min()) & (found[:, 0] <= true[:, 0].max())
        found = found[inside]
    return _once(Boxes.of_table(true)), _once(Boxes.of_table(found))


def _read_mot(path: Path) -> Floats:
    """Rows that have an id."""
    try:
        text = path.read_text(encoding="utf-8")
        rows = [[float(value) for value in line.split(",")] for line in text.splitlines() if line]
        table = np.array(rows, np.float64) if rows else np.empty((0, 6))
    except (OSError, ValueError) as error:
        raise BadInput("not-readable", path, f"expected rows of numbers: {error}") from None
    if table.ndim != 2 or table.shape[1] < 6 or not np.isfinite(table[:, :6]).all():
        raise BadInput(
            "not-readable", path, "expected rows frame,id,left,top,width,height of finite numbers"
        )
    return table[table[:, 1] >= 0]
