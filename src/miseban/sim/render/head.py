"""A figure's head: face, hair, hat."""

from __future__ import annotations

from miseban.sim.render.bones import Bone
from miseban.sim.render.detail import Detail
from miseban.sim.render.look import Look
from miseban.sim.render.mesh import Colour, Part, ball

Place = tuple[float, float, float]


def head_of(look: Look, size: float, neck_up: float, detail: Detail) -> list[Part]:
    """Neck, face and hair. ``size`` is the head's height and ``neck_up`` the chin's, in units;
    the frame's origin is the top of the torso."""
    middle = neck_up + size / 2
    face = [  # (up, half depth, half width, forward), shares of the head's height
        (-0.50, 0.13, 0.12, 0.10), (-0.44, 0.25, 0.21, 0.08), (-0.30, 0.33, 0.28, 0.05),
        (-0.10, 0.39, 0.33, 0.02), (0.10, 0.42, 0.35, 0.0), (0.30, 0.37, 0.31, -0.01),
        (0.43, 0.23, 0.20, -0.02), (0.50, 0.08, 0.07, -0.02),
    ]  # fmt: skip
    rings = [(z * size, x * size, y * size, f * size) for z, x, y, f in face]
    neck = [(-0.02, 0.036, 0.037, -0.004), (neck_up + 0.03, 0.031, 0.032, 0.002)]
    features: list[
        tuple[Place, Place, Colour]
    ] = [  # nose, eyes, brows, mouth: (forward, aside, up) and half sizes
        ((0.44, 0.0, -0.08), (0.07, 0.05, 0.10), look.skin),
        ((0.345, 0.155, 0.02), (0.05, 0.055, 0.028), (0.10, 0.08, 0.08)),
        ((0.345, -0.155, 0.02), (0.05, 0.055, 0.028), (0.10, 0.08, 0.08)),
        ((0.355, 0.155, 0.115), (0.05, 0.075, 0.018), look.hair),
        ((0.355, -0.155, 0.115), (0.05, 0.075, 0.018), look.hair),
        ((0.345, 0.0, -0.285), (0.05, 0.11, 0.022), (0.55, 0.28, 0.26)),
    ]
    dim = look.skin[0] * 0.8, look.skin[1] * 0.8, look.skin[2] * 0.8  # under the chin
    parts = [
        detail.loft(neck, dim, Bone.HEAD, 10),
        detail.loft(rings, look.skin, Bone.HEAD).moved((0, 0, middle)),
    ]
    if detail.face:
        parts += [
            _feature(at, half, colour, size, middle, detail.face) for at, half, colour in features
        ]
    crown = [  # leaves the face free: it lies further back the lower it is
        (-0.36, 0.16, 0.24, -0.24), (-0.12, 0.22, 0.37, -0.25), (0.10, 0.33, 0.395, -0.16),
        (0.24, 0.44, 0.385, -0.04), (0.38, 0.39, 0.33, -0.02), (0.50, 0.22, 0.19, -0.02),
        (0.55, 0.06, 0.05, -0.02),
    ]  # fmt: skip
    hair = [(z * size, x * size, y * size, f * size) for z, x, y, f in crown]
    parts.append(detail.loft(hair, look.hair, Bone.HEAD).moved((0, 0, middle)))
    if look.cut in ("bob", "long"):
        end = -0.55 if look.cut == "bob" else -1.15
        fall = [(end, 0.10, 0.30, -0.28), (end / 2, 0.19, 0.40, -0.24), (0.10, 0.34, 0.40, -0.12)]
        locks = [(z * size, x * size, y * size, f * size) for z, x, y, f in fall]
        parts.append(detail.loft(locks, look.hair, Bone.HEAD).moved((0, 0, middle)))
    if look.cut == "bun":
        knot = (-0.42 * size, 0.0, middle + 0.22 * size)
        parts.append(ball(knot, (0.15 * size,) * 3, look.hair, Bone.HEAD, 8))
    if look.cut == "cap":
        cap = [(0.18, 0.45, 0.39), (0.34, 0.40, 0.34), (0.48, 0.24, 0.20), (0.53, 0.08, 0.07)]
        brim = [(0.17, 0.30, 0.30, 0.38), (0.20, 0.30, 0.30, 0.38)]
        for rows in (cap, brim):
            scaled = [[v * size for v in row] for row in rows]
            parts.append(detail.loft(scaled, look.bottom, Bone.HEAD).moved((0, 0, middle)))
    return parts


def _feature(
    at: Place, half: Place, colour: Colour, size: float, middle: float, around: int
) -> Part:
    place = at[0] * size, at[1] * size, at[2] * size + middle
    reach = half[0] * size, half[1] * size, half[2] * size
    return ball(place, reach, colour, Bone.HEAD, around)
