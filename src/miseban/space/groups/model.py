"""What each sign of having come together weighs, in log odds; see ``pairs.FEATURES``.

Made by ``python -m miseban.learn.people`` from simulated days of the konbini and the supermarket,
people being lost every ten minutes, and never.
"""

from __future__ import annotations

WEIGHTS: dict[str, float] = {
    "always": 0.92,
    "entry_gap": -1.19,
    "entry_m": -0.14,
    "entered_apart": -3.35,
    "distance": -0.67,
    "near": 3.22,
    "beside": 0.97,
    "apart": 0.0,
    "exit_gap": -0.33,
    "shared": 0.68,
}
