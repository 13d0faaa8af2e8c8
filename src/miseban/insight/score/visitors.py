"""The inputs of conversion: both sides' summaries are made by the same code."""

from __future__ import annotations

from miseban.insight.score.figures import CountScore, RateScore, ReachScore, VisitorsScore
from miseban.insight.score.folder import Recording
from miseban.insight.score.gaps import Gaps
from miseban.insight.score.shares import count_score


def score_visitors(truth: Recording, result: Recording, gaps: Gaps) -> VisitorsScore | None:
    """None where one side tells of no visitors, or the two tell of different views."""
    true, found = truth.summary.visitors, result.summary.visitors
    if true is None or found is None:
        side = "truth" if true is None else "result"
        gaps.add(
            "visitors", f"the {side} tells of none: no entrance line, or made before they were"
        )
        return None
    if not gaps.same_view("visitors", truth, result):
        return None
    both = [zone for zone in true.reach if zone in found.reach]
    errors = [
        (b - a, zone)
        for zone in both
        if (a := true.reach[zone].share) is not None and (b := found.reach[zone].share) is not None
    ]
    worst = max(errors, key=lambda one: abs(one[0]), default=None)
    return VisitorsScore(
        visitors=count_score(true.visitors, found.visitors),
        passers_by=count_score(true.passers_by, found.passers_by),
        groups=_both(true.groups, found.groups),
        bounced=count_score(true.bounced, found.bounced),
        capture_rate=_rate(true.capture_rate, found.capture_rate),
        group_conversion=_rate(true.group_conversion, found.group_conversion),
        conversion=_rate(true.conversion, found.conversion),
        begun_inside=count_score(true.begun_inside, found.begun_inside),
        reach=ReachScore(
            mean_abs_error=sum(abs(error) for error, _ in errors) / len(errors),
            worst=worst[0],
            worst_zone=worst[1],
        )
        if worst is not None
        else None,
    )


def _both(true: int | None, found: int | None) -> CountScore | None:
    return None if true is None or found is None else count_score(true, found)


def _rate(true: float | None, found: float | None) -> RateScore | None:
    if true is None or found is None:
        return None
    return RateScore(truth=true, result=found, error=found - true)
