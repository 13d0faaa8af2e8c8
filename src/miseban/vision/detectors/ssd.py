"""SSD-style Intel IR models on OpenVINO (the extra ``openvino``).

Output of these models (Open Model Zoo, e.g. person-detection-retail-0013): [1, 1, N, 7] with
rows of picture number, label, score, left, top, right, bottom as parts of the picture, duplicates
already suppressed; a picture number below 0 ends the list.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from miseban.vision.detectors.boxes import detections
from miseban.vision.detectors.detection import Detections
from miseban.vision.detectors.letterbox import InputBuffer
from miseban.vision.detectors.network import check_fit
from miseban.vision.detectors.runtimes import open_network
from miseban.vision.models.registry import Model, Runtime
from miseban.vision.pixels import Pixels


class Ssd:
    """Follows ``Detector``. Raises ``BadInput``: ``openvino-missing`` when OpenVINO is not
    installed, ``model-broken`` for a file that is no such network. ``detect`` raises ``Failed``
    (``model-fault``)."""

    def __init__(
        self,
        model: Model,
        path: Path,
        *,
        threads: int,
        lowest_score: float,
        runtime: Runtime = "openvino",
    ) -> None:
        if model.input is None:
            raise ValueError(f"{model.name}: no input table")
        self.name = model.name
        self._lowest = lowest_score
        self._label = model.person_class
        self._input = InputBuffer(model.input)
        self._network = open_network(model, path, runtime, threads)
        check_fit(self._network, path, model.input.size, (1, 1, None, 7), "[1, 1, N, 7]")

    def detect(self, frame: Pixels) -> Detections:
        blob, _, _ = self._input.fill(frame)
        rows = self._network.run(blob).reshape(-1, 7)
        ended = np.flatnonzero(rows[:, 0] < 0)
        rows = rows[: ended[0]] if len(ended) else rows
        people = (rows[:, 1] == self._label) & (rows[:, 2] >= self._lowest)
        found: NDArray[np.float64] = rows[people].astype(np.float64)
        size = np.array([frame.width, frame.height] * 2, np.float64)
        return detections(found[:, 3:] * size, found[:, 2], frame.width, frame.height)

    def close(self) -> None:
        self._network.close()
