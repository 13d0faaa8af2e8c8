"""Passages over lines: counted rightly in sum, by the hour, and one by one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

import numpy as np

from miseban.insight.intervals import per_interval
from miseban.insight.score.figures import (
    Coverage,
    CoverageScore,
    DirectionScore,
    HourCount,
    HourErrors,
    LineScore,
)
from miseban.insight.score.folder import Recording
from miseban.insight.score.matching import pairs_within
from miseban.insight.score.shares import count_score, match_score, share
from miseban.vocabulary.events import CameraHealth, Event, LineCrossed
from miseban.vocabulary.summary import Count

TOLERANCE_S = 2.0
"""A passage found within this time of a true one is that one."""
HOUR_S = 3600
_WAYS: tuple[Literal["in", "out"], ...] = ("in", "out")


def score_line(truth: Recording, result: Recording, line: str) -> LineScore:
    """Both directions of ``line``, in the time of the truth's recording."""
    return LineScore(**{way: _direction(truth, result, line, way) for way in _WAYS})


def score_intervals(truth: Recording, result: Recording, lines: Sequence[str]) -> CoverageScore:
    """How often the intervals of the result hold the true count."""
    recording: list[bool] = []
    hours: list[bool] = []
    for line in lines:
        for way in _WAYS:
            told = result.summary.lines[line]
            interval = told.in_ if way == "in" else told.out
            recording.append(_holds(interval, len(_passages(truth.events, line, way))))
            starts, true, *_ = _hours(truth, result, line, way)
            known = {hour.start: hour.in_ if way == "in" else hour.out for hour in told.hours}
            hours += [
                _holds(known[start], n)
                for start, n in zip(starts, true, strict=True)
                if start in known
            ]
    return CoverageScore(recording=_coverage(recording), hours=_coverage(hours))


def _direction(
    truth: Recording, result: Recording, line: str, way: Literal["in", "out"]
) -> DirectionScore:
    starts, true, found, _ = _hours(truth, result, line, way)
    a, b = (
        np.array([p.time.timestamp() for p in _passages(side.events, line, way)])
        for side in (truth, result)
    )
    return DirectionScore(
        **count_score(sum(true), sum(found)).model_dump(),
        by_hour=hour_errors(true, found),
        passages=match_score(pairs_within(a, b, TOLERANCE_S), len(a), len(b)),
        hours=[
            HourCount(start=start, truth=n, result=m)
            for start, n, m in zip(starts, true, found, strict=True)
        ],
    )


def _passages(events: Sequence[Event], line: str, way: str) -> list[LineCrossed]:
    return [
        e for e in events if isinstance(e, LineCrossed) and (e.line, e.direction) == (line, way)
    ]


def _hours(
    truth: Recording, result: Recording, line: str, way: Literal["in", "out"]
) -> tuple[list[datetime], list[int], list[int], list[float]]:
    """Start, true count, found count and the result's coverage of every clock hour."""
    start, duration_s = truth.summary.start, truth.summary.duration_s
    sides = []
    for side in (truth, result):
        events: list[Event] = [*_passages(side.events, line, way)]
        events += [e for e in side.events if isinstance(e, CameraHealth)]
        sides.append(per_interval(events, start, duration_s, HOUR_S, start.tzinfo))
    true, found = (s.in_ if way == "in" else s.out for s in sides)
    return sides[0].starts(), true.tolist(), found.tolist(), sides[1].coverage.tolist()


def hour_errors(truth: Sequence[int], result: Sequence[int]) -> HourErrors:
    """Errors of counts by the hour, (N,) each."""
    true = np.asarray(truth, np.int64)
    error = np.asarray(result, np.int64) - true
    some = true > 0
    relative = np.abs(error[some]) / true[some]
    return HourErrors(
        hours=len(true),
        mean_abs=float(np.abs(error).mean()),
        bias=float(error.mean()),
        worst=int(error[np.argmax(np.abs(error))]),
        mean_abs_relative=float(relative.mean()) if len(relative) else None,
        worst_relative=float(relative.max()) if len(relative) else None,
    )


def _holds(interval: Count, true: int) -> bool:
    return interval.low <= true <= interval.high


def _coverage(held: list[bool]) -> Coverage:
    return Coverage(intervals=len(held), covered=sum(held), share=share(sum(held), len(held)))
