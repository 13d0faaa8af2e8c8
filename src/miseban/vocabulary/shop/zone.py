"""``[[zone]]``: a named part of the floor."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from miseban.vocabulary.shop.geometry import simple_polygon
from miseban.vocabulary.shop.table import Id, Point, Table, Title, title_from_id

ZoneKind = Literal["area", "queue", "counter", "crew", "signage", "entrance", "private"]

Polygon = Annotated[
    tuple[Point, ...],
    Field(max_length=200, json_schema_extra={"form": "three to 200 of `[x, y]`"}),
    AfterValidator(simple_polygon),
]
"""Corners in order, either way round, without repeating the first."""


class Zone(Table):
    """A polygon in which people are counted and timed; what it means depends on its kind."""

    id: Id = Field(description="What events, reports and tills call this zone.")
    name: Title = Field(
        default_factory=title_from_id, description="Its name for people. Without it: the id."
    )
    kind: ZoneKind = Field(description="What the zone is for; see *Kinds of zone*.")
    camera: Id | None = Field(
        default=None,
        description="The camera on whose picture it is drawn. Leave out for metres on the floor.",
    )
    polygon: Polygon = Field(description="The corners in order, without repeating the first.")
    min_stay_s: Annotated[float, Field(strict=True, allow_inf_nan=False, ge=0, le=3600)] = Field(
        default=1.0,
        description="Seconds a person must stay inside before the stay counts. Keeps out people "
        "who only brush the edge.",
    )
