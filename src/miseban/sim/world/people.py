"""People and the groups they come in."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from miseban.sim.world.floorplan import Cell
from miseban.sim.world.trails import Trail

Range = tuple[float, float]


class Body(Protocol):
    """What a kind of shopper and the staff have in common."""

    @property
    def speed_mps(self) -> Range: ...
    @property
    def height_m(self) -> Range: ...


@dataclass(slots=True)
class Person:
    """One person. ``cell`` is where he or she stands or is going to stand; none before entering
    and after leaving. Who is ``passing`` walks past the shop. ``trail`` is empty until
    the person has come in."""

    id: int
    kind: str
    group: int
    staff: bool
    passing: bool
    speed_mps: float
    height_m: float
    carries: str
    appearance: int
    trail: Trail = field(default_factory=Trail)
    cell: Cell | None = None
    gone: bool = False


@dataclass(slots=True)
class Group:
    """People who came together and stay together. ``left`` are the zones still to be visited,
    the next one last, ``tries`` how often it was full; ``stop_s`` bounds the time at each."""

    number: int
    rng: random.Random
    members: list[Person]
    entered_by: str
    leaves_by: str
    left: list[str]
    stop_s: Range
    buys: bool
    reaches: float
    tries: int = 0


def draw_person(
    rng: random.Random,
    number: int,
    group: int,
    kind: str,
    body: Body,
    *,
    carries: str = "",
    staff: bool = False,
) -> Person:
    """A person of that kind; what differs between two of them is drawn from ``rng``."""
    return Person(
        id=number,
        kind=kind,
        group=group,
        staff=staff,
        passing=False,
        speed_mps=rng.uniform(*body.speed_mps),
        height_m=rng.uniform(*body.height_m),
        carries=carries,
        appearance=rng.getrandbits(31),
    )


def weighted(rng: random.Random, names: Sequence[str], weights: Sequence[float]) -> str:
    """One of ``names``, in proportion to ``weights``, which are not all 0."""
    return rng.choices(names, weights)[0]
