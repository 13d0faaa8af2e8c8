"""Counts by time: the same events that make the totals, sorted into intervals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

import numpy as np
from numpy.typing import NDArray

from miseban.vocabulary.events import CameraHealth, Event, LineCrossed, VisitEnded
from miseban.vocabulary.stretches import joined

BIN_CHOICES_S = ((30 * 60, 60), (2 * 3600, 300), (6 * 3600, 900))
"""Recordings up to the first number of seconds are shown in intervals of the second."""


@dataclass(frozen=True)
class PerInterval:
    """Counts of N intervals of ``bin_s`` seconds from ``first`` (aware) on.

    ``in_``, ``out`` passages over any line and ``seen`` visits that began, each (N,) int64;
    ``coverage`` (N,) the part of the interval's time inside the recording that the camera saw.
    """

    first: datetime
    bin_s: int
    in_: NDArray[np.int64]
    out: NDArray[np.int64]
    seen: NDArray[np.int64]
    coverage: NDArray[np.float64]

    def starts(self) -> list[datetime]:
        return [self.first + timedelta(seconds=self.bin_s * i) for i in range(len(self.in_))]


def choose_bin_s(duration_s: float) -> int:
    """1, 5 or 15 minutes or an hour: as fine as can be read."""
    return next((bin_s for most_s, bin_s in BIN_CHOICES_S if duration_s <= most_s), 3600)


def gaps_s(events: Iterable[Event], start: datetime) -> list[tuple[float, float, str]]:
    """Times the camera did not see: (from, to, reason) in seconds since ``start``, in order."""
    found = []
    for event in events:
        if isinstance(event, CameraHealth) and event.gap_s > 0:
            until = (event.time - start).total_seconds()
            found.append((max(0.0, until - event.gap_s), until, event.reason))
    return sorted(found)


def per_interval(
    events: Sequence[Event],
    start: datetime,
    duration_s: float,
    bin_s: int,
    zone: tzinfo | None = None,
    lines: Set[str] | None = None,
) -> PerInterval:
    """Sorts passages and visits into intervals that begin on the clock of ``zone`` (full hours
    are full hours in the shop's time). ``lines`` are those whose passages count, None for all.

    An event outside the recording by rounding falls into the first or last interval, so the sums
    over intervals always equal the totals of the summary.
    """
    local = start.astimezone(zone) if zone is not None else start
    into_day_s = local.hour * 3600 + local.minute * 60 + local.second + local.microsecond / 1e6
    lead_s = into_day_s % bin_s
    first = local - timedelta(seconds=lead_s)
    n = max(1, int(np.ceil((lead_s + duration_s) / bin_s)))
    counts = {kind: np.zeros(n, np.int64) for kind in ("in", "out", "seen")}
    for event in events:
        if isinstance(event, LineCrossed):
            if lines is not None and event.line not in lines:
                continue
            kind, time = str(event.direction), event.time
        elif isinstance(event, VisitEnded):
            kind, time = "seen", event.started
        else:
            continue
        place = int((time - first).total_seconds() // bin_s)
        counts[kind][min(max(place, 0), n - 1)] += 1
    coverage = _coverage(gaps_s(events, start), lead_s, duration_s, n, bin_s)
    return PerInterval(first, bin_s, counts["in"], counts["out"], counts["seen"], coverage)


def _coverage(
    gaps: list[tuple[float, float, str]], lead_s: float, duration_s: float, n: int, bin_s: int
) -> NDArray[np.float64]:
    since = np.arange(n) * bin_s - lead_s
    until = np.minimum(since + bin_s, duration_s)
    since = np.maximum(since, 0.0)
    length = np.maximum(until - since, 1e-9)
    lost = np.zeros(n)
    for gap_from, gap_to in joined((a, b) for a, b, _ in gaps):
        lost += np.clip(np.minimum(until, gap_to) - np.maximum(since, gap_from), 0.0, None)
    return np.asarray(np.clip(1.0 - lost / length, 0.0, 1.0), dtype=np.float64)
