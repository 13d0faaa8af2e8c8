"""A training folder: pictures, and ``truth.csv`` that says where everybody is in them.

``truth.csv`` has the columns ``picture,x1,y1,x2,y2,visibility``: a file's name, the box around the
visible part of one person in its pixels, and the visible share of the whole person from 0 to 1. A
picture without people has one row with nothing but its name.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from miseban.vocabulary.errors import BadInput

TRUTH = "truth.csv"
COLUMNS = ("picture", "x1", "y1", "x2", "y2", "visibility")


@dataclass(frozen=True, slots=True)
class Labelled:
    """A picture's file and the people in it: ``xyxy`` (N, 4) pixels, ``visibility`` (N,)."""

    path: Path
    xyxy: NDArray[np.float32]
    visibility: NDArray[np.float32]


def rows_of(name: str, xyxy: NDArray[np.float64], visibility: NDArray[np.float64]) -> list[str]:
    """Lines of ``truth.csv`` for one picture."""
    if not len(xyxy):
        return [f"{name},,,,,"]
    return [
        f"{name},{x1:.1f},{y1:.1f},{x2:.1f},{y2:.1f},{share:.3f}"
        for (x1, y1, x2, y2), share in zip(xyxy.tolist(), visibility.tolist(), strict=True)
    ]


def read_folder(folder: Path) -> list[Labelled]:
    """All pictures of a training folder, by name.

    Raises ``BadInput``: ``no-truth`` for a folder without ``truth.csv`` or with an empty one,
    ``bad-truth`` for a wrong column, number, box or a picture that is not there (line named).
    """
    file = folder / TRUTH
    if not file.is_file():
        raise BadInput("no-truth", folder, f"a training folder needs {TRUTH}, found none")
    boxes: dict[str, list[Sequence[float]]] = {}
    with file.open(newline="", encoding="utf-8", errors="strict") as lines:
        reader = csv.reader(lines)
        try:
            head = next(reader, [])
            if tuple(head) != COLUMNS:
                raise BadInput("bad-truth", file, f"line 1: expected {','.join(COLUMNS)}")
            for row in reader:
                _take(row, f"line {reader.line_num}", file, boxes)
        except (csv.Error, UnicodeDecodeError) as error:
            raise BadInput("bad-truth", file, f"not a CSV file: {error}") from error
    if not boxes:
        raise BadInput("no-truth", file, "expected at least one picture, found none")
    found = []
    for name in sorted(boxes):
        path = folder / name
        if not path.is_file():
            raise BadInput("bad-truth", file, f"names {name}, which is not in the folder")
        values = np.array(boxes[name], np.float32).reshape(-1, 5)
        found.append(Labelled(path, values[:, :4], values[:, 4]))
    return found


def _take(row: list[str], where: str, file: Path, boxes: dict[str, list[Sequence[float]]]) -> None:
    if len(row) != len(COLUMNS):
        raise BadInput("bad-truth", file, f"{where}: expected {len(COLUMNS)} values")
    mine = boxes.setdefault(row[0], [])
    if not any(row[1:]):
        return
    try:
        x1, y1, x2, y2, share = (float(value) for value in row[1:])
    except ValueError as error:
        raise BadInput("bad-truth", file, f"{where}: expected numbers, found {row[1:]}") from error
    if not (x1 < x2 and y1 < y2 and 0 <= share <= 1):
        raise BadInput("bad-truth", file, f"{where}: expected x1 < x2, y1 < y2, 0 to 1")
    mine.append((x1, y1, x2, y2, share))
