"""Opens an Intel IR or ONNX file with OpenVINO (the extra ``openvino``)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
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
        self._path = path
        compiled = compile_network(path, threads, is_onnx=is_onnx)
        self.inputs = [_port(one) for one in compiled.inputs]
        self.outputs = [_port(one) for one in compiled.outputs]
        self._request: Any = compiled.create_infer_request()

    def run(self, blob: Floats) -> Floats:
        try:
            self._request.infer([blob], share_inputs=True)
            found: Any = self._request.get_output_tensor(0).data
        except FAULTS as error:
            raise run_time_fault(self._path, error) from error
        return np.asarray(found)

    def close(self) -> None:
        self._request = None


def compile_network(path: Path, threads: int, *, is_onnx: bool = False) -> Any:
    """An ``openvino.CompiledModel`` for the processor, with ``threads`` threads.

    Raises ``BadInput`` (``model-broken``) if OpenVINO cannot read the file.

    It is compiled in a thread of its own: OpenVINO (seen with 2026.4) gives the compiling thread
    another stack for signals, and when networks are closed in the order in which they were opened
    it gives back one that is gone. On the main thread the next Ctrl-C then ends the process.
    """
    with ThreadPoolExecutor(max_workers=1) as apart:
        try:
            return apart.submit(_compile, path, threads, is_onnx).result()
        except FAULTS as error:
            what = f"OpenVINO cannot read it: {_reason(error)}"
            raise BadInput("model-broken", path, what) from error


def run_time_fault(path: Path, error: BaseException) -> Failed:
    """What to raise when a network of the file ``path`` failed on a picture."""
    return Failed("model-fault", path, f"the network failed at run time: {_reason(error)}")


def _compile(path: Path, threads: int, is_onnx: bool) -> Any:
    settings = {
        "PERFORMANCE_HINT": "LATENCY",
        "NUM_STREAMS": "1",
        "INFERENCE_NUM_THREADS": str(threads),
        # Half floats, where a processor has them, would give other boxes than elsewhere.
        "INFERENCE_PRECISION_HINT": "f32",
    }
    core = openvino.Core()
    read = _read_onnx(path) if is_onnx else core.read_model(path)
    return core.compile_model(read, "CPU", settings)


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
