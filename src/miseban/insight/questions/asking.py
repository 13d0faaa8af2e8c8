"""The questions that can be asked of a shop's journal. docs/questions.md defines every one."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter, model_validator

from miseban.vocabulary.identifiers import Name

By = Literal["minute", "hour", "day", "whole"]
"""Of what the rows of an answer are: every minute, hour or day of the shop's clock, or all of the
time at once."""


Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class Period(BaseModel):
    """From ``since`` up to ``until``, which is not in it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    since: AwareDatetime = Field(description="The first moment.")
    until: AwareDatetime = Field(description="The first moment that is not in it any more.")

    @model_validator(mode="after")
    def _has_length(self) -> Self:
        if self.since >= self.until:
            raise ValueError("expected until after since")
        return self


class _Question(Period):
    """``compare``: the same is asked of that time too."""

    compare: Period | None = Field(default=None, description="Another time, to compare with.")


class OfSomeHours(_Question):
    """Of all of the time, of some days of the week, or of the same hours of each day."""

    weekdays: tuple[Weekday, ...] | None = Field(
        default=None, min_length=1, description="Of which days of the week; all, if not given."
    )
    from_hour: Annotated[int, Field(ge=0, le=23)] = Field(
        default=0, description="From this hour of the shop's clock on, of each day."
    )
    to_hour: Annotated[int, Field(ge=1, le=24)] = Field(
        default=24, description="The first hour that is not in it any more; 24 is midnight."
    )

    @property
    def whole_days(self) -> bool:
        return (self.from_hour, self.to_hour) == (0, 24)

    @property
    def all_the_time(self) -> bool:
        return self.whole_days and self.weekdays is None

    @model_validator(mode="after")
    def _has_hours(self) -> Self:
        if self.from_hour >= self.to_hour:
            raise ValueError("expected to_hour after from_hour")
        return self


class VisitorsQuestion(_Question):
    """How many passed the lines, and how many visitors came in."""

    question: Literal["visitors"] = "visitors"
    by: By = "hour"
    lines: tuple[Name, ...] | None = Field(
        default=None, min_length=1, description="All lines, if not given."
    )


class OccupancyQuestion(_Question):
    """How many people were in the shop and in its zones."""

    question: Literal["occupancy"] = "occupancy"
    by: By = "hour"
    zones: tuple[Name, ...] | None = Field(
        default=None, min_length=1, description="All zones, if not given."
    )
    shop_only: bool = Field(
        default=False, description="Only of the shop as a whole, without its zones."
    )

    @model_validator(mode="after")
    def _of_something(self) -> Self:
        if self.shop_only and self.zones is not None:
            raise ValueError("expected zones or shop_only, found both")
        return self


class DwellQuestion(OfSomeHours):
    """How long people stayed in the zones."""

    question: Literal["dwell"] = "dwell"
    by: Literal["hour", "day", "whole"] = "whole"
    zones: tuple[Name, ...] | None = Field(
        default=None, min_length=1, description="All zones, if not given."
    )


class QueuesQuestion(_Question):
    """How long the queues were, and how long people waited."""

    question: Literal["queues"] = "queues"
    by: Literal["hour", "day", "whole"] = "hour"


class AreasQuestion(OfSomeHours):
    """Which areas are used most."""

    question: Literal["areas"] = "areas"


class HeatQuestion(OfSomeHours):
    """Where on the floor people spent their time: of whole days, or of the same hours of each."""

    question: Literal["heat"] = "heat"
    cell_m: Annotated[float, Field(ge=0.5, le=10, multiple_of=0.5)] = Field(
        default=0.5, description="How wide a cell is, in metres."
    )


class PathsQuestion(_Question):
    """From which zone people went straight to which."""

    question: Literal["paths"] = "paths"


class RoutesQuestion(_Question):
    """Which ways through three to six areas people have in common, of whole days."""

    question: Literal["routes"] = "routes"


class FunnelQuestion(OfSomeHours):
    """Of those who passed a shelf, who stopped, touched, picked up, kept, and bought."""

    question: Literal["funnel"] = "funnel"
    of: Literal["facing", "shelf"] = Field(
        default="facing", description="A row for every facing, or for every shelf."
    )
    shelves: tuple[Name, ...] | None = Field(
        default=None, min_length=1, description="All, if not given."
    )


class InsteadQuestion(_Question):
    """What was taken from a shelf while one of its facings was empty."""

    question: Literal["instead"] = "instead"
    shelves: tuple[Name, ...] | None = Field(
        default=None, min_length=1, description="All, if not given."
    )


class StockQuestion(_Question):
    """How full the facings were, and how long they were empty."""

    question: Literal["stock"] = "stock"
    by: Literal["hour", "day", "whole"] = "whole"
    shelves: tuple[Name, ...] | None = Field(
        default=None, min_length=1, description="All, if not given."
    )


class CamerasQuestion(_Question):
    """What the cameras saw, lost, and suffered from."""

    question: Literal["cameras"] = "cameras"
    by: Literal["hour", "day", "whole"] = "whole"


class AlertsQuestion(_Question):
    """How many alerts there were, and how soon they were answered."""

    question: Literal["alerts"] = "alerts"
    by: Literal["hour", "day", "whole"] = "whole"


class HelpQuestion(_Question):
    """How often somebody needed a hand, and how soon one came. Of class ``assist``."""

    question: Literal["help"] = "help"
    by: Literal["hour", "day", "whole"] = "whole"


class ReceiptsQuestion(_Question):
    """What the tills sold."""

    question: Literal["receipts"] = "receipts"
    by: By = "hour"


class SoldQuestion(_Question):
    """Which products the tills sold, and where they stand."""

    question: Literal["sold"] = "sold"
    unplaced: bool = Field(default=False, description="Only those that stand at no facing.")


class ConversionQuestion(_Question):
    """How many of the visitors bought."""

    question: Literal["conversion"] = "conversion"
    by: Literal["hour", "day", "whole"] = "day"


Question = Annotated[
    VisitorsQuestion
    | OccupancyQuestion
    | DwellQuestion
    | QueuesQuestion
    | AreasQuestion
    | HeatQuestion
    | PathsQuestion
    | RoutesQuestion
    | FunnelQuestion
    | InsteadQuestion
    | StockQuestion
    | CamerasQuestion
    | AlertsQuestion
    | HelpQuestion
    | ReceiptsQuestion
    | SoldQuestion
    | ConversionQuestion,
    Field(discriminator="question"),
]
QUESTIONS: TypeAdapter[Question] = TypeAdapter(Question)
