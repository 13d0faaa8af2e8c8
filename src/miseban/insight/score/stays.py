"""Stays in zones: how many, which, and how long."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from miseban.insight.score.figures import DurationScore, StayScore
from miseban.insight.score.folder import Recording
from miseban.insight.score.matching import Floats, Ints, best_pairs
from miseban.insight.score.shares import count_score, match_score, share
from miseban.vocabulary.events import Event, ZoneEntered, ZoneLeft

_INSTANT_S = 1e-3  # stays without length still overlap when they touch


def score_stays(truth: Recording, result: Recording, zone: str) -> StayScore:
    """Visits, and the stays that are the same in both."""
    true, found = stays(truth.events, zone), stays(result.events, zone)
    pairs = same_stays(true, found)
    return StayScore(
        visits=count_score(*(_visits(side.events, zone) for side in (truth, result))),
        stays=match_score(len(pairs), len(true), len(found)),
        dwell_s=score_durations(true, found, pairs),
    )


def stays(events: Sequence[Event], zone: str) -> Floats:
    """When each finished stay began and ended, seconds since 1970, and its dwell: (N, 3). A stay
    whose entry is not told began its dwell before its end."""
    entered: dict[str, list[float]] = {}
    rows = []
    for event in sorted(events, key=lambda event: event.time):
        if isinstance(event, ZoneEntered) and event.zone == zone:
            entered.setdefault(event.visit, []).append(event.time.timestamp())
        elif isinstance(event, ZoneLeft) and event.zone == zone:
            end = event.time.timestamp()
            began = entered.get(event.visit)
            rows.append((began.pop(0) if began else end - event.dwell_s, end, event.dwell_s))
    return np.array(rows, np.float64).reshape(-1, 3)


def same_stays(truth: Floats, result: Floats) -> Ints:
    """Pairs (K, 2) of rows of stays that overlap in time, each used once, with the greatest sum
    of intersection over union. Visits have random ids, so time alone tells who is who."""
    order = np.argsort(result[:, 0], kind="stable")
    begins = result[order, 0]
    latest = np.maximum.accumulate(result[order, 1]) if len(result) else begins
    # Of the stays in order of their beginning, only those from..to can overlap.
    first = np.searchsorted(latest, truth[:, 0], "left")
    last = np.searchsorted(begins, truth[:, 1], "right")
    size = np.clip(last - first, 0, None)
    row = np.repeat(np.arange(len(truth)), size)
    place = np.arange(size.sum()) - np.repeat(np.cumsum(size) - size, size)
    column = order[np.repeat(first, size) + place]
    low = np.maximum(truth[row, 0], result[column, 0])
    high = np.minimum(truth[row, 1], result[column, 1])
    row, column, common = (part[high >= low] for part in (row, column, high - low))
    length = [side[:, 1] - side[:, 0] for side in (truth, result)]
    union = length[0][row] + length[1][column] - common
    iou = (common + _INSTANT_S) / (union + _INSTANT_S)
    taken = best_pairs(row, column, iou)
    return np.stack([row[taken], column[taken]], axis=1)


def score_durations(truth: Floats, result: Floats, pairs: Ints) -> DurationScore | None:
    """The dwell of matched stays; None when none matches."""
    if not len(pairs):
        return None
    true = truth[pairs[:, 0], 2]
    bias = result[pairs[:, 1], 2] - true
    return DurationScore(
        error_mean=float(np.abs(bias).mean()),
        error_median=float(np.median(np.abs(bias))),
        bias_mean=float(bias.mean()),
        bias_median=float(np.median(bias)),
        relative_bias=share(float(bias.mean()), float(true.mean())),
    )


def _visits(events: Sequence[Event], zone: str) -> int:
    return sum(isinstance(event, ZoneEntered) and event.zone == zone for event in events)
