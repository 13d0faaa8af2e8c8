"""Examples of who came together, and who only were near each other."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from miseban.learn.people.days import Day
from miseban.space.groups.pairs import FEATURES, Pairs
from miseban.space.groups.settings import GroupSettings
from miseban.space.layout import Layout
from miseban.space.seconds import Seconds
from miseban.vocabulary.shop import Shop

Floats = NDArray[np.float64]

EVERY_S = 60.0


def examples(shop: Shop, day: Day) -> tuple[Floats, NDArray[np.bool_]]:
    """The features of pairs (N, K), of some while they last and of all at the end of the day, and
    whether they came together (N,)."""
    pairs = Pairs(Layout(shop), GroupSettings())
    seconds = Seconds()
    found: list[Floats] = [np.empty((0, len(FEATURES)))]
    same: list[NDArray[np.bool_]] = [np.empty(0, bool)]

    def look(now_s: float | None) -> None:
        p, q = pairs.pairs, pairs.people
        rows = np.flatnonzero(p.used)
        a, b = p["a"][rows].astype(np.int64), p["b"][rows].astype(np.int64)
        if now_s is not None:
            there = (q["last_s"][a] == now_s) & (q["last_s"][b] == now_s)
            rows, a, b = rows[there], a[there], b[there]
        at = [pairs.visits_at.get(row, [-1])[0] for row in range(len(q.used))]
        visits = np.array(at, np.int64)
        a, b = visits[a], visits[b]
        found.append(pairs.features(rows))
        same.append((day.group[a] == day.group[b]) & ~day.staff[a] & ~day.staff[b])

    for second in [*seconds.of(day.rows), *seconds.rest()]:
        pairs.add(second)
        if second.time_s % EVERY_S == 0:
            look(second.time_s)
    look(None)
    return np.concatenate(found), np.concatenate(same)
