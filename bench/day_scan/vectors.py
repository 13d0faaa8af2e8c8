"""Rows of numbers that look like a vector of what somebody looks like, whoever computed it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

LONG = 32
"""Numbers in a row, and more are suspicious."""
LONG_HALF = 64
"""Of two bytes each, where chance makes a row more easily."""
ZEROS = 4
"""So many in a row end a row of numbers: what is empty is full of them."""
STEADY = 0.7
"""Of numbers in no order as many go up as down, and none tells the next, which both is 0 here."""
CLOSE, EVEN = 16, 0.2
# From 2**-14 to 2**3: what normalised components and histograms are made of.
_KINDS = (
    ("float16", "<u2", 10, 0x1F, 15, LONG_HALF),
    ("float32", "<u4", 23, 0xFF, 127, LONG),
    ("float64", "<u8", 52, 0x7FF, 1023, LONG),
)
_SMALL, _LARGE = -14, 3
_NUMBER = rb"-?[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?"
_ARRAY = re.compile(
    rb'(?:"([A-Za-z0-9_.-]{1,64})"\s*:\s*)?\[\s*(' + _NUMBER
    + rb"(?:\s*,\s*" + _NUMBER + rb"){%d,})\s*\]" % (LONG - 1)
)  # fmt: skip


def binary(data: bytes) -> Iterator[tuple[str, int]]:
    """Kind and place of each row of floats that are neither all alike nor text."""
    for name, kind, shift, mask, bias, long in _KINDS:
        size = np.dtype(kind).itemsize
        for offset in range(size):
            many = (len(data) - offset) // size
            if many < long:
                break
            words = np.frombuffer(data, kind, many, offset)
            power = ((words >> np.array(shift, kind)) & np.array(mask, kind)).astype(np.int32)
            good = (power >= bias + _SMALL) & (power <= bias + _LARGE)
            empty = words == 0
            for start, end in _runs(empty, ZEROS):
                empty[start:end] = False
            good |= empty
            for start, end in _runs(good, long):
                row = words[start:end]
                whole = size == 2 and _whole(row)
                if _varied(row) and not whole and not _steady(row) and not _text(row.tobytes()):
                    yield name, offset + start * size


def _runs(good: NDArray[np.bool_], long: int) -> Iterator[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate(([False], good, [False])).astype(np.int8)))
    for start, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        if end - start >= long:
            yield start, end


def _varied(words: NDArray[np.unsignedinteger]) -> bool:
    """Enough are of their own, and most are not nothing."""
    there = words[words != 0]
    return len(np.unique(there)) >= LONG // 2 and len(there) >= 0.6 * len(words)


def _steady(words: NDArray[np.unsignedinteger]) -> bool:
    """Nearly all go the same way, read from either end, or a byte further: places in a table or in
    a page of a database, or in a dictionary, which whole numbers tell in order."""
    shifted = np.frombuffer(words.tobytes()[1 : -(words.itemsize - 1)], words.dtype)
    for order in (words, words.byteswap(), shifted, shifted.byteswap()):
        there = order[order != 0].astype(np.float64)
        steps = np.sign(np.diff(there))
        if abs(float(steps.sum())) > STEADY * max(1, int(np.count_nonzero(steps))):
            return True
        if len(there) > 2 and there.std() and np.corrcoef(there[:-1], there[1:])[0, 1] > STEADY:
            return True
    return False


def _whole(words: NDArray[np.unsignedinteger]) -> bool:
    """Of two bytes, chance makes a row of whole numbers: times and pages' pointers, of which some
    bytes hardly change or change evenly, and places in a dictionary, close to each other. The lower
    byte of a component is anything, and says nothing of the upper one."""
    lower, upper = (words & 0xFF).astype(np.int16), (words >> 8).astype(np.int16)
    if np.median(np.abs(lower - upper)) < CLOSE:
        return True
    steps = np.diff(lower)
    if np.mean(steps[1:] == steps[:-1]) > EVEN:
        return True
    lanes = [lower[lane::period] for period in (1, 2, 4) for lane in range(period)]
    return any(_few(lane) for lane in lanes)


def _few(lane: NDArray[np.int16]) -> bool:
    """Four values are most of it."""
    counts = np.sort(np.unique(lane, return_counts=True)[1])
    return int(counts[-4:].sum()) >= 0.6 * len(lane)


def _text(row: bytes) -> bool:
    return sum(32 <= byte < 127 for byte in row) > 0.9 * len(row)


def written(data: bytes) -> Iterator[tuple[str, str, int]]:
    """Kind, name (empty where it has none) and place of each array of JSON with so many numbers,
    some of which are no integers."""
    for found in _ARRAY.finditer(data):
        numbers = json.loads(b"[" + found[2] + b"]")
        if any(isinstance(number, float) for number in numbers):
            yield "json", (found[1] or b"").decode(), found.start()
