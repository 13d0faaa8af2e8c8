"""What speaks for somebody who works here, and against: a few numbers for each presence."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from miseban.space.staff.presences import Presences

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FEATURES = {
    "always": 0, "crew": 1, "crew_part": 1, "private": 1, "came_in": -1, "long_stay": 1,
    "queued": -1, "long_stops": 1, "long_part": 1,
}  # fmt: skip
"""In words: the same for all; time in crew zones, and the part of all time; how private the places
are; whether there was a door at the beginning; how many times longer than shoppers usually do
somebody has stayed; time in queues; stops that are long for a shopper, and their part of the time.
With each, whether it can only speak for a member of staff (1) or against (-1): a weight of the
other sign would be an accident of the days learned from."""


def features(presences: Presences, rows: Ints) -> Floats:
    """(N, len(FEATURES)) of the presences ``rows`` (N,)."""
    values = {
        name: presences.column(name)[rows]
        for name in (
            "seen_s", "place_s", "pace_s", "door", "crew_s", "queue_s", "private", "long_stops",
            "long_s", "stop_s", "stop_queue_s",
        )
    }  # fmt: skip
    seen_s = np.maximum(values["seen_s"], 1.0)
    place_s = np.maximum(values["place_s"], 1.0)
    # The stop that lasts is one too, as far as it has got.
    shopping = values["stop_queue_s"] < 0.5 * values["stop_s"]
    now_long = shopping & (values["stop_s"] >= 3.0 * presences.usual_stop_s)
    long_s = values["long_s"] + np.where(now_long, values["stop_s"], 0.0)
    long_stops = values["long_stops"] + now_long
    columns = {
        "always": np.ones(len(rows)),
        "crew": np.log1p(values["crew_s"] / 10.0),
        "crew_part": values["crew_s"] / place_s,
        "private": values["private"] / (place_s + 10.0),
        "came_in": values["door"],
        "long_stay": np.maximum(0.0, np.log(seen_s / (2.0 * presences.usual_stay_s))),
        "queued": np.log1p(values["queue_s"] / 10.0),
        "long_stops": np.log1p(long_stops),
        "long_part": long_s / (values["pace_s"] + 30.0),
    }
    return np.stack([columns[name] for name in FEATURES], axis=1)
