"""The whole scenario file."""

from __future__ import annotations

from pydantic import Field

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
from miseban.vocabulary.shop.table import Table

LISTS = ("kind", "door", "fixture", "attraction", "service", "staff")
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

    def kind(self, kind_id: str) -> Kind:
        """The kind of that id, which the checks have found to exist."""
        return next(kind for kind in self.kinds if kind.id == kind_id)
