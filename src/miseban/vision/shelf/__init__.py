"""How goods look on a shelf: from pictures to numbers about each facing, light and bumps taken out.

In: frames, where people are in them, and where facings are drawn. Out: thirty numbers a
facing and look, and which could be looked at. Never: a picture with people that is kept, or a
patch of a shelf that leaves memory.
"""

from miseban.vision.shelf.eye import Look, ShelfEye
from miseban.vision.shelf.features import FEATURES
from miseban.vision.shelf.others import OTHERS

__all__ = ["FEATURES", "OTHERS", "Look", "ShelfEye"]
