"""The tables of a scenario: who comes, how often, what stands in the way, what draws people.

``file.py`` reads the file; ``miseban.sim.possible`` refuses what cannot be played.
"""

from miseban.sim.scenario.scenario import Scenario
from miseban.sim.scenario.tables import (
    Arrivals,
    Attraction,
    Door,
    Fixture,
    Info,
    Kind,
    Passing,
    Service,
    Staff,
)

__all__ = [
    "Arrivals",
    "Attraction",
    "Door",
    "Fixture",
    "Info",
    "Kind",
    "Passing",
    "Scenario",
    "Service",
    "Staff",
]
