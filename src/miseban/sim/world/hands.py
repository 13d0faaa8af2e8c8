"""What people do with their arms at a shelf."""

from __future__ import annotations

from miseban.sim.world.floorplan import Spot
from miseban.sim.world.people import Group, Person
from miseban.sim.world.trails import Act


def handle(group: Group, member: Person, spot: Spot, from_s: float, until_s: float) -> None:
    """At the shelf: perhaps a hand reaches for something, high or low."""
    rng = group.rng
    wants, takes_s, begins = rng.random() < group.reaches, rng.uniform(1.2, 3.0), rng.random()
    height_m = rng.uniform(0.2, 1.7)
    slack_s = until_s - from_s - takes_s - 1.0
    if wants and slack_s > 0:
        start_s = from_s + 0.5 + begins * slack_s
        low = height_m < 0.5 and member.carries != "wheelchair"
        member.trail.acts.append(
            Act(start_s, start_s + takes_s, "crouch")
            if low
            else Act(start_s, start_s + takes_s, "reach", (*spot.facing, height_m))
        )
