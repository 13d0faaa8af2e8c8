"""Who may sit in a wheelchair, and how well a box fits that, whichever way it faces."""

from __future__ import annotations

import math

import numpy as np

from miseban.space.geometry import CameraGeometry
from miseban.space.help.bodies import Body
from miseban.space.help.flat import OFF, WAYS
from miseban.space.help.people import Person
from miseban.space.help.postures import SEATED_TALL_M
from miseban.space.help.settings import HelpSettings
from miseban.space.help.shapes import SITS_M, SITS_TALL_M
from miseban.space.lens import Lens
from miseban.space.settings import SpaceSettings
from miseban.vocabulary.shop import Shop

OUTLINE = ((0.4, 0.12, 0.06), (0.3, 0.2, 0.65), (-0.15, 0.3, 0.75), (-0.35, 0.25, 0.45),
           (SITS_M, 0.08, SITS_TALL_M[0]))  # fmt: skip
"""Somebody of middle size: how far ahead, half the breadth, and how high, in metres, of toes on the
footrests, knees, elbows on the wheels, back and head. The chair itself is not drawn."""
SIZES = tuple(1.0 + off * SITS_TALL_M[1] / SITS_TALL_M[0] for off in (-2.0, 0.0, 2.0))
HIGH_M = 0.6
"""How high above the floor the middle of such a body is."""


def may_sit(person: Person | None, settings: HelpSettings) -> bool:
    """Whether somebody may sit in a wheelchair: nobody who looks taller, or has been in motion for
    long enough to know and looked slim. That is mostly a child."""
    if person is None or person.own_m is None:
        return True
    broad = sum(shape.broad >= settings.aid_broad for shape in person.shapes)
    n = len(person.shapes)
    return person.own_m <= SEATED_TALL_M and (n < settings.aid_s or broad >= settings.aid_part * n)


class Seated:
    """For all cameras of a shop whose floor points tell how they hang."""

    def __init__(self, shop: Shop) -> None:
        self._lenses: dict[str, Lens] = {}
        for camera in shop.cameras:
            geometry = CameraGeometry(shop, camera.id, SpaceSettings())
            floor = geometry.homography
            lens = Lens.of(floor, geometry.size) if floor is not None else None
            if lens is not None:
                self._lenses[camera.id] = lens
        parts = []
        for size in SIZES:
            for way in WAYS:
                x, y = np.cos(way), np.sin(way)
                for ahead, half, up in OUTLINE:
                    for side in (-half, half):
                        at = ahead * x - side * y, ahead * y + side * x, up
                        parts.append([size * part for part in at])
        self._bodies = np.array(parts).reshape(len(SIZES) * len(WAYS), -1, 3)

    def misfit(self, body: Body) -> float:
        """How far the box of ``body`` is from the nearest one around somebody who sits where its
        middle is, squared and in standard deviations; infinite where no lens or floor is known."""
        lens = self._lenses.get(body.camera)
        if lens is None:
            return math.inf
        box = body.aspect * body.box_px, body.box_px
        middle = np.array([[body.foot[0], body.foot[1] - body.box_px / 2]])
        place = lens.at_height(middle, np.array([HIGH_M]))
        points = self._bodies + np.array([*place[0], 0.0])
        pixel = lens.to_pixel(points.reshape(-1, 3)).reshape(*self._bodies.shape[:2], 2)
        sizes = np.maximum(np.ptp(pixel, axis=1), 1.0)
        off = ((np.log(np.maximum(box, 1.0)) - np.log(sizes)) / OFF) ** 2
        return float(np.where(np.isfinite(off), off, np.inf).sum(axis=1).min())
