"""The rows of tracks files in order of time, a block at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from miseban.camera.tracks_file import read_tracks
from miseban.vocabulary.tracks import TrackRows

Block = tuple[NDArray[np.object_], TrackRows]
"""The camera of each row (N,), and the rows."""


def in_order_of_time(files: Mapping[Path, bool]) -> Iterator[Block]:
    """The rows of all ``files``, in blocks that never part one moment's rows. A file of which it is
    said that it stands in order of time is never held in memory as a whole."""
    waiting = [_File(path, ordered) for path, ordered in files.items()]
    while True:
        # Whoever has come least far says up to where all is known; its last moment may go on.
        behind = min((f for f in waiting if not f.over), key=lambda f: f.known_s, default=None)
        if behind is not None and not behind.read():
            continue  # that was its end: another is behind now
        known_s = min((f.known_s for f in waiting if not f.over), default=np.inf)
        parts = [part for f in waiting if len((part := f.before(known_s))[1])]
        if len(parts) == 1:
            yield parts[0]
        elif parts:
            names = np.concatenate([part[0] for part in parts])
            rows = TrackRows.concatenate([part[1] for part in parts])
            order = np.argsort(rows.time_s, kind="stable")
            yield names[order], rows.take(order)
        if behind is None:
            return


class _File:
    """One file's rows that were read and not handed on yet."""

    def __init__(self, path: Path, ordered: bool) -> None:
        blocks = read_tracks(path)
        self._blocks = blocks if ordered else _sorted_blocks(list(blocks))
        self._names, self._rows = np.empty(0, object), TrackRows.empty()
        self.over = False

    @property
    def known_s(self) -> float:
        """The time of the last row that was read."""
        return float(self._rows.time_s[-1]) if len(self._rows) else -np.inf

    def read(self) -> bool:
        """Reads a block more; False at the end."""
        block = next(self._blocks, None)
        if block is None:
            self.over = True
            return False
        self._names = np.concatenate([self._names, block[0]])
        self._rows = TrackRows.concatenate([self._rows, block[1]])
        return True

    def before(self, known_s: float) -> Block:
        """Takes the rows before ``known_s``."""
        cut = int(np.searchsorted(self._rows.time_s, known_s))
        part = self._names[:cut], self._rows.take(slice(0, cut))
        self._names, self._rows = self._names[cut:], self._rows.take(slice(cut, None))
        return part


def _sorted_blocks(blocks: list[Block], size: int = 50_000) -> Iterator[Block]:
    names = np.concatenate([block[0] for block in blocks]) if blocks else np.empty(0, object)
    rows = TrackRows.concatenate([block[1] for block in blocks])
    order = np.argsort(rows.time_s, kind="stable")
    for at in range(0, len(order), size):
        part = order[at : at + size]
        yield names[part], rows.take(part)
