"""Which runtime opens a network."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from miseban.vision.detectors.network import Network
from miseban.vision.models.registry import Model, Runtime
from miseban.vocabulary.errors import BadInput


def open_network(model: Model, path: Path, runtime: Runtime, threads: int) -> Network:
    """Opens ``path`` in ``runtime``, which must be one of ``model.runtimes``.

    Raises ``BadInput``: ``openvino-missing``, or ``model-broken`` where the runtime cannot read
    the file. The imports are here so that commands without a detector start fast and small.
    """
    if runtime == "onnxruntime":
        from miseban.vision.detectors.onnx import OnnxNetwork

        return OnnxNetwork(path, threads)
    if importlib.util.find_spec("openvino") is None:
        what = f"{model.name} runs on OpenVINO, which is not installed: "
        what += 'pip install "miseban[openvino]"'
        raise BadInput("openvino-missing", path, what)
    from miseban.vision.detectors.openvino import OpenvinoNetwork

    return OpenvinoNetwork(path, threads, is_onnx=model.runtime == "onnxruntime")
