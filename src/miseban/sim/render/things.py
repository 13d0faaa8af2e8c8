"""What people push, sit in or carry: drawn with them, and no part of them."""

from __future__ import annotations

import numpy as np

from miseban.sim.render.bones import Bone
from miseban.sim.render.detail import FINE, Detail
from miseban.sim.render.mesh import Colour, Part, about_x, box, boxes, loft
from miseban.sim.state import Figure

STEEL: Colour = (0.55, 0.57, 0.60)
RUBBER: Colour = (0.13, 0.13, 0.14)


def things_of(figure: Figure, detail: Detail = FINE) -> Part | None:
    """What the person pushes, sits in, carries or holds; None for empty hands. In metres."""
    parts = _load(figure, detail)
    if figure.holds:
        parts.append(_product(figure.appearance))
    return Part.joined(parts) if parts else None


def _load(figure: Figure, detail: Detail) -> list[Part]:
    match figure.carries:
        case "basket":
            return _basket()
        case "bag":
            bag = [(-0.10, 0.17, 0.06), (-0.45, 0.20, 0.09), (-0.47, 0.18, 0.08)]
            colour = ((0.87, 0.85, 0.80), (0.25, 0.23, 0.22))[figure.appearance % 2]
            return [loft(bag, colour, Bone.HELD, 8)]
        case "cart":
            return _cart(detail)
        case "walker":
            return _walker(figure.height_m)
        case "wheelchair":
            return _wheelchair()
    return _wheelchair() if figure.posture == "sit" else []


def _product(seed: int) -> Part:
    """A package as large as a carton of juice."""
    colours: tuple[Colour, ...] = ((0.86, 0.20, 0.16), (0.95, 0.78, 0.18), (0.20, 0.50, 0.80))
    return box((-0.045, -0.04, -0.07), (0.045, 0.04, 0.14), colours[seed % 3], Bone.GRIP)


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


def _cart(detail: Detail) -> list[Part]:
    parts = [
        box((0.42, -0.24, 0.98), (0.46, 0.24, 1.02), (0.75, 0.12, 0.10), Bone.BASE),
        box((0.44, -0.25, 0.96), (0.55, -0.23, 1.0), STEEL, Bone.BASE),
        box((0.44, 0.23, 0.96), (0.55, 0.25, 1.0), STEEL, Bone.BASE),
        box((0.60, -0.20, 0.53), (0.90, 0.05, 0.74), (0.72, 0.62, 0.36), Bone.BASE),
        box((0.85, -0.05, 0.53), (1.12, 0.20, 0.68), (0.40, 0.58, 0.34), Bone.BASE),
        box((0.50, -0.22, 0.16), (1.15, 0.22, 0.19), STEEL, Bone.BASE),
    ]
    bars = []  # of the basket, which can be seen through: low and high corners
    for z in (0.52, 0.64, 0.76, 0.90):
        bars += [((0.53, y - 0.008, z), (1.22, y + 0.008, z + 0.016)) for y in (-0.25, 0.25)]
        bars += [((x - 0.008, -0.25, z), (x + 0.008, 0.25, z + 0.016)) for x in (0.54, 1.21)]
    for x in np.linspace(0.54, 1.21, 8 if detail.mesh else 4).tolist():
        bars += [
            ((x - 0.006, y - 0.006, 0.52), (x + 0.006, y + 0.006, 0.91)) for y in (-0.25, 0.25)
        ]
        bars.append(((x - 0.008, -0.25, 0.51), (x + 0.008, 0.25, 0.525)))
    for y in np.linspace(-0.17, 0.17, 5 if detail.mesh else 1).tolist():
        bars += [((x - 0.006, y - 0.006, 0.52), (x + 0.006, y + 0.006, 0.91)) for x in (0.54, 1.21)]
    for y in (-0.21, 0.21):
        bars.append(((0.52, y - 0.015, 0.12), (0.56, y + 0.015, 0.98)))
        parts += [_wheel(0.56, y, 0.06, 0.03), _wheel(1.10, y, 0.06, 0.03)]
    low, high = (np.array([bar[end] for bar in bars]) for end in (0, 1))
    parts.append(boxes(low, high, np.full((len(bars), 3), STEEL), Bone.BASE))
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
