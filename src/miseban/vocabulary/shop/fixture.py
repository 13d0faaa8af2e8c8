"""``[[fixture]]``: what stands on the floor, drawn on the plan to be recognised by."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from miseban.vocabulary.shop.table import Id, Table, Title, title_from_id
from miseban.vocabulary.shop.zone import Polygon

Height = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=0, le=100)]
USUAL_M = 1.8
"""Of a shelf that nobody looks over."""


class Fixture(Table):
    """A shelf, a counter, a wall: on the floor plan, in metres. Nothing is counted by it."""

    id: Id = Field(description="Its own, among fixtures.")
    name: Title = Field(
        default_factory=title_from_id, description="Its name for people. Without it: the id."
    )
    polygon: Polygon = Field(description="The corners on the floor plan, in metres.")
    height_m: Height = Field(
        default=USUAL_M,
        description="How high it is, in metres: what hides behind it (`miseban coverage`).",
    )
