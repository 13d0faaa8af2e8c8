"""Face detectors of SSD form (Open Model Zoo) on OpenVINO: faces as boxes, without points."""

from __future__ import annotations

from pathlib import Path

from miseban.vision.detectors.ssd import Ssd
from miseban.vision.faces.face import Face
from miseban.vision.models.registry import Model
from miseban.vision.pixels import Pixels


class SsdFaces:
    """Follows ``FaceDetector``. Raises ``BadInput`` as ``Ssd`` does."""

    def __init__(self, model: Model, path: Path, *, threads: int, lowest_score: float) -> None:
        self._network = Ssd(model, path, threads=threads, lowest_score=lowest_score)
        self.name = model.name

    def faces(self, pixels: Pixels) -> list[Face]:
        found = self._network.detect(pixels)
        return [Face(box, float(s)) for box, s in zip(found.xyxy, found.score, strict=True)]
