"""From a trained network to the file that the product runs: ONNX, in single precision or int8."""

from __future__ import annotations

import copy
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from miseban.learn.detector.network import Exported, PersonNet

SIZE = (416, 320)
"""Width and height of the input: a camera's 4:3 or 16:9 picture fits in with little left over."""
OPSET = 17
FLOAT_PARTS = ("/out/",)
"""Nodes that stay in single precision: the last convolutions, whose log sizes int8 would blur."""


def export(net: PersonNet, out: Path, size: tuple[int, int] = SIZE) -> None:
    """Writes single-precision ONNX: ``images`` (1, 3, H, W) BGR 0 to 255, ``output`` (1, N, 6)."""
    net = copy.deepcopy(net).float().eval().to(memory_format=torch.contiguous_format)
    first = net.stem[0][0]
    assert isinstance(first, nn.Conv2d)  # noqa: S101
    # The network divides by 255 first: here the first weights do.
    first.weight.data /= 255
    net.brightness = 1.0
    width, height = size
    with warnings.catch_warnings():
        # The newer exporter needs another package and writes shapes that int8 tools trip over.
        warnings.simplefilter("ignore", DeprecationWarning)
        torch.onnx.export(
            Exported(net).eval(),
            (torch.zeros(1, 3, height, width),),
            str(out),
            input_names=["images"],
            output_names=["output"],
            opset_version=OPSET,
            dynamo=False,
        )
    _halve(out)


def _halve(path: Path) -> None:
    """Keeps the weights in half precision: half the file, the same speed, since the runtime
    widens them once when it opens it."""
    import onnx
    from onnx import numpy_helper

    model = onnx.load(str(path))
    graph = model.graph
    casts = []
    for weight in graph.initializer:
        if weight.data_type == onnx.TensorProto.FLOAT:
            name = weight.name
            narrow = numpy_helper.to_array(weight).astype(np.float16)
            weight.CopyFrom(numpy_helper.from_array(narrow, f"{name}.half"))
            casts.append(
                onnx.helper.make_node("Cast", [f"{name}.half"], [name], to=onnx.TensorProto.FLOAT)
            )
    nodes = [*casts, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)
    onnx.checker.check_model(model)
    onnx.save(model, str(path))


def quantise(single: Path, out: Path, blobs: Sequence[NDArray[np.float32]]) -> None:
    """Writes an int8 version of an exported network: a scale per channel for weights, ranges of
    activations as they are on ``blobs`` (1, 3, H, W) each (calibration by the 99.99th percentile
    would cut bright whites; the full range does not)."""
    from onnxruntime.quantization import (
        CalibrationMethod,
        QuantFormat,
        QuantType,
        quant_pre_process,
        quantize_static,
    )

    with TemporaryDirectory() as folder:
        prepared = Path(folder) / "prepared.onnx"
        quant_pre_process(str(single), str(prepared), skip_symbolic_shape=True)
        quantize_static(
            str(prepared),
            str(out),
            _Pictures(blobs),
            quant_format=QuantFormat.QDQ,
            per_channel=True,
            weight_type=QuantType.QInt8,
            activation_type=QuantType.QUInt8,
            calibrate_method=CalibrationMethod.MinMax,
            nodes_to_exclude=_left_out(prepared),
            extra_options={"CalibMovingAverage": True},
        )


def _left_out(path: Path) -> list[str]:
    import onnx

    nodes = onnx.load(str(path)).graph.node
    first = next(node.name for node in nodes if node.op_type == "Conv")
    last = [n.name for n in nodes if any(part in n.name for part in FLOAT_PARTS)]
    after = [
        n.name for n in nodes if n.op_type in ("Sigmoid", "Slice", "Transpose", "Reshape", "Split")
    ]
    return [first, *last, *after]


class _Pictures:
    """What ONNX Runtime asks its calibration data for."""

    def __init__(self, blobs: Sequence[NDArray[np.float32]]) -> None:
        self._left: Iterator[NDArray[np.float32]] = iter(blobs)

    def get_next(self) -> dict[str, Any] | None:
        blob = next(self._left, None)
        return None if blob is None else {"images": blob}
