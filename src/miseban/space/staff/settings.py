"""The constants by which staff are told apart, with their reasons."""

from __future__ import annotations

from dataclasses import dataclass
from math import log


@dataclass(frozen=True, slots=True)
class StaffSettings:
    """Seconds, metres and metres a second."""

    # Doors. Who begins this near to one, or beyond it, has come in; who is this far out of doors
    # at any time is a customer of the street.
    door_m: float = 1.5
    outside_m: float = 0.75

    # Time without a sight that still counts as time spent.
    longest_gap_s: float = 5.0

    # Stops.
    stop_m: float = 0.9
    stop_least_s: float = 8.0
    long_factor: float = 3.0

    # The cameras take one person for another about once in ten minutes, so what was seen loses its
    # weight: e-fold in so long. Where somebody is says at once who it is; a door or a queue holds
    # for as long as a customer is followed; clothes are seen most of the time; long stops are rare,
    # and tell only if several are kept.
    place_memory_s: float = 60.0
    door_memory_s: float = 300.0
    stop_memory_s: float = 1200.0
    clothes_memory_s: float = 120.0

    # What is usual in shops, until this one's shoppers have shown it: so many of them weigh as
    # much as what is assumed here.
    usual_stay_s_log: float = log(600.0)
    usual_stop_s_log: float = log(25.0)
    usual_weight: float = 10.0

    # The decision: each second votes by its log odds, at most this much, so that the hour behind
    # a till is not worth more than the hour among the shelves; ``vote_s`` such seconds count as one
    # independent sight. Log odds from which on somebody is staff, and how far below a role is kept;
    # nobody is surer than ``surest``.
    vote_most: float = 2.0
    vote_s: float = 60.0
    surest: float = 6.0
    threshold: float = 0.0
    keep: float = 0.2
    # The uniform. No cue from the colour of the clothes weighs more than this; seconds of sight
    # that weigh as much as not knowing. Which part of the staff and of all others wear it, until
    # this shop's people have shown it: so many of them weigh as much as what is assumed here.
    uniform_most: float = 4.0
    worn_least_s: float = 2.0
    staff_wear: float = 0.9
    staff_wear_weight: float = 5.0
    others_wear: float = 0.2
    others_wear_weight: float = 10.0
