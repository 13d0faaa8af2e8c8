"""Two counters at one place check each other, without anybody looking.

Whoever one of them saw and the other did not was missed by the other: the share that a camera
missed of those whom the other saw is its rate of missing, as long as they miss people for reasons
of their own (the dual-system estimate: Chapman, University of California Publications in Statistics
1, 1951; Sekar and Deming, JASA 44, 1949). What both miss together, behind the same pillar, no
overlap tells of: only a person who looks does.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from math import sqrt
from typing import Literal
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from miseban.insight.audit.plan import Counted
from miseban.insight.score.matching import pairs_within
from miseban.insight.uncertainty.accuracy_file import Look
from miseban.insight.uncertainty.cells import Cell, cells_of
from miseban.insight.uncertainty.watchers import watchers_of
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.events import LineCrossed
from miseban.vocabulary.shop import Shop

SAME_S = 3.0
"""Passages at two lines in one place are of one person when they are no further apart in time."""

Floats = NDArray[np.float64]


def chapman(one: int, other: int, both: int) -> tuple[float, float]:
    """How many there were, and its standard deviation, when ``one`` counter saw so many, the
    ``other`` so many, and ``both`` of them those."""
    many = (one + 1) * (other + 1) / (both + 1) - 1
    variance = (one + 1) * (other + 1) * (one - both) * (other - both)
    return many, sqrt(variance / ((both + 1) ** 2 * (both + 2)))


def passages_there_were(looks: Sequence[Look], line: str) -> tuple[float, float]:
    """By ``chapman``, of both ways together, from the ``looks`` of an overlap of ``line`` with one
    other."""
    theirs = sum(sum(look.told) for look in looks if look.line == line)
    mine = sum(sum(look.told) for look in looks if look.line != line)
    both = sum(sum(look.counted) for look in looks if look.line == line)
    return chapman(max(mine, both), theirs, both)


def overlap_looks(counted: Counted, shop: Shop, pair: str) -> list[Look]:
    """What the lines of ``pair``, as ``LINE=OTHER``, teach of each other, a look an hour and line.
    Raises ``BadInput`` for lines that are not two counted ones of two cameras that count alone."""
    names = pair.split("=")
    drawn = {line.id: line.camera for line in shop.lines if line.id in counted.summary.lines}
    if len(names) != 2 or any(name not in drawn for name in names):
        known = ", ".join(drawn) or "none"
        raise BadInput("overlap", f"--overlap {pair}", f"expected LINE=OTHER, of {known}")
    if drawn[names[0]] == drawn[names[1]]:
        what = "expected lines of two cameras: one camera does not check itself"
        raise BadInput("overlap", f"--overlap {pair}", what)
    if counted.summary.camera is None and all(_fused(counted, drawn[name]) for name in names):
        what = "expected lines of cameras that count alone, found fused ones: one visit passes both"
        raise BadInput("overlap", f"--overlap {pair}", what)
    looks = []
    for line, other in (names, names[::-1]):
        mine, theirs = (_cells(counted, shop, name, drawn[name]) for name in (line, other))
        for cell in mine:
            if cell.condition != "gap" and _also_well(cell, theirs):
                look = _look(counted, line, other, drawn[line], cell)
                looks += [look] if sum(look.told) else []
    return looks


def _fused(counted: Counted, camera: str | None) -> bool:
    """Whether a line drawn on ``camera``'s picture, or on the floor plan, is passed by visits that
    several cameras make together."""
    of = counted.summary.cameras
    if camera is None:
        return any(one.fused for one in of.values())
    return camera in of and of[camera].fused


def _cells(counted: Counted, shop: Shop, line: str, camera: str | None) -> list[Cell]:
    summary = counted.summary
    zone = ZoneInfo(shop.shop.timezone)
    watchers = watchers_of(shop, summary).get(line, ())
    return cells_of(counted.events, summary.start, summary.duration_s, zone, camera, watchers)


def _also_well(cell: Cell, theirs: Sequence[Cell]) -> bool:
    """Whoever is in trouble is no witness."""
    return all(
        other.condition == "well"
        for other in theirs
        if other.from_s < cell.to_s and other.to_s > cell.from_s
    )


def _look(counted: Counted, line: str, other: str, camera: str | None, cell: Cell) -> Look:
    found: list[tuple[int, int]] = []
    passed = 0
    for way in _WAYS:
        theirs = _times(counted, other, way)
        theirs = theirs[(theirs >= cell.from_s) & (theirs < cell.to_s)]
        mine = _times(counted, line, way)
        passed += int(((mine >= cell.from_s) & (mine < cell.to_s)).sum())
        mine = mine[(mine >= cell.from_s - SAME_S) & (mine < cell.to_s + SAME_S)]
        found.append((pairs_within(mine, theirs, SAME_S), len(theirs)))
    (both_in, told_in), (both_out, told_out) = found
    return Look(
        source="overlap",
        made=datetime.now(UTC),
        camera=camera,
        line=line,
        start=counted.summary.start + timedelta(seconds=cell.from_s),
        seconds=cell.to_s - cell.from_s,
        condition=cell.condition,
        counted=(both_in, both_out),
        told=(told_in, told_out),
        passed=passed,
    )


_WAYS: tuple[Literal["in", "out"], ...] = ("in", "out")


def _times(counted: Counted, line: str, way: str) -> Floats:
    return np.array(
        [
            (e.time - counted.summary.start).total_seconds()
            for e in counted.events
            if isinstance(e, LineCrossed) and (e.line, e.direction) == (line, way)
        ]
    )
