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
from miseban.vision.detectors.letterbox import InputBuffer
from miseban.vision.detectors.onnx import open_session
from miseban.vision.faces.face import Face, Floats
from miseban.vision.models.registry import Model
from miseban.vision.pixels import Pixels
from miseban.vocabulary.errors import BadInput

STRIDES = (8, 16, 32)
SAME_FACE_IOU = 0.3


class YuNet:
    """Follows ``FaceDetector``. Raises ``BadInput`` (``model-broken``) for a file that is no such
    network."""

    def __init__(self, model: Model, path: Path, *, threads: int, lowest_score: float) -> None:
        if model.input is None:
            raise ValueError(f"{model.name}: no input table")
        self.name = model.name
        self._lowest = lowest_score
        self._input = InputBuffer(model.input)
        self._session = open_session(path, threads)
        width, height = model.input.size
        self._outputs = [f"{kind}_{s}" for kind in ("cls", "obj", "bbox", "kps") for s in STRIDES]
        shapes = [port.shape for port in self._session.get_inputs()]
        known = {port.name for port in self._session.get_outputs()}
        if shapes != [[1, 3, height, width]] or not known >= set(self._outputs):
            what = f"expected input [1, 3, {height}, {width}] and outputs {self._outputs}, "
            raise BadInput("model-broken", path, f"{what}found {shapes} and {sorted(known)}")
        self._feed = self._session.get_inputs()[0].name
        cells = [
            np.stack(np.meshgrid(np.arange(width // s), np.arange(height // s)), -1).reshape(-1, 2)
            for s in STRIDES
        ]
        self._cells = np.concatenate(cells).astype(np.float64)
        self._strides = np.repeat(STRIDES, [len(c) for c in cells]).astype(np.float64)[:, None]

    def faces(self, pixels: Pixels) -> list[Face]:
        blob, across, down = self._input.fill(pixels)
        found = self._session.run(self._outputs, {self._feed: blob})
        kinds = [np.concatenate([part[0] for part in found[i : i + 3]]) for i in (0, 3, 6, 9)]
        sure, there, boxes, points = (kind.astype(np.float64) for kind in kinds)
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
