"""Opens the floor of a shop: with all that puts several cameras' tracks together."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from miseban.space.floor_geometry import fused_cameras
from miseban.space.fusion.fusion import FloorFusion
from miseban.space.shop_floor import ShopFloor
from miseban.vocabulary.shop import Shop


def open_floor(shop: Shop, cameras: Sequence[str], start: datetime) -> ShopFloor:
    """For ``cameras`` of the shop, second 0 of whose rows is ``start``."""
    fusion = FloorFusion(shop) if fused_cameras(shop, cameras) else None
    return ShopFloor(shop, cameras, start, fusion)
