"""Opens an Intel IR or ONNX file with OpenVINO (the extra ``openvino``)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import openvino
from openvino import frontend

from miseban.vision.detectors.network import Floats, Port
from miseban.vocabulary.errors import BadInput, Failed

FAULTS = (
    frontend.GeneralFailure,
    frontend.InitializationFailure,
    frontend.NotImplementedFailure,
    frontend.OpConversionFailure,
    frontend.OpValidationFailure,
    RuntimeError,
    MemoryError,
    UnicodeDecodeError,  # a damaged file whose names are no text
)
"""What OpenVINO raises for a file or a picture that it cannot compute."""


class OpenvinoNetwork:
    """Follows ``Network``. Raises ``BadInput`` (``model-broken``) if OpenVINO cannot read the
    file."""

    def __init__(self, path: Path, threads: int, *, is_onnx: bool) -> None:
        settings = {
            "PERFORMANCE_HINT": "LATENCY",
            "NUM_STREAMS": "1",
            "INFERENCE_NUM_THREADS": str(threads),
            # Half floats, where a processor has them, would give other boxes than elsewhere.
            "INFERENCE_PRECISION_HINT": "f32",
        }
        self._path = path
        try:
            core = openvino.Core()
            read = _read_onnx(path) if is_onnx else core.read_model(path)
            compiled = core.compile_model(read, "CPU", settings)
            self.inputs = [_port(one) for one in compiled.inputs]
            self.outputs = [_port(one) for one in compiled.outputs]
            self._request: Any = compiled.create_infer_request()
        except FAULTS as error:
            what = f"OpenVINO cannot read it: {_reason(error)}"
            raise BadInput("model-broken", path, what) from error

    def run(self, blob: Floats) -> Floats:
        try:
            self._request.infer([blob], share_inputs=True)
            found: Any = self._request.get_output_tensor(0).data
        except FAULTS as error:
            what = f"the network failed at run time: {_reason(error)}"
            raise Failed("model-fault", self._path, what) from error
        return np.asarray(found)

    def close(self) -> None:
        self._request = None


def _read_onnx(path: Path) -> Any:
    """Told what it is, or OpenVINO tries a bad file as every other kind, and says so."""
    reader = frontend.FrontEndManager().load_by_framework("onnx")
    return reader.convert(reader.load(str(path)))


def _port(one: Any) -> Port:
    sides = tuple(int(side.get_length()) if side.is_static else None for side in one.partial_shape)
    kind = one.element_type.get_type_name()
    return Port(sides, kind == "f32", kind)


def _reason(error: BaseException) -> str:
    """The last line: the ones before say where in OpenVINO it was thrown."""
    lines = [line for line in str(error).splitlines() if line.strip()]
    return lines[-1] if lines else type(error).__name__
