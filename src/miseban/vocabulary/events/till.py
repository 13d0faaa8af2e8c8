"""Events from the tills."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from miseban.vocabulary.events.base import EventBase
from miseban.vocabulary.identifiers import Name


class ReceiptLine(BaseModel):
    """``quantity`` pieces of the product ``gtin`` at ``price`` each, in the smallest unit of the
    currency (yen, cents)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    gtin: str
    quantity: Annotated[int, Field(ge=1)]
    price: Annotated[int, Field(ge=0)]


class TillReceipt(EventBase):
    """A sale, as the till printed it: ``receipt`` is its number there, ``total`` the sum of its
    lines. It names no visit: what was bought is joined to what was seen in aggregate only."""

    type: Literal["till.receipt"] = "till.receipt"
    till: Name
    receipt: str
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    lines: tuple[ReceiptLine, ...]
    total: Annotated[int, Field(ge=0)]

    @model_validator(mode="after")
    def _adds_up(self) -> TillReceipt:
        if self.total != sum(line.quantity * line.price for line in self.lines):
            raise ValueError("total is not the sum of the lines")
        return self
