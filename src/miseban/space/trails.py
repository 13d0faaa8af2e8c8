"""Trails: where each visit stood, once a second."""

from __future__ import annotations

import numpy as np

from miseban.space.ground import Book
from miseban.space.steps import Steps


def extend_trails(steps: Steps, book: Book, *, on_floor: bool, longest_s: float = np.inf) -> None:
    """Adds to each visit's trail where it stood at each whole second of its way, but for steps of
    more than ``longest_s``: nobody knows the way there."""
    second = np.floor(steps.time_s)
    place, from_place = (steps.floor, steps.from_floor) if on_floor else (steps.xy, steps.from_xy)
    began = steps.from_s == steps.time_s
    for i in np.flatnonzero((second > np.floor(steps.from_s)) | began).tolist():
        visit = book.at(int(steps.slot_by_step[i]))
        from_s, to_s = float(steps.from_s[i]), float(steps.time_s[i])
        if began[i]:
            times = [to_s]
        elif to_s - from_s > longest_s:
            times = [to_s] if to_s == second[i] else []
        else:
            times = [float(k) for k in range(int(np.floor(from_s)) + 1, int(second[i]) + 1)]
        for t in times:
            part = 1.0 if began[i] else (t - from_s) / (to_s - from_s)
            x, y = (from_place[i] + part * (place[i] - from_place[i])).tolist()
            if x == x and y == y:  # not above the horizon
                visit.t.append(t)
                visit.x.append(x)
                visit.y.append(y)
        x, y = steps.xy[i].tolist()
        visit.marks = (visit.marks[1], (to_s, x, y))
