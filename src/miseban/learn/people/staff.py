"""Examples of who works in a shop and who shops there."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from miseban.learn.people.days import Day
from miseban.space.layout import Layout
from miseban.space.seconds import Second, Seconds
from miseban.space.staff.evidence import FEATURES, features
from miseban.space.staff.presences import Presences
from miseban.space.staff.settings import StaffSettings
from miseban.vocabulary.shop import Shop

Floats = NDArray[np.float64]


def examples(shop: Shop, day: Day) -> tuple[Floats, NDArray[np.bool_]]:
    """The evidence of each visit when it ends, and again after the day (2 V, K), and whether it is
    staff's (2 V,)."""
    # A visit is one person's here: nothing need be forgotten.
    whole = StaffSettings(place_memory_s=np.inf, door_memory_s=np.inf, stop_memory_s=np.inf)
    presences = Presences(Layout(shop), whole)
    seconds = Seconds()
    last_s = np.zeros(len(day.person))
    np.maximum.at(last_s, day.rows.visit, np.floor(day.rows.time_s))
    order = np.argsort(last_s, kind="stable")
    found: list[Floats] = [np.empty((0, len(FEATURES)))]
    staff: list[NDArray[np.bool_]] = [np.empty(0, bool)]

    def look(visits: NDArray[np.int64]) -> None:
        rows = np.array([presences.of(visit) for visit in visits.tolist()], np.int64)
        found.append(features(presences, rows))
        staff.append(day.staff[visits])

    def take(second: Second, at: int) -> int:
        presences.add(second)
        end = int(np.searchsorted(last_s[order], second.time_s, side="right"))
        if end > at:
            look(order[at:end])
        return end

    at = 0
    for second in seconds.of(day.rows):
        at = take(second, at)
    for second in seconds.rest():
        at = take(second, at)
    look(order)
    return np.concatenate(found), np.concatenate(staff)
