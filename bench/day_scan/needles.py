"""Pixels and vectors that were there, and where they are in bytes: by hashes, since there are many.

A needle is 16 bytes: five pixels of a row in colour, 16 in grey, or four components of a vector.
Only its hash of 64 bits is kept, so nothing can be drawn from the needles. In a gigabyte, with ten
million needles, one in two thousand searches meets one by chance.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

W = 16
VARIED = 8
"""So many different bytes a needle has; even walls and zeros are everywhere."""
STEP_COLOUR = 32
"""Within 48 bytes, a row of a crop of 16 pixels, one begins."""
_TOP = 26
_A, _B = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F)
Hashes = NDArray[np.uint64]


def of_picture(bgr: NDArray[np.uint8]) -> Hashes:
    """Of the rows of (H, W, 3), in both orders of colours and in grey. Where they begin moves on
    from row to row, so that of any 16 by 16 pixels of grey some row holds a whole one."""
    grey = (bgr.astype(np.uint16).sum(axis=2) // 3).astype(np.uint8)
    found = []
    for picture, step in ((bgr, STEP_COLOUR), (bgr[:, :, ::-1], STEP_COLOUR), (grey, W)):
        rows = np.ascontiguousarray(picture).reshape(len(picture), -1)
        for phase in range(W):
            some = rows[phase::W, phase:]
            many = (some.shape[1] - W) // step + 1
            at = np.arange(many)[:, None] * step + np.arange(W)
            found.append(_of(some[:, at].reshape(-1, W)))
    return once(np.concatenate(found))


def once(hashes: Hashes) -> Hashes:
    """In order, each once. (``numpy.unique`` hashes first, which takes minutes for millions.)"""
    ordered = np.sort(hashes)
    return ordered[np.concatenate(([True], ordered[1:] != ordered[:-1]))[: len(ordered)]]


def of_vector(vector: NDArray[np.floating]) -> Hashes:
    """As floats of 2, 4 and 8 bytes, from each component on."""
    found = [np.empty(0, np.uint64)]
    for kind in (np.float16, np.float32, np.float64):
        data = np.frombuffer(np.ascontiguousarray(vector, kind).tobytes(), np.uint8)
        size = np.dtype(kind).itemsize
        if len(data) >= W:
            at = np.arange(0, len(data) - W + 1, size)[:, None] + np.arange(W)
            found.append(_of(data[at]))
    return np.concatenate(found)


def _of(windows: NDArray[np.uint8]) -> Hashes:
    """Of (N, 16), but those that are too even."""
    ordered = np.sort(windows, axis=1)
    varied = 1 + (ordered[:, 1:] != ordered[:, :-1]).sum(axis=1) >= VARIED
    halves = np.ascontiguousarray(windows[varied]).view("<u8")
    return _hash(halves[:, 0], halves[:, 1])


def _hash(first: Hashes, second: Hashes) -> Hashes:
    mixed = (first ^ (first >> np.uint64(31))) * _A
    mixed = (mixed ^ second ^ (mixed >> np.uint64(29))) * _B
    return np.asarray(mixed ^ (mixed >> np.uint64(32)), np.uint64)


class Needles:
    """What must not be found."""

    def __init__(self, hashes: Iterable[Hashes]) -> None:
        self._sorted = once(np.concatenate([np.empty(0, np.uint64), *hashes]))
        self._may = np.zeros(1 << _TOP, bool)
        self._may[(self._sorted >> np.uint64(64 - _TOP)).astype(np.int64)] = True

    def __len__(self) -> int:
        return len(self._sorted)

    def found(self, data: bytes) -> int:
        """Where the first needle in ``data`` begins; -1 where there is none."""
        first = -1
        for offset in range(8):
            many = (len(data) - offset) // 8
            if many < 2:
                break
            words = np.frombuffer(data, "<u8", many, offset)
            hashes = _hash(words[:-1], words[1:])
            (maybe,) = self._may[(hashes >> np.uint64(64 - _TOP)).astype(np.int64)].nonzero()
            if not len(maybe):
                continue
            wanted = hashes[maybe]
            place = np.searchsorted(self._sorted, wanted)
            place[place == len(self._sorted)] = 0
            hits = maybe[self._sorted[place] == wanted]
            if len(hits):
                at = int(hits[0]) * 8 + offset
                first = at if first < 0 else min(first, at)
        return first
