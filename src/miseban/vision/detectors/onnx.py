"""Opens an ONNX file with ONNX Runtime, as one camera among several on a small board."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from miseban.vision.detectors.network import Floats, Port
from miseban.vocabulary.errors import BadInput, Failed

SILENT = 4
"""Severity from which its own lines are printed: every fault is raised as well."""


def open_session(path: Path, threads: int, graph: bytes | None = None) -> Any:
    """An ``onnxruntime.InferenceSession`` on the processor, with ``threads`` threads: of the file
    ``path``, or of ``graph``, which was made from it.

    Raises ``BadInput`` (``model-broken``) if ONNX Runtime cannot read the file. The import is
    here so that commands without a detector start fast and small.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    # Waiting threads sleep: spinning would take the core of another camera.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.add_session_config_entry("session.inter_op.allow_spinning", "0")
    options.log_severity_level = SILENT
    try:
        return onnxruntime.InferenceSession(
            graph or str(path), options, providers=["CPUExecutionProvider"]
        )
    except faults() as error:
        what = f"ONNX Runtime cannot read it: {_reason(error)}"
        raise BadInput("model-broken", path, what) from error


class OnnxNetwork:
    """Follows ``Network``; ``names`` are those of its outputs. Raises ``BadInput``
    (``model-broken``) if ONNX Runtime cannot read the file."""

    def __init__(self, path: Path, threads: int) -> None:
        self._path = path
        self._session = open_session(path, threads)
        self._faults = faults()
        self.inputs = [_port(one) for one in self._session.get_inputs()]
        self.outputs = [_port(one) for one in self._session.get_outputs()]
        self.names = [one.name for one in self._session.get_outputs()]
        self._feeds = [one.name for one in self._session.get_inputs()]

    def run(self, blob: Floats) -> Floats:
        return self._all(blob)[0]

    def tables(self, blob: Floats) -> dict[str, Floats]:
        """All outputs for ``blob`` by their names. Raises as ``run`` does."""
        return dict(zip(self.names, self._all(blob), strict=True))

    def _all(self, blob: Floats) -> list[Floats]:
        try:
            found: Any = self._session.run(None, {self._feeds[0]: blob})
        except self._faults as error:
            what = f"the network failed at run time: {_reason(error)}"
            raise Failed("model-fault", self._path, what) from error
        return [np.asarray(one) for one in found]

    def close(self) -> None:
        self._session = None


def faults() -> tuple[type[Exception], ...]:
    """What ONNX Runtime raises for a file or a picture that it cannot compute."""
    from onnxruntime.capi import onnxruntime_pybind11_state as state

    return (
        state.EPFail,
        state.Fail,
        state.InvalidArgument,
        state.InvalidGraph,
        state.InvalidProtobuf,
        state.NoSuchFile,
        state.NotImplemented,
        state.RuntimeException,
        RuntimeError,
        MemoryError,
        UnicodeDecodeError,  # a damaged file whose names are no text
    )


def _port(one: Any) -> Port:
    sides = tuple(side if isinstance(side, int) else None for side in one.shape)
    return Port(sides, one.type == "tensor(float)", one.type)


def _reason(error: BaseException) -> str:
    """The first line, without the "[ONNXRuntimeError] : 2 : INVALID_ARGUMENT : " before it."""
    lines = [line for line in str(error).splitlines() if line.strip()]
    return lines[0].split(" : ", 3)[-1] if lines else type(error).__name__
