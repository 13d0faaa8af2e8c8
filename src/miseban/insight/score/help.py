"""Help incidents: who was noticed, how soon, and how often for nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import dist
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from miseban.insight.score.figures import HelpScore, IncidentScore
from miseban.insight.score.folder import Recording
from miseban.insight.score.gaps import Gaps
from miseban.insight.score.matching import Ints, best_pairs
from miseban.insight.score.shares import found_score, share
from miseban.vocabulary.events import HelpEnded, HelpKind, HelpNeeded, VisitEnded

IN_TIME_S = 10.0
"""A call that comes within this time of the beginning is in time."""
EARLY_S = 2.0
"""Clocks differ: a call that comes no earlier than this before the beginning is no false one."""
NEAR_M = 2.0
_DAY_S = 86_400.0
_MANY = 1e9  # seconds: one pair more is always worth more than any delay
_KINDS: tuple[HelpKind, ...] = get_args(HelpKind)


@dataclass(frozen=True, slots=True)
class Incident:
    """A true need from ``begin_s`` to ``end_s``, seconds since 1970. ``trail`` (3, N) is the way in
    metres of who has it, ``t`` since 1970, where it is known; who needs help goes on meanwhile."""

    call: HelpNeeded
    begin_s: float
    end_s: float
    trail: NDArray[np.float64] | None = None

    def answered_by(self, call: HelpNeeded) -> bool:
        until_s = max(self.end_s, self.begin_s + IN_TIME_S)
        if not self.begin_s - EARLY_S <= call.time.timestamp() <= until_s:
            return False
        if self.call.unit != "m" or call.unit != "m":
            return True  # places of different units, or of different pictures, cannot be compared
        return dist(self._place(call.time.timestamp()), call.place) <= NEAR_M

    def _place(self, at_s: float) -> tuple[float, float]:
        """Where the one in need was then."""
        if self.trail is None or not self.trail[0, 0] <= at_s <= self.trail[0, -1]:
            return self.call.place
        t, x, y = self.trail
        return float(np.interp(at_s, t, x)), float(np.interp(at_s, t, y))


def score_help(truth: Recording, result: Recording, gaps: Gaps) -> HelpScore | None:
    """Kind by kind and all together; None where one side tells of no calls at all."""
    if not gaps.both_tell("help", "help.needed", truth, result):
        return None
    true = incidents(truth)
    found = [event for event in result.events if isinstance(event, HelpNeeded)]
    days = truth.summary.duration_s / _DAY_S
    parts = {kind: _delays(true, found, kind) for kind in _KINDS}
    kinds = {kind: _score(*part, days) for kind, part in parts.items() if part[1] or part[2]}
    every = [delay for part in parts.values() for delay in part[0]]
    return HelpScore(all=_score(every, len(true), len(found), days), kinds=kinds)


def incidents(side: Recording) -> list[Incident]:
    """Those still open at the end of the recording last until then."""
    ended = {e.help: e.time.timestamp() for e in side.events if isinstance(e, HelpEnded)}
    last_s = side.end.timestamp()
    trails = _trails(side)
    return [
        Incident(
            event,
            event.time.timestamp(),
            ended.get(event.help, last_s),
            trails.get(event.visit or ""),
        )
        for event in side.events
        if isinstance(event, HelpNeeded)
    ]


def _trails(side: Recording) -> dict[str, NDArray[np.float64]]:
    """The ways of those who needed help, by visit."""
    needed = {event.visit for event in side.events if isinstance(event, HelpNeeded)}
    found: dict[str, NDArray[np.float64]] = {}
    for event in side.events:
        if isinstance(event, VisitEnded) and event.visit in needed and event.unit == "m":
            trail = np.array(side.trails[event.id])
            if trail.shape[1]:
                since = np.array([[side.summary.start.timestamp()], [0.0], [0.0]])
                found[event.visit] = trail + since
    return found


def _delays(
    truth: Sequence[Incident], result: Sequence[HelpNeeded], kind: HelpKind
) -> tuple[list[float], int, int]:
    """The delays of the incidents of ``kind`` that were found; how many there were, and calls."""
    true = [incident for incident in truth if incident.call.kind == kind]
    found = [call for call in result if call.kind == kind]
    pairs = [
        (i, j, call.time.timestamp() - incident.begin_s)
        for i, incident in enumerate(true)
        for j, call in enumerate(found)
        if incident.answered_by(call)
    ]
    row, column = (np.array([pair[k] for pair in pairs], np.int64) for k in range(2))
    delay = np.array([pair[2] for pair in pairs], np.float64)
    taken: Ints = best_pairs(row, column, _MANY - np.abs(delay))
    return delay[taken].tolist(), len(true), len(found)


def _score(delays: Sequence[float], truth: int, result: int, days: float) -> IncidentScore:
    in_time = sum(delay <= IN_TIME_S for delay in delays)
    return IncidentScore(
        **found_score(len(delays), truth, result).model_dump(),
        in_time=in_time,
        recall_in_time=share(in_time, truth),
        delay_s_median=float(np.median(delays)) if delays else None,
        false_per_day=share(result - len(delays), days),
    )
