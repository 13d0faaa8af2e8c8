"""Opens the floor of a shop: with all that puts several cameras' tracks
together, and tells who works here and who came together."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from miseban.camera.uniform import UniformOfVisits, Wears
from miseban.space.floor_geometry import fused_cameras
from miseban.space.fusion.affinity import Affinity
from miseban.space.fusion.fusion import FloorFusion
from miseban.space.groups import GroupFinder
from miseban.space.homography import Homography
from miseban.space.lens import Lens
from miseban.space.shop_floor import ShopFloor
from miseban.space.staff import StaffJudge
from miseban.vocabulary.shop import Shop


def open_floor(
    shop: Shop,
    cameras: Sequence[str],
    start: datetime,
    *,
    detected: bool = False,
    affinity: Affinity | None = None,
    uniform: Wears | None = None,
) -> ShopFloor:
    """For ``cameras`` of the shop, second 0 of whose rows is ``start``.

    Boxes that a detector has just drawn (``detected``) lean with the people in them and end where
    feet are hidden, so they are fused as those of cameras with ``anchor = "upright"``, wherever
    the floor points tell how the camera hangs. ``affinity`` may say more of who is who,
    ``uniform`` of who works here.
    """
    if not fused_cameras(shop, cameras):
        return ShopFloor(shop, cameras, start, None)
    fusion = FloorFusion(_leaning(shop) if detected else shop, affinity=affinity)
    cue = UniformOfVisits(uniform, fusion) if uniform is not None else None
    staff = StaffJudge(shop, uniform=cue)
    return ShopFloor(shop, cameras, start, fusion, staff=staff, groups=GroupFinder(shop))


def _leaning(shop: Shop) -> Shop:
    """The shop with ``anchor = "upright"`` for cameras that may have it, except those that look
    straight down."""
    cameras = []
    for camera in shop.cameras:
        if camera.anchor == "feet" and camera.floor_points:
            floor = Homography.from_points(
                [p.pixel for p in camera.floor_points], [p.floor_m for p in camera.floor_points]
            )
            if Lens.of(floor, (float(camera.width), float(camera.height))) is not None:
                camera = camera.model_copy(update={"anchor": "upright"})
        cameras.append(camera)
    return shop.model_copy(update={"cameras": tuple(cameras)})
