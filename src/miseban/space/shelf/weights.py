"""What each number of a look weighs, in log odds and, for the fill, in parts of it; see
``vision.shelf.FEATURES``.

Made from drawn walls of goods through a day's light, with people before them (seeds 1 and 2); empty
facings of which no empty look was known count eleven times, for they are few.
"""

from __future__ import annotations

import numpy as np

from miseban.space.shelf.model import ShelfModel

_WEIGHTS: dict[str, tuple[float, float, float]] = {
    "always": (3.271, 2.874, -0.1788),
    "like_full": (-0.259, 0.054, 0.1256),
    "most_like_full": (-6.365, 0.656, -0.0927),
    "least_like_full": (-1.685, 2.704, 0.0824),
    "empty_known": (1.392, -1.643, 0.5186),
    "like_full_known": (-0.140, 4.037, -0.4045),
    "most_like_full_known": (-0.510, -0.189, -0.0775),
    "edges_to_full": (-2.402, -1.973, 0.0107),
    "edges": (-4.014, -0.851, -0.0228),
    "most_edges_to_full": (-0.486, 0.621, 0.0291),
    "colours_to_full": (-0.351, -1.656, 0.0640),
    "brighter": (0.422, 2.463, -0.4830),
    "fits_full": (2.069, -0.004, 0.0243),
    "fits_empty": (2.179, 13.143, -0.5040),
    "first_quarter": (-7.108, -2.313, 0.1943),
    "second_quarter": (1.995, 0.455, 0.1429),
    "third_quarter": (0.432, -0.251, 0.1298),
    "fourth_quarter": (3.645, 2.324, 0.0354),
    "off_full": (-0.191, 0.680, 0.1455),
    "off_empty": (-1.470, -2.372, -0.0519),
    "edges_when_full": (-1.611, 1.121, -0.0335),
    "columns_as_full": (3.272, 3.295, -0.0723),
    "columns_roughly_as_full": (-5.906, -7.082, 0.3286),
    "columns_nearer_full": (-0.620, -6.124, 0.1316),
}
"""For "empty", for "low or empty", and for the fill."""
NAMES = tuple(_WEIGHTS)
COMMON = ShelfModel(*np.array(list(_WEIGHTS.values())).T)
"""The classifier that all facings begin with."""
