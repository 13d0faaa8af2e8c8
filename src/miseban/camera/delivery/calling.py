"""The way to a hub on the same machine: a call over a Unix socket, without a broker.

``HubCall`` is what ``DirectSender`` calls. A call is the source and the payloads of its batches;
the answer is the hub's answers. Each is its length in four bytes, and then itself.
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from miseban.vocabulary.delivery import LARGEST_PAYLOAD, Ack, Batch, read_ack

MOST_PARTS: Final = 256
TIMEOUT_S: Final = 10.0
"""For the hub to keep what it was given."""
_COUNT = struct.Struct("!I")


class Hung(Exception):  # noqa: N818  (what happened: the other side has gone)
    """The other side closed the call, or does not speak as it should."""


class HubCall:
    """Calls the hub at the socket ``path`` for ``source``. Raises ``OSError`` or ``Hung`` while it
    cannot be reached; every call tries again."""

    def __init__(self, path: Path, source: str) -> None:
        self._path, self._source = path, source
        self._call: socket.socket | None = None

    def __call__(self, batches: Sequence[Batch]) -> list[Ack]:
        try:
            call = self._connected()
            write_parts(call, [self._source.encode(), *(batch.encode() for batch in batches)])
            return [read_ack(part, self._path) for part in read_parts(call)]
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        if self._call is not None:
            self._call.close()
            self._call = None

    def _connected(self) -> socket.socket:
        if self._call is None:
            call = socket.socket(socket.AF_UNIX)
            call.settimeout(TIMEOUT_S)
            try:
                call.connect(str(self._path))
            except OSError:
                call.close()
                raise
            self._call = call
        return self._call


def write_parts(to: socket.socket, parts: Sequence[bytes]) -> None:
    """Raises ``OSError``."""
    pieces = [_COUNT.pack(len(parts))]
    for part in parts:
        pieces += [_COUNT.pack(len(part)), part]
    to.sendall(b"".join(pieces))


def read_parts(call: socket.socket) -> list[bytes]:
    """Raises ``Hung`` at the end, and for what is too much."""
    number = _read_number(call)
    if number > MOST_PARTS:
        raise Hung(f"{number} parts")
    return [_read(call, _read_number(call)) for _ in range(number)]


def _read_number(call: socket.socket) -> int:
    number: int = _COUNT.unpack(_read(call, _COUNT.size))[0]
    return number


def _read(call: socket.socket, size: int) -> bytes:
    if size > LARGEST_PAYLOAD:
        raise Hung(f"a part of {size} bytes")
    found = bytearray()
    while len(found) < size:
        some = call.recv(min(1 << 16, size - len(found)))
        if not some:
            raise Hung("closed")
        found += some
    return bytes(found)
