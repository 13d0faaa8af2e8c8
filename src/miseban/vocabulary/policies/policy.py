"""A privacy policy: what a site collects, how long it is kept, and why (``privacy.md`` rule 8)."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import Annotated, Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator

from miseban.vocabulary.attributes import Attribute
from miseban.vocabulary.events.base import DataClass
from miseban.vocabulary.shop.tables import PolicyName

LEAST_K = 5
"""No policy can tell of fewer people than this."""
Text = Annotated[str, Field(min_length=1)]
Days = Annotated[int, Field(ge=1, le=3650)]


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Rule(_Table):
    """Of one class of data. Without ``keep_days`` it is kept until its subject withdraws, which is
    for members only; what is off is not kept at all."""

    on: bool
    keep_days: Days | None = None
    why: Text


class AttributeRule(Rule):
    """Of what people look like: read as far as ``reads``, told only of ``k`` people or more."""

    k: Annotated[int, Field(ge=LEAST_K)] = LEAST_K
    reads: tuple[Attribute, ...] = ()

    @model_validator(mode="after")
    def _reads_what_is_on(self) -> Self:
        if self.on != bool(self.reads):
            raise ValueError("expected reads when attributes are on, and only then")
        return self


class AppearanceRule(Rule):
    """Of what clothes look like: compared between views of one visit for ``keep_minutes`` after
    somebody was last seen, and never kept."""

    keep_minutes: Annotated[int, Field(ge=1, le=60)] | None = None

    @model_validator(mode="after")
    def _for_minutes(self) -> Self:
        if self.on != (self.keep_minutes is not None) or self.keep_days is not None:
            raise ValueError("expected keep_minutes when appearance is on, and no keep_days ever")
        return self


class RequestRule(_Table):
    """Of people who ask what is kept of them: how soon they have an answer."""

    answer_days: Annotated[int, Field(ge=1, le=30)]
    why: Text


class ShownRule(_Table):
    """Of something that is shown once and kept nowhere."""

    on: bool
    why: Text


class Policy(_Table):
    """One readable file of ``vocabulary/policies``. ``basis`` names the rules it follows."""

    name: PolicyName
    title: Text
    basis: Text
    count: Rule
    trajectory: Rule
    attribute: AttributeRule
    assist: Rule
    member: Rule
    staff: Rule
    device: Rule
    appearance: AppearanceRule
    repeat_visits: Rule
    requests: RequestRule
    coarse_still: ShownRule

    @model_validator(mode="after")
    def _says_how_long(self) -> Self:
        for name in get_args(DataClass):
            rule = self.rule(name)
            if rule.on and rule.keep_days is None and name != "member":
                raise ValueError(f"{name}: expected keep_days")
            if not rule.on and rule.keep_days is not None:
                raise ValueError(f"{name}: it is off, so nothing can be kept")
        return self

    def rule(self, data: DataClass) -> Rule:
        """What holds for a class of data."""
        found: Rule = getattr(self, data)
        return found


def load_policy(name: PolicyName) -> Policy:
    """The policy of that name, as it stands in its file."""
    text = files("miseban.vocabulary.policies").joinpath(f"{name}.toml").read_text("utf-8")
    return Policy.model_validate(tomllib.loads(text))


def all_policies() -> dict[str, Policy]:
    """Every policy by its name."""
    known: tuple[Literal["jp", "kr", "eu", "strict"], ...] = get_args(PolicyName)
    return {name: load_policy(name) for name in known}
