"""Who came together: ``GroupFinder``."""

from __future__ import annotations

from miseban.space.groups.finder import GroupFinder
from miseban.space.groups.settings import GroupSettings

__all__ = ["GroupFinder", "GroupSettings"]
