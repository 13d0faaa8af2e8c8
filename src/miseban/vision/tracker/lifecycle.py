"""When a track begins to count, and when it ends. All in seconds and sizes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from miseban.vision.tracker.settings import TrackerSettings
from miseban.vision.tracker.state import (
    ANCHOR,
    CENTRE,
    FIRST_STRONG,
    FRAMES,
    HITS,
    ID,
    PROVEN,
    SCORE,
    SEEN,
    STRONG,
    Floats,
    sizes,
)

Mask = NDArray[np.bool_]

_HITS = 3  # boxes that confirm a track even if frames were missed in between
_MOVING_HITS = 4  # boxes without which movement proves nothing: clutter can hop


def note_scores(
    table: Floats, score: Floats, elapsed_s: Floats, time_s: float, settings: TrackerSettings
) -> None:
    """Take the scores (N,) of the tracks' new boxes into ``table``, ``elapsed_s`` (N,) after their
    last: a plain mean at first, then one that forgets."""
    table[HITS] += 1
    weight = np.maximum(1 - np.exp(-elapsed_s / settings.score_memory_s), 1 / table[HITS])
    table[SCORE] += weight * (score - table[SCORE])
    strong = score >= settings.strong_score
    table[FIRST_STRONG, strong & (table[STRONG] == 0)] = time_s
    table[STRONG] += strong


def prove(table: Floats, time_s: float, settings: TrackerSettings) -> Mask:
    """Note which of the tracks, all just seen, gave proof of being a person; return (N,) which of
    them are to be confirmed by it."""
    tentative = table[ID] == 0
    moved = table[CENTRE] - table[ANCHOR]
    moved *= moved
    far = np.where(tentative, settings.confirm_move, settings.keep_move) * sizes(table)
    moving = (moved[0] + moved[1] >= far * far) & (table[HITS] >= _MOVING_HITS)
    firm = (table[STRONG] >= 2) & (time_s - table[FIRST_STRONG] >= settings.confirm_s - 1e-9)
    # Two boxes are enough only when nothing was missed in between (few frames a second).
    frames = table[FRAMES]
    firm &= table[HITS] >= np.maximum(np.minimum(frames, _HITS), settings.confirm_share * frames)
    proven = moving | np.where(tentative, firm, table[SCORE] >= settings.keep_score)
    table[PROVEN, proven] = time_s
    table[ANCHOR, proven] = table[CENTRE, proven]
    return np.asarray(tentative & proven)


def over(table: Floats, time_s: float, grace_s: float, settings: TrackerSettings) -> Mask:
    """Which tracks have ended (N,): unseen for too long, or seen for too long without proof."""
    confirmed = table[ID] > 0
    absent = time_s - table[SEEN]
    # While a track is lost nothing can prove it; that is not held against it.
    unproven = table[SEEN] - table[PROVEN]
    return np.asarray(
        (absent > np.where(confirmed, settings.lost_s, grace_s) + 1e-9)
        | (unproven > np.where(confirmed, settings.proof_s, settings.tentative_s))
    )
