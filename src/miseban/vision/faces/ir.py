"""A small Intel IR network on OpenVINO (the extra ``openvino``): one picture in, numbers out."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from miseban.vision.models.registry import Model
from miseban.vision.pixels import Image
from miseban.vocabulary.errors import BadInput


class IrNetwork:
    """Runs one network; raises ``BadInput``: ``openvino-missing`` when OpenVINO is not installed,
    ``model-broken`` for a file that is no network, or none with outputs of ``sizes`` numbers."""

    def __init__(self, model: Model, path: Path, sizes: tuple[int, ...], *, threads: int) -> None:
        if model.input is None:
            raise ValueError(f"{model.name}: no input table")
        try:
            from miseban.vision.detectors import openvino
        except ImportError as error:
            what = f"{model.name} runs on OpenVINO, which is not installed: "
            what += 'pip install "miseban[openvino]"'
            raise BadInput("openvino-missing", path, what) from error
        self.name = model.name
        self.size = model.input.size
        self._path, self._openvino = path, openvino
        compiled = openvino.compile_network(path, threads)
        width, height = self.size
        inputs = [list(port.shape) for port in compiled.inputs]
        found = sorted(int(np.prod(list(port.shape))) for port in compiled.outputs)
        if inputs != [[1, 3, height, width]] or found != sorted(sizes):
            what = (
                f"expected input [1, 3, {height}, {width}] and outputs of {sorted(sizes)} numbers, "
            )
            raise BadInput("model-broken", path, f"{what}found {inputs} and {found}")
        self._names = [port.any_name for port in compiled.outputs]
        self._request = compiled.create_infer_request()

    def read(self, bgr: Image) -> dict[str, NDArray[np.float64]]:
        """The outputs by their names, each flat. ``bgr`` of any size is stretched to the input.
        Raises ``Failed`` (``model-fault``) when the network cannot compute it."""
        width, height = self.size
        shrinks = bgr.shape[0] > height
        how = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
        fitted = cv2.resize(bgr, (width, height), interpolation=how)
        blob = np.ascontiguousarray(fitted.transpose(2, 0, 1)[None], np.float32)
        try:
            self._request.infer([blob])
        except self._openvino.FAULTS as error:
            raise self._openvino.run_time_fault(self._path, error) from error
        return {
            name: np.asarray(self._request.get_output_tensor(i).data, np.float64).ravel()
            for i, name in enumerate(self._names)
        }
