"""The tables of a scenario: who comes, how often, what stands in the way, what draws people.

``file.py`` reads the file; ``miseban.sim.possible`` refuses what cannot be played.
"""

from miseban.sim.scenario.cameras import CameraPose, Room
from miseban.sim.scenario.faults import Fault
from miseban.sim.scenario.goods import Facing, Goods
from miseban.sim.scenario.incidents import Incident
from miseban.sim.scenario.scenario import Scenario
from miseban.sim.scenario.staff import Staff
from miseban.sim.scenario.tables import (
    Arrivals,
    Attraction,
    Door,
    Fixture,
    Info,
    Kind,
    Passing,
    Service,
)

__all__ = [
    "Arrivals",
    "Attraction",
    "CameraPose",
    "Door",
    "Facing",
    "Fault",
    "Fixture",
    "Goods",
    "Incident",
    "Info",
    "Kind",
    "Passing",
    "Room",
    "Scenario",
    "Service",
    "Staff",
]
