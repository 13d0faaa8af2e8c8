"""Opens an ONNX file with ONNX Runtime, as one camera among several on a small board."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from miseban.vocabulary.errors import BadInput


def open_session(path: Path, threads: int, graph: bytes | None = None) -> Any:
    """An ``onnxruntime.InferenceSession`` on the processor, with ``threads`` threads: of the file
    ``path``, or of ``graph``, which was made from it.

    Raises ``BadInput`` (``model-broken``) if ONNX Runtime cannot read the file. The import is
    here so that commands without a detector start fast and small.
    """
    import onnxruntime
    from onnxruntime.capi import onnxruntime_pybind11_state as state

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    # Waiting threads sleep: spinning would take the core of another camera.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.add_session_config_entry("session.inter_op.allow_spinning", "0")
    options.log_severity_level = 3  # errors; they are raised as well
    broken = (
        state.Fail,
        state.InvalidArgument,
        state.InvalidGraph,
        state.InvalidProtobuf,
        state.NoSuchFile,
        state.NotImplemented,
        state.RuntimeException,
    )
    try:
        return onnxruntime.InferenceSession(
            graph or str(path), options, providers=["CPUExecutionProvider"]
        )
    except broken as error:
        reason = str(error).splitlines()[0]
        raise BadInput("model-broken", path, f"ONNX Runtime cannot read it: {reason}") from error
