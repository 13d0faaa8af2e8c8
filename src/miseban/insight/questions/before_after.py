"""The funnel of one time beside that of another: how many times as often hands took what stands
at a facing, when each was in view."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from miseban.insight.questions.answers import Answer, Measure
from miseban.insight.questions.asked import Asked
from miseban.insight.questions.asking import FunnelQuestion
from miseban.insight.questions.chosen import narrowed
from miseban.insight.questions.coverage import closed_s
from miseban.insight.questions.grid import grid
from miseban.insight.questions.ratios import Ratio, rate_ratio

COMPARED = {"touched": "touched_ratio", "pick_ups": "pick_up_ratio", "put_backs": "put_back_ratio"}
"""What is compared, and what the ratio is called."""


def open_s(question: FunnelQuestion, asked: Asked) -> float:
    """Seconds, up to the newest that is known, of the days and hours that are asked for, without
    those in which the shop is known to be empty: what coverage is a part of."""
    over = grid(question, "whole", asked.reader.timezone, finest="hour")
    some = narrowed(question, over, asked.reader.timezone)
    fine = over if some is None else some.over
    found = np.maximum(fine.lengths_s(asked.as_of) - closed_s(asked, fine), 0.0)
    return float((found if some is None else found[some.wanted]).sum())


def with_ratios(answer: Answer, seconds: float, other: Answer, other_seconds: float) -> Answer:
    """``answer`` with a measure for each of ``COMPARED``: so many times as often, for the time that
    the facing was seen, as in ``other``, whose rows are of the same places. Both are of so many
    ``seconds`` (``open_s``). None where either is not told: too few people, or nothing seen."""

    def measure(counted: str) -> Measure:
        return _measure(answer, seconds, other, other_seconds, counted)

    measures = {name: measure(counted) for counted, name in COMPARED.items()}
    return answer.model_copy(update={"measures": answer.measures | measures})


def _measure(
    answer: Answer, seconds: float, other: Answer, other_seconds: float, counted: str
) -> Measure:
    there = {(p, d): i for i, (p, d) in enumerate(zip(other.place, other.detail, strict=True))}
    ratios: list[Ratio | None] = []
    for i, key in enumerate(zip(answer.place, answer.detail, strict=True)):
        j = there.get(key)
        n = answer.measures[counted].values[i]
        m = None if j is None else other.measures[counted].values[j]
        if j is None or n is None or m is None:
            ratios.append(None)
            continue
        seen_s = seconds * _seen(answer, i), other_seconds * _seen(other, j)
        ratios.append(rate_ratio(round(n), seen_s[0], round(m), seen_s[1]))

    def column(part: Callable[[Ratio], float | None]) -> list[float | None]:
        told = [None if one is None else part(one) for one in ratios]
        return [round(v, 4) if v is not None and math.isfinite(v) else None for v in told]

    return Measure(
        unit="times",
        values=column(lambda one: one.value),
        low=column(lambda one: one.low),
        high=column(lambda one: one.high),
    )


def _seen(answer: Answer, row: int) -> float:
    """For what part of the time the facing was in view; all of it where nobody can tell."""
    part = answer.coverage[row]
    return 1.0 if part is None else part
