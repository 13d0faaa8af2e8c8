"""What all events share."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from miseban.vocabulary.identifiers import Name

DataClass = Literal["count", "trajectory", "attribute", "assist", "member", "staff", "device"]
Seconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Fraction = Annotated[float, Field(ge=0, le=1)]


class EventBase(BaseModel):
    """``time`` is when the frame was taken (UTC), never when it was processed (rule 13)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    time: AwareDatetime
    shop: Name
    camera: Name | None = None
