"""What each number of a look weighs, in log odds and, for the fill, in parts of it; see
``vision.shelf.FEATURES``.

Made by ``python -m miseban.learn.shelf`` from drawn walls of goods through a day's light, with
people before them (seeds 1 to 5).
"""

from __future__ import annotations

import numpy as np

from miseban.space.shelf.model import ShelfModel

_WEIGHTS: dict[str, tuple[float, float, float]] = {
    "always": (-1.21, 7.77, 0.0486),
    "like_full": (0.0, 0.0, 0.0219),
    "most_like_full": (-0.97, 0.0, -0.0288),
    "least_like_full": (0.0, 0.0, 0.0152),
    "empty_known": (0.19, -0.44, 0.0603),
    "like_full_known": (0.0, -0.55, -0.0303),
    "most_like_full_known": (-0.64, 0.0, 0.0109),
    "edges_to_full": (-0.32, -0.7, 0.0105),
    "edges": (-0.79, -1.14, 0.0235),
    "most_edges_to_full": (-0.62, 0.0, 0.0049),
    "colours_to_full": (0.0, 0.0, -0.003),
    "brighter": (-0.02, 0.02, 0.0007),
    "fits_full": (0.0, -0.16, -0.0022),
    "fits_empty": (0.22, 2.61, -0.0507),
    "first_quarter": (-0.18, -0.23, 0.0224),
    "second_quarter": (0.0, 0.0, 0.009),
    "third_quarter": (0.0, -0.77, 0.0486),
    "fourth_quarter": (0.0, 0.0, -0.0082),
    "off_full": (0.0, 0.0, -0.001),
    "off_empty": (0.0, 0.0, -0.0244),
    "edges_when_full": (-0.61, -0.49, 0.0165),
    "columns_as_full": (0.0, 0.0, -0.0282),
    "columns_roughly_as_full": (0.0, 0.0, -0.0288),
    "columns_nearer_full": (0.0, 0.0, -0.0275),
    "goods": (-1.33, -10.98, 0.4904),
    "most_goods": (-4.24, 0.0, 0.0387),
    "some_goods": (-2.46, 0.0, -0.0706),
    "least_goods": (0.0, 0.0, 0.0818),
    "goods_columns": (-1.53, -9.55, 0.5007),
    "goods_at_all": (-0.77, -1.38, 0.0002),
}
"""For "empty", for "low or empty", and for the fill."""
NAMES = tuple(_WEIGHTS)
OTHER_WEIGHTS = {
    "always": 48.08,
    "off_quarter": 2.31,
    "off_half": 0.95,
    "hue_quarter": 3.82,
    "hue_half": 5.08,
    "columns": -4.63,
}
OTHER = np.array(list(OTHER_WEIGHTS.values()))
"""(K,) the log odds that other goods stand there, see ``vision.shelf.OTHERS``; made the same way,
with ``--others``, from walls of which a quarter of the facings get other goods."""
COMMON = ShelfModel(*np.array(list(_WEIGHTS.values())).T)
"""The classifier that all facings begin with."""
