"""What each piece of evidence weighs, in log odds; see ``evidence.FEATURES``.

Made by ``python -m miseban.learn.people`` from simulated days of the konbini and the supermarket,
with and without crew zones, people being lost every ten minutes, every two and a half, and never.
"""

from __future__ import annotations

WEIGHTS: dict[str, float] = {
    "always": -2.42,
    "crew": 2.17,
    "crew_part": 20.95,
    "private": 7.73,
    "came_in": -5.94,
    "long_stay": 2.26,
    "queued": -2.1,
    "long_stops": 1.63,
    "long_part": 5.35,
}
