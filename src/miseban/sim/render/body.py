"""A figure's surface: lofts in the frames of its bones.

Proportions are shares of the height as in Drillis and Contini (1966), drawn in Winter,
"Biomechanics and Motor Control of Human Movement", figure 4.1. A frame looks along x, its left is
y, and z is up; a limb hangs from its origin along -z. Lengths are in ``unit_m``: the height of an
adult of the same body below the neck, so that children have larger heads.
"""

from __future__ import annotations

import numpy as np

from miseban.sim.render.bones import Bone
from miseban.sim.render.detail import FINE, Detail
from miseban.sim.render.head import head_of
from miseban.sim.render.look import Look
from miseban.sim.render.mesh import Floats, Part, about_y
from miseban.sim.state import Figure

# Shares of the unit.
UPPER_ARM, FOREARM, HAND = 0.186, 0.146, 0.095
THIGH, SHIN, ANKLE = 0.245, 0.246, 0.039
SHOULDER_UP, SHOULDER_OUT, HIP_OUT, NECK_UP = 0.265, 0.103, 0.050, 0.290
NECK = 0.037  # from the top of the torso to the chin
LEFT_LIMBS = [Bone.UPPER_ARM_L, Bone.FOREARM_L, Bone.THIGH_L, Bone.SHIN_L]


def head_m(height_m: float) -> float:
    """Height of the head: a seventh of an adult, a fifth of a toddler."""
    return height_m * float(np.interp(height_m, [0.8, 1.5], [1 / 5.0, 1 / 7.0]))


def unit_m(height_m: float) -> float:
    """The length that the shares of this file are shares of."""
    return (height_m - head_m(height_m)) / (THIGH + SHIN + ANKLE + NECK_UP + NECK)


def body_of(figure: Figure, look: Look, detail: Detail = FINE) -> Part:
    """The person and what they wear; ``tag`` is the bone. In metres."""
    u, wide = unit_m(figure.height_m), look.build
    size = head_m(figure.height_m) / u
    parts = [*_trunk(look, detail), *head_of(look, size, NECK, detail)]
    for side in (0, 1):
        parts += [*_arm(look, side, detail), *_leg(look, side, detail)]
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


def _trunk(look: Look, detail: Detail) -> list[Part]:
    hips = [
        (-0.075, 0.030, 0.050), (-0.055, 0.054, 0.078), (-0.01, 0.066, 0.091),
        (0.025, 0.052, 0.074), (0.06, 0.035, 0.05),
    ]  # fmt: skip
    chest = [
        (-0.050, 0.079, 0.111), (-0.01, 0.076, 0.107), (0.03, 0.069, 0.096),
        (0.085, 0.061, 0.084), (0.150, 0.061, 0.088), (0.205, 0.066, 0.102),
        (0.240, 0.061, 0.117), (0.260, 0.051, 0.116), (0.276, 0.043, 0.093),
        (0.290, 0.038, 0.058), (0.304, 0.031, 0.034),
    ]  # fmt: skip
    parts = [
        detail.loft(hips, look.bottom, Bone.PELVIS),
        detail.loft(chest, look.top, Bone.TORSO, 14),
    ]
    if look.garment == "skirt":
        skirt = [(-0.235, 0.088, 0.118), (-0.13, 0.082, 0.108), (0.0, 0.074, 0.100),
                 (0.04, 0.050, 0.070)]  # fmt: skip
        parts.append(detail.loft(skirt, look.bottom, Bone.PELVIS))
    if look.garment == "coat":
        coat = [(-0.20, 0.090, 0.120), (-0.10, 0.086, 0.115), (0.0, 0.081, 0.112),
                (0.07, 0.066, 0.090)]  # fmt: skip
        parts.append(detail.loft(coat, look.top, Bone.PELVIS))
    if look.apron is not None:
        front = [(-0.17, 0.045, 0.086, 0.052), (-0.05, 0.045, 0.094, 0.054),
                 (0.0, 0.045, 0.090, 0.050), (0.10, 0.042, 0.074, 0.034),
                 (0.22, 0.042, 0.062, 0.038)]  # fmt: skip
        parts.append(detail.loft(front, look.apron, Bone.TORSO))
    if look.backpack:
        pack = [(0.05, 0.030, 0.060, -0.085), (0.08, 0.045, 0.072, -0.085),
                (0.22, 0.042, 0.068, -0.085), (0.26, 0.025, 0.05, -0.080)]  # fmt: skip
        parts.append(detail.loft(pack, look.shoes, Bone.TORSO))
    return parts


