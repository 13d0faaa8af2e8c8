"""The constants of the fusion, in seconds, metres and parts of a box, with their reasons."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FusionSettings:
    """Costs and evidence are natural logarithms of likelihoods, times -2 where they stand beside
    squares of distances."""

    # Time. Rows of a new track come when it is confirmed, up to 0.6 s late; what is told is never
    # more than a second old.
    lag_s: float = 1.0
    hold_s: float = 0.6
    ahead_s: float = 120.0  # rows further in the future are nonsense
    step_s: float = 0.0  # of the common grid; 0: one frame of the fastest camera
    shortest_step_s: float = 0.1
    longest_step_s: float = 0.5

    # How well a camera sees where somebody stands.
    box_error: float = 0.02  # one standard deviation of a box's edge, in its heights
    pixel_error: float = 0.5
    posture_m: float = 0.06  # between where feet are and where the body is said to be
    # Whether places come from heads where boxes are too short to end at the feet. None: for cameras
    # whose anchor is "upright"; "feet" says that boxes end where people stand.
    heads: bool | None = None
    widest_m: float = 1.0  # a place less certain than this tells too little
    feet_sure: float = 0.8  # what is told of a camera is told by people whose feet were seen
    widest_head_m: float = 2.0  # the same where it may come from the head
    beyond_m: float = 1.0  # so far outside the plan nobody is
    stature_error_m: float = 0.06
    stature_m: tuple[float, float] = (0.6, 2.4)  # whoever looks smaller or taller is nobody

    # How people move: velocity forgets itself in ``turn_s``, and is driven by this noise.
    turn_s: float = 2.0
    push: float = 0.3  # m²/s³
    speed_mps: float = 2.0  # nobody is faster, over some seconds

    # Whose sight it is.
    gate: float = (
        4.6  # squared Mahalanobis distance of a new track: who is out of it waits a moment
    )
    gate_own: float = 25.0
    own_bonus: float = 6.0
    known_bonus: float = 4.0  # of a visit over somebody not yet known to be one
    reach_m: float = 2.0
    follow_s: float = 0.4  # so long unseen is a visit followed by its motion, whoever sees it
    follow_still_s: float = 3.0  # the same of somebody who stood
    still_mps: float = 0.2
    own_s: float = 2.5  # and so long by a track that was its own
    doubts: int = 3  # misfits in a row until a track is taken from its visit

    # Beginning and end.
    tentative_s: float = 1.2  # unseen so long, somebody not yet known to be one is forgotten
    look_s: float = 2.2
    look_steps: int = 2
    sure: float = 0.99
    sway_m: float = 0.15  # who stands still shifts about
    reach_base_m: float = 0.8
    born_s: float = 1.0
    born_steps: int = 5
    middle_s: float = 2.5
    middle_steps: int = 10
    grace_s: float = 5.0
    door_m: float = 1.5
    outside_m: float = 8.0
    birth_door: float = 0.02  # new people per square metre, beside one who is lost
    birth_middle: float = 1e-5
    gone_s: float = 6.0  # lost at a door: gone
    wait_s: float = 600.0  # lost in the middle: hidden
    wait_nowhere_s: float = 60.0  # where no doors are known
    birth_nowhere: float = 1e-3
    coast_s: float = 1.0

    # One person or two. Two people are at least 0.4 m apart.
    near_m: float = 0.6
    same_m: float = 0.25
    merge_s: float = 2.0
    absorb_s: float = 0.4
    veto_s: float = 20.0

    # One person whom a camera with hidden feet puts elsewhere along its line of sight: so far at
    # most, and so far aside, in metres and in distances from the camera. A camera that has seen the
    # other one too within this time sees two.
    shadow_m: float = 3.5
    shadow_aside_m: float = 0.3
    shadow_aside: float = 0.02
    shadow_s: float = 0.5
