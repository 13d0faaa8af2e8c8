"""Ultra-Light-Fast-Generic-Face-Detector on ONNX Runtime: faces as boxes, without points.

Outputs: ``scores`` (1, N, 2), nothing and face; ``boxes`` (1, N, 4), corners as parts of the input
(as in the author's ``run_video_face_detect_onnx.py``).
"""

from __future__ import annotations

from pathlib import Path

from miseban.vision.detectors.boxes import suppress
from miseban.vision.faces.face import Face
from miseban.vision.faces.onnx import FaceNetwork
from miseban.vision.faces.yunet import SAME_FACE_IOU
from miseban.vision.models.registry import Model
from miseban.vision.pixels import Pixels

TABLES = {"scores": (None, 2), "boxes": (None, 4)}


class Ultralight:
    """Follows ``FaceDetector``. Raises ``BadInput`` as ``FaceNetwork`` does; ``faces`` raises
    ``Failed`` (``model-fault``)."""

    def __init__(self, model: Model, path: Path, *, threads: int, lowest_score: float) -> None:
        self.name = model.name
        self._lowest = lowest_score
        self._network = FaceNetwork(model, path, TABLES, threads=threads)

    def faces(self, pixels: Pixels) -> list[Face]:
        found, _, _ = self._network.read(pixels)
        score = found["scores"][:, 1]
        good = score >= self._lowest
        xyxy = found["boxes"][good] * ([pixels.width, pixels.height] * 2)
        score = score[good]
        return [Face(xyxy[i], float(score[i])) for i in suppress(xyxy, score, SAME_FACE_IOU)]
