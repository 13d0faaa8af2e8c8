"""Pictures of which it is known where everybody is: clips with a MOTChallenge file, and drawn ones.

MOTChallenge rows are ``frame,id,left,top,width,height,flag,class,visibility`` (Milan and others,
"MOT16", arXiv 1603.00831, table 5): frames from 1; a flag of 0, or a class that is neither 1 nor
unknown (-1), is somebody who counts neither way; an unknown visibility (-1) is taken for all.
A file that ends in ``.json`` holds ``frames_annotated``: by number from 0, ``id`` and ``box``
(left, top, right, bottom) of everybody in that frame; only the frames it lists are judged.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, FiniteFloat, NonNegativeInt, ValidationError

from miseban.insight.bench.pictures import START, decode
from miseban.vision.pixels import Frame
from miseban.vocabulary.errors import BadInput

Floats = NDArray[np.float64]
Seen = tuple[Frame, Floats, Floats]
"""A picture, the boxes (N, 4) of all people in it, and how visible each is (N,), 0 to 1."""

QUICK_PICTURES = 50
"""Of each clip, spread over it: one in eight of 400 gives the same figures within 0.02."""
FEWEST_COLUMNS = 6
CLIPS = (
    ("pets09_s2l1_vtest.mp4", "pets09_s2l1_first400_mot.txt"),
    ("intel_store-aisle-detection.gif", "store_aisle.json"),
)
"""PETS 2009 S2.L1 by the University of Reading, with the annotation of A. Milan; and three people
in a shop, from Intel's sample videos."""


@dataclass(frozen=True, slots=True)
class Truth:
    """``pictures`` may be asked for once or more; ``real`` are those of real people."""

    name: str
    real: bool
    pictures: Callable[[], Iterator[Seen]]


def clips_at_hand(shared: Path) -> list[tuple[Path, Path]]:
    """Clips with truth, each as video and file, in a folder of shared material."""
    known = [(shared / "data" / "video" / a, shared / "data" / "truth" / b) for a, b in CLIPS]
    return [pair for pair in known if all(path.is_file() for path in pair)]


def clip(video: Path, file: Path, most: int | None = QUICK_PICTURES) -> Truth:
    """A clip and what is known of it; at most so many pictures of it, spread evenly, None for all.
    Raises ``BadInput`` (``bad-truth``) for a file that is none."""
    rows = read_truth(file)
    last = int(rows[:, 0].max())
    told = sorted(set(rows[:, 0].astype(int).tolist())) if _is_json(file) else range(1, last + 1)
    wanted = set(told[:: 1 if most is None else math.ceil(len(told) / most)])

    def pictures() -> Iterator[Seen]:
        seen = 0
        for number, (time_s, image) in enumerate(decode(video), start=1):
            if number > last:
                break
            if number in wanted:
                here = rows[rows[:, 0] == number]
                corners = np.column_stack([here[:, 2:4], here[:, 2:4] + here[:, 4:6]])
                utc = START + timedelta(seconds=time_s)
                yield Frame(image, number, time_s, utc), corners, here[:, 6]
            seen = number
        if seen < last:
            what = f"tells of frame {last}, but {video.name} has {seen}"
            raise BadInput("bad-truth", file, what)

    return Truth(video.stem, True, pictures)


def read_truth(file: Path) -> Floats:
    """Rows of frame (from 1), id, left, top, width, height and visibility (0 who counts neither
    way)."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise BadInput("bad-truth", file, f"cannot be read: {reason}") from error
    if _is_json(file):
        return _from_json(file, text)
    lines = text.splitlines()
    rows = [_row(file, n, line) for n, line in enumerate(lines, start=1) if line.strip()]
    if not rows:
        raise BadInput("bad-truth", file, "expected rows of frame,id,left,top,width,height,...")
    return np.array(rows)


def _is_json(file: Path) -> bool:
    return file.suffix == ".json"


def _from_json(file: Path, text: str) -> Floats:
    try:
        people = _Frames.model_validate_json(text).frames_annotated
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "as a whole"
        raise BadInput("bad-truth", file, f"{place}: {first['msg']}") from error
    rows = [
        [number + 1, one.id, *one.box[:2], one.box[2] - one.box[0], one.box[3] - one.box[1], 1.0]
        for number, everybody in people.items()
        for one in everybody
    ]
    if not rows or min(min(row[4:6]) for row in rows) <= 0:
        raise BadInput("bad-truth", file, "expected boxes left, top, right, bottom in its frames")
    return np.array(rows)


class _Somebody(BaseModel):
    id: int
    box: tuple[FiniteFloat, FiniteFloat, FiniteFloat, FiniteFloat]


class _Frames(BaseModel):
    frames_annotated: dict[NonNegativeInt, list[_Somebody]]


def _row(file: Path, number: int, line: str) -> list[float]:
    try:
        cells = [float(cell) for cell in line.split(",")]
    except ValueError:
        cells = []
    good = len(cells) >= FEWEST_COLUMNS and all(map(math.isfinite, cells))
    if not good or cells[0] < 1 or min(cells[4:6]) <= 0:
        what = f"expected frame (from 1),id,left,top,width,height,..., found {line[:80]!r}"
        raise BadInput("bad-truth", f"{file}: line {number}", what)
    flag, kind, visibility = (cells[6:9] + [1.0, -1.0, -1.0][max(0, len(cells) - 6) :])[:3]
    if flag == 0 or kind not in (-1, 1):
        visibility = 0.0
    return [*cells[:6], 1.0 if visibility < 0 else visibility]
