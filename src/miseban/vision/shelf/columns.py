"""Column by column: how likely goods stand there, told by a small network from how it looks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from io import BytesIO

import numpy as np
from numpy.typing import NDArray

from miseban.vision.shelf.patches import Patches, inputs

Floats = NDArray[np.float32]

WEIGHTS = "goods.npz"
"""Beside this file; made by ``python -m miseban.learn.shelf``."""


@dataclass(frozen=True, slots=True)
class ColumnModel:
    """A network of layers ``weights`` (I, O) and ``biases`` (O,): between them the larger of what
    comes out and zero; the last one gives log odds."""

    weights: tuple[Floats, ...]
    biases: tuple[Floats, ...]

    def odds(self, patches: Patches) -> Floats:
        """(F, C) log odds that goods stand in a column."""
        return self.of(inputs(patches))

    def of(self, numbers: Floats) -> Floats:
        """(...) the same of columns that look like ``numbers`` (..., INPUTS)."""
        flat = numbers.reshape(-1, numbers.shape[-1])
        for weight, bias in zip(self.weights[:-1], self.biases[:-1], strict=True):
            flat = np.maximum(flat @ weight + bias, 0.0)
        last = flat @ self.weights[-1] + self.biases[-1]
        return np.asarray(last.reshape(numbers.shape[:-1]), np.float32)

    def written(self) -> bytes:
        """What ``read`` reads."""
        file = BytesIO()
        layers = zip(self.weights, self.biases, strict=True)
        named = {f"{kind}{n}": part for n, both in enumerate(layers)
                 for kind, part in zip(("weight", "bias"), both, strict=True)}  # fmt: skip
        np.savez_compressed(file, allow_pickle=False, **named)
        return file.getvalue()


def read(data: bytes) -> ColumnModel:
    with np.load(BytesIO(data), allow_pickle=False) as kept:
        layers = range(len(kept.files) // 2)
        return ColumnModel(
            tuple(np.asarray(kept[f"weight{n}"], np.float32) for n in layers),
            tuple(np.asarray(kept[f"bias{n}"], np.float32) for n in layers),
        )


@cache
def goods() -> ColumnModel:
    """The one that all facings share."""
    return read(files("miseban.vision.shelf").joinpath(WEIGHTS).read_bytes())
