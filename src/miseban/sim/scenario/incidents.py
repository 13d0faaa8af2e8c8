"""The table of what goes wrong now and then: ``[[incident]]``."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from miseban.sim.scenario.tables import Chance, Rate, SecondsRange
from miseban.vocabulary.shop.table import Id, Table

Moment = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=0, le=10_000_000)]
CHILD_M = 1.4
"""Companions who are no taller can get lost."""
IncidentKind = Literal["fall", "long_search", "unmanned_counter", "lost_child", "slow_walk"]


class Incident(Table):
    """``[[incident]]``: what happens to some visits, or at some moments."""

    kind: IncidentKind = Field(
        description="`fall`: a shopper falls at a stop. `long_search`: a group looks all over the "
        "shop for something and finds it not. `lost_child`: a companion at most 1.4 m tall stays "
        "behind. `unmanned_counter`: a clerk is called away. `slow_walk`: who leads a group walks "
        "at 0.25 to 0.4 m/s and sways."
    )
    chance: Chance = Field(default=0.0, description="Of a visit to which it can happen.")
    at_s: Annotated[tuple[Moment, ...], Field(max_length=1000)] = Field(
        default=(),
        description="Seconds since the start: it happens as soon as it can from each of them on.",
    )
    till: Id | None = Field(default=None, description="The till that `unmanned_counter` is about.")
    per_day: Rate = Field(
        default=0.0, description="How often in 24 hours, at random: `unmanned_counter` only."
    )
    lasts_s: SecondsRange = Field(
        default=(30.0, 120.0),
        description="How long the fallen lie, the child is alone, or the clerk stays away before "
        "the way back. Not for `long_search` and `slow_walk`.",
    )
