"""``rules.toml``: when the people of the shop are told of something, and who."""

from __future__ import annotations

from datetime import datetime, time
from typing import Annotated, Final, Literal
from zoneinfo import ZoneInfo

from pydantic import Field

from miseban.hub.alerts.measures import MEASURES, Measure, Side
from miseban.hub.people.rights import Role
from miseban.vocabulary.events import HelpKind, Urgency
from miseban.vocabulary.shop import Shop
from miseban.vocabulary.shop.hours import DailyHours
from miseban.vocabulary.shop.table import Id, Table

Language = Literal["en", "ja", "ko"]
Number = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=0, le=1_000_000)]
Seconds = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=0, le=604_800)]
Roles = Annotated[
    tuple[Role, ...], Field(max_length=6, json_schema_extra={"form": 'list, as `["staff"]`'})
]
Channels = Annotated[
    tuple[Id, ...], Field(max_length=20, json_schema_extra={"form": 'list, as `["page", "push"]`'})
]
Hours = Annotated[
    tuple[DailyHours, ...],
    Field(max_length=24, json_schema_extra={"form": '`["HH:MM-HH:MM", ...]`'}),
]

CROWD_M2: Final = 2.0
"""Square metres of floor for each person at the limit, where a rule gives none: shop sales areas
in Approved Document B, table D1 (England, 2019)."""


class Escalation(Table):
    """Who else is told when nobody has taken the alert."""

    after_s: Annotated[float, Field(strict=True, allow_inf_nan=False, gt=0, le=86_400)] = Field(
        description="Seconds since the alert was raised, while nobody has accepted it."
    )
    roles: Roles = Field(default=("manager",), description="Who is told then.")
    channels: Channels = Field(
        default=(), description="By which ways. Without it: those of the rule."
    )


class Rule(Table):
    """One reason to tell somebody."""

    id: Id = Field(description="What events and pages call this rule.")
    when: Measure = Field(
        description="What is looked at.",
        json_schema_extra={"form": "see *What a rule can look at*"},
    )
    on: bool = Field(default=True, description="Whether the rule is in force.")
    at_least: Number | None = Field(
        default=None, description="Raised when the figure is as much as this, or more."
    )
    at_most: Number | None = Field(
        default=None, description="Raised when the figure is as little as this, or less."
    )
    back: Number | None = Field(
        default=None,
        description="Over when the figure has come back to this. Without it: a fifth off "
        "`at_least`, and one person or one second at least; half-way from `at_most` to 1.",
    )
    hold_s: Seconds = Field(
        default=0.0, description="How long it must be so, without a break, before it is raised."
    )
    clear_s: Seconds = Field(
        default=10.0, description="How long it must be over before the alert ends by itself."
    )
    cooldown_s: Seconds = Field(
        default=300.0,
        description="After an alert has ended or was done, the same is not raised again for so "
        "long.",
    )
    hours: Hours = Field(
        default=(), description="Hours of the day, in the shop's time. Without it: always."
    )
    subjects: Annotated[
        tuple[Id, ...], Field(max_length=1000, json_schema_extra={"form": "list of ids"})
    ] = Field(
        default=(),
        description="Which queues, zones, facings or cameras; of `help.needed`, in which zones. "
        "Without it: all.",
    )
    kinds: Annotated[
        tuple[HelpKind, ...], Field(max_length=8, json_schema_extra={"form": "list of kinds"})
    ] = Field(default=(), description="Which kinds of `help.needed`. Without it: all.")
    urgency: Urgency = Field(default="warning", description="How much it matters.")
    roles: Roles = Field(default=("staff",), description="Who is told.")
    channels: Channels = Field(
        default=("page", "push"),
        description="By which ways: `page`, `push`, or a channel of the settings "
        "([notify.md](notify.md)).",
    )
    escalate: Annotated[
        tuple[Escalation, ...],
        Field(max_length=5, json_schema_extra={"form": "`[[rule.escalate]]`, the soonest first"}),
    ] = Field(default=(), description="Who else is told, and when.")

    @property
    def side(self) -> Side:
        return MEASURES[self.when].side

    def wrong(self, value: float) -> bool:
        """Whether ``value`` is a reason to raise an alert."""
        if self.side == "at_least":
            return self.at_least is not None and value >= self.at_least
        if self.side == "at_most":
            return self.at_most is not None and value <= self.at_most
        return value > 0

    def over(self, value: float) -> bool:
        """Whether ``value`` is so far on the right side that an alert ends. Between the two it
        stays as it is."""
        if self.side == "is":
            return value == 0
        if self.side == "at_least":
            return value <= self._back()
        return value >= self._back()

    def _back(self) -> float:
        if self.back is not None:
            return self.back
        if self.side == "at_most":
            return ((self.at_most or 0.0) + 1.0) / 2  # of what cannot be more than 1
        least = self.at_least or 0.0
        small = least <= 1.0  # a part of something, not a number of people
        return max(0.0, least - (0.2 * least if small else max(1.0, 0.2 * least)))

    def in_hours(self, now: datetime, zone: ZoneInfo) -> bool:
        """Whether the rule is in force at ``now``."""
        at = now.astimezone(zone).time()
        return not self.hours or any(_within(at, text) for text in self.hours)


def _within(at: time, hours: str) -> bool:
    begin, end = (time.fromisoformat(part) for part in hours.split("-"))
    return begin <= at < end if begin < end else at >= begin or at < end


class Rules(Table):
    """The whole file."""

    language: Language = Field(default="en", description="The language in which people are told.")
    defaults: bool = Field(
        default=True,
        description="Whether the built-in rules are in force beside those of the file. A rule of "
        "the file takes the place of the built-in one of the same `id`.",
    )
    rules: Annotated[
        tuple[Rule, ...], Field(max_length=200, json_schema_extra={"form": "`[[rule]]`"})
    ] = Field(
        default=(),
        validation_alias="rule",
        serialization_alias="rule",
        description="The rules.",
    )

    def limited(self, shop: Shop) -> Rules:
        """With the limit that the floor gives, for rules about people in the shop without one."""
        floor = shop.shop.floor
        if floor is None:
            return self
        limit = float(max(1, int(floor.width_m * floor.depth_m / CROWD_M2)))
        rules = tuple(
            rule.model_copy(update={"at_least": limit})
            if rule.when == "room.people" and rule.at_least is None
            else rule
            for rule in self.rules
        )
        return self.model_copy(update={"rules": rules})
