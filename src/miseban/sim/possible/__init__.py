"""What makes a scenario impossible to play in its shop."""

from __future__ import annotations

from miseban.sim.possible.cameras import floor_points, poses
from miseban.sim.possible.faults import faults
from miseban.sim.possible.goods import boards, goods
from miseban.sim.possible.incidents import incidents
from miseban.sim.possible.names import names, shares
from miseban.sim.possible.places import crowds, drawings, places
from miseban.sim.possible.staff import tasks
from miseban.sim.scenario import Scenario
from miseban.sim.world.floorplan import FloorPlan
from miseban.vocabulary.shop import Shop
from miseban.vocabulary.shop.problem import Problem


def impossible(scenario: Scenario, shop: Shop) -> list[Problem]:
    """Everything that cannot be, in the order of the tables. Geometry is looked at only when all
    names are known."""
    if shop.shop.floor is None:
        return [Problem(("scenario",), "a shop file with [shop] floor", "none")]
    unknown = [*names(scenario, shop), *shares(scenario), *poses(scenario, shop)]
    unknown += [*faults(scenario.faults, shop), *goods(scenario, shop)]
    unknown += [*tasks(scenario, shop), *incidents(scenario)]
    if unknown:
        return unknown
    elsewhere = list(floor_points(scenario, shop))
    if elsewhere:
        return elsewhere
    drawn = list(drawings(scenario, shop)) or list(boards(scenario))
    if drawn:
        return drawn
    plan = FloorPlan(shop, scenario)
    unreachable = list(places(scenario, plan))
    return unreachable or list(crowds(scenario, plan))
