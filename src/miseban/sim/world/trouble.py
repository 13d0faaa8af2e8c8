"""What all incidents that befall groups have in common: when, and to whom."""

from __future__ import annotations

import random
from abc import ABC, abstractmethod
from collections import deque

from miseban.sim.scenario import Incident
from miseban.sim.world.aid import Aid
from miseban.sim.world.helping import Help
from miseban.sim.world.people import Group
from miseban.sim.world.world import World


class Trouble(ABC):
    """One ``[[incident]]``. ``groups`` are the numbers of those that it befalls, or will. Chance is
    drawn for each group by itself, so that what happens to others stays what it is."""

    def __init__(self, world: World, aid: Aid, number: int, table: Incident) -> None:
        self.world, self.aid, self.table = world, aid, table
        self.groups: set[int] = set()
        self._number = number
        self._due = deque(sorted(table.at_s))

    def rng(self, group: Group) -> random.Random:
        """The group's own chance, from its beginning."""
        return random.Random(f"{self.world.seed}/incident/{self._number}/{group.number}")

    def is_due(self, now_s: float) -> bool:
        """Whether one of the scenario's moments has come, and nothing happened since."""
        return bool(self._due) and self._due[0] <= now_s

    def settle(self, now_s: float) -> float | None:
        """It happens now: the moment that was due for it, if any, is due no longer."""
        return self._due.popleft() if self.is_due(now_s) else None

    def put_off(self, moment_s: float) -> None:
        """It did not come to it after all: what was settled is due again."""
        self._due.appendleft(moment_s)

    def begin(self, need: Help) -> Help:
        """Somebody is in need from now on."""
        self.world.helps.append(need)
        return need

    @abstractmethod
    def suits(self, group: Group) -> bool:
        """Whether it can befall this group at all, now."""

    @abstractmethod
    def arrives(self, group: Group) -> None:
        """A group is about to come in, with all its errands still to do."""

    @abstractmethod
    def held_until(self, group: Group, now_s: float) -> float | None:
        """A group on the floor has ended a stop, or found no room for the next: until when
        it stays there; None when it goes on."""
