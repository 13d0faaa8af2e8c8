"""YOLOX: models with many classes, of which one is people, or with one class.

The network gives one row per cell of its grids (strides 8, 16 and 32, unless the registry says
others): centre offset, log of the size, objectness, then one score per class. Formulas: Ge and
others, "YOLOX: Exceeding YOLO Series in 2021", arXiv 2107.08430, section 2.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from miseban.vision.detectors.boxes import detections, suppress
from miseban.vision.detectors.detection import Detections
from miseban.vision.detectors.letterbox import InputBuffer
from miseban.vision.detectors.network import check_fit
from miseban.vision.detectors.runtimes import open_network
from miseban.vision.models.registry import Model, Runtime
from miseban.vision.pixels import Frame
from miseban.vocabulary.errors import BadInput

SAME_PERSON_IOU = 0.6
"""Boxes that overlap more are taken for one person. On PETS 2009 S2.L1 with YOLOX-nano, tracked:
0.6 gives the best identities; lower values lose people who overlap, higher ones keep duplicates."""
LARGEST_LOG_SIZE = 10.0
"""Caps the exponent: a damaged model must not overflow. exp(10) * 8 is wider than any picture."""


class Yolox:
    """Follows ``Detector``. Raises ``BadInput``: ``openvino-missing``, or ``model-broken`` for a
    file that is no such network, naming it. ``detect`` raises ``Failed`` (``model-fault``)."""

    def __init__(
        self,
        model: Model,
        path: Path,
        *,
        threads: int,
        lowest_score: float,
        runtime: Runtime = "onnxruntime",
    ) -> None:
        if model.input is None:
            raise ValueError(f"{model.name}: no input table")
        self.name = model.name if runtime == model.runtime else f"{model.name}@{runtime}"
        self._lowest = lowest_score
        self._class = 5 + model.person_class
        self._input = InputBuffer(model.input)
        self._grid, self._stride = cells(model.input.size, model.strides)
        self._network = open_network(model, path, runtime, threads)
        columns = 6 if model.decoding == "yolox-one-class" else None
        shape = (1, len(self._stride), columns)
        said = f"[1, {len(self._stride)}, {columns or 'classes + 5'}]"
        check_fit(self._network, path, model.input.size, shape, said)
        rows = self._network.outputs[0].shape[2]
        if rows is not None and rows <= self._class:
            what = f"expected more than {self._class} columns of output, found {rows}"
            raise BadInput("model-broken", path, f"{what}: person_class is not in it")

    def detect(self, frame: Frame) -> Detections:
        blob, across, down = self._input.fill(frame)
        rows = self._network.run(blob)[0]
        xyxy, score = decode(rows, self._class, self._lowest, self._grid, self._stride)
        kept = suppress(xyxy, score, SAME_PERSON_IOU)
        scaled = xyxy[kept] * (across, down, across, down)
        return detections(scaled, score[kept], frame.width, frame.height)

    def close(self) -> None:
        self._network.close()


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
    with np.errstate(all="ignore"):  # a damaged network gives numbers that are none
        score = rows[:, 4] * rows[:, column]
    passed = np.flatnonzero(score >= lowest)
    passed = passed[np.isfinite(rows[passed, :4]).all(axis=1)]
    raw = rows[passed, :4].astype(np.float64)
    step = stride[passed, None]
    centre = (raw[:, :2] + grid[passed]) * step
    half = np.exp(np.minimum(raw[:, 2:], LARGEST_LOG_SIZE)) * step / 2
    return np.hstack([centre - half, centre + half]), score[passed].astype(np.float64)


def cells(
    size: tuple[int, int], strides: Sequence[int]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Column and row of each cell (N, 2), and its stride (N,), in the network's order, for an
    input of ``size`` (width, height)."""
    grids, steps = [], []
    for stride in strides:
        across, down = math.ceil(size[0] / stride), math.ceil(size[1] / stride)
        x, y = np.meshgrid(np.arange(across), np.arange(down))
        grids.append(np.stack([x.ravel(), y.ravel()], axis=1).astype(np.float64))
        steps.append(np.full(across * down, float(stride)))
    return np.concatenate(grids), np.concatenate(steps)
