"""An ONNX network that finds faces: one picture in, several named tables out."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from miseban.vision.detectors.letterbox import InputBuffer
from miseban.vision.detectors.network import check_input
from miseban.vision.detectors.onnx import OnnxNetwork
from miseban.vision.models.registry import Model
from miseban.vision.pixels import Pixels
from miseban.vocabulary.errors import BadInput, Failed

Floats = NDArray[np.float64]


class FaceNetwork:
    """Runs the file ``path``, which must take pictures as ``model`` says and give ``tables``: the
    rows and columns of each output by its name, where None is any number.

    One grey picture goes through at once, since a file may declare what it does not do. Raises
    ``BadInput`` (``model-broken``) for a file that is no such network.
    """

    def __init__(
        self,
        model: Model,
        path: Path,
        tables: Mapping[str, tuple[int | None, int]],
        *,
        threads: int,
    ) -> None:
        if model.input is None:
            raise ValueError(f"{model.name}: no input table")
        self._path, self._tables = path, tables
        self._input = InputBuffer(model.input)
        self._network = OnnxNetwork(path, threads)
        check_input(self._network, path, model.input.size)
        missing = [name for name in tables if name not in self._network.names]
        if missing:
            what = f"expected outputs {', '.join(tables)}, found {', '.join(self._network.names)}"
            raise BadInput("model-broken", path, what)
        width, height = model.input.size
        try:
            self.read(Pixels(np.full((height, width, 3), 114, np.uint8)))
        except Failed as error:
            raise BadInput("model-broken", path, f"cannot be run: {error.what}") from error

    def read(self, pixels: Pixels) -> tuple[dict[str, Floats], float, float]:
        """The outputs by name, each (rows, columns), and how many pixels of ``pixels`` one pixel of
        the input is, across and down. Raises ``Failed`` (``model-fault``)."""
        blob, across, down = self._input.fill(pixels)
        found = self._network.tables(blob)
        lengths: set[int] = set()
        for name, (rows, columns) in self._tables.items():
            shape = found[name].shape
            if len(shape) != 3 or shape[::2] != (1, columns) or shape[1] != (rows or shape[1]):
                what = f"expected output {name} of [1, {rows or 'rows'}, {columns}], found "
                raise Failed("model-fault", self._path, f"{what}{list(shape)}")
            if rows is None:
                lengths.add(shape[1])
        if len(lengths) > 1:
            what = f"expected outputs of one length, found {sorted(lengths)}"
            raise Failed("model-fault", self._path, what)
        return {name: found[name][0].astype(np.float64) for name in self._tables}, across, down
