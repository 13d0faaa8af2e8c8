"""The funnel of one time beside that of another: how many times as often hands took what stands
at a facing, when each was in view."""

from __future__ import annotations

import math
from collections.abc import Callable

from miseban.insight.questions.answers import Answer, Measure
from miseban.insight.questions.ratios import Ratio, rate_ratio

COMPARED = {"touched": "touched_ratio", "pick_ups": "pick_up_ratio", "put_backs": "put_back_ratio"}
"""What is compared, and what the ratio is called."""


def with_ratios(answer: Answer, other: Answer) -> Answer:
    """``answer`` with a measure for each of ``COMPARED``: so many times as often, for the time that
    the facing was seen, as in ``other``, whose rows are of the same places. None where either is
    not told: too few people, or nothing seen."""
    measures = {name: _measure(answer, other, counted) for counted, name in COMPARED.items()}
    return answer.model_copy(update={"measures": answer.measures | measures})


def _measure(answer: Answer, other: Answer, counted: str) -> Measure:
    there = {(p, d): i for i, (p, d) in enumerate(zip(other.place, other.detail, strict=True))}
    ratios: list[Ratio | None] = []
    for i, key in enumerate(zip(answer.place, answer.detail, strict=True)):
        j = there.get(key)
        ratios.append(None if j is None else _ratio(answer, i, other, j, counted))

    def column(part: Callable[[Ratio], float | None]) -> list[float | None]:
        told = [None if one is None else part(one) for one in ratios]
        return [round(v, 4) if v is not None and math.isfinite(v) else None for v in told]

    return Measure(
        unit="times",
        values=column(lambda one: one.value),
        low=column(lambda one: one.low),
        high=column(lambda one: one.high),
    )


def _ratio(answer: Answer, i: int, other: Answer, j: int, counted: str) -> Ratio | None:
    n, m = answer.measures[counted].values[i], other.measures[counted].values[j]
    if n is None or m is None:
        return None
    return rate_ratio(round(n), _seen_s(answer, i), round(m), _seen_s(other, j))


def _seen_s(answer: Answer, row: int) -> float:
    """How long the facing was in view; all of the time where nobody can tell."""
    until = answer.until if answer.as_of is None else min(answer.until, answer.as_of)
    part = answer.coverage[row]
    return max(0.0, (until - answer.since).total_seconds()) * (1.0 if part is None else part)
