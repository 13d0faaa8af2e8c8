"""Rooms with cameras in them."""

from __future__ import annotations

import math
from collections.abc import Sequence

from miseban.space.calibration.seen import spots
from miseban.vocabulary.shop import Shop, parse_shop
from miseban.vocabulary.shop.pinhole import Pinhole

SIZE = (640.0, 360.0)


def lens(
    x: float, y: float, heading_deg: float = 0.0, tilt_deg: float = 40.0, up_m: float = 3.0
) -> Pinhole:
    """A lens of 90 degrees."""
    turn, down = math.radians(heading_deg), math.radians(tilt_deg)
    return Pinhole(SIZE[0] / 2, x, y, up_m, turn, down, 0.0, SIZE)


def room(
    width_m: float,
    depth_m: float,
    lenses: Sequence[Pinhole] = (),
    fixtures: str = "",
    zones: str = "",
    digits: int = 3,
) -> Shop:
    """Each camera tied to the floor by spots that its lens sees, metres to so many ``digits``."""
    text = '[shop]\nid = "room"\ntimezone = "UTC"\npolicy = "strict"\n'
    text += f"floor = {{ width_m = {width_m}, depth_m = {depth_m} }}\n"
    for number, one in enumerate(lenses):
        points = ", ".join(
            f"{{ pixel = [{u:.3f}, {v:.3f}], floor_m = [{x:.{digits}f}, {y:.{digits}f}] }}"
            for (u, v), (x, y) in spots(one, (width_m, depth_m))
        )
        text += f'[[camera]]\nid = "c{number}"\nsource = "usb:{number}"\n'
        text += f"resolution = [640, 360]\nfloor_points = [{points}]\n"
    return parse_shop(text + zones + fixtures, "room.toml")
