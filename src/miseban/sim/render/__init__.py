"""Cameras drawn in software: what a lens in the simulated shop would show.

In: ``Scene``s of ``miseban.sim.state``, the room and what stands in it. Out: pictures in memory,
and the exact boxes of the people in them. Never: a display, a GPU, a clock, or a file.
"""

from miseban.sim.render.boxes import Boxes
from miseban.sim.render.camera import RenderedCamera
from miseban.sim.render.faults import CLEAN, Conditions
from miseban.sim.render.furniture import Furniture, row_place
from miseban.sim.render.lens import Lens, Pose
from miseban.sim.render.room import Room
from miseban.sim.rows import Row

__all__ = [
    "CLEAN",
    "Boxes",
    "Conditions",
    "Furniture",
    "Lens",
    "Pose",
    "RenderedCamera",
    "Room",
    "Row",
    "row_place",
]
