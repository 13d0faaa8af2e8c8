"""``[help]``: whether cameras look for people who need a hand, where and when."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from miseban.vocabulary.events.help import HelpKind
from miseban.vocabulary.shop.hours import DailyHours
from miseban.vocabulary.shop.table import Id, Table

Sensitivity = Literal["low", "normal", "high"]
_KINDS = (
    '`"fall"`, `"on_floor"`, `"wheelchair"`, `"walking_aid"`, `"slow_walk"`, `"long_search"`, '
    '`"unmanned_counter"`, `"lost_child"`'
)


class Help(Table):
    """With this table cameras tell staff who may need a hand; without it they do not."""

    sensitivity: Sensitivity = Field(
        default="normal",
        description="`low` waits twice as long before it tells, and wants surer signs of a "
        "search, for fewer calls for nothing; `high` waits six tenths as long, is content with "
        "less of a search, and is content with one camera where somebody stood and has vanished of "
        "whom nothing is seen on the floor, for more.",
    )
    kinds: Annotated[
        tuple[HelpKind, ...],
        Field(min_length=1, max_length=8, json_schema_extra={"form": f"list of {_KINDS}"}),
    ] = Field(
        default=(
            *("fall", "on_floor", "wheelchair", "walking_aid"),
            *("slow_walk", "long_search", "unmanned_counter", "lost_child"),
        ),
        description="What is told.",
    )
    quiet: Annotated[tuple[DailyHours, ...], Field(max_length=24)] = Field(
        default=(),
        description="Hours of every day in which nothing is told but falls and people on the "
        "floor, in the shop's time.",
        json_schema_extra={"form": '`["HH:MM-HH:MM", ...]`'},
    )
    off: Annotated[
        tuple[Id, ...], Field(max_length=200, json_schema_extra={"form": "list of ids of zones"})
    ] = Field(
        default=(),
        description="Zones in which nobody is looked for: a play corner, a bench. Not of kind "
        "`private`, in which nobody is seen at all.",
    )
