"""Who may need a hand: from how people look, move and stand; of class ``assist`` from birth.

In: rows of tracks, whose they are, and who works here. Out: ``help.needed`` and ``help.ended``.
Never: a figure of a person that leaves this room, or anything for those who sell.
"""

from __future__ import annotations

from miseban.space.help.shop_help import ShopHelp
from miseban.space.help.signs import KnowsObjects

__all__ = ["KnowsObjects", "ShopHelp"]
