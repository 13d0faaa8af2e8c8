"""YOLOX on ONNX Runtime: models with many classes, of which one is people, or with one class.

The network gives one row per cell of three grids (strides 8, 16 and 32): centre offset, log of
the size, objectness, then one score per class. Formulas: Ge and others, "YOLOX: Exceeding YOLO
Series in 2021", arXiv 2107.08430, section 2.
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from miseban.vision.detectors.boxes import detections, suppress
from miseban.vision.detectors.detection import Detections
from miseban.vision.detectors.letterbox import InputBuffer
from miseban.vision.detectors.onnx import open_session
from miseban.vision.models.registry import Model
from miseban.vision.pixels import Frame
from miseban.vocabulary.errors import BadInput

STRIDES = (8, 16, 32)
SAME_PERSON_IOU = 0.6
"""Boxes that overlap more are taken for one person. On PETS 2009 S2.L1 with YOLOX-nano, tracked:
0.6 gives the best identities; lower values lose people who overlap, higher ones keep duplicates."""
LARGEST_LOG_SIZE = 10.0
"""Caps the exponent: a damaged model must not overflow. exp(10) * 8 is wider than any picture."""


class Yolox:
    """Follows ``Detector``. Raises ``BadInput`` (``model-broken``) for a file that is no such
    network, naming it."""

    def __init__(self, model: Model, path: Path, *, threads: int, lowest_score: float) -> None:
        if model.input is None:
            raise ValueError(f"{model.name}: no input table")
        self.name = model.name
        self._path = path
        self._lowest = lowest_score
        self._class = 5 + model.person_class
        self._input = InputBuffer(model.input)
        self._grid, self._stride = _cells(*model.input.size)
        self._session = open_session(path, threads)
        width, height = model.input.size
        inputs = self._session.get_inputs()
        if len(inputs) != 1 or list(inputs[0].shape) != [1, 3, height, width]:
            found = ", ".join(str(i.shape) for i in inputs)
            raise self._broken(f"one input [1, 3, {height}, {width}]", found)
        self._input_name = inputs[0].name
        shape = self._session.get_outputs()[0].shape
        if len(shape) != 3 or shape[1] != len(self._stride) or not shape[2] > self._class:
            wanted = f"output [1, {len(self._stride)}, more than {self._class}]"
            raise self._broken(wanted, str(shape))

    def detect(self, frame: Frame) -> Detections:
        blob, across, down = self._input.fill(frame)
        rows: NDArray[np.float32] = self._session.run(None, {self._input_name: blob})[0][0]
        xyxy, score = decode(rows, self._class, self._lowest, self._grid, self._stride)
        kept = suppress(xyxy, score, SAME_PERSON_IOU)
        scaled = xyxy[kept] * (across, down, across, down)
        return detections(scaled, score[kept], frame.width, frame.height)

    def close(self) -> None:
        self._session = None

    def _broken(self, expected: str, found: str) -> BadInput:
        return BadInput("model-broken", self._path, f"expected {expected}, found {found}")


def decode(
    rows: NDArray[np.float32],
    column: int,
    lowest: float,
    grid: NDArray[np.float64],
    stride: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Boxes (N, 4) in pixels of the input and scores (N,), of the rows that score at least
    ``lowest``.

    ``rows`` (cells, 5 + classes); score = objectness x class score, whose ``column`` is given.
    Only rows that pass are decoded: of thousands of cells a few dozen do.
    """
    score = rows[:, 4] * rows[:, column]
    passed = np.flatnonzero(score >= lowest)
    raw = rows[passed, :4].astype(np.float64)
    step = stride[passed, None]
    centre = (raw[:, :2] + grid[passed]) * step
    half = np.exp(np.minimum(raw[:, 2:], LARGEST_LOG_SIZE)) * step / 2
    return np.hstack([centre - half, centre + half]), score[passed].astype(np.float64)


def _cells(width: int, height: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Column and row of each cell (N, 2), and its stride (N,), in the network's order."""
    grids, strides = [], []
    for stride in STRIDES:
        across, down = math.ceil(width / stride), math.ceil(height / stride)
        x, y = np.meshgrid(np.arange(across), np.arange(down))
        grids.append(np.stack([x.ravel(), y.ravel()], axis=1).astype(np.float64))
        strides.append(np.full(across * down, float(stride)))
    return np.concatenate(grids), np.concatenate(strides)
