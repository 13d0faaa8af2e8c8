"""What each number of a look weighs, in log odds and, for the fill, in parts of it; see
``vision.shelf.FEATURES``.

Made from drawn walls of goods through a day's light, with people before them (seeds 1 and 2).
"""

from __future__ import annotations

import numpy as np

from miseban.space.shelf.model import ShelfModel

_WEIGHTS: dict[str, tuple[float, float, float]] = {
    "always": (0.597, 4.252, -0.0851),
    "like_full": (-0.771, -0.586, 0.1588),
    "most_like_full": (-4.255, 1.065, -0.2290),
    "least_like_full": (-1.562, 4.281, 0.0190),
    "empty_known": (2.175, -1.596, 0.3327),
    "like_full_known": (-0.032, 4.384, -0.4238),
    "most_like_full_known": (-0.902, -0.252, 0.1148),
    "edges_to_full": (-2.194, -1.832, 0.0081),
    "edges": (-2.880, -0.507, -0.0360),
    "most_edges_to_full": (-0.250, 0.629, 0.0173),
    "colours_to_full": (-0.702, -1.686, 0.0610),
    "brighter": (-0.678, 2.663, -0.4634),
    "fits_full": (-0.218, -0.356, 0.0263),
    "fits_empty": (2.953, 12.908, -0.4792),
    "first_quarter": (-5.954, -2.060, 0.1726),
    "second_quarter": (0.552, 0.043, 0.1794),
    "third_quarter": (0.161, -1.207, 0.1723),
    "fourth_quarter": (2.157, 0.880, 0.1108),
    "off_full": (-0.203, -0.159, 0.1616),
    "off_empty": (-0.912, -2.360, -0.0473),
    "edges_when_full": (-0.686, 1.325, -0.0441),
    "columns_as_full": (1.793, 2.763, -0.0239),
    "columns_roughly_as_full": (-0.941, -7.200, 0.2868),
    "columns_nearer_full": (-0.398, -5.339, 0.0686),
}
"""For "empty", for "low or empty", and for the fill."""
NAMES = tuple(_WEIGHTS)
COMMON = ShelfModel(*np.array(list(_WEIGHTS.values())).T)
"""The classifier that all facings begin with."""
