"""What people push, sit in or carry: drawn with them, and no part of them."""

from __future__ import annotations

import numpy as np

from miseban.sim.render.body import Bone
from miseban.sim.render.mesh import Colour, Part, about_x, box, loft
from miseban.sim.state import Figure

STEEL: Colour = (0.55, 0.57, 0.60)
RUBBER: Colour = (0.13, 0.13, 0.14)


def things_of(figure: Figure) -> Part | None:
    """What the person pushes, sits in or carries; None for empty hands. In metres."""
    match figure.carries:
        case "basket":
            return Part.joined(_basket())
        case "bag":
            bag = [(-0.10, 0.17, 0.06), (-0.45, 0.20, 0.09), (-0.47, 0.18, 0.08)]
            colour = ((0.87, 0.85, 0.80), (0.25, 0.23, 0.22))[figure.appearance % 2]
            return loft(bag, colour, Bone.HELD, 8)
        case "cart":
            return Part.joined(_cart())
        case "walker":
            return Part.joined(_walker(figure.height_m))
        case "wheelchair":
            return Part.joined(_wheelchair())
    return Part.joined(_wheelchair()) if figure.posture == "sit" else None


def _basket() -> list[Part]:
    red: Colour = (0.70, 0.14, 0.12)
    tub = [(-0.36, 0.17, 0.11), (-0.16, 0.21, 0.14)]
    rim = [(-0.17, 0.22, 0.15), (-0.14, 0.22, 0.15)]
    goods = box((-0.12, -0.08, -0.22), (0.12, 0.08, -0.11), (0.78, 0.70, 0.40), Bone.HELD)
    bow = box((-0.01, -0.14, -0.15), (0.01, 0.14, 0.0), RUBBER, Bone.HELD)
    return [loft(tub, red, Bone.HELD, 8), loft(rim, red, Bone.HELD, 8), goods, bow]


def _wheel(x: float, y: float, radius: float, wide: float) -> Part:
    tyre = loft([(-wide / 2, radius, radius), (wide / 2, radius, radius)], RUBBER, Bone.BASE, 14)
    return tyre.moved((x, y, radius), about_x(np.pi / 2))


def _cart() -> list[Part]:
    parts = [
        box((0.55, -0.24, 0.50), (1.20, 0.24, 0.53), STEEL, Bone.BASE),
        box((0.55, -0.26, 0.53), (1.22, -0.24, 0.92), STEEL, Bone.BASE),
        box((0.55, 0.24, 0.53), (1.22, 0.26, 0.92), STEEL, Bone.BASE),
        box((1.20, -0.25, 0.53), (1.22, 0.25, 0.88), STEEL, Bone.BASE),
        box((0.53, -0.25, 0.53), (0.55, 0.25, 0.98), STEEL, Bone.BASE),
        box((0.42, -0.24, 0.98), (0.46, 0.24, 1.02), (0.75, 0.12, 0.10), Bone.BASE),
        box((0.44, -0.25, 0.96), (0.55, -0.23, 1.0), STEEL, Bone.BASE),
        box((0.44, 0.23, 0.96), (0.55, 0.25, 1.0), STEEL, Bone.BASE),
        box((0.60, -0.20, 0.53), (0.90, 0.05, 0.74), (0.72, 0.62, 0.36), Bone.BASE),
        box((0.85, -0.05, 0.53), (1.12, 0.20, 0.68), (0.40, 0.58, 0.34), Bone.BASE),
        box((0.50, -0.22, 0.16), (1.15, 0.22, 0.19), STEEL, Bone.BASE),
    ]
    for y in (-0.21, 0.21):
        parts.append(box((0.52, y - 0.015, 0.12), (0.56, y + 0.015, 0.55), STEEL, Bone.BASE))
        parts += [_wheel(0.56, y, 0.06, 0.03), _wheel(1.10, y, 0.06, 0.03)]
    return parts


def _walker(height_m: float) -> list[Part]:
    top = 0.50 * height_m
    parts = [box((0.28, -0.25, top - 0.26), (0.31, 0.25, top - 0.22), STEEL, Bone.BASE)]
    for y in (-0.27, 0.27):
        parts.append(box((0.10, y - 0.015, top - 0.03), (0.42, y + 0.015, top), RUBBER, Bone.BASE))
        for x in (0.10, 0.40):
            leg = box((x - 0.015, y - 0.015, 0), (x + 0.015, y + 0.015, top), STEEL, Bone.BASE)
            parts.append(leg)
    return parts


def _wheelchair() -> list[Part]:
    blue: Colour = (0.12, 0.15, 0.30)
    parts = [
        box((-0.24, -0.22, 0.44), (0.24, 0.22, 0.49), blue, Bone.BASE),
        box((-0.30, -0.22, 0.44), (-0.25, 0.22, 0.92), blue, Bone.BASE),
        box((0.42, -0.18, 0.10), (0.62, 0.18, 0.12), STEEL, Bone.BASE),
    ]
    for y in (-0.25, 0.25):
        parts.append(_wheel(-0.12, y * 1.12, 0.30, 0.03))
        parts.append(_wheel(0.34, y * 0.8, 0.08, 0.03))
        low, high = y - 0.012, y + 0.012
        parts.append(box((-0.28, low, 0.66), (0.16, high, 0.70), RUBBER, Bone.BASE))
        parts.append(box((0.16, low, 0.40), (0.19, high, 0.70), STEEL, Bone.BASE))
        parts.append(box((0.20, low, 0.38), (0.45, high, 0.42), STEEL, Bone.BASE))
        parts.append(box((0.42, low, 0.10), (0.45, high, 0.42), STEEL, Bone.BASE))
        parts.append(box((-0.42, low, 0.90), (-0.27, high, 0.93), RUBBER, Bone.BASE))
    return parts
