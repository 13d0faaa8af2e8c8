"""The world at one instant: what a renderer draws and what the truth is taken from.

The floor is measured in metres, origin at the plan's top left, x right, y down (as in the shop
file). ``Simulation(shop, scenario, seed).scenes(dt)`` in ``simulation.py`` yields one ``Scene``
every ``dt`` seconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Posture = Literal["stand", "walk", "reach", "crouch", "fallen", "sit"]


@dataclass(frozen=True, slots=True)
class Figure:
    """One person.

    ``id`` is the same in every scene, from 1 in the order of arrival. ``kind`` is the name of the
    shopper kind in the scenario, or "staff". ``x``, ``y`` are metres on the floor, ``heading``
    radians (0 looks along +x, pi/2 along +y, which is down on the plan). ``height_m`` is the
    standing height; ``posture`` "sit" is a person in a wheelchair. ``gait_phase`` runs from 0 to 1
    over one stride of two steps, and rests while the person does. ``reach_to`` is a point in space
    (x, y, z metres, z up) while ``posture`` is "reach", else none. ``carries`` is "", "basket",
    "bag", "cart", "walker" or "wheelchair". ``appearance`` seeds build, clothes and hair.
    Who ``holds`` has a product in the right hand.
    """

    id: int
    kind: str
    x: float
    y: float
    heading: float
    height_m: float
    speed_mps: float
    gait_phase: float
    posture: Posture
    reach_to: tuple[float, float, float] | None
    carries: str
    appearance: int
    holds: bool = False


@dataclass(frozen=True, slots=True)
class Scene:
    """Everybody on the floor at ``time_s`` seconds since the start, in order of ``id``."""

    time_s: float
    figures: tuple[Figure, ...]
