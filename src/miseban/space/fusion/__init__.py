"""Many cameras, one floor: who is seen by several is one visit.

In: the confirmed tracks of every camera with floor points. Out: ``FloorRows``, where each visit is,
and ``EndedVisit``. Never: a pixel, a name, or anything that outlives the process.
"""

from miseban.space.fusion.affinity import Affinity
from miseban.space.fusion.fusion import FloorFusion
from miseban.space.fusion.settings import FusionSettings

__all__ = ["Affinity", "FloorFusion", "FusionSettings"]
