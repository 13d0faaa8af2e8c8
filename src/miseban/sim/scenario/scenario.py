"""The whole scenario file."""

from __future__ import annotations

from datetime import datetime, time
from typing import Self

from pydantic import Field

from miseban.sim.scenario.cameras import CameraPose, Room
from miseban.sim.scenario.faults import Fault
from miseban.sim.scenario.goods import Facing, Goods
from miseban.sim.scenario.incidents import Incident
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
from miseban.vocabulary.shop.table import Table

LISTS = (
    "kind",
    "door",
    "fixture",
    "attraction",
    "service",
    "staff",
    "camera",
    "fault",
    "facing",
    "incident",
)
"""Keys that hold tables in double brackets."""


class Scenario(Table):
    """Who comes, how often, what stands in the way, and what draws people."""

    scenario: Info
    arrivals: Arrivals
    passing: Passing = Passing(per_hour=0.0)
    kinds: tuple[Kind, ...] = Field(validation_alias="kind", min_length=1)
    doors: tuple[Door, ...] = Field(validation_alias="door", min_length=1)
    fixtures: tuple[Fixture, ...] = Field(default=(), validation_alias="fixture")
    attractions: tuple[Attraction, ...] = Field(default=(), validation_alias="attraction")
    services: tuple[Service, ...] = Field(default=(), validation_alias="service")
    staff: tuple[Staff, ...] = ()
    incidents: tuple[Incident, ...] = Field(default=(), validation_alias="incident")
    room: Room = Room()
    cameras: tuple[CameraPose, ...] = Field(default=(), validation_alias="camera")
    faults: tuple[Fault, ...] = Field(default=(), validation_alias="fault")
    goods: Goods = Goods()
    facings: tuple[Facing, ...] = Field(default=(), validation_alias="facing")

    def starting_at(self, begins: time | None) -> Self:
        """The same, but begun at that time of its day, in an empty shop."""
        if begins is None:
            return self
        start = datetime.combine(self.scenario.start.date(), begins)
        info = self.scenario.model_copy(update={"start": start})
        return self.model_copy(update={"scenario": info})

    def kind(self, kind_id: str) -> Kind:
        """The kind of that id, which the checks have found to exist."""
        return next(kind for kind in self.kinds if kind.id == kind_id)
