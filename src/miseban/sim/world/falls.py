"""Somebody falls, lies on the floor for a while, and gets up again."""

from __future__ import annotations

import math

from shapely import Polygon, box
from shapely.affinity import rotate, translate

from miseban.sim.scenario import Incident
from miseban.sim.world.aid import NOTICED_S, Aid
from miseban.sim.world.floorplan import CELL_M, Cell
from miseban.sim.world.helping import help_for
from miseban.sim.world.people import Group, Person
from miseban.sim.world.trails import Act
from miseban.sim.world.trouble import Trouble
from miseban.sim.world.world import RETRY_S, World

RISE_S = 2.0
_UPRIGHT_S = 2.0, 6.0  # a moment to recover
_TRIES = 8
_BROAD_M = 0.24  # half of a body that lies
_WAYS = [turn * math.pi / 4 for turn in range(-3, 5)]
"""Directions in which somebody can come to lie."""


class Falls(Trouble):
    """At the end of a stop, where there is room to lie. The group waits; one of the staff comes."""

    def __init__(self, world: World, aid: Aid, number: int, table: Incident) -> None:
        super().__init__(world, aid, number, table)
        self._left: dict[int, int] = {}  # errands left when it happens, by group
        self._tries: dict[int, int] = {}

    def suits(self, group: Group) -> bool:
        return any(member.carries != "wheelchair" for member in group.members)

    def arrives(self, group: Group) -> None:
        rng = self.rng(group)
        if group.left and rng.random() < self.table.chance and self.suits(group):
            self._left[group.number] = rng.randrange(len(group.left))
            self.groups.add(group.number)

    def held_until(self, group: Group, now_s: float) -> float | None:
        if group.number not in self.groups:
            return self._fall(group, now_s) if self.is_due(now_s) and self.suits(group) else None
        if len(group.left) > self._left.get(group.number, -1):
            return None
        until_s = self._fall(group, now_s)
        tries = self._tries.get(group.number, _TRIES)
        if until_s is None and tries:  # no room now, but perhaps in a moment
            self._tries[group.number] = tries - 1
            return now_s + RETRY_S
        return until_s

    def _fall(self, group: Group, now_s: float) -> float | None:
        rng = self.rng(group)
        rng.random()
        member = rng.choice([m for m in group.members if m.carries != "wheelchair"])
        up_s = now_s + rng.uniform(*self.table.lasts_s)
        heading = self._room(member, now_s, up_s)
        if heading is None:
            return None
        self.settle(now_s)
        self._left.pop(group.number, None)
        self._tries.pop(group.number, None)
        self.groups.add(group.number)
        member.trail.facing.append((now_s, heading))
        member.trail.acts.append(Act(now_s, up_s, "fallen"))
        member.trail.acts.append(Act(up_s, up_s + RISE_S, "crouch"))
        need = self.begin(help_for("fall", member, now_s, up_s))
        self.world.clock.at(now_s + rng.uniform(*NOTICED_S), lambda at_s: self.aid.call(need, at_s))
        return up_s + RISE_S + rng.uniform(*_UPRIGHT_S)

    def _room(self, member: Person, now_s: float, until_s: float) -> float | None:
        """A heading in which ``member`` can lie with nobody in the way, and nobody coming; the
        floor there is kept free. None where there is none."""
        assert member.cell is not None  # noqa: S101 - whoever ends a stop stands there
        looks = member.trail.facing[-1][1]
        along = sorted(_WAYS, key=lambda way: round(abs(math.cos(way - looks)), 6))
        for heading in along:  # along the shelf first
            cells = self._cells(member, heading)
            if cells is not None and self.world.walking.block(cells, now_s, until_s + RISE_S):
                return heading
        return None

    def _cells(self, member: Person, heading: float) -> list[Cell] | None:
        """The cells that the body touches besides its own; None when one is no free floor."""
        plan = self.world.plan
        assert member.cell is not None  # noqa: S101 - whoever ends a stop stands there
        x, y = plan.centre(member.cell)
        half = member.height_m / 2
        lying: Polygon = translate(
            rotate(box(-half, -_BROAD_M, half, _BROAD_M), heading, (0, 0), use_radians=True), x, y
        )
        left, top, right, bottom = (int(edge // CELL_M) for edge in lying.bounds)
        cells: list[Cell] = []
        for row in range(top, bottom + 1):
            for column in range(left, right + 1):
                square = box(column, row, column + 1, row + 1)
                if lying.intersects(
                    Polygon([(u * CELL_M, v * CELL_M) for u, v in square.exterior.coords])
                ):
                    if not (0 <= row < plan.rows and 0 <= column < plan.columns):
                        return None
                    if not plan.free[row, column]:
                        return None
                    cells.append(row * plan.columns + column)
        return [cell for cell in cells if cell != member.cell]
