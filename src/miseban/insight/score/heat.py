"""Heat: where people spent their time, compared cell by cell."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from miseban.insight.score.figures import HeatScore
from miseban.insight.score.folder import Recording
from miseban.insight.score.gaps import Gaps
from miseban.vocabulary.events import VisitEnded

CELL = {"m": 0.5, "px": 16.0}
"""Side of a cell by unit of the trails."""
SHOP = "(shop)"
"""Stands for the whole floor; no camera can have this id."""


def score_heat(truth: Recording, result: Recording, gaps: Gaps) -> dict[str, HeatScore]:
    """View by view, where it can be compared."""
    true, found = _views(truth, result)
    if not true and not found:
        gaps.add("heat", "there are no trails in these folders")
    if SHOP in true & found and not gaps.same_view("heat", truth, result):
        return {}
    scores = {}
    for view in gaps.common("heat of", sorted(true), sorted(found)):
        score = _view(truth, result, view)
        if isinstance(score, str):
            gaps.add(f"heat of {view}", score)
        else:
            scores[view] = score
    return scores


def _views(truth: Recording, result: Recording) -> tuple[set[str], set[str]]:
    """The views that trails of either side come from: cameras; or ``SHOP`` as a whole where one
    side tells of the whole floor at once, for which the other's cameras are taken together."""
    cameras = [
        {e.camera for e in side.events if isinstance(e, VisitEnded)} for side in (truth, result)
    ]
    whole = any(None in side for side in cameras)
    true, found = ({SHOP if whole else str(camera) for camera in side} for side in cameras)
    return true, found


def _view(truth: Recording, result: Recording, view: str) -> HeatScore | str:
    """Pearson's correlation over the cells of the smallest rectangle that holds all trails of both
    sides; or why there is none. A trail has one sample a second, so a cell's number is seconds."""
    sides = [_places(side, view) for side in (truth, result)]
    if not all(sides):
        return "nobody was seen in one of the folders"
    units = sorted(set(sides[0]) | set(sides[1]))
    if len(units) > 1:
        return f"trails are told in different units: {' and '.join(units)}"
    (unit,) = units
    cells = [np.floor(side[unit] / CELL[unit]).astype(np.int64) for side in sides]
    low = np.min([c.min(axis=0) for c in cells], axis=0)
    size = np.max([c.max(axis=0) for c in cells], axis=0) - low + 1
    heat = [np.bincount((c - low) @ np.array([1, size[0]]), minlength=size.prod()) for c in cells]
    if any(np.ptp(h) == 0 for h in heat):
        return "every cell has the same heat, so nothing can correlate"
    return HeatScore(
        correlation=float(np.corrcoef(heat[0], heat[1])[0, 1]),
        cells=int(size.prod()),
        cell=CELL[unit],
        unit=unit,
    )


def _places(side: Recording, view: str) -> dict[str, NDArray[np.float64]]:
    """By unit, all samples (N, 2) of the trails of ``view``."""
    parts: dict[str, list[NDArray[np.float64]]] = {}
    for event in side.events:
        if isinstance(event, VisitEnded) and view in (SHOP, event.camera):
            places = side.trails[event.id][1:].T
            if len(places):
                parts.setdefault(event.unit, []).append(places)
    return {unit: np.concatenate(part) for unit, part in parts.items()}
