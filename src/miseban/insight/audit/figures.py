"""What an audit says: errors of each line and way, each with its 95 % interval."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict
from scipy.special import betaincinv

from miseban.insight.uncertainty.accuracy import Specification
from miseban.insight.uncertainty.accuracy_file import Look
from miseban.insight.uncertainty.shortest import middle
from miseban.vocabulary.summary import Range

DRAWS = 20_000
WAYS = ("in", "out")


class AuditFigures(BaseModel):
    """One way over one line in the ``minutes`` looked at: how many were ``counted``, and how many
    somebody ``told`` of. ``error_percent`` is of all counts of the recording, too many above zero:
    each minute stands for those of its stratum; none where nobody passed. ``error_people`` is the
    same in people, and known there too. ``missed`` of those told of were not counted, with
    ``missed_percent`` between its ends. ``more_minutes`` that somebody would have to look at until
    the error is known to the specification; 0 where it is.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    camera: str | None
    line: str
    way: str
    minutes: float
    counted: int
    told: int
    missed: int
    false: int
    missed_percent: Range
    error_people: float
    error_percent: float | None
    error_95: Range | None
    more_minutes: int | None
    beyond: bool


def figures(looks: Sequence[Look], specification: Specification) -> list[AuditFigures]:
    """Of each camera, line and way among ``looks``, those of audits only."""
    looks = [look for look in looks if look.source == "audit"]
    places = dict.fromkeys((look.camera, look.line) for look in looks)
    return [
        _figures([look for look in looks if (look.camera, look.line) == place], way, specification)
        for place in places
        for way in (0, 1)
    ]


def clopper_pearson(hits: int, of: int, level: float = 0.95) -> tuple[float, float]:
    """The exact interval of a share (Clopper and Pearson, Biometrika 26, 1934)."""
    low = float(betaincinv(hits, of - hits + 1, (1 - level) / 2)) if hits else 0.0
    high = float(betaincinv(hits + 1, of - hits, (1 + level) / 2)) if hits < of else 1.0
    return low, high


def _figures(looks: Sequence[Look], way: int, specification: Specification) -> AuditFigures:
    counted = np.array([look.counted[way] for look in looks])
    told = np.array([look.told[way] for look in looks])
    weight = np.array([look.weight for look in looks])
    missed, false = np.maximum(told - counted, 0), np.maximum(counted - told, 0)
    low, high = clopper_pearson(int(missed.sum()), int(told.sum()))
    minutes = sum(look.seconds for look in looks) / 60
    wanted = specification.within_percent
    error, ends, more, beyond = None, None, None, False
    if told.sum():
        # Horvitz and Thompson, JASA 47, 1952: sums weighted by what each minute stands for; their
        # ratio is the ratio estimator of Cochran, Sampling Techniques, 3rd edition, chapter 6.
        error = float(100 * (weight * (counted - told)).sum() / (weight * told).sum())
        draws = _error_draws(told, missed, false, weight)
        ends = middle(draws)
        half = (ends[1] - ends[0]) / 2
        more = max(0, ceil(minutes * ((half / wanted) ** 2 - 1)))
        beyond = ends[0] > wanted or ends[1] < -wanted
    elif false.sum():  # of nobody there is no percentage: the specification says how many may be
        hours = sum(look.weight * look.seconds for look in looks) / 3600
        beyond = middle(_made_up(false, weight))[0] > specification.allows(0, hours)
    first = looks[0]
    return AuditFigures(
        camera=first.camera,
        line=first.line,
        way=WAYS[way],
        minutes=minutes,
        counted=int(counted.sum()),
        told=int(told.sum()),
        missed=int(missed.sum()),
        false=int(false.sum()),
        missed_percent=Range(low=100 * low, high=100 * high),
        error_people=float((weight * (counted - told)).sum()),
        error_percent=error,
        error_95=Range(low=ends[0], high=ends[1]) if ends else None,
        more_minutes=more,
        beyond=beyond,
    )


def _error_draws(
    told: NDArray[np.int64],
    missed: NDArray[np.int64],
    false: NDArray[np.int64],
    weight: NDArray[np.float64],
) -> NDArray[np.float64]:
    """(DRAWS,) errors in percent that the minutes leave possible: in each stratum (minutes of one
    weight) the posterior of both rates with Jeffreys' priors, together by the people they hold.
    Where nobody passed there is no rate: those counted there are weighed as people."""
    rng = np.random.default_rng(1)
    total = np.zeros(DRAWS)
    people = (weight * told).sum()
    for each in np.unique(weight):
        mine = weight == each
        passages, lost, made = (int(a[mine].sum()) for a in (told, missed, false))
        if not passages:
            total += 100 * _made_up(false[mine], weight[mine]) / people
            continue
        share = float((weight * told)[mine].sum() / people)
        p = rng.beta(lost + 0.5, passages - lost + 0.5, DRAWS)
        q = rng.gamma(made + 0.5, 1 / passages, DRAWS)
        total += 100 * share * (q - p)
    return total


def _made_up(false: NDArray[np.int64], weight: NDArray[np.float64]) -> NDArray[np.float64]:
    """(DRAWS,) people of the recording that were counted where nobody passed: of each weight the
    posterior of what was made up, with Jeffreys' prior. Where nothing was counted either, nothing
    is: inventions come of people, and there were none."""
    rng = np.random.default_rng(2)
    total = np.zeros(DRAWS)
    for each in np.unique(weight[false > 0]):
        total += each * rng.gamma(false[weight == each].sum() + 0.5, 1.0, DRAWS)
    return total
