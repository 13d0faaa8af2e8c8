"""Touches of facings, from what a camera tells of hands.

In: arms and changes, frame by frame. Out: touches with their kind, their moment and how sure they
are. Never: a pixel.
"""

from miseban.space.hands.handling import Handling, HandlingSettings, Touched
from miseban.space.hands.telling import TouchWriter

__all__ = ["Handling", "HandlingSettings", "TouchWriter", "Touched"]
