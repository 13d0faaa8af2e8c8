"""A row of a roll-up: the long form that all questions read.

One row is what happened in one stretch of time (``start`` on; ``day`` is the shop's) at one
``place``, of one ``what`` and ``detail``. ``n`` is how many, ``total`` and ``top`` the sum and the
largest of what was measured, ``covered_s`` the seconds of which anything is known, ``histogram``
how many durations fell into each bin. docs/rollups.md lists them all.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Literal, get_args

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from miseban.vocabulary.events import DataClass

Level = Literal["minute", "hour", "day"]
LEVELS: Final[tuple[Level, ...]] = get_args(Level)

What = Literal[
    "line", "stay", "occupancy", "queue", "visit", "path", "route", "heat", "touch",
    "instead", "shelf", "gap", "receipt", "sold", "alert", "help", "closing", "counted",
]  # fmt: skip

ROW: Final = pa.schema(
    [
        ("start", pa.timestamp("us", tz="UTC")),
        ("day", pa.date32()),
        ("what", pa.string()),
        ("place", pa.string()),
        ("detail", pa.string()),
        ("n", pa.int64()),
        ("total", pa.float64()),
        ("top", pa.float64()),
        ("covered_s", pa.float64()),
        ("histogram", pa.list_(pa.uint32())),
    ]
)
"""``total``, ``top`` and ``histogram`` are null where they would tell of single people whose events
have been forgotten, and where nothing is measured."""

SORTED_BY: Final = ["what", "place", "detail", "start"]

STAFF: Final = "staff"
VISITS: Final = "visits"
"""``detail`` of those rows of heat, and of ways, that count visits."""
BETWEEN: Final = ">"
"""Stands in the ``place`` of a way between its areas; in no name of one."""

_CLASSES: Final[dict[str, DataClass]] = {
    "line": "count",
    "stay": "trajectory",
    "occupancy": "count",
    "queue": "count",
    "visit": "trajectory",
    "path": "trajectory",
    "route": "trajectory",
    "heat": "trajectory",
    "touch": "trajectory",
    "instead": "trajectory",
    "shelf": "count",
    "gap": "device",
    "receipt": "count",
    "sold": "count",
    "alert": "count",
    "help": "assist",
    "closing": "count",
    "counted": "count",
}


def class_of(what: str, detail: str) -> DataClass:
    """Of which class the events are that a row cannot be made again without. What staff did at a
    line or in a zone is known by their visits alone."""
    if detail.rpartition("/")[2] == STAFF:
        return "trajectory"
    return _CLASSES[what]


def rows_where(rows: pa.Table, wanted: Callable[[str, str], bool]) -> pa.Array:
    """(N,) whether the ``what`` and ``detail`` of each of ``rows`` are ``wanted``."""
    pairs = rows.select(["what", "detail"]).group_by(["what", "detail"]).aggregate([])
    kept = {
        f"{what}/{detail}"
        for what, detail in zip(
            *(pairs[name].to_pylist() for name in pairs.column_names), strict=True
        )
        if wanted(what, detail)
    }
    joined = pc.binary_join_element_wise(rows["what"], rows["detail"], "/")
    found = pc.is_in(joined, pa.array(sorted(kept), pa.string()))
    return found.combine_chunks() if isinstance(found, pa.ChunkedArray) else found


def rests_on(what: str, detail: str) -> frozenset[DataClass]:
    """All classes without whose events a row would come out otherwise: how long a queue was seen is
    known by its camera, and what was taken instead by when a facing was empty."""
    own = class_of(what, detail)
    if what == "instead":
        return frozenset({own, "count"})
    return frozenset({own, "device"} if (what, detail) == ("queue", "") else {own})


PER_OCTAVE: Final = 8
MOST_BINS: Final = 138
BIN_EDGES_S: Final[NDArray[np.float64]] = 2.0 ** (np.arange(MOST_BINS - 1) / PER_OCTAVE)
"""(137,) seconds: bin 0 holds what lasted less than the first (1 s), bin i what lasted from edge
i - 1 up to edge i, the last all beyond a day and a half. Eight to the octave: no bin is wider than
9.1 % of its lower edge."""

HISTOGRAMS: Final = frozenset({"stay", "visit", "alert"})
"""Whose ``histogram`` counts durations, in hours and days. That of ``heat`` is a row of the floor's
grid, in person-seconds."""

HEAT_CELL_M: Final = 0.5
"""``place`` of a row of heat is the number of a band of the floor so deep, counted from the top of
the plan; its ``histogram`` has a number for every cell so wide, from the left."""


def bins_of(seconds: NDArray[np.float64]) -> NDArray[np.int64]:
    """(N,) into which bin each duration of (N,) ``seconds`` falls."""
    return np.searchsorted(BIN_EDGES_S, seconds, side="right")
