"""Who may stand behind whom: a person whose place in the picture others fill is not gone."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def covers(lost: Floats, others: Floats, part: float) -> NDArray[np.bool_]:
    """(K, N): whether each of the boxes ``others`` (N, 4) fills at least ``part`` of each of the
    boxes ``lost`` (K, 4)."""
    box = lost[:, None]
    wide = np.minimum(box[..., 2], others[:, 2]) - np.maximum(box[..., 0], others[:, 0])
    tall = np.minimum(box[..., 3], others[:, 3]) - np.maximum(box[..., 1], others[:, 1])
    area = (box[..., 2] - box[..., 0]) * (box[..., 3] - box[..., 1])
    result: NDArray[np.bool_] = np.maximum(wide, 0.0) * np.maximum(tall, 0.0) >= part * area
    return result


def unbroken_until(since_s: float, moments: Floats, longest_s: float) -> float:
    """The last of ``moments`` (N,) that is reached from ``since_s`` on without a pause of more than
    ``longest_s``; ``since_s`` where there is none."""
    ordered = np.sort(moments)
    pauses = np.flatnonzero(np.diff(ordered, prepend=since_s) > longest_s)
    reached = ordered[: pauses[0]] if len(pauses) else ordered
    return float(reached[-1]) if len(reached) else since_s
