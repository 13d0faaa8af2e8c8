"""A camera's view in blocks, for whoever sets it up where a picture without people cannot be had.

Invariants, for what leaves here is made of pixels in which somebody may be:

1. ``CoarseStill`` has ``COLUMNS`` by ``MOST_ROWS`` colours at most and can hold no more: a picture
   does not fit into it.
2. Everybody whom the detector sees is one colour, the mean of the whole box and a tenth around it.
   A face is at most half as wide as the box of whoever it belongs to, so it is below one cell.
3. Of somebody whom the detector misses the grid shows one colour for each ``1 / COLUMNS`` of the
   picture's width. Faces can be told apart from about eight blocks across on
   (``camera/mosaic.py``): a face as wide as a quarter of the picture, which no camera of a shop
   sees of anybody but who holds it in their hand.
"""

from __future__ import annotations

from typing import Annotated, Final

import cv2
import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, model_validator

from miseban.vision.pixels import Frame

COLUMNS: Final = 32
MOST_ROWS: Final = 32
AROUND: Final = 0.1
Colour = Annotated[str, Field(pattern=r"^#[0-9a-f]{6}$")]
Row = Annotated[tuple[Colour, ...], Field(min_length=COLUMNS, max_length=COLUMNS)]


class CoarseStill(BaseModel):
    """``rows`` from the top, each of ``COLUMNS`` colours (sRGB) from the left."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rows: Annotated[tuple[Row, ...], Field(min_length=1, max_length=MOST_ROWS)]

    @model_validator(mode="before")
    @classmethod
    def _no_picture(cls, data: object) -> object:
        """Arrays are refused, whatever their size: colours are written one by one, here alone."""
        if isinstance(data, np.ndarray) or (
            isinstance(data, dict) and isinstance(data.get("rows"), np.ndarray)
        ):
            raise ValueError("expected rows of colours, found an array")
        return data


def coarse(frame: Frame, people_xyxy: NDArray[np.float64]) -> CoarseStill:
    """``frame`` in blocks; ``people_xyxy`` (N, 4) are the people in it, in its pixels. Private
    zones were blacked out before."""
    height, width = frame.height, frame.width
    rows = min(MOST_ROWS, max(1, round(COLUMNS * height / width)))
    flat = frame.bgr.copy()
    for x1, y1, x2, y2 in _boxes(people_xyxy, width, height):
        flat[y1:y2, x1:x2] = flat[y1:y2, x1:x2].reshape(-1, 3).mean(axis=0).round()
    cells = cv2.resize(flat, (COLUMNS, rows), interpolation=cv2.INTER_AREA)
    return CoarseStill(
        rows=tuple(tuple(f"#{r:02x}{g:02x}{b:02x}" for b, g, r in row) for row in cells.tolist())
    )


def _boxes(xyxy: NDArray[np.float64], width: int, height: int) -> list[tuple[int, int, int, int]]:
    """Each with a tenth around it; those that touch are one, so that no box is shown through the
    mean of another."""
    found: list[list[int]] = []
    for box in np.nan_to_num(np.asarray(xyxy, np.float64).reshape(-1, 4)):
        size = np.abs(box[2:] - box[:2])
        low = np.floor(box[:2] - AROUND * size).astype(int).clip(0, [width, height])
        high = np.ceil(box[2:] + AROUND * size).astype(int).clip(0, [width, height])
        new = [*low.tolist(), *high.tolist()]
        if new[2] <= new[0] or new[3] <= new[1]:
            continue
        while touching := [one for one in found if _touch(one, new)]:
            for one in touching:
                found.remove(one)
                new = [*map(min, one[:2], new[:2]), *map(max, one[2:], new[2:])]
        found.append(new)
    return [(x1, y1, x2, y2) for x1, y1, x2, y2 in found]


def _touch(one: list[int], other: list[int]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
