"""What is known of how right the counters of a shop are: learned from simulated cameras, and
brought up to date by the shop's own evidence."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from math import log
from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from miseban.insight.uncertainty.cells import Condition
from miseban.insight.uncertainty.draws import Arrivals
from miseban.insight.uncertainty.rates import Belief, Rates
from miseban.vocabulary.identifiers import Name

LEARNED = "learned.toml"
UNNOTICED = 0.1
"""Before somebody looks, the chance that a camera is in a condition that nothing told of."""


class Evidence(BaseModel):
    """What an audit, or two cameras that watch one line, taught of one way over a line.

    ``passages`` there really were, ``missed`` of them not counted; ``false`` were counted that were
    none, while ``passed`` were counted either way. ``minutes`` were looked at, all of them with the
    camera in this ``condition`` and with ``crowd`` others passing a minute.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: Literal["audit", "overlap"]
    camera: Name | None
    line: Name
    way: Literal["in", "out"]
    condition: str
    minutes: float = Field(ge=0)
    passages: float = Field(ge=0)
    missed: float = Field(ge=0)
    false: float = Field(ge=0)
    passed: float = Field(ge=0)
    crowd: float = Field(default=0.0, ge=0)


class Specification(BaseModel):
    """How exact counts are meant to be: within so many percent of the count where at least
    ``per_hour`` people an hour pass; with fewer, within as many people as that is."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    within_percent: float = Field(default=5.0, gt=0, le=100)
    per_hour: float = Field(default=100.0, gt=0)

    def allows(self, count: float, hours: float) -> float:
        """By how many people a count over so many hours may be off."""
        return self.within_percent / 100 * max(count, self.per_hour * hours)


class Learned(BaseModel):
    """The file that this package carries: rates of ``line`` and ``zone`` counts by the
    camera's condition."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    arrivals: Arrivals
    line: dict[str, Rates]
    zone: dict[str, Rates]


@dataclass(frozen=True, slots=True)
class Accuracy:
    """``learned`` rates, the shop's own ``evidence`` and its ``specification``. Without ``learned``
    every count is exact, as a truth's is. ``rough``: the detector is known to be none for work."""

    learned: Learned | None
    evidence: tuple[Evidence, ...] = ()
    specification: Specification = field(default_factory=Specification)
    rough: bool = False

    @classmethod
    def before_audits(cls) -> Accuracy:
        """What simulated cameras taught, for a shop that nobody has checked."""
        return cls(shipped())

    def belief(self, camera: str | None, line: str, way: str, condition: Condition) -> Belief:
        """What is believed of that way over that line while its camera seems to be in that
        condition. Where somebody has looked, it may turn out to be in another."""
        assert self.learned is not None  # noqa: S101 - the caller has looked
        known = self.learned.line
        seems = _learned(known, self._as(condition))
        looked = [one for one in self.about(camera, line, way) if one.condition == condition]
        if not looked:
            return Belief.of(known[seems])
        others = [name for name in known if name != seems]
        chance = {seems: 1.0 - UNNOTICED} | {name: UNNOTICED / len(others) for name in others}
        after, weight = [], []
        for name, before in chance.items():
            after.append(_after(known[name], looked))
            weight.append(log(before) + _likelihood(known[name], looked))
        share = np.exp(np.array(weight) - max(weight))
        return Belief(tuple(after), tuple((share / share.sum()).tolist()))

    def zone_belief(self, condition: Condition) -> Belief:
        """What is believed of entries into zones in that condition: no audit looks at those."""
        assert self.learned is not None  # noqa: S101 - the caller has looked
        return Belief.of(self.learned.zone[_learned(self.learned.zone, self._as(condition))])

    def _as(self, condition: Condition) -> str:
        return "rough" if self.rough and condition == "well" else condition

    def about(self, camera: str | None, line: str, way: str) -> list[Evidence]:
        """The evidence of that way over that line."""
        return [e for e in self.evidence if (e.camera, e.line, e.way) == (camera, line, way)]


EXACT = Accuracy(None)
"""Of a truth."""

_LIKE: dict[str, str] = {
    "blocked": "dark", "frozen": "dark", "disagrees": "moved",
    "flapping": "slow", "clock": "well",
}  # fmt: skip
"""What was not simulated is taken to be as bad as what comes nearest. A clock that is wrong moves
passages to other hours and loses none."""


def _after(rates: Rates, looked: Iterable[Evidence]) -> Rates:
    for one in looked:
        rates = rates.after(one.passages, one.missed, one.false, one.passed, one.crowd)
    return rates


def _likelihood(rates: Rates, looked: Sequence[Evidence]) -> float:
    return rates.likelihood(
        sum(one.passages * (1 + rates.crowding * one.crowd) for one in looked),
        sum(one.missed for one in looked),
        sum(one.false for one in looked),
        sum(one.passed for one in looked),
    )


def _learned(known: Mapping[str, Rates], condition: str) -> str:
    """The name of what was learned that comes nearest."""
    for name in (condition, _LIKE.get(condition, condition)):
        if name in known:
            return name
    return "well"


@cache
def shipped() -> Learned:
    """The learned rates that come with this package (made by ``miseban learn accuracy``)."""
    text = files("miseban.insight.uncertainty").joinpath(LEARNED).read_text(encoding="utf-8")
    return Learned.model_validate(tomllib.loads(text))
