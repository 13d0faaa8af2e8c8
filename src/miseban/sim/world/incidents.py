"""What goes wrong on some visits: a fall, a search that finds nothing, a child left behind."""

from __future__ import annotations

from miseban.sim.world.aid import Aid
from miseban.sim.world.falls import Falls
from miseban.sim.world.lost import LostChildren
from miseban.sim.world.people import Group
from miseban.sim.world.searches import Searches
from miseban.sim.world.trouble import Trouble
from miseban.sim.world.unsteady import SlowWalks
from miseban.sim.world.world import World

_KINDS: dict[str, type[Trouble]] = {
    "fall": Falls,
    "long_search": Searches,
    "lost_child": LostChildren,
    "slow_walk": SlowWalks,
}


class Incidents:
    """All that can befall groups; one thing at most befalls each."""

    def __init__(self, world: World, aid: Aid) -> None:
        self._troubles = [
            _KINDS[table.kind](world, aid, number, table)
            for number, table in enumerate(world.scenario.incidents)
            if table.kind in _KINDS
        ]

    def arrives(self, group: Group) -> None:
        """A group is about to come in; perhaps its errands become others."""
        for trouble in self._troubles:
            trouble.arrives(group)
            if group.number in trouble.groups:
                return

    def held_until(self, group: Group, now_s: float) -> float | None:
        """The group is about to go on: until when it stays where it is instead, or None."""
        if group.members[0].cell is None:  # not yet come in
            return None
        mine = [one for one in self._troubles if group.number in one.groups]
        for trouble in mine or self._troubles:
            until_s = trouble.held_until(group, now_s)
            if until_s is not None or group.number in trouble.groups:
                return until_s
        return None
