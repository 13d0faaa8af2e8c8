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
    the person has come in. Who is unsteady goes ``sway_m`` to either side."""

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
    sway_m: float = 0.0


@dataclass(slots=True)
class Errand:
    """A stop to be made: at a zone, or at a facing by its key. ``pieces`` are wanted there; those
    of a ``substitute`` because another facing was empty."""

    where: str
    pieces: int = 0
    substitute: bool = False


@dataclass(slots=True)
class Group:
    """People who came together and stay together. ``left`` are the errands still to be done,
    the next one last, ``tries`` how often there was no room; ``stop_s`` bounds the time at each.
    ``busy`` counts what must end before they go on from a stop."""

    number: int
    rng: random.Random
    members: list[Person]
    entered_by: str
    leaves_by: str
    left: list[Errand]
    stop_s: Range
    buys: bool
    reaches: float
    tries: int = 0
    busy: int = 0

    @property
    def has_basket(self) -> bool:
        """Whether there is something to put goods into."""
        return any(member.carries for member in self.members)


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
