"""How a figure holds itself: from its state to the place of every bone.

Angles are in radians, positive forward for limbs and for leaning; the frames are those of
``body.py``. Walking follows the usual pattern of a stride: hips swing as a sine, the knee bends
while its leg swings forward, arms go against the legs.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from miseban.sim.render.body import (
    ANKLE,
    FOREARM,
    HAND,
    HIP_OUT,
    NECK_UP,
    SHIN,
    SHOULDER_OUT,
    SHOULDER_UP,
    THIGH,
    UPPER_ARM,
    unit_m,
)
from miseban.sim.render.bones import Bone
from miseban.sim.render.look import Look
from miseban.sim.render.mesh import Floats
from miseban.sim.state import Figure

FULL_SWING = 0.44  # of the hip, at a brisk 1.4 m/s of an adult
SEAT_M = 0.57  # the hip joint of who sits in a wheelchair
ARM = UPPER_ARM + FOREARM + 0.7 * HAND  # from the shoulder to the fingers


@dataclass(slots=True)
class Angles:
    """Of one figure. Pairs are left, right. ``pelvis_m`` is None for feet on the floor."""

    root: float = 0.0
    lean: float = 0.0
    twist: float = 0.0
    nod: float = 0.0
    swing: tuple[float, float] = (0.03, 0.03)
    abduct: tuple[float, float] = (0.10, 0.10)
    elbow: tuple[float, float] = (0.18, 0.18)
    hip: tuple[float, float] = (0.0, 0.0)
    knee: tuple[float, float] = (0.03, 0.03)
    pelvis_m: float | None = None


def angles_of(figure: Figure) -> Angles:
    """The posture in angles; an arm that reaches is placed later, by where it reaches."""
    seated = figure.posture == "sit" or figure.carries == "wheelchair"
    own = (figure.appearance % 97) / 97  # nobody stands quite like the next
    if figure.posture == "fallen":
        face = 1.0 if figure.appearance % 2 else -1.0
        return Angles(
            root=face * math.pi / 2,
            swing=(0.05, 0.05),
            abduct=(1.2 + 1.2 * own, 0.5),  # arms lie on the floor, too
            elbow=(0.1, 0.1),
            hip=(0.0 if face > 0 else 0.3, 0.0),
            knee=(0.1 if face > 0 else 0.6, 0.05),
            pelvis_m=0.085 * unit_m(figure.height_m),
        )
    if seated:
        pose = Angles(lean=0.02, hip=(1.45, 1.45), knee=(1.30, 1.30), pelvis_m=SEAT_M)
        push = 0.35 * math.sin(2 * math.pi * figure.gait_phase) * min(figure.speed_mps, 1.0)
        pose.swing, pose.elbow, pose.abduct = (0.15 + push,) * 2, (0.95, 0.95), (0.28, 0.28)
    elif figure.posture == "walk":
        pose = _walking(figure)
    elif figure.posture == "crouch":
        pose = Angles(lean=0.55, hip=(1.45, 1.30), knee=(2.20, 2.25), nod=0.2)
        pose.swing, pose.elbow = (0.55, 0.65), (0.6, 0.7)
    else:
        pose = Angles(lean=0.02 + 0.04 * own, nod=0.25 * own, hip=(0.03, -0.02))
    if figure.posture == "reach" and figure.reach_to is not None:
        _bend_towards(figure, figure.reach_to, pose, seated)
    elif figure.carries in ("cart", "walker") and figure.posture in ("walk", "stand"):
        pose.lean += 0.10 if figure.carries == "cart" else 0.22
        pose.swing, pose.elbow, pose.abduct = (0.42, 0.42), (0.75, 0.75), (0.10, 0.10)
    elif figure.carries in ("basket", "bag") and not seated:
        pose.swing = (pose.swing[0], 0.3 * pose.swing[1])
        pose.elbow = (pose.elbow[0], 0.25 if figure.carries == "bag" else 0.45)
        pose.abduct = (pose.abduct[0], 0.22)
    if figure.holds and figure.posture in ("walk", "stand"):
        hand = 0 if _busy(figure) else 1  # it is held up before the body, where it is looked at
        pose.swing = _with(pose.swing, hand, 0.25)
        pose.elbow = _with(pose.elbow, hand, 1.35)
        pose.abduct = _with(pose.abduct, hand, 0.12)
    return pose


def _with(pair: tuple[float, float], side: int, value: float) -> tuple[float, float]:
    return (value, pair[1]) if side == 0 else (pair[0], value)


def _walking(figure: Figure) -> Angles:
    turn = 2 * math.pi * figure.gait_phase
    pace = figure.speed_mps / (1.4 * figure.height_m / 1.7)
    reach = FULL_SWING * min(max(pace, 0.25), 1.25)
    hips, knees = [], []
    for phase in (turn, turn + math.pi):
        hips.append(reach * math.sin(phase) + 0.05)
        knees.append(0.08 + 2.3 * reach * max(0.0, math.cos(phase)) ** 2)
    arms = (-0.75 * reach * math.sin(turn), 0.75 * reach * math.sin(turn))
    return Angles(
        lean=0.04 + 0.04 * pace,
        twist=0.12 * reach * math.sin(turn),
        swing=arms,
        elbow=(0.35 + 0.3 * max(arms[0], 0), 0.35 + 0.3 * max(arms[1], 0)),
        hip=(hips[0], hips[1]),
        knee=(knees[0], knees[1]),
    )


def _bend_towards(
    figure: Figure, target: tuple[float, float, float], pose: Angles, seated: bool
) -> None:
    """Leans, twists and goes down so far that the arm can get there."""
    u = unit_m(figure.height_m)
    ahead, left = _in_front(figure, target)
    away = math.hypot(ahead, left)
    pose.twist = min(max(math.atan2(left, ahead), -0.7), 0.7)
    low = min(max((0.62 * u - target[2]) / (0.45 * u), 0.0), 1.0)
    if seated:
        pose.lean = 0.35 * low
    else:
        pose.hip, pose.knee = (1.35 * low, 1.30 * low), (2.15 * low, 2.10 * low)
        pose.lean = 0.45 * low
    pose.lean += min(max((away - 0.36 * u) / (0.45 * u), 0.0), 0.65)
    pose.nod = 0.3 if target[2] < 0.8 * u else -0.15


def _in_front(figure: Figure, target: tuple[float, float, float]) -> tuple[float, float]:
    """Where the target is as the figure sees it: metres ahead, and to the left."""
    dx, dy = target[0] - figure.x, target[1] - figure.y
    c, s = math.cos(figure.heading), math.sin(figure.heading)
    return dx * c + dy * s, dx * s - dy * c  # y runs down: left of +x is -y


def _turn(axis: int, angle: Floats) -> Floats:
    """Rotations (F, 3, 3) about one axis."""
    c, s = np.cos(angle), np.sin(angle)
    result = np.zeros((len(angle), 3, 3))
    u, v = (axis + 1) % 3, (axis + 2) % 3
    result[:, axis, axis] = 1.0
    result[:, u, u] = result[:, v, v] = c
    result[:, u, v], result[:, v, u] = -s, s
    return result


def place_bones(figures: Sequence[Figure], looks: Sequence[Look]) -> tuple[Floats, Floats]:
    """Rotations (F, B, 3, 3) and origins (F, B, 3) on the stage, in metres, of every bone."""
    count = len(figures)
    turns, at = np.zeros((count, len(Bone), 3, 3)), np.zeros((count, len(Bone), 3))
    poses = [angles_of(f) for f in figures]
    u = np.array([unit_m(f.height_m) for f in figures])
    broad = np.array([look.build for look in looks])
    column = {
        name: np.array([getattr(p, name) for p in poses], np.float64)
        for name in ("root", "lean", "twist", "nod", "swing", "abduct", "elbow", "hip", "knee")
    }
    hip, knee = column["hip"], column["knee"]
    lowest = ANKLE + np.max(THIGH * np.cos(hip) + SHIN * np.cos(hip - knee), axis=1)
    given = [p.pelvis_m for p in poses]
    up = np.array([g if g is not None else low for g, low in zip(given, u * lowest, strict=True)])
    base = np.array([[f.x, -f.y, 0.0] for f in figures])
    face = _turn(2, np.array([-f.heading for f in figures]))

    def hang(bone: int, parent: int, offset: Floats, turn: Floats) -> None:
        at[:, bone] = at[:, parent] + (turns[:, parent] @ (offset * u[:, None])[..., None])[..., 0]
        turns[:, bone] = turns[:, parent] @ turn

    def along(x: float | Floats, y: float | Floats, z: float | Floats) -> Floats:
        return np.stack(np.broadcast_arrays(x, y, z, u)[:3], axis=1)

    turns[:, Bone.BASE], at[:, Bone.BASE] = face, base
    turns[:, Bone.PELVIS] = face @ _turn(1, column["root"])
    at[:, Bone.PELVIS] = base + np.stack([np.zeros(count), np.zeros(count), up], axis=1)
    bend = _turn(1, column["lean"]) @ _turn(2, column["twist"])
    hang(Bone.TORSO, Bone.PELVIS, along(0.0, 0.0, 0.0), bend)
    level = _turn(1, column["nod"] - 0.7 * column["lean"])
    hang(Bone.HEAD, Bone.TORSO, along(0.0, 0.0, NECK_UP), level)
    for side, sign in ((0, 1.0), (1, -1.0)):
        out = _turn(0, sign * column["abduct"][:, side])
        swing = _turn(1, -(column["swing"][:, side] + column["lean"]))
        shoulder = along(0.0, sign * SHOULDER_OUT * broad, SHOULDER_UP)
        hang(Bone.UPPER_ARM_L + side, Bone.TORSO, shoulder, out @ swing)
        elbow = _turn(1, -column["elbow"][:, side])
        hang(Bone.FOREARM_L + side, Bone.UPPER_ARM_L + side, along(0, 0, -UPPER_ARM), elbow)
        hips = along(0.0, sign * HIP_OUT * broad, 0.0)
        hang(Bone.THIGH_L + side, Bone.PELVIS, hips, _turn(1, -hip[:, side]))
        hang(Bone.SHIN_L + side, Bone.THIGH_L + side, along(0, 0, -THIGH), _turn(1, knee[:, side]))
        sole = _turn(1, 0.85 * (hip[:, side] - knee[:, side]))
        hang(Bone.FOOT_L + side, Bone.SHIN_L + side, along(0, 0, -SHIN), sole)
    for row, figure in enumerate(figures):
        if figure.posture == "reach" and figure.reach_to is not None:
            _reach(figure, figure.reach_to, turns[row], at[row], u[row])
    turns[:, Bone.HELD] = turns[:, Bone.GRIP] = face
    palm = np.array([0.0, 0.0, -1.0]) * (u * (FOREARM + 0.5 * HAND))[:, None]
    left, right = (
        at[:, bone] + (turns[:, bone] @ palm[..., None])[..., 0]
        for bone in (Bone.FOREARM_L, Bone.FOREARM_R)
    )
    at[:, Bone.HELD] = right
    at[:, Bone.GRIP] = np.where(np.array([_busy(f) for f in figures])[:, None], left, right)
    return turns, at


def _busy(figure: Figure) -> bool:
    """Whether the right hand carries or pushes something already."""
    return figure.carries in ("basket", "bag", "cart", "walker")


def _reach(
    figure: Figure, target: tuple[float, float, float], turns: Floats, at: Floats, u: float
) -> None:
    """Places one arm so that its fingers are at the target, or stretched towards it.

    Two bones and a target: the law of cosines. The hand that carries something stays down.
    """
    side = 0 if _busy(figure) or _in_front(figure, target)[1] > 0 else 1
    upper, lower = Bone.UPPER_ARM_L + side, Bone.FOREARM_L + side
    shoulder = at[upper]
    way = np.array([target[0], -target[1], target[2]]) - shoulder
    first, second = UPPER_ARM * u, (ARM - UPPER_ARM) * u
    far = float(np.linalg.norm(way))
    reached = min(max(far, 0.35 * (first + second)), 0.995 * (first + second))
    forward = way / max(far, 1e-6)
    outward = turns[Bone.BASE] @ np.array([0.0, 0.5 if side == 0 else -0.5, -1.0])
    outward -= forward * (outward @ forward)
    outward /= max(float(np.linalg.norm(outward)), 1e-6)
    cosine = (first**2 + reached**2 - second**2) / (2 * first * reached)
    angle = math.acos(min(max(cosine, -1.0), 1.0))
    arm = forward * math.cos(angle) + outward * math.sin(angle)
    at[lower] = shoulder + arm * first
    turns[upper] = _hanging(arm, turns[Bone.BASE][:, 0])
    turns[lower] = _hanging(shoulder + forward * reached - at[lower], turns[Bone.BASE][:, 0])


def _hanging(along: Floats, front: Floats) -> Floats:
    """The frame (3, 3) whose -z points ``along``, turned as near to ``front`` as it goes."""
    z = -along / np.linalg.norm(along)
    x = front - z * (front @ z)
    if np.linalg.norm(x) < 1e-3:  # the limb points straight ahead
        x = np.array([0.0, 0.0, 1.0]) - z * z[2]
    x = x / np.linalg.norm(x)
    result: Floats = np.stack([x, np.cross(z, x), z], axis=1)
    return result
