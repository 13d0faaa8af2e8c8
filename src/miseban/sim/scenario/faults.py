"""The table of a scenario that says what goes wrong with a camera, and when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal, get_args

from pydantic import Field

from miseban.vocabulary.shop.table import Id, Table

FaultKind = Literal["drop", "flap", "skew", "jump", "nudge", "dark", "glare", "dirt"]
KINDS: tuple[FaultKind, ...] = get_args(FaultKind)

Moment = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=0, le=31 * 86_400)]
Amount = Annotated[float, Field(strict=True, allow_inf_nan=False)]


@dataclass(frozen=True, slots=True)
class Range:
    """What an amount may be, in ``unit``."""

    least: float
    most: float
    unit: str


AMOUNTS: dict[FaultKind, Range] = {
    "drop": Range(0.0, 1.0, "share of the frames"),
    "flap": Range(0.5, 3600.0, "seconds away on average"),
    "skew": Range(-600.0, 600.0, "seconds an hour"),
    "jump": Range(-3600.0, 3600.0, "seconds"),
    "nudge": Range(-45.0, 45.0, "degrees"),
    "dark": Range(0.0, 1.0, "from none to hardly usable"),
    "glare": Range(0.0, 1.0, "from none to hardly usable"),
    "dirt": Range(0.0, 1.0, "from none to hardly usable"),
}
"""A clock that goes slower by 600 s an hour still goes forward."""


class Fault(Table):
    """``[[fault]]``: what is wrong with a camera for a while."""

    camera: Id = Field(description="The camera of the shop file.")
    kind: FaultKind = Field(description="What is wrong; see [Faults](#faults).")
    amount: Amount = Field(description="How much; its unit depends on `kind`.")
    from_s: Moment = Field(default=0.0, description="When it begins.")
    to_s: Moment | None = Field(
        default=None, description="When it is over. Without it, it stays to the end."
    )

    @property
    def end_s(self) -> float:
        """``to_s``, or infinity."""
        return float("inf") if self.to_s is None else self.to_s
