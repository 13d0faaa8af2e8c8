"""The table of those who work in the shop: ``[[staff]]``."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from miseban.sim.scenario.tables import MetresRange, SecondsRange, SpeedRange
from miseban.vocabulary.shop.table import Id, Point, Table


class Staff(Table):
    """``[[staff]]``: people who work here: they serve at a till, or cross the floor and restock."""

    id: Id = Field(description="Its name; in the truth the kind is `staff`.")
    zones: Annotated[tuple[Id, ...], Field(max_length=100)] = Field(
        default=(),
        description="Zones worked in, one after another, drawn at random; of a clerk: where he or "
        "she goes when called away.",
    )
    till: Id | None = Field(
        default=None,
        description="The till at which this clerk serves, and nobody is served without. A till "
        "with no clerk at all serves by itself.",
    )
    at: Point | None = Field(
        default=None, description="Where the clerk stands: the middle of the 0.5 m cell there."
    )
    back_room: Point | None = Field(
        default=None,
        description="Where goods are fetched. Without it: at a place in the first of `zones`.",
    )
    stop_s: SecondsRange = Field(default=(30.0, 180.0), description="How long at each place.")
    speed_mps: SpeedRange = Field(default=(1.0, 1.4), description="Walking speed.")
    height_m: MetresRange = Field(default=(1.55, 1.8), description="Standing height.")
