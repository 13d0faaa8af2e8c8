"""``[[line]]``: a line that people pass, one way in and the other way out."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from miseban.vocabulary.shop.geometry import plain_line
from miseban.vocabulary.shop.table import Id, Point, Table, Title, title_from_id


class Line(Table):
    """A finite line. Walk along it on the picture (or plan) as on a map, from its first to its
    last point: whoever passes from your left to your right goes in."""

    id: Id = Field(description="What events and reports call this line.")
    name: Title = Field(
        default_factory=title_from_id, description="Its name for people. Without it: the id."
    )
    camera: Id | None = Field(
        default=None,
        description="The camera on whose picture it is drawn. Leave out for metres on the floor.",
    )
    entrance: bool = Field(
        default=True,
        description="Whether it leads into the shop: people inside are the balance of these lines. "
        "Set `false` for a line between two parts of the shop.",
    )
    points: Annotated[
        tuple[Point, ...],
        Field(max_length=100, json_schema_extra={"form": "two to 100 of `[x, y]`"}),
        AfterValidator(plain_line),
    ] = Field(description="The line, from first to last point. The order decides which way is in.")
