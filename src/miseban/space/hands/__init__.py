"""Touches of facings, from what a camera tells of hands.

In: arms and changes, frame by frame. Out: touches with their kind, their moment and how sure they
are. Never: a pixel.
"""

from miseban.space.hands.handling import Handling
from miseban.space.hands.settings import HandlingSettings
from miseban.space.hands.stretch import Touched
from miseban.space.hands.telling import TouchWriter, VisitOf

__all__ = ["Handling", "HandlingSettings", "TouchWriter", "Touched", "VisitOf"]
