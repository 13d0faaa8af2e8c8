"""Who stands before a facing, turned to it: told from where people stop and where goods are.

In: the shop file and visits on the floor. Out: ``shelf.faced``. Never: a pixel, or a guess where
two shelves are about as near.
"""

from miseban.space.faced.fronts import Front, fronts_of
from miseban.space.faced.watch import FacedWatch

__all__ = ["FacedWatch", "Front", "fronts_of"]
