"""Ultra-Light-Fast-Generic-Face-Detector on ONNX Runtime: faces as boxes, without points.

Outputs: ``scores`` (1, N, 2), nothing and face; ``boxes`` (1, N, 4), corners as parts of the input
(as in the author's ``run_video_face_detect_onnx.py``).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from miseban.vision.detectors.boxes import suppress
from miseban.vision.detectors.letterbox import InputBuffer
from miseban.vision.detectors.onnx import open_session
from miseban.vision.faces.face import Face
from miseban.vision.faces.yunet import SAME_FACE_IOU
from miseban.vision.models.registry import Model
from miseban.vision.pixels import Pixels
from miseban.vocabulary.errors import BadInput


class Ultralight:
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
        shapes = [port.shape for port in self._session.get_inputs()]
        known = {port.name for port in self._session.get_outputs()}
        if shapes != [[1, 3, height, width]] or not known >= {"scores", "boxes"}:
            what = f"expected input [1, 3, {height}, {width}] and outputs scores and boxes, "
            raise BadInput("model-broken", path, f"{what}found {shapes} and {sorted(known)}")
        self._feed = self._session.get_inputs()[0].name

    def faces(self, pixels: Pixels) -> list[Face]:
        blob, _, _ = self._input.fill(pixels)
        scores, boxes = self._session.run(["scores", "boxes"], {self._feed: blob})
        score = scores[0, :, 1].astype(np.float64)
        good = score >= self._lowest
        xyxy = boxes[0, good].astype(np.float64) * ([pixels.width, pixels.height] * 2)
        score = score[good]
        return [Face(xyxy[i], float(score[i])) for i in suppress(xyxy, score, SAME_FACE_IOU)]
