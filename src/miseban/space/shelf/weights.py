"""What each number of a look weighs, in log odds and, for the fill, in parts of it; see
``vision.shelf.FEATURES``.

Made by ``python -m miseban.learn.shelf`` from drawn walls of goods through a day's light, with
people before them (seeds 1 to 5).
"""

from __future__ import annotations

import numpy as np

from miseban.space.shelf.model import ShelfModel

_WEIGHTS: dict[str, tuple[float, float, float]] = {
    "always": (-2.05, 8.04, 0.0847),
    "like_full": (0.53, -0.69, 0.0221),
    "most_like_full": (-1.88, -0.1, -0.0088),
    "least_like_full": (1.25, 1.12, 0.0068),
    "empty_known": (0.17, -0.36, 0.0507),
    "like_full_known": (-0.37, -1.52, 0.0031),
    "most_like_full_known": (-0.24, 0.96, -0.0147),
    "edges_to_full": (-0.53, -0.92, 0.0164),
    "edges": (-1.16, -1.56, 0.0328),
    "most_edges_to_full": (-0.74, 0.37, -0.0021),
    "colours_to_full": (0.64, 0.75, -0.0023),
    "brighter": (0.02, -0.02, -0.0004),
    "fits_full": (-0.88, -1.28, 0.0066),
    "fits_empty": (0.47, 1.61, -0.0291),
    "first_quarter": (-1.26, -1.34, 0.024),
    "second_quarter": (0.91, 0.2, 0.0135),
    "third_quarter": (0.74, -1.47, 0.0501),
    "fourth_quarter": (1.52, 0.34, -0.0159),
    "off_full": (0.03, -0.05, -0.0),
    "off_empty": (0.19, 0.2, -0.0197),
    "edges_when_full": (-0.7, -0.6, 0.0174),
    "columns_as_full": (-0.28, 3.28, -0.0381),
    "columns_roughly_as_full": (-0.29, -0.04, -0.0193),
    "columns_nearer_full": (0.18, -0.62, -0.0425),
    "goods": (-1.7, -13.66, 0.6057),
    "most_goods": (-4.53, 1.76, 0.0594),
    "some_goods": (-2.51, 0.74, -0.1436),
    "least_goods": (-0.34, 0.07, 0.0896),
    "goods_columns": (-1.76, -11.09, 0.3907),
    "goods_at_all": (-0.83, -1.59, 0.021),
}
"""For "empty", for "low or empty", and for the fill."""
NAMES = tuple(_WEIGHTS)
COMMON = ShelfModel(*np.array(list(_WEIGHTS.values())).T)
"""The classifier that all facings begin with."""
