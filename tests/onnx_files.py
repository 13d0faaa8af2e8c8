"""ONNX files made byte by byte, for tests: good ones, and such as no honest tool would write.

The few messages and field numbers used are those of onnx.proto (ONNX, Apache-2.0); a file is a
protocol buffer: https://protobuf.dev/programming-guides/encoding/.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from miseban.vision.detectors.yolox import cells

FLOAT, UINT8, INT64, FLOAT16 = 1, 2, 7, 10
KINDS = {"float32": FLOAT, "uint8": UINT8, "int64": INT64, "float16": FLOAT16}
Shape = Sequence[int | str]


def _varint(value: int) -> bytes:
    value &= (1 << 64) - 1
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _bytes(field: int, value: bytes | str) -> bytes:
    raw = value.encode() if isinstance(value, str) else value
    return _varint(field << 3 | 2) + _varint(len(raw)) + raw


def _value(name: str, shape: Shape, kind: int) -> bytes:
    sides = b"".join(
        _bytes(1, _number(1, side) if isinstance(side, int) else _bytes(2, side)) for side in shape
    )
    return _bytes(1, name) + _bytes(2, _bytes(1, _number(1, kind) + _bytes(2, sides)))


def constant(name: str, array: NDArray[np.generic]) -> bytes:
    """An initializer."""
    sides = b"".join(_number(1, side) for side in array.shape)
    kind = KINDS[str(array.dtype)]
    return sides + _number(2, kind) + _bytes(8, name) + _bytes(9, array.tobytes())


def node(
    kind: str,
    inputs: Sequence[str],
    output: str,
    ints: Mapping[str, int | Sequence[int]] | None = None,
    domain: str = "",
) -> bytes:
    """One operator with one output; attributes are whole numbers or lists of them."""
    attributes = b""
    for name, value in (ints or {}).items():
        if isinstance(value, int):
            body = _number(3, value) + _number(20, 2)
        else:
            body = b"".join(_number(8, one) for one in value) + _number(20, 7)
        attributes += _bytes(5, _bytes(1, name) + body)
    ends = b"".join(_bytes(1, one) for one in inputs) + _bytes(2, output)
    return ends + _bytes(4, kind) + attributes + (_bytes(7, domain) if domain else b"")


def onnx_file(
    nodes: Sequence[bytes],
    constants: Sequence[bytes],
    given: tuple[Shape, int],
    made: tuple[Shape, int],
    *,
    domain: str = "",
    more: Mapping[str, Shape] | None = None,
) -> bytes:
    """A whole file: input ``pictures`` of ``given`` (shape, type), output ``rows`` of ``made``, and
    ``more`` outputs of numbers by name."""
    graph = b"".join(_bytes(1, one) for one in nodes) + _bytes(2, "made-by-a-test")
    graph += b"".join(_bytes(5, one) for one in constants)
    graph += _bytes(11, _value("pictures", *given)) + _bytes(12, _value("rows", *made))
    graph += b"".join(_bytes(12, _value(name, s, FLOAT)) for name, s in (more or {}).items())
    opsets = _bytes(8, _bytes(1, "") + _number(2, 13))
    if domain:
        opsets += _bytes(8, _bytes(1, domain) + _number(2, 1))
    return _number(1, 7) + opsets + _bytes(7, graph)


def detector(
    size: tuple[int, int] = (64, 64),
    strides: Sequence[int] = (8, 16, 32),
    columns: int = 6,
    *,
    found: Sequence[tuple[int, Sequence[float]]] = (),
    shape: Shape | None = None,
    given: Shape | None = None,
    kind: str = "float32",
    hidden: bool = False,
) -> bytes:
    """A one-class YOLOX of ``size`` (width, height) that finds the same in every picture: row
    ``number`` holds ``values`` for each of ``found``, all others are 0. Its output depends on the
    picture as far as a runtime can tell, and so does its shape if ``hidden``. ``shape`` and
    ``given`` are declared instead of the output's and the input's own."""
    rows = np.zeros((1, len(cells(size, strides)[1]), columns), np.float32)
    for number, values in found:
        rows[0, number, : len(values)] = values
    own = (1, 3, size[1], size[0])
    nodes = [
        node("ReduceMean", ["pictures"], "mean", {"axes": [1, 2, 3], "keepdims": 0}),
        node("Mul", ["mean", "nothing"], "zero"),
        node("Add", ["always", "zero"], "sum" if hidden else "rows"),
    ]
    dtype = np.dtype(kind)
    constants = [
        constant("nothing", np.zeros(1, dtype)),
        constant("always", rows.astype(dtype)),
    ]
    if hidden:
        nodes += [
            node("Cast", ["zero"], "whole", {"to": INT64}),
            node("Add", ["sides", "whole"], "size"),
            node("Reshape", ["sum", "size"], "rows"),
        ]
        constants.append(constant("sides", np.array(rows.shape, np.int64)))
    made = shape or rows.shape
    return onnx_file(nodes, constants, (given or own, KINDS[kind]), (made, KINDS[kind]))


def faulty(
    size: tuple[int, int] = (64, 64),
    bright: float = 200,
    more: Mapping[str, tuple[int, int]] | None = None,
) -> bytes:
    """A detector of nobody that fails at run time on any picture with a mean above ``bright``: it
    asks for a row that is not there. ``more`` outputs, rows and columns by name, are all 0 and fail
    with it."""
    rows = np.zeros((2, len(cells(size, (8, 16, 32))[1]), 6), np.float32)
    nodes = [
        node("ReduceMean", ["pictures"], "mean", {"axes": [1, 2, 3], "keepdims": 0}),
        node("Div", ["mean", "bright"], "share"),
        node("Relu", ["share"], "part"),
        node("Floor", ["part"], "whole"),
        node("Cast", ["whole"], "zero-or-one", {"to": INT64}),
        node("Mul", ["zero-or-one", "far"], "which"),
        node("Gather", ["always", "which"], "rows", {"axis": 0}),
    ]
    constants = [
        constant("bright", np.array([bright], np.float32)),
        constant("far", np.array([1000], np.int64)),
        constant("always", rows),
    ]
    sides = {name: (1, *shape) for name, shape in (more or {}).items()}
    for name, (_, length, columns) in sides.items():
        nodes.append(node("Gather", [f"all-{name}", "which"], name, {"axis": 0}))
        constants.append(constant(f"all-{name}", np.zeros((2, length, columns), np.float32)))
    given, made = (1, 3, size[1], size[0]), (1, rows.shape[1], 6)
    return onnx_file(nodes, constants, (given, FLOAT), (made, FLOAT), more=sides)
