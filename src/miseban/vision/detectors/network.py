"""A network in a runtime: one blob goes in, one table of rows comes out, and nothing else may."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from miseban.vocabulary.errors import BadInput, Failed

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Port:
    """An input or output as the file declares it: a length is None where it is left open;
    ``kind`` is the runtime's word for the type of its numbers."""

    shape: tuple[int | None, ...]
    is_float32: bool
    kind: str

    def __str__(self) -> str:
        sides = ", ".join("?" if side is None else str(side) for side in self.shape)
        return f"[{sides}]" + ("" if self.is_float32 else f" of {self.kind}")


class Network(Protocol):
    """A file opened in a runtime. Safe to use from one thread at a time."""

    @property
    def inputs(self) -> Sequence[Port]: ...

    @property
    def outputs(self) -> Sequence[Port]: ...

    def run(self, blob: Floats) -> Floats:
        """The first output for ``blob``, valid until the next call. Raises ``Failed``
        (``model-fault``) for a fault of the network at run time."""
        ...

    def close(self) -> None: ...


def check_fit(
    network: Network,
    path: Path,
    size: tuple[int, int],
    rows: Sequence[int | None],
    said: str,
) -> None:
    """Refuses a network that does not take a picture of ``size`` (width, height) and give
    ``rows``, whose None may be any length; ``said`` is that shape in words.

    What the file declares is checked first; then one grey picture goes through, since a file may
    leave its shapes open or declare what it does not do. Raises ``BadInput`` (``model-broken``).
    """
    width, height = size
    check_input(network, path, size)
    if not network.outputs or not _fits(network.outputs[0], rows):
        raise _broken(path, f"float32 output {said}", _listed(network.outputs[:1]))
    try:
        found = network.run(np.full((1, 3, height, width), 114, np.float32))
    except Failed as error:
        raise BadInput("model-broken", path, f"cannot be run: {error.what}") from error
    given = Port(tuple(found.shape), found.dtype == np.float32, str(found.dtype))
    if not _fits(given, rows):
        raise _broken(path, f"float32 output {said}", f"{given} when run")


def check_input(network: Network, path: Path, size: tuple[int, int]) -> None:
    """Refuses a network that declares another input than one picture of ``size`` (width, height).
    Raises ``BadInput`` (``model-broken``)."""
    width, height = size
    wanted = f"one float32 input [1, 3, {height}, {width}]"
    if len(network.inputs) != 1 or not _fits(network.inputs[0], (1, 3, height, width)):
        raise _broken(path, wanted, _listed(network.inputs))


def _fits(port: Port, shape: Sequence[int | None]) -> bool:
    return (
        port.is_float32
        and len(port.shape) == len(shape)
        and all(None in pair or pair[0] == pair[1] for pair in zip(port.shape, shape, strict=True))
    )


def _listed(ports: Sequence[Port]) -> str:
    return ", ".join(map(str, ports)) or "none"


def _broken(path: Path, expected: str, found: str) -> BadInput:
    return BadInput("model-broken", path, f"expected {expected}, found {found}")
