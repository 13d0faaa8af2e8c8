"""YuNet on ONNX Runtime: faces with five points.

Each of the strides 8, 16 and 32 has its outputs ``cls``, ``obj`` (a score is the root of their
product), ``bbox`` (centre as an offset in cells, logarithm of width and height in cells) and
``kps`` (points as offsets in cells), as OpenCV's ``FaceDetectorYN`` reads them
(``modules/objdetect/src/face_detect.cpp``).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from miseban.vision.detectors.boxes import suppress
from miseban.vision.faces.face import Face, Floats
from miseban.vision.faces.onnx import FaceNetwork
from miseban.vision.models.registry import Model
from miseban.vision.pixels import Pixels

STRIDES = (8, 16, 32)
COLUMNS = {"cls": 1, "obj": 1, "bbox": 4, "kps": 10}
SAME_FACE_IOU = 0.3


class YuNet:
    """Follows ``FaceDetector``. Raises ``BadInput`` as ``FaceNetwork`` does; ``faces`` raises
    ``Failed`` (``model-fault``)."""

    def __init__(self, model: Model, path: Path, *, threads: int, lowest_score: float) -> None:
        if model.input is None:
            raise ValueError(f"{model.name}: no input table")
        self.name = model.name
        self._lowest = lowest_score
        width, height = model.input.size
        cells = [
            np.stack(np.meshgrid(np.arange(width // s), np.arange(height // s)), -1).reshape(-1, 2)
            for s in STRIDES
        ]
        self._cells = np.concatenate(cells).astype(np.float64)
        self._strides = np.repeat(STRIDES, [len(c) for c in cells]).astype(np.float64)[:, None]
        many = dict(zip(STRIDES, map(len, cells), strict=True))
        tables = {f"{k}_{s}": (many[s], width) for k, width in COLUMNS.items() for s in STRIDES}
        self._network = FaceNetwork(model, path, tables, threads=threads)

    def faces(self, pixels: Pixels) -> list[Face]:
        found, across, down = self._network.read(pixels)
        sure, there, boxes, points = (
            np.concatenate([found[f"{kind}_{s}"] for s in STRIDES]) for kind in COLUMNS
        )
        score = np.sqrt(sure.clip(0, 1) * there.clip(0, 1))[:, 0]
        good = score >= self._lowest
        score, cells, strides = score[good], self._cells[good], self._strides[good]
        centre = (cells + boxes[good, :2]) * strides
        half = np.exp(boxes[good, 2:]) * strides / 2
        ratio = np.array([across, down])
        xyxy = np.concatenate([(centre - half) * ratio, (centre + half) * ratio], axis=1)
        five: Floats = points[good].reshape(-1, 5, 2) + cells[:, None]
        five = five * strides[:, None] * ratio
        return [
            Face(xyxy[i], float(score[i]), five[i]) for i in suppress(xyxy, score, SAME_FACE_IOU)
        ]
