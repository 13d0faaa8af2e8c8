"""What each piece of evidence weighs, in log odds; see ``evidence.FEATURES``.

Made by ``python -m miseban.learn.people`` from simulated days of the konbini and the supermarket,
with and without crew zones, people being lost every ten minutes, every two and a half, and never.
"""

from __future__ import annotations

WEIGHTS: dict[str, float] = {
    "always": -3.86,
    "crew": 2.53,
    "crew_part": 5.29,
    "private": 3.12,
    "came_in": -3.05,
    "long_stay": 1.29,
    "queued": -2.68,
    "long_stops": 1.81,
    "long_part": 4.42,
}
