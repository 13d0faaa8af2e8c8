"""How those who do not stand freely lie, sit and stoop: as balls, moment by moment."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from miseban.sim.world.people import Person

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

UPRIGHT, FALLEN, CROUCHING, SEATED, STOOPED = range(5)
SHAPES: dict[int, tuple[tuple[float, float, float], ...]] = {
    FALLEN: ((-0.45, 0.05, 0.05), (-0.05, 0.1, 0.12), (0.25, 0.1, 0.14), (0.44, 0.07, 0.06)),
    CROUCHING: ((0.0, 0.06, 0.1), (-0.05, 0.25, 0.16), (0.08, 0.47, 0.16), (0.14, 0.64, 0.06)),
    SEATED: (
        *((0.2, 0.06, 0.06), (0.14, 0.33, 0.08), (-0.12, 0.34, 0.17)),
        *((-0.12, 0.56, 0.19), (-0.1, 0.74, 0.05)),
    ),
    STOOPED: (
        *((0.0, 0.06, 0.1), (-0.04, 0.45, 0.16), (0.02, 0.73, 0.16)),
        *((0.32, 0.53, 0.05), (0.08, 0.94, 0.05)),
    ),
}
"""Balls of a body on its bones, as the renderer bends them: metres ahead of the place where
somebody is said to be, height and radius, in body heights. Who sits has the elbows on the wheels;
who is stooped leans on a walking frame. Frames, wheels and chairs are no part of a body."""
TOP = {shape: max(up + radius for _, up, radius in balls) for shape, balls in SHAPES.items()}
_TURN_S = 0.3
_AIDS = {"wheelchair": SEATED, "walker": STOOPED}
_ACTS = {"fallen": FALLEN, "crouch": CROUCHING}


@dataclass(frozen=True, slots=True)
class Bodies:
    """``shape`` (N,) of ``SHAPES`` or upright; ``heading`` (N,) radians, which way it looks."""

    shape: Ints
    heading: Floats

    def take(self, index: NDArray[np.bool_] | Ints) -> Bodies:
        """Those at ``index``."""
        return Bodies(self.shape[index], self.heading[index])


def is_plain(person: Person) -> bool:
    """Whether somebody stands and walks upright at all times."""
    return person.carries not in _AIDS and not any(a.posture in _ACTS for a in person.trail.acts)


def bodies_at(person: Person, t: Floats) -> Bodies:
    """The person's at the moments ``t`` (N,), in order."""
    trail = person.trail
    shape = np.full(len(t), _AIDS.get(person.carries, UPRIGHT), np.int64)
    for act in trail.acts:
        if act.posture in _ACTS and shape.size:
            low, high = np.searchsorted(t, (act.start_s, act.end_s)).tolist()
            shape[low:high] = _ACTS[act.posture]
    knots = np.array(trail.t)
    ahead, behind = ([np.interp(t + by, knots, np.array(way)) for way in (trail.x, trail.y)]
                     for by in (_TURN_S, -_TURN_S))  # fmt: skip
    heading = np.arctan2(ahead[1] - behind[1], ahead[0] - behind[0])
    now = [np.interp(t + 1e-3, knots, np.array(way)) for way in (trail.x, trail.y)]
    then = [np.interp(t, knots, np.array(way)) for way in (trail.x, trail.y)]
    still = (now[0] == then[0]) & (now[1] == then[1])
    if trail.facing:
        since, looks = np.array(trail.facing).T
        at = np.clip(np.searchsorted(since, t, side="right") - 1, 0, None)
        heading = np.where(still, looks[at], heading)
    return Bodies(shape, heading)


def swayed(person: Person, t: Floats, x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Where somebody unsteady is seen who goes from side to side while walking along (``x``,
    ``y``), (N,) metres at ``t`` (N,)."""
    trail = person.trail
    knots = np.array(trail.t)
    later = [np.interp(t + 0.05, knots, np.array(way)) for way in (trail.x, trail.y)]
    dx, dy = later[0] - x, later[1] - y
    far = np.hypot(dx, dy)
    aside = np.where(far > 0, person.sway_m * np.sin(2 * np.pi * _SWAYS_HZ * t), 0.0)
    far = np.maximum(far, 1e-9)
    return x - aside * dy / far, y + aside * dx / far


_SWAYS_HZ = 0.6
"""Two slow steps from side to side and back."""
