"""How often a counter is wrong, and how sure that is.

Of N people who pass, a counter misses each with the chance p, and it invents passages: doubles, a
box where nobody is, somebody who turns back. Both rates are those of one line, one way and one
condition of the camera. They are not known but believed, and the belief is what an audit changes:

    p ~ Beta(a, b)                     misses: beta-binomial
    q ~ Gamma(shape, passages)         inventions per passage of the line, either way: gamma-Poisson

(the conjugate models of Gelman et al., Bayesian Data Analysis, 3rd edition, 2013, chapters 2 and
5). Hours differ beyond that: in each, p and q are drawn anew around the line's own, and p grows
with the crowd.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field
from scipy.special import betaln, gammaln

Floats = NDArray[np.float64]


class Rates(BaseModel):
    """``missed`` (a, b): of a + b passages looked at, a were missed. ``false`` (shape, passages):
    at so many passages, shape were invented. ``crowding``: p is multiplied by 1 + crowding times
    the passages a minute. ``even_missed`` and ``even_false``: how alike hours are; the
    concentration of the hour's own p in passages, and the shape of its own q (large: all alike).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    missed: tuple[float, float]
    false: tuple[float, float]
    crowding: float = Field(default=0.0, ge=0)
    even_missed: float = Field(default=1e4, gt=0)
    even_false: float = Field(default=1e2, gt=0)

    def after(
        self, passages: float, missed: float, false: float, passed: float, crowd: float = 0.0
    ) -> Rates:
        """What is believed when ``missed`` of ``passages`` true ones were not counted, with
        ``crowd`` others passing a minute, and ``false`` were counted that were none while
        ``passed`` went by, either way."""
        a, b = self.missed
        passages *= 1 + self.crowding * crowd  # as many chances to miss somebody without a crowd
        shape, exposure = self.false
        return self.model_copy(
            update={
                "missed": (a + missed, b + max(0.0, passages - missed)),
                "false": (shape + false, exposure + passed),
            }
        )

    def likelihood(self, passages: float, missed: float, false: float, passed: float) -> float:
        """The logarithm of how likely that is under what is believed now, less what is the same
        under every belief: the marginal of both models. ``passages`` are without a crowd's part."""
        a, b = self.missed
        shape, exposure = self.false
        misses = betaln(a + missed, b + max(0.0, passages - missed)) - betaln(a, b)
        inventions = gammaln(shape + false) - gammaln(shape) + shape * log(exposure)
        inventions -= (shape + false) * log(exposure + passed)
        return float(misses + inventions)

    @property
    def missed_mean(self) -> float:
        return self.missed[0] / sum(self.missed)

    @property
    def false_mean(self) -> float:
        return self.false[0] / self.false[1]


@dataclass(frozen=True, slots=True)
class Drawn:
    """Rates drawn S times, (S,) each: a line's ``missed`` and ``false``, and as in ``Rates``."""

    missed: Floats
    false: Floats
    crowding: Floats
    even_missed: Floats
    even_false: Floats


@dataclass(frozen=True, slots=True)
class Belief:
    """One of several ``rates`` holds, each with its ``chance``: those of the condition that the
    camera seems to be in, or those of another that nobody noticed. Only a mixture lets an audit
    that finds one of six missed overrule that lines like this one miss one of two hundred
    (a robust prior: Schmidli et al., Biometrics 70, 2014)."""

    rates: tuple[Rates, ...]
    chance: tuple[float, ...]

    @classmethod
    def of(cls, rates: Rates) -> Belief:
        return cls((rates,), (1.0,))

    def drawn(self, rng: np.random.Generator, draws: int) -> Drawn:
        """``draws`` of a line's rates."""
        which = rng.choice(len(self.rates), draws, p=self.chance)

        def each(values: Sequence[float]) -> Floats:
            return np.array(values, np.float64)[which]

        a, b = (each([one.missed[i] for one in self.rates]) for i in (0, 1))
        shape, exposure = (each([one.false[i] for one in self.rates]) for i in (0, 1))
        return Drawn(
            rng.beta(a, b),
            rng.gamma(shape, 1 / exposure),
            each([one.crowding for one in self.rates]),
            each([one.even_missed for one in self.rates]),
            each([one.even_false for one in self.rates]),
        )
