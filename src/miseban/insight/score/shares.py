"""Rates and relative errors that are null where there is nothing to divide by."""

from __future__ import annotations

from miseban.insight.score.figures import CountScore, FoundScore, MatchScore


def share(part: float, whole: float) -> float | None:
    """``part`` of ``whole``; None of nothing."""
    return part / whole if whole else None


def count_score(truth: int, result: int) -> CountScore:
    error = result - truth
    return CountScore(truth=truth, result=result, error=error, relative_error=share(error, truth))


def match_score(matched: int, truth: int, result: int) -> MatchScore:
    return MatchScore(
        matched=matched, precision=share(matched, result), recall=share(matched, truth)
    )


def found_score(matched: int, truth: int, result: int) -> FoundScore:
    """With F1, the harmonic mean of precision and recall: 2 matched / (truth + result)."""
    return FoundScore(
        **match_score(matched, truth, result).model_dump(),
        truth=truth,
        result=result,
        f1=share(2 * matched, truth + result),
    )
