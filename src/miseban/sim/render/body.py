"""A figure's surface: lofts in the frames of its bones.

Proportions are shares of the height as in Drillis and Contini (1966), drawn in Winter,
"Biomechanics and Motor Control of Human Movement", figure 4.1. A frame looks along x, its left is
y, and z is up; a limb hangs from its origin along -z. Lengths are in ``unit_m``: the height of an
adult of the same body below the neck, so that children have larger heads.
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np

from miseban.sim.render.look import UNIFORM, Look
from miseban.sim.render.mesh import Floats, Part, about_y, ball, loft
from miseban.sim.state import Figure


class Bone(IntEnum):
    """Frames that a figure's points belong to. ``BASE`` stands on the floor, ``HELD`` hangs
    upright from the right hand; things in these two are no part of the person."""

    PELVIS = 0
    TORSO = 1
    HEAD = 2
    UPPER_ARM_L = 3
    UPPER_ARM_R = 4
    FOREARM_L = 5
    FOREARM_R = 6
    THIGH_L = 7
    THIGH_R = 8
    SHIN_L = 9
    SHIN_R = 10
    FOOT_L = 11
    FOOT_R = 12
    BASE = 13
    HELD = 14


# Shares of the unit.
UPPER_ARM, FOREARM, HAND = 0.186, 0.146, 0.095
THIGH, SHIN, ANKLE = 0.245, 0.246, 0.039
SHOULDER_UP, SHOULDER_OUT, HIP_OUT, NECK_UP = 0.270, 0.106, 0.050, 0.290
NECK = 0.037  # from the top of the torso to the chin
LEFT_LIMBS = [Bone.UPPER_ARM_L, Bone.FOREARM_L, Bone.THIGH_L, Bone.SHIN_L]


def head_m(height_m: float) -> float:
    """Height of the head: a seventh of an adult, a fifth of a toddler."""
    return height_m * float(np.interp(height_m, [0.8, 1.5], [1 / 5.0, 1 / 7.0]))


def unit_m(height_m: float) -> float:
    """The length that the shares of this file are shares of."""
    return (height_m - head_m(height_m)) / (THIGH + SHIN + ANKLE + NECK_UP + NECK)


def body_of(figure: Figure, look: Look) -> Part:
    """The person and what they wear; ``tag`` is the bone. In metres."""
    u, wide = unit_m(figure.height_m), look.build
    parts = [*_trunk(look), *_head(look, head_m(figure.height_m) / u)]
    for side in (0, 1):
        parts += [*_arm(look, side), *_leg(look, side)]
    whole = Part.joined(parts)
    broad = np.isin(whole.tag, (Bone.PELVIS, Bone.TORSO))
    thick = np.where(broad, wide, 1 + 0.6 * (wide - 1))  # limbs take part in a broad build
    thick = np.where(np.isin(whole.tag, (Bone.HEAD, Bone.FOOT_L, Bone.FOOT_R)), 1.0, thick)
    scale = np.stack([thick, thick, np.ones_like(thick)], axis=1) * u
    colour = whole.colour * _creases(whole, figure.appearance)[:, None]
    return Part(whole.points * scale, whole.normals, colour, whole.tag, whole.triangles)


def _creases(whole: Part, seed: int) -> Floats:
    """How bright each point is (V,): folds of the cloth, and less light where body and limbs face
    each other. Without them a figure is a smooth patch of one colour."""
    rng = np.random.default_rng([seed, 0xC1])
    folds = 1 + 0.08 * rng.standard_normal(len(whole.tag))
    folds[whole.tag == Bone.HEAD] = 1.0
    side = whole.normals[:, 1]
    left = np.isin(whole.tag, LEFT_LIMBS)
    right = np.isin(whole.tag, [bone + 1 for bone in LEFT_LIMBS])
    inward = np.where(left, -side, np.where(right, side, 0.0))
    inward = np.where(whole.tag == Bone.TORSO, np.abs(side), inward)
    result: Floats = np.clip(folds, 0.8, 1.2) * (1 - 0.30 * np.clip(inward, 0, 1) ** 2)
    return result


def _trunk(look: Look) -> list[Part]:
    hips = [
        (-0.075, 0.030, 0.050), (-0.055, 0.054, 0.078), (-0.01, 0.066, 0.091),
        (0.025, 0.052, 0.074), (0.06, 0.035, 0.05),
    ]  # fmt: skip
    chest = [
        (-0.012, 0.071, 0.096), (0.03, 0.068, 0.092), (0.085, 0.059, 0.082),
        (0.150, 0.060, 0.086), (0.205, 0.066, 0.098), (0.245, 0.064, 0.108),
        (0.270, 0.054, 0.108), (0.288, 0.040, 0.080), (0.298, 0.030, 0.042),
    ]  # fmt: skip
    parts = [loft(hips, look.bottom, Bone.PELVIS), loft(chest, look.top, Bone.TORSO, 14)]
    if look.garment == "skirt":
        skirt = [(-0.235, 0.088, 0.118), (-0.13, 0.082, 0.108), (0.0, 0.074, 0.100),
                 (0.04, 0.050, 0.070)]  # fmt: skip
        parts.append(loft(skirt, look.bottom, Bone.PELVIS))
    if look.garment == "coat":
        coat = [(-0.20, 0.084, 0.112), (-0.10, 0.080, 0.106), (0.0, 0.078, 0.105),
                (0.07, 0.066, 0.088)]  # fmt: skip
        parts.append(loft(coat, look.top, Bone.PELVIS))
    if look.apron:
        front = [(-0.17, 0.045, 0.080, 0.036), (0.0, 0.045, 0.085, 0.030),
                 (0.10, 0.042, 0.072, 0.026), (0.22, 0.042, 0.058, 0.034)]  # fmt: skip
        parts.append(loft(front, UNIFORM, Bone.TORSO))
    if look.backpack:
        pack = [(0.05, 0.030, 0.060, -0.085), (0.08, 0.045, 0.072, -0.085),
                (0.22, 0.042, 0.068, -0.085), (0.26, 0.025, 0.05, -0.080)]  # fmt: skip
        parts.append(loft(pack, look.shoes, Bone.TORSO))
    return parts


def _head(look: Look, size: float) -> list[Part]:
    """``size`` is the head's height in units; the frame's origin is the top of the torso."""
    middle = NECK + size / 2
    face = [  # (up, half depth, half width, forward), shares of the head's height
        (-0.50, 0.13, 0.12, 0.10), (-0.44, 0.25, 0.21, 0.08), (-0.30, 0.33, 0.28, 0.05),
        (-0.10, 0.39, 0.33, 0.02), (0.10, 0.42, 0.35, 0.0), (0.30, 0.37, 0.31, -0.01),
        (0.43, 0.23, 0.20, -0.02), (0.50, 0.08, 0.07, -0.02),
    ]  # fmt: skip
    rings = [(z * size, x * size, y * size, f * size) for z, x, y, f in face]
    neck = [(-0.02, 0.036, 0.037, -0.004), (NECK + 0.03, 0.031, 0.032, 0.002)]
    nose = ball((0.44 * size, 0, -0.08 * size + middle),
                (0.07 * size, 0.05 * size, 0.10 * size), look.skin, Bone.HEAD, 6)  # fmt: skip
    features = [  # eyes, brows, mouth: (forward, aside, up) and half sizes
        ((0.345, 0.155, 0.02), (0.05, 0.055, 0.028), (0.10, 0.08, 0.08)),
        ((0.345, -0.155, 0.02), (0.05, 0.055, 0.028), (0.10, 0.08, 0.08)),
        ((0.355, 0.155, 0.115), (0.05, 0.075, 0.018), look.hair),
        ((0.355, -0.155, 0.115), (0.05, 0.075, 0.018), look.hair),
        ((0.345, 0.0, -0.285), (0.05, 0.11, 0.022), (0.55, 0.28, 0.26)),
    ]
    dim = look.skin[0] * 0.8, look.skin[1] * 0.8, look.skin[2] * 0.8  # under the chin
    parts = [
        *(
            ball(
                (at[0] * size, at[1] * size, at[2] * size + middle),
                (half[0] * size, half[1] * size, half[2] * size),
                colour,
                Bone.HEAD,
                5,
            )
            for at, half, colour in features
        ),
        loft(neck, dim, Bone.HEAD, 10),
        loft(rings, look.skin, Bone.HEAD).moved((0, 0, middle)),
        nose,
    ]
    crown = [  # leaves the face free: it lies further back the lower it is
        (-0.36, 0.16, 0.24, -0.24), (-0.12, 0.22, 0.37, -0.25), (0.10, 0.33, 0.395, -0.16),
        (0.24, 0.44, 0.385, -0.04), (0.38, 0.39, 0.33, -0.02), (0.50, 0.22, 0.19, -0.02),
        (0.55, 0.06, 0.05, -0.02),
    ]  # fmt: skip
    hair = [(z * size, x * size, y * size, f * size) for z, x, y, f in crown]
    parts.append(loft(hair, look.hair, Bone.HEAD).moved((0, 0, middle)))
    if look.cut in ("bob", "long"):
        end = -0.55 if look.cut == "bob" else -1.15
        fall = [(end, 0.10, 0.30, -0.28), (end / 2, 0.19, 0.40, -0.24), (0.10, 0.34, 0.40, -0.12)]
        locks = [(z * size, x * size, y * size, f * size) for z, x, y, f in fall]
        parts.append(loft(locks, look.hair, Bone.HEAD).moved((0, 0, middle)))
    if look.cut == "bun":
        knot = (-0.42 * size, 0.0, middle + 0.22 * size)
        parts.append(ball(knot, (0.15 * size,) * 3, look.hair, Bone.HEAD, 8))
    if look.cut == "cap":
        cap = [(0.18, 0.45, 0.39), (0.34, 0.40, 0.34), (0.48, 0.24, 0.20), (0.53, 0.08, 0.07)]
        brim = [(0.17, 0.30, 0.30, 0.38), (0.20, 0.30, 0.30, 0.38)]
        for rows in (cap, brim):
            scaled = [[v * size for v in row] for row in rows]
            parts.append(loft(scaled, look.bottom, Bone.HEAD).moved((0, 0, middle)))
    return parts


def _arm(look: Look, side: int) -> list[Part]:
    sleeve = look.skin if look.short_sleeves else look.top
    upper = [
        (0.024, 0.018, 0.016), (0.010, 0.034, 0.031), (-0.03, 0.036, 0.033),
        (-0.10, 0.031, 0.029), (-UPPER_ARM, 0.026, 0.025), (-UPPER_ARM - 0.018, 0.016, 0.015),
    ]  # fmt: skip
    shades = np.array([look.top] * 4 + [sleeve] * 2)
    lower = [
        (0.018, 0.016, 0.015), (0.0, 0.026, 0.025), (-0.04, 0.027, 0.025),
        (-0.11, 0.020, 0.020), (-FOREARM, 0.016, 0.018),
    ]  # fmt: skip
    hand = [
        (-FOREARM + 0.012, 0.015, 0.012), (-FOREARM - 0.03, 0.025, 0.013),
        (-FOREARM - 0.065, 0.022, 0.012), (-FOREARM - HAND, 0.010, 0.007),
    ]  # fmt: skip
    return [
        loft(upper, shades, Bone.UPPER_ARM_L + side, 10),
        loft(lower, sleeve, Bone.FOREARM_L + side, 10),
        loft(hand, look.skin, Bone.FOREARM_L + side, 8),
    ]


def _leg(look: Look, side: int) -> list[Part]:
    bare = look.garment in ("shorts", "skirt")
    cloth = 1.0 if bare else 1.1
    lower = look.skin if bare else look.bottom
    thigh = [
        (0.035, 0.040, 0.035), (0.0, 0.058, 0.050), (-0.08, 0.054 * cloth, 0.047 * cloth),
        (-0.17, 0.044 * cloth, 0.040 * cloth), (-THIGH, 0.036 * cloth, 0.034 * cloth),
        (-THIGH - 0.022, 0.022, 0.021),
    ]  # fmt: skip
    shin = [
        (0.024, 0.022, 0.021), (0.0, 0.036 * cloth, 0.034 * cloth),
        (-0.07, 0.036 * cloth, 0.034 * cloth, -0.006), (-0.15, 0.029 * cloth, 0.027 * cloth),
        (-SHIN + 0.02, 0.022 * cloth, 0.021 * cloth), (-SHIN - 0.012, 0.021, 0.020),
    ]  # fmt: skip
    shades = np.array([look.bottom] * 4 + [lower] * 2)
    shoe = [  # along the foot: made standing on its heel, then laid down
        (-0.042, 0.010, 0.014), (-0.034, 0.021, 0.021), (0.0, 0.025, 0.024),
        (0.045, 0.019, 0.027, -0.006), (0.085, 0.014, 0.027, -0.011),
        (0.108, 0.006, 0.017, -0.016),
    ]  # fmt: skip
    laid = loft([(z, x, y, -f) for z, x, y, f in ([*r, 0.0][:4] for r in shoe)], look.shoes,
                Bone.FOOT_L + side, 8)  # fmt: skip
    return [
        loft(thigh, shades, Bone.THIGH_L + side, 12),
        loft(shin, lower, Bone.SHIN_L + side, 10),
        laid.moved((0, 0, -ANKLE + 0.025), about_y(np.pi / 2)),
    ]
