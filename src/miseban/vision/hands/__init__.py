"""Hands at the shelf, as one camera sees them.

In: its frames, where its facings are, and the boxes of people. Out: numbers about arms and about
what changed on the shelf. Never: a picture, or who somebody is.
"""

from miseban.vision.hands.settings import HandsSettings
from miseban.vision.hands.watch import HandsWatch

__all__ = ["HandsSettings", "HandsWatch"]
