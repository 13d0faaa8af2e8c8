"""``[[shelf]]`` and ``[[shelf.facing]]``: which product stands where on a shelf."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from miseban.vocabulary.shop.table import Id, Table, Title, title_from_id, wrong
from miseban.vocabulary.shop.zone import Polygon


def gtin_check_digit(body: str) -> int:
    """The last digit of the GTIN whose other digits are ``body`` (GS1 General Specifications,
    7.9: weights 3 and 1 in turn, from the right)."""
    total = sum(int(d) * (3 if i % 2 == 0 else 1) for i, d in enumerate(reversed(body)))
    return -total % 10


def _gtin(text: str) -> str:
    if len(text) not in (8, 12, 13, 14) or not (text.isascii() and text.isdigit()):
        raise wrong("a GTIN of 8, 12, 13 or 14 digits, in quotes")
    digit = gtin_check_digit(text[:-1])
    if int(text[-1]) != digit:
        raise wrong(f"a GTIN that ends in its check digit {digit}")
    return text


Gtin = Annotated[
    str,
    AfterValidator(_gtin),
    Field(json_schema_extra={"form": "8, 12, 13 or 14 digits, the last a right check digit"}),
]


class Facing(Table):
    """One product's place on a shelf, as wide as its visible front."""

    id: Id = Field(description="What events call this facing; unique on its shelf.")
    name: Title = Field(
        default_factory=title_from_id, description="The product's name. Without it: the id."
    )
    gtin: Gtin = Field(description="The product's number under its bar code.")
    polygon: Polygon = Field(description="The corners of its place in the picture, in order.")
    capacity: Annotated[int, Field(strict=True, ge=1, le=10_000)] = Field(
        description="Pieces that fit when it is full."
    )


ShelfTells = Literal["state", "touches"]


class Shelf(Table):
    """A shelf as one camera sees it."""

    id: Id = Field(description="What events and reports call this shelf.")
    name: Title = Field(
        default_factory=title_from_id, description="Its name for people. Without it: the id."
    )
    camera: Id = Field(description="The camera that sees it.")
    zone: Id | None = Field(
        default=None,
        description="The zone before it, in which people pass and stop. Without it: the zone that "
        "has the shelf's id, if there is one.",
    )
    tells: Annotated[
        tuple[ShelfTells, ...],
        Field(max_length=2, json_schema_extra={"form": 'list of `"state"`, `"touches"`'}),
    ] = Field(
        default=(),
        description="What the camera tells of it from its pictures: how full its facings are "
        "(`state`), hands that reach for them (`touches`). Both are "
        "on trial: [shelves.md](shelves.md) says how often they are wrong.",
    )
    facings: Annotated[
        tuple[Facing, ...],
        Field(min_length=1, max_length=500, json_schema_extra={"form": "`[[shelf.facing]]`"}),
    ] = Field(
        validation_alias="facing",
        serialization_alias="facing",
        description="Its products' places, one table each.",
    )
