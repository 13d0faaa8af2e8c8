"""From a trained network to the file that the product runs: ONNX, in single precision or int8."""

from __future__ import annotations

import copy
import warnings
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from miseban.learn.detector.network import Exported, PersonNet
from miseban.learn.detector.samples import Material

SIZE = (448, 352)
"""Width and height of the input: a camera's 4:3 or 16:9 picture fits in with little left over."""
OPSET = 17
CALIBRATION = 120
"""Samples from which the ranges of int8 are taken."""


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


def export_int8(
    net: PersonNet, out: Path, material: Material, size: tuple[int, int] = SIZE
) -> None:
    """The same in int8: a scale for each channel's weights, activations between the least and the
    most that samples of ``material`` make of them. ``out`` is written whole or not at all."""
    from onnxruntime.quantization import (
        CalibrationMethod,
        QuantFormat,
        QuantType,
        quant_pre_process,
        quantize_static,
    )

    unfinished = out.with_suffix(".new")
    with TemporaryDirectory() as folder:
        single, prepared = Path(folder) / "single.onnx", Path(folder) / "prepared.onnx"
        export(net, single, size)
        quant_pre_process(str(single), str(prepared), skip_symbolic_shape=True)
        quantize_static(
            str(prepared),
            str(unfinished),
            _Pictures(material, size),
            quant_format=QuantFormat.QDQ,
            per_channel=True,
            weight_type=QuantType.QInt8,
            activation_type=QuantType.QUInt8,
            calibrate_method=CalibrationMethod.MinMax,
            nodes_to_exclude=_left_out(prepared),
        )
    unfinished.replace(out)


def _left_out(path: Path) -> list[str]:
    """Nodes that stay in single precision: the first convolution, which int8 only slows down, the
    last ones, and all that puts the rows together: scores and sizes must not share a scale."""
    import onnx

    nodes = onnx.load(str(path)).graph.node
    first = next(node.name for node in nodes if node.op_type == "Conv")
    return [first, *(n.name for n in nodes if "/net/" not in n.name or "/out/" in n.name)]


class _Pictures:
    """What ONNX Runtime asks its calibration data for."""

    def __init__(self, material: Material, size: tuple[int, int]) -> None:
        self._material, self._size, self._next = material, size, 0

    def get_next(self) -> dict[str, NDArray[np.float32]] | None:
        if self._next == CALIBRATION:
            return None
        rng = np.random.default_rng([self._next, 0xCA11])
        self._next += 1
        picture = self._material.sample(rng, self._size).picture
        return {"images": picture.transpose(2, 0, 1)[None].astype(np.float32)}
