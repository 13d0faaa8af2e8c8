"""Lines, zones and their ids drawn on a picture.

Ids are ASCII by their grammar, so OpenCV's built-in letters can write them; display names in
other scripts belong in the report, beside the picture.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from miseban.vision.pixels import Image

Point = tuple[float, float]
Colour = tuple[int, int, int]

# Okabe and Ito's palette, in BGR: told apart by all kinds of colour vision.
ZONE_COLOUR: Colour = (233, 180, 86)
LINE_COLOUR: Colour = (0, 159, 230)
WHITE: Colour = (255, 255, 255)
DARK: Colour = (30, 26, 24)


@dataclass(frozen=True)
class Overlay:
    """Shapes by id, in pixels of the camera's resolution (or metres on a plan): ``lines`` of two
    or more points, ``zones`` of three or more; ``private`` polygons are painted over."""

    lines: Mapping[str, Sequence[Point]] = field(default_factory=dict)
    zones: Mapping[str, Sequence[Point]] = field(default_factory=dict)
    private: Sequence[Sequence[Point]] = ()

    def scaled(self, x: float, y: float) -> Overlay:
        """The same shapes with all coordinates multiplied by ``x`` and ``y``."""

        def scale(points: Sequence[Point]) -> list[Point]:
            return [(px * x, py * y) for px, py in points]

        return Overlay(
            {ident: scale(points) for ident, points in self.lines.items()},
            {ident: scale(points) for ident, points in self.zones.items()},
            [scale(points) for points in self.private],
        )


def draw_overlay(image: Image, overlay: Overlay, labels: Mapping[str, str]) -> None:
    """Draws on ``image`` in place; ``labels`` by id replace the id as the text beside a shape."""
    for ident, points in overlay.zones.items():
        corners = whole(points)
        cv2.polylines(image, [corners], True, DARK, 3, cv2.LINE_AA)
        cv2.polylines(image, [corners], True, ZONE_COLOUR, 1, cv2.LINE_AA)
        x, y = corners.mean(axis=0)
        write(image, labels.get(ident, ident), (int(x), int(y)), centred=True)
    for ident, points in overlay.lines.items():
        corners = whole(points)
        cv2.polylines(image, [corners], False, DARK, 5, cv2.LINE_AA)
        cv2.polylines(image, [corners], False, LINE_COLOUR, 2, cv2.LINE_AA)
        x, y = corners[:2].mean(axis=0)
        write(image, labels.get(ident, ident), (int(x) + 6, int(y)))


def write(image: Image, text: str, at: tuple[int, int], *, centred: bool = False) -> None:
    """Light letters on a dark plate. ``at`` is the bottom left of the text, or its middle;
    moved as far as needed to be inside the picture. Signs beyond ASCII are left out."""
    text = text.encode("ascii", "ignore").decode("ascii")
    if not text:
        return
    scale = letter_scale(image)
    (width, height), under = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, scale, 1)
    x, y = at
    if centred:
        x, y = x - width // 2, y + height // 2
    pad = 3
    x = min(max(x, pad), max(pad, image.shape[1] - width - pad))
    y = min(max(y, height + pad), max(height + pad, image.shape[0] - under - pad))
    cv2.rectangle(image, (x - pad, y - height - pad), (x + width + pad, y + under), DARK, -1)
    cv2.putText(image, text, (x, y), cv2.FONT_HERSHEY_SIMPLEX, scale, WHITE, 1, cv2.LINE_AA)


def letter_scale(image: Image) -> float:
    """Letters of about a fortieth of the picture's longer side."""
    return max(0.35, float(max(image.shape[:2])) / 1500)


def whole(points: Sequence[Point]) -> NDArray[np.int32]:
    return np.asarray(points, dtype=np.float64).round().astype(np.int32)
