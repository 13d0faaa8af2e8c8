"""From people to figures: where everybody stands and what they do at one instant."""

from __future__ import annotations

import math
from bisect import bisect_right

from miseban.sim.state import Figure, Posture
from miseban.sim.world.people import Person

STRIDE_HEIGHTS = 0.83
"""Length of a stride of two steps, in body heights (D. A. Winter, *Biomechanics and Motor Control
of Human Movement*: a step of about 0.41 heights at a natural cadence)."""
_TURN_S = 0.3  # people turn over about this time before and after a corner


def figure(person: Person, time_s: float) -> Figure:
    """``person`` at ``time_s``, which lies within the stay."""
    trail = person.trail
    i, part = trail.between(time_s)
    j = min(i + 1, len(trail.t) - 1)
    step_m = trail.walked_m[j] - trail.walked_m[i]
    walked_m = trail.walked_m[i] + part * step_m
    speed = step_m / (trail.t[j] - trail.t[i]) if step_m > 0 else 0.0
    x, y = trail.place(time_s)
    posture: Posture = "walk" if speed > 0 else "stand"
    reach_to = None
    if speed == 0:
        for act in reversed(trail.acts):
            if act.start_s <= time_s < act.end_s:
                posture, reach_to = act.posture, act.reach_to
            if act.start_s <= time_s:
                break
    if person.carries == "wheelchair" and posture != "reach":
        posture = "sit"
    return Figure(
        id=person.id,
        kind=person.kind,
        x=x,
        y=y,
        heading=_heading(person, time_s, speed),
        height_m=person.height_m,
        speed_mps=speed,
        gait_phase=walked_m / (STRIDE_HEIGHTS * person.height_m) % 1.0,
        posture=posture,
        reach_to=reach_to,
        carries=person.carries,
        appearance=person.appearance,
        holds=trail.holds(time_s) > 0,
    )


def _heading(person: Person, time_s: float, speed: float) -> float:
    trail = person.trail
    if speed > 0:
        ax, ay = trail.place(time_s - _TURN_S)
        bx, by = trail.place(time_s + _TURN_S)
        return math.atan2(by - ay, bx - ax)
    k = bisect_right(trail.facing, (time_s, math.inf)) - 1
    if k < 0:
        return 0.0
    return trail.facing[k][1]
