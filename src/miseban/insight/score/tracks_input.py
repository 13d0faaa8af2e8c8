"""Tracks of both folders, brought onto the same moments."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import csv as arrow_csv

from miseban.camera.tracks_file import read_tracks
from miseban.insight.score.folder import Folder
from miseban.insight.score.overlap import Boxes
from miseban.vocabulary.errors import BadInput, Failed

SAME_S = 0.005
"""Times closer than this are one moment: files round them."""
VISIBILITY = "visibility"
MOT_NAME = "mot"
"""Stands for the camera that a MOT file does not name."""

Floats = NDArray[np.float64]
_ROW = np.dtype([("time_s", np.float64), ("track", np.int64), ("ltwh", np.float32, 4)])
_Rows = NDArray[np.void]
"""Rows ``_ROW`` (N,) of one camera. Places have seven digits, so that as many as can be fit into
memory."""


def read_pairs(truth: Folder, result: Folder) -> Iterator[tuple[str, Boxes, Boxes]]:
    """Camera by camera, boxes of truth and result with the same numbers for the same moments.

    From ``tracks.csv`` where both folders have one, else from ``mot.txt``. Only the time of the
    truth's recording counts (where no summary tells of it, from its first to its last row). A
    camera that only one side knows has no boxes on the other. Raises ``BadInput`` for files that
    cannot be read.
    """
    if truth.tracks and result.tracks:
        shift_s = 0.0
        if truth.summary and result.summary:
            shift_s = (result.summary.start - truth.summary.start).total_seconds()
        # A supermarket's day has tens of millions of rows: they wait on disk, camera by camera.
        with tempfile.TemporaryDirectory(prefix="miseban-score-") as name:
            true = _by_camera(truth.tracks, Path(name) / "truth")
            found = _by_camera(result.tracks, Path(name) / "result")
            for camera in sorted(true.keys() | found.keys()):
                yield (
                    camera,
                    *_on_moments(
                        _read(true.get(camera)), _shifted(_read(found.get(camera)), shift_s), truth
                    ),
                )
    elif truth.mot and result.mot:
        yield MOT_NAME, *_mot_pair(truth.mot, result.mot)


def _by_camera(path: Path, folder: Path) -> dict[str, Path]:
    """Files in ``folder`` of the confirmed rows of each camera in which anything was visible."""
    hidden = _hidden(path)
    folder.mkdir()
    files: dict[str, Path] = {}
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
                piece = np.empty(len(mine), _ROW)
                piece["time_s"], piece["track"] = mine.time_s, mine.track
                piece["ltwh"] = np.hstack([mine.xyxy[:, :2], mine.xyxy[:, 2:] - mine.xyxy[:, :2]])
                _append(files.setdefault(name, folder / str(len(files))), piece)
    return files


def _append(file: Path, rows: _Rows) -> None:
    try:
        with file.open("ab") as out:
            out.write(rows.tobytes())
    except OSError as error:
        why = error.strerror or str(error)
        raise Failed("temporary", file.parent, f"tracks cannot be kept there: {why}") from None


def _read(file: Path | None) -> _Rows:
    return np.empty(0, _ROW) if file is None else np.fromfile(file, _ROW)


def _hidden(path: Path) -> NDArray[np.bool_] | None:
    """For each row whether nothing of the person could be seen; None where the file does not tell
    (a truth from a simulation has a further column ``visibility``, 0 to 1)."""
    read = arrow_csv.ReadOptions(use_threads=False)
    convert = arrow_csv.ConvertOptions(
        include_columns=[VISIBILITY], column_types={VISIBILITY: pa.float64()}
    )
    try:
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            if VISIBILITY not in next(csv.reader(file), []):
                return None
        batches = arrow_csv.open_csv(path, read_options=read, convert_options=convert)
        hidden = [np.asarray(b[0].to_numpy(zero_copy_only=False) == 0) for b in batches]
    except (OSError, csv.Error, pa.ArrowInvalid) as error:
        raise BadInput("not-readable", path, f"{VISIBILITY} cannot be read: {error}") from None
    return np.concatenate([np.empty(0, bool), *hidden])


def _shifted(rows: _Rows, by_s: float) -> _Rows:
    rows["time_s"] += by_s
    return rows


def _on_moments(true: _Rows, found: _Rows, truth: Folder) -> tuple[Boxes, Boxes]:
    times = np.unique(np.concatenate([np.unique(side["time_s"]) for side in (true, found)]))
    moment = np.cumsum(np.diff(times, prepend=-np.inf) > SAME_S, dtype=np.int64)
    window = -np.inf, np.inf
    if truth.summary:
        window = 0.0, truth.summary.duration_s
    elif len(true):
        window = true["time_s"].min(), true["time_s"].max()
    return _boxes(true, times, moment, window), _boxes(found, times, moment, window)


def _boxes(
    rows: _Rows, times: Floats, moment: NDArray[np.int64], window: tuple[float, float]
) -> Boxes:
    time_s = rows["time_s"]
    inside = (time_s >= window[0] - SAME_S) & (time_s <= window[1] + SAME_S)
    if not inside.all():
        rows = rows[inside]
    return _once(
        Boxes(
            moment[np.searchsorted(times, rows["time_s"])],
            np.ascontiguousarray(rows["track"]),
            np.ascontiguousarray(rows["ltwh"]),
        )
    )


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
