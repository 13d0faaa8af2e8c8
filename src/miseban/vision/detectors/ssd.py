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
from miseban.vision.models.registry import Model
from miseban.vision.pixels import Pixels
from miseban.vocabulary.errors import BadInput


class Ssd:
    """Follows ``Detector``. Raises ``BadInput``: ``openvino-missing`` when OpenVINO is not
    installed, ``model-broken`` for a file that is no such network."""

    def __init__(self, model: Model, path: Path, *, threads: int, lowest_score: float) -> None:
        if model.input is None:
            raise ValueError(f"{model.name}: no input table")
        try:
            import openvino
        except ImportError as error:
            what = f"{model.name} runs on OpenVINO, which is not installed: "
            what += 'pip install "miseban[openvino]"'
            raise BadInput("openvino-missing", path, what) from error
        self.name = model.name
        self._lowest = lowest_score
        self._label = model.person_class
        self._input = InputBuffer(model.input)
        settings = {
            "PERFORMANCE_HINT": "LATENCY",
            "NUM_STREAMS": "1",
            "INFERENCE_NUM_THREADS": str(threads),
        }
        try:
            network = openvino.Core().read_model(path)
            compiled = openvino.Core().compile_model(network, "CPU", settings)
        except RuntimeError as error:
            reason = (str(error).strip() or "no reason given").splitlines()[-1]
            raise BadInput("model-broken", path, f"OpenVINO cannot read it: {reason}") from error
        width, height = model.input.size
        shapes = [list(port.shape) for port in (*compiled.inputs, *compiled.outputs)]
        if len(shapes) != 2 or shapes[0] != [1, 3, height, width] or shapes[1][-1:] != [7]:
            what = f"expected input [1, 3, {height}, {width}] and output [1, 1, N, 7], "
            raise BadInput("model-broken", path, f"{what}found {shapes}")
        self._request = compiled.create_infer_request()

    def detect(self, frame: Pixels) -> Detections:
        blob, _, _ = self._input.fill(frame)
        self._request.infer([blob], share_inputs=True)
        rows: NDArray[np.float32] = self._request.get_output_tensor().data.reshape(-1, 7)
        ended = np.flatnonzero(rows[:, 0] < 0)
        rows = rows[: ended[0]] if len(ended) else rows
        people = (rows[:, 1] == self._label) & (rows[:, 2] >= self._lowest)
        found: NDArray[np.float64] = rows[people].astype(np.float64)
        size = np.array([frame.width, frame.height] * 2, np.float64)
        return detections(found[:, 3:] * size, found[:, 2], frame.width, frame.height)

    def close(self) -> None:
        self._request = None
