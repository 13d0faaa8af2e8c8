"""Opens the floor of a shop: with all that puts several cameras' tracks
together, and tells who works here and who came together."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from miseban.space.floor_geometry import fused_cameras
from miseban.space.fusion.fusion import FloorFusion
from miseban.space.groups import GroupFinder
from miseban.space.shop_floor import ShopFloor
from miseban.space.staff import StaffJudge
from miseban.vocabulary.shop import Shop


def open_floor(shop: Shop, cameras: Sequence[str], start: datetime) -> ShopFloor:
    """For ``cameras`` of the shop, second 0 of whose rows is ``start``."""
    if not fused_cameras(shop, cameras):
        return ShopFloor(shop, cameras, start, None)
    return ShopFloor(
        shop, cameras, start, FloorFusion(shop), staff=StaffJudge(shop), groups=GroupFinder(shop)
    )