def _arm(look: Look, side: int, detail: Detail) -> list[Part]:
    sleeve = look.skin if look.short_sleeves else look.top
    upper = [
        (0.006, 0.016, 0.014), (-0.006, 0.030, 0.027), (-0.035, 0.035, 0.031),
        (-0.10, 0.031, 0.029), (-0.102, 0.028, 0.026), (-UPPER_ARM, 0.026, 0.025),
        (-UPPER_ARM - 0.018, 0.016, 0.015),
    ]  # fmt: skip
    shades = np.array([look.top] * 4 + [sleeve] * 3)
    lower = [
        (0.018, 0.016, 0.015), (0.0, 0.026, 0.025), (-0.04, 0.027, 0.025),
        (-0.11, 0.020, 0.020), (-FOREARM, 0.016, 0.018),
    ]  # fmt: skip
    hand = [
        (-FOREARM + 0.012, 0.015, 0.012), (-FOREARM - 0.03, 0.025, 0.013),
        (-FOREARM - 0.065, 0.022, 0.012), (-FOREARM - HAND, 0.010, 0.007),
    ]  # fmt: skip
    return [
        detail.loft(upper, shades, Bone.UPPER_ARM_L + side, 10),
        detail.loft(lower, sleeve, Bone.FOREARM_L + side, 10),
        detail.loft(hand, look.skin, Bone.FOREARM_L + side, 8),
    ]


def _leg(look: Look, side: int, detail: Detail) -> list[Part]:
    bare = look.garment in ("shorts", "skirt")
    cloth = 1.0 if bare else 1.1
    lower = look.skin if bare else look.bottom
    thigh = [
        (0.035, 0.040, 0.035), (0.0, 0.058, 0.050), (-0.08, 0.054 * cloth, 0.047 * cloth),
        (-0.17, 0.046 * cloth, 0.042 * cloth), (-0.172, 0.043 * cloth, 0.039 * cloth),
        (-THIGH, 0.036 * cloth, 0.034 * cloth),
        (-THIGH - 0.022, 0.022, 0.021),
    ]  # fmt: skip
    shin = [
        (0.024, 0.022, 0.021), (0.0, 0.036 * cloth, 0.034 * cloth),
        (-0.07, 0.036 * cloth, 0.034 * cloth, -0.006), (-0.15, 0.029 * cloth, 0.027 * cloth),
        (-SHIN + 0.02, 0.022 * cloth, 0.021 * cloth), (-SHIN - 0.012, 0.021, 0.020),
    ]  # fmt: skip
    shades = np.array([look.bottom] * 4 + [lower] * 3)
    shoe = [  # along the foot: made standing on its heel, then laid down
        (-0.042, 0.010, 0.014), (-0.034, 0.021, 0.021), (0.0, 0.025, 0.024),
        (0.045, 0.019, 0.027, -0.006), (0.085, 0.014, 0.027, -0.011),
        (0.108, 0.006, 0.017, -0.016),
    ]  # fmt: skip
    laid = detail.loft([(z, x, y, -f) for z, x, y, f in ([*r, 0.0][:4] for r in shoe)], look.shoes,
                Bone.FOOT_L + side, 8)  # fmt: skip
    return [
        detail.loft(thigh, shades, Bone.THIGH_L + side, 12),
        detail.loft(shin, lower, Bone.SHIN_L + side, 10),
        laid.moved((0, 0, -ANKLE + 0.025), about_y(np.pi / 2)),
    ]
