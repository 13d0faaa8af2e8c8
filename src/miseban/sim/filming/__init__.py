"""Cameras of the simulated shop at work: pictures of its people, as a stream or as a video.

In: a running ``Simulation`` and its ``Stage``. Out: ``Shot``s in memory, and, where somebody asked
for it, videos of people who do not exist. Never: a frame of a real camera.
"""

from miseban.sim.filming.camera import FilmedCamera, Shot
from miseban.sim.filming.record import record, to_film, video_name
from miseban.sim.filming.reel import Filmed, film

__all__ = ["Filmed", "FilmedCamera", "Shot", "film", "record", "to_film", "video_name"]
