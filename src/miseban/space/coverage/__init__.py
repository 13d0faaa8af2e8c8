"""Which floor cameras see, and where more of them should hang.

In: a shop file with floor points and fixtures. Out: shares of the floor, and places. Nobody who
lies where no camera sees can be told of, and whoever walks there may be taken for somebody else
afterwards: how right the rest can be begins here.
"""

from miseban.space.coverage.placing import Hanging, Hung, place_more
from miseban.space.coverage.seen import (
    LIES_M,
    STANDS_M,
    Box,
    Coverage,
    Gap,
    Posture,
    cover,
)

__all__ = [
    "LIES_M",
    "STANDS_M",
    "Box",
    "Coverage",
    "Gap",
    "Hanging",
    "Hung",
    "Posture",
    "cover",
    "place_more",
]
