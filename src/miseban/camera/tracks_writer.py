"""Writes ``tracks.csv`` from an analysis: who was where on the picture, for replays and scores."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import csv as arrow_csv

from miseban.space.geometry import CameraGeometry
from miseban.space.settings import SpaceSettings
from miseban.vocabulary.shop import Shop
from miseban.vocabulary.tracks import COLUMNS, TrackRows


def write_tracks(path: Path, rows: Mapping[str, TrackRows], shop: Shop) -> None:
    """Writes the confirmed ``rows`` of each camera in order of time; a header alone for nobody.

    Left out, as in counting, is who stands in a private zone. Each camera's tracks are numbered
    from 1 in order of first appearance: the random numbers of the session are not written. Times
    are to a millisecond, places to a hundredth of a pixel. Raises ``OSError`` when the disk does.
    """
    parts = [_numbered(part, shop, camera) for camera, part in rows.items()]
    names = np.repeat(list(rows), [len(part) for part in parts]) if parts else np.empty(0, str)
    whole = TrackRows.concatenate(parts)
    order = np.lexsort((whole.track, names, whole.time_s))
    whole = whole.take(order)
    columns = [pa.array(names[order].tolist(), pa.string())]
    columns += [pa.array(np.round(whole.time_s, 3)), pa.array(whole.track)]
    columns += [pa.array(np.round(whole.xyxy[:, i], 2)) for i in range(4)]
    columns.append(pa.array(np.round(whole.score.clip(0.0, 1.0), 3)))
    with path.open("wb") as file:
        file.write((",".join(COLUMNS) + "\n").encode())
        options = arrow_csv.WriteOptions(include_header=False, quoting_style="none")
        arrow_csv.write_csv(pa.table(columns, names=list(COLUMNS)), file, options)


def _numbered(rows: TrackRows, shop: Shop, camera: str) -> TrackRows:
    """The rows that are written, in order of time, their tracks numbered from 1."""
    places = np.round(rows.xyxy, 2)
    real = (places[:, :2] < places[:, 2:]).all(axis=1)  # a box too flat to be read back is none
    view = CameraGeometry(shop, camera, SpaceSettings())
    rows = rows.take((rows.track >= 0) & real & ~view.private(rows))
    rows = rows.take(np.lexsort((rows.track, rows.time_s)))
    names, first, which = np.unique(rows.track, return_index=True, return_inverse=True)
    number = np.empty(len(names), np.int64)
    number[np.argsort(first)] = np.arange(1, len(names) + 1)
    return replace(rows, track=number[which])
