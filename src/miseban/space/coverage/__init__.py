"""Which floor cameras see, and where more of them should hang.

In: a shop file with floor points and fixtures. Out: shares of the floor, and places. Nobody who
lies where no camera sees can be told of, and whoever walks there may be taken for somebody else
afterwards: how right the rest can be begins here.
"""

from miseban.space.coverage.placing import Hanging, Hung, place_more
from miseban.space.coverage.seen import Box, Coverage, Gap, cover
from miseban.space.coverage.telling import figures, figures_of
from miseban.space.coverage.view import STEEP_HANG_M, TALL_M, Posture

__all__ = [
    "STEEP_HANG_M",
    "TALL_M",
    "Box",
    "Coverage",
    "Gap",
    "Hanging",
    "Hung",
    "Posture",
    "cover",
    "figures",
    "figures_of",
    "place_more",
]
