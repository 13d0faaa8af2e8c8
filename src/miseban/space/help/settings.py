"""The constants of help, in seconds and metres, with their reasons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from miseban.vocabulary.shop import Sensitivity

WAITS: Final[dict[Sensitivity, float]] = {"low": 2.0, "normal": 1.0, "high": 0.6}
"""So many times as long must a sign last before it is told."""


@dataclass(frozen=True, slots=True)
class HelpSettings:
    """All times are of a shop of normal sensitivity. Chosen on seeds 1 to 5 of the simulated
    supermarket and konbini; the others come from the literature named beside them."""

    # Lying and sitting on the floor.
    lying_m: float = 0.85  # nobody who stands, squats or sits on a chair is as low
    lying_part: float = 0.6  # of one's own height; a squat is 0.65 to 0.7
    low_part: float = 0.75  # and so low is who squats
    lying_s: float = 3.0  # a stumble, and a box of nobody, is over sooner
    lying_odds: float = 6.0  # log odds, in all, that somebody lies there; a second tells up to 3
    sitting_s: float = 30.0  # so long nobody squats before a shelf
    adult_m: float = 1.45
    still_m: float = 0.7
    same_m: float = 1.2  # two sights of somebody on the floor this near are of one
    fell_s: float = 20.0  # who was upright here so shortly before has fallen
    up_s: float = 4.0  # upright so long, it is over
    unseen_s: float = 30.0  # unseen so long, too: others stand in front

    # Aids, by shape and motion.
    seated_m: float = 1.45  # the top of the head of a tall man in a wheelchair
    aid_broad: float = 1.2  # times what the box around somebody upright is
    aid_s: float = 6.0  # of motion
    aid_part: float = 0.15  # of it so broad: from before and behind an aid does not show
    aid_times: int = 3
    moving_mps: float = 0.2
    aid_mps: float = 0.85  # nobody leans on a walking frame and walks faster
    # J. Perry et al. (Stroke 26, 1995): below 0.4 m/s people walk at home only.
    slow_mps: float = 0.43
    slow_windows: int = 12
    slow_walked_m: float = 4.0

    # Search.
    stop_s: float = 4.0
    stop_m: float = 0.6
    left_m: float = 1.0
    search_odds: float = 5.5  # at 5 one in twenty more is found, half as many more for nothing
    search_far_m: float = 4.0  # two of the stops of somebody who searches lie so far apart

    # A child alone.
    child_m: float = 1.39
    near_m: float = 4.0
    alone_s: float = 30.0  # families part for shorter

    # Counters.
    counter_s: float = 24.0  # 15 s at the front, and the way there
    staff_m: float = 2.5
    manned: float = 0.3  # part of the time in which staff are there: no till for oneself
    known_s: float = 300.0  # so long a counter is watched before it is missed

    # Doors.
    door_m: float = 2.5  # who is first seen so near to one has come in by it

    # Calls.
    gone_s: float = 60.0  # unseen so long, somebody is gone, and with him or her the need
    again_s: float = 300.0  # the same call about the same place or person is not told before
    aid_again_s: float = 3600.0  # an aid does not go away
