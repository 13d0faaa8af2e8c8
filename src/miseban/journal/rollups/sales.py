"""What is added up of receipts: by till, and by what was sold."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow.compute as pc

from miseban.journal.rollups.facts import Moments
from miseban.journal.rollups.window import Window


def tills(window: Window) -> Iterator[Moments]:
    """``receipt``: by till and currency, with their sums in its smallest unit; ``sold``: by product
    the receipts that have it, with the pieces."""
    told = window.told("till.receipt")
    yield Moments(
        "receipt", told.times, told.texts("till"), told.texts("currency"), told.numbers("total")
    )
    lines = told.table["lines"].combine_chunks()
    length = np.asarray(pc.fill_null(lines.value_lengths(), 0).to_numpy(), np.int64)
    receipt = np.repeat(np.arange(len(told)), length)
    flat = lines.flatten()
    gtin = np.asarray(flat.field("gtin").to_pylist(), object)
    pieces = np.asarray(flat.field("quantity").to_numpy(zero_copy_only=False), np.float64)
    # A receipt may have a product in several lines, at several prices.
    key = np.char.add(np.char.add(receipt.astype(str), "|"), gtin.astype(str))
    _, first, pair = np.unique(key, return_index=True, return_inverse=True)
    order = np.argsort(first)
    at, total = first[order], np.bincount(pair, pieces, len(first)).astype(np.float64)[order]
    empty = np.full(len(at), "", object)
    yield Moments("sold", told.times[receipt[at]], gtin[at], empty, total)
