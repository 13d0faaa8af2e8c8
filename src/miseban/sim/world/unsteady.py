"""Somebody walks very slowly, and from side to side."""

from __future__ import annotations

from miseban.sim.world.people import Group
from miseban.sim.world.trouble import Trouble

SPEED_MPS = 0.25, 0.4
"""Who cannot walk faster than 0.4 m/s hardly gets around outside the home (J. Perry et al.,
Classification of walking handicap in the stroke population, Stroke 26, 1995)."""
SWAY_M = 0.03, 0.1
_AIDS = ("wheelchair", "walker")


class SlowWalks(Trouble):
    """The one who leads a group, for the whole visit; the others keep to that pace. The need lasts
    while he or she is in the shop, as with aids, so the truth begins it."""

    def suits(self, group: Group) -> bool:
        return bool(group.left) and group.members[0].carries not in _AIDS

    def arrives(self, group: Group) -> None:
        rng = self.rng(group)
        drawn = rng.random() < self.table.chance
        if not self.suits(group) or not (drawn or self.is_due(self.world.clock.now_s)):
            return
        self.settle(self.world.clock.now_s)
        self.groups.add(group.number)
        speed_mps = rng.uniform(*SPEED_MPS)
        for member in group.members:
            member.speed_mps = speed_mps
        group.members[0].sway_m = rng.uniform(*SWAY_M)

    def held_until(self, group: Group, now_s: float) -> float | None:
        del group, now_s  # nothing holds them up
        return None
