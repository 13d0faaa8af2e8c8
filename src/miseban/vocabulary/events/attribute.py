"""What visitors look like, of many at once: the only event of class ``attribute``."""

from __future__ import annotations

from typing import Annotated, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from miseban.vocabulary.attributes import VALUES, Attribute, AttributeValue
from miseban.vocabulary.events.base import EventBase
from miseban.vocabulary.identifiers import Name

WINDOW_S: Final = 900
"""A quarter of an hour. Every window begins at a whole quarter, so that none overlaps another."""


class ValueCount(BaseModel):
    """``people`` with that value; none where it is not told."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    value: AttributeValue
    people: Annotated[int, Field(ge=0)] | None


class AttributeCounts(BaseModel):
    """Of one attribute: ``judged`` people had a value, the others are unknown. ``values`` are all
    of the attribute's, in order, suppressed ones too."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    attribute: Attribute
    judged: Annotated[int, Field(ge=0)]
    values: tuple[ValueCount, ...]

    @property
    def told(self) -> dict[AttributeValue, int]:
        return {one.value: one.people for one in self.values if one.people is not None}


class AttributeSummary(EventBase):
    """People who left the camera's view in the quarter of an hour that ends at ``time`` and had
    stayed in ``zone`` longer than anywhere else. Each is in one event only.

    The type itself refuses what would tell of fewer than ``k`` people: a cell below k, and a cell
    that the others would give away (``privacy.md`` rule 6).
    """

    model_config = ConfigDict(hide_input_in_errors=True)

    type: Literal["attribute.summary"] = "attribute.summary"
    zone: Name
    window_s: Literal[900] = WINDOW_S
    k: Annotated[int, Field(ge=5)]
    visitors: int
    attributes: tuple[AttributeCounts, ...]

    @model_validator(mode="after")
    def _tells_of_nobody(self) -> Self:
        # The messages name no number: whoever logs them must not learn what was withheld.
        if self.time.timestamp() % WINDOW_S:
            raise ValueError("a window must end at a whole quarter of an hour")
        if self.visitors < self.k:
            raise ValueError("fewer than k visitors")
        names = [counts.attribute for counts in self.attributes]
        if not names or len(set(names)) < len(names):
            raise ValueError("expected each attribute once")
        for counts in self.attributes:
            if tuple(one.value for one in counts.values) != VALUES[counts.attribute]:
                raise ValueError("expected every value of an attribute, in order")
            if not self.k <= counts.judged <= self.visitors:
                raise ValueError("judged must be k or more, and no more than the visitors")
            told = counts.told
            hidden = len(counts.values) - len(told)
            rest = counts.judged - sum(told.values())
            if any(people < self.k for people in told.values()):
                raise ValueError("a cell of fewer than k")
            if hidden == 0 and rest != 0:
                raise ValueError("the values do not add up to those judged")
            if hidden == 1 or (hidden and told and rest <= hidden * (self.k - 1)):
                raise ValueError("a suppressed cell could be worked out from the others")
        return self
