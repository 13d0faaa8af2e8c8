"""The constants by which groups are found, with their reasons."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class GroupSettings:
    """Seconds, metres and metres a second."""

    # Who comes in so long after another, at most, and so near to where that one began, may have
    # come along; so may who walks beside somebody.
    entry_s: float = 45.0
    entry_m: float = 5.0
    beside_m: float = 1.6
    look_s: float = 2.0
    door_m: float = 1.5

    # Together: nearer than this. Apart: farther than that, while both walk.
    near_m: float = 2.2
    apart_m: float = 4.0
    far_m: float = 12.0  # all distances beyond are as good as this one
    # Walking: displaced by this much in ``step_s``, more than positions err.
    step_s: float = 2.0
    walking_mps: float = 0.35
    same_way: float = 0.7  # cosine of the angle between two ways

    judge_s: float = 5.0
    # Log odds from which on two belong together; a pair keeps together while above the second.
    together: float = 0.0
    keep: float = -0.5
