"""Queues: the length second by second, and how long people waited."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from miseban.insight.queues import length_steps
from miseban.insight.score.figures import QueueScore
from miseban.insight.score.folder import Recording
from miseban.insight.score.gaps import Gaps
from miseban.insight.score.stays import same_stays, score_durations, stays

UNKNOWN = -1


def score_queues(
    truth: Recording, result: Recording, queues: Sequence[str], gaps: Gaps
) -> dict[str, QueueScore]:
    """Queue by queue, where it can be compared."""
    scores = {}
    for queue in queues:
        score = _queue(truth, result, queue)
        if isinstance(score, str):
            gaps.add(f"queue {queue}", score)
        else:
            scores[queue] = score
    return scores


def _queue(truth: Recording, result: Recording, queue: str) -> QueueScore | str:
    """Compared in the middle of every second of the truth's recording that both saw; or why it
    cannot be."""
    for name, side in (("truth", truth), ("result", result)):
        of_queue = {e.type for e in side.events if getattr(e, "zone", None) == queue}
        if "zone.entered" in of_queue and "queue.state" not in of_queue:
            return f"the {name} has people in it and no queue.state"
    true, found = (_lengths(side, queue, truth) for side in (truth, result))
    both = (true != UNKNOWN) & (found != UNKNOWN)
    if not both.any():
        return "no second that both saw"
    error = (found - true)[both]
    waits = [stays(side.events, queue) for side in (truth, result)]
    return QueueScore(
        seconds=int(both.sum()),
        exact=float((error == 0).mean()),
        mean_abs_error=float(np.abs(error).mean()),
        waiting_s=score_durations(waits[0], waits[1], same_stays(waits[0], waits[1])),
    )


def _lengths(side: Recording, queue: str, window: Recording) -> NDArray[np.int64]:
    """People waiting at 0.5, 1.5, ... seconds after the start of ``window``; ``UNKNOWN`` where the
    camera did not see."""
    moments = np.arange(int(window.summary.duration_s)) + 0.5
    lengths = np.full(len(moments), UNKNOWN, np.int64)
    steps = length_steps(side.events, queue, window.summary.start, window.end)
    if steps:
        begin, end, length = (np.array(column) for column in zip(*steps, strict=True))
        at = np.searchsorted(begin, moments, "right") - 1
        known = (at >= 0) & (moments < end[at])
        lengths[known] = length[at[known]]
    return lengths
