"""Frames that a figure's points belong to: x ahead, y to the left, z up."""

from __future__ import annotations

from enum import IntEnum


class Bone(IntEnum):
    """``BASE`` stands on the floor, ``HELD`` hangs upright from the right hand, ``GRIP`` is the
    inside of the hand that is free to hold a product; things in these three are no part of the
    person."""

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
    GRIP = 15
