"""Whether somebody whom no camera saw for a while has only walked meanwhile."""

from __future__ import annotations

import math

Seen = tuple[float, float, float]
"""When, and where in metres."""
WALKS_MPS = 1.0
"""Customers walk from shelf to shelf about so fast."""
SPARE_S = 4.0
"""Who is unseen for no longer than the way takes, and so much, has not stood anywhere."""


def has_only_walked(before: Seen, after: Seen) -> bool:
    """Between two moments in which he or she was seen."""
    way_s = math.dist(before[1:], after[1:]) / WALKS_MPS
    return after[0] - before[0] - way_s <= SPARE_S
