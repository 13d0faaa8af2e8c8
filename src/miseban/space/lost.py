"""Who was lost and turns up again: for judgements that go on through the pieces of a visit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from miseban.space.columns import Columns


@dataclass(frozen=True, slots=True)
class LostSettings:
    """Who turns up where nobody came in is the one who was lost near by, within so long and so far;
    the nearest must be nearer than the next by ``clear``. So many metres away count as much as
    so many seconds of silence."""

    least_s: float = 1.5
    most_s: float = 60.0
    per_s: float = 20.0
    per_m: float = 0.8
    walk_mps: float = 0.3
    most_m: float = 3.0
    clear: float = 1.0


def lost_near(
    people: Columns, x: float, y: float, now_s: float, settings: LostSettings
) -> int | None:
    """The row of the one who was lost so that he or she can be at (``x``, ``y``) now; None where
    there is none, or where several are as likely. ``people`` has columns ``last_s``, ``x``, ``y``
    and ``left``, which is not 0 of who was last seen at a door or outside."""
    s = settings
    last_s = people["last_s"]
    gone = people.used & (people["left"] == 0)
    gone &= (last_s < now_s - s.least_s) & (last_s >= now_s - s.most_s)
    rows = np.flatnonzero(gone)
    if not len(rows):
        return None
    gap_s = now_s - last_s[rows]
    away = np.hypot(people["x"][rows] - x, people["y"][rows] - y)
    fits = away <= np.minimum(s.per_m + s.walk_mps * gap_s, s.most_m)
    if not fits.any():
        return None
    cost = np.where(fits, away / s.per_m + gap_s / s.per_s, np.inf)
    order = np.argsort(cost)
    if len(order) > 1 and cost[order[1]] - cost[order[0]] < s.clear:
        return None
    return int(rows[order[0]])
