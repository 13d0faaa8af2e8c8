"""The tables of what stands on the shelves: ``[goods]`` and ``[[facing]]``."""

from __future__ import annotations

from datetime import time
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

from miseban.sim.rows import Row
from miseban.sim.scenario.tables import Chance, Seconds, Share
from miseban.vocabulary.shop.table import Id, Table, Title, wrong

Pieces = Annotated[int, Field(strict=True, ge=0, le=100_000)]
Count = Annotated[int, Field(strict=True, ge=0, le=1000)]
Along = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=0, le=1000)]


def _clock(value: Any) -> Any:
    """A time of day as "09:30"; TOML's own 09:30:00 will do as well."""
    if isinstance(value, time):
        return value
    try:
        if isinstance(value, str) and len(value) in (5, 8):
            return time.fromisoformat(value)
    except ValueError:
        pass
    raise wrong('a local time as "09:30"')


Clock = Annotated[time, BeforeValidator(_clock)]


def _currency(text: str) -> str:
    if len(text) == 3 and text.isascii() and text.isalpha() and text.isupper():
        return text
    raise wrong('the three letters of a currency, as "JPY"')


class Goods(Table):
    """``[goods]``: what holds for all that is sold."""

    currency: Annotated[str, AfterValidator(_currency)] = Field(
        default="JPY", description="Of all prices: its three letters (ISO 4217)."
    )
    deliveries: Annotated[tuple[Clock, ...], Field(max_length=48)] = Field(
        default=(), description="Local times of day at which each facing's `delivery` arrives."
    )
    told_after_s: Seconds = Field(
        default=0.0,
        description="Staff are told of a facing that has been empty for so long; 0: never.",
    )
    theft: Chance = Field(default=0.0, description="Chance that a piece taken leaves unpaid.")
    substitutes: Chance = Field(
        default=0.45,
        description="Chance that who finds a facing empty takes another of its category.",
    )


class Facing(Table):
    """``[[facing]]``: goods at a facing of the shop file."""

    shelf: Id = Field(description="The shelf of the shop file.")
    facing: Id = Field(description="The facing on it.")
    fixture: Id = Field(description="The fixture it stands in: a rectangle that is a shelf.")
    side: Annotated[int, Field(strict=True, ge=0, le=1)] = Field(
        description="The long side: 0 is on the right hand of who walks from the outline's first "
        "point to its second along the longer sides, 1 on the left."
    )
    level: Count = Field(description="The board, from 0 for the lowest.")
    start_m: Along = Field(description="Where it begins along the side.")
    width_m: Annotated[Along, Field(gt=0)] = Field(description="How wide it is.")
    price: Annotated[int, Field(strict=True, ge=0, le=100_000_000)] = Field(
        description="Of a piece, in the smallest unit of the currency."
    )
    weight: Share = Field(
        default=1.0, description="How often it is wanted, in proportion to others at that stop."
    )
    stock: Annotated[int, Field(strict=True)] | None = Field(
        default=None, description="Pieces on the shelf at the start. Without it: its capacity."
    )
    back_room: Pieces = Field(default=0, description="Pieces behind at the start.")
    delivery: Pieces = Field(default=0, description="Pieces that come with each delivery.")
    refill_at: Count = Field(
        default=0, description="Staff fill it on their round when so few are left."
    )
    put_back: Chance = Field(default=0.0, description="Chance that a piece taken is put back.")
    touch_only: Chance = Field(
        default=0.0, description="Chance that a hand reaches and takes nothing."
    )
    category: Title | None = Field(
        default=None, description="Others of the same category can stand in for it."
    )

    @property
    def key(self) -> str:
        """What this facing is called in the simulation."""
        return f"{self.shelf}/{self.facing}"

    @property
    def row(self) -> Row:
        """Its place on the shelf."""
        return Row(self.key, self.fixture, self.side, self.level, self.start_m, self.width_m)
