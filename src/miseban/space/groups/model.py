"""What each sign of having come together weighs, in log odds; see ``pairs.FEATURES``.

Made by ``python -m miseban.learn.people`` from simulated days of the konbini and the supermarket,
people being lost every ten minutes, and never.
"""

from __future__ import annotations

WEIGHTS: dict[str, float] = {
    "always": -0.07,
    "entry_gap": -0.96,
    "entry_m": -0.23,
    "entered_apart": -2.43,
    "distance": -0.66,
    "near": 3.03,
    "beside": 1.14,
    "apart": 0.0,
    "exit_gap": -0.31,
    "shared": 0.78,
}
