"""Private zones are blacked out before anything looks at a frame (``privacy.md`` rule 1)."""

from __future__ import annotations

import cv2
import numpy as np

from miseban.vision.pixels import Frame
from miseban.vocabulary.shop import Shop


class PrivateMask:
    """Paints the private zones of one camera black, in place."""

    def __init__(self, shop: Shop, camera: str) -> None:
        # fillPoly, not an inside test: pixels that the border only touches are hidden too.
        self._polygons = [
            np.round(np.asarray(zone.polygon)).astype(np.int32)
            for zone in shop.zones_of(camera)
            if zone.kind == "private"
        ]

    def hide(self, frame: Frame) -> None:
        """After this, what lies in a private zone is gone from the frame."""
        if self._polygons:
            cv2.fillPoly(frame.bgr, self._polygons, (0, 0, 0))
