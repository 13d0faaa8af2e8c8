"""Multi-object tracking scores by TrackEval, from two MOTChallenge files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def mot_scores(
    truth_file: Path, result_file: Path, frames: tuple[int, int] | None = None
) -> dict[str, float]:
    """HOTA, IDF1, MOTA and what they are made of, at IoU 0.5 (HOTA: mean over 0.05 to 0.95).

    Both files hold ``frame,id,left,top,width,height,...`` rows with frames from 1. ``frames`` is
    the first and last frame that count; by default those of the truth.
    """
    return scores(np.loadtxt(truth_file, delimiter=",", ndmin=2), _rows(result_file), frames)


def scores(
    truth: Floats, result: Floats, frames: tuple[int, int] | None = None
) -> dict[str, float]:
    """The same from arrays of (N, 6 or more) rows ``frame, id, left, top, width, height``."""
    from trackeval.metrics import CLEAR, HOTA, Identity

    if frames is None:
        frames = int(truth[:, 0].min()), int(truth[:, 0].max())
    data = _sequence(truth, result, *frames)
    quiet = {"PRINT_CONFIG": False}
    clear = CLEAR(quiet).eval_sequence(data)
    identity = Identity(quiet).eval_sequence(data)
    hota = HOTA().eval_sequence(data)
    return {
        "HOTA": float(np.mean(hota["HOTA"])),
        "DetA": float(np.mean(hota["DetA"])),
        "AssA": float(np.mean(hota["AssA"])),
        "IDF1": float(identity["IDF1"]),
        "MOTA": float(clear["MOTA"]),
        "switches": float(clear["IDSW"]),
        "fragments": float(clear["Frag"]),
        "misses": float(clear["CLR_FN"]),
        "false": float(clear["CLR_FP"]),
        "tracks": float(data["num_tracker_ids"]),
        "truth_tracks": float(data["num_gt_ids"]),
    }


def floor_scores(truth: Floats, result: Floats, zero_m: float = 2.0) -> dict[str, float]:
    """HOTA on the floor, by TrackEval's own measure of how alike two places are; from (N, 4) rows
    ``moment, id, x, y``."""
    from trackeval.datasets._base_dataset import _BaseDataset
    from trackeval.metrics import CLEAR, HOTA

    moments = np.concatenate([truth[:, 0], result[:, 0]])
    alike = _BaseDataset._calculate_euclidean_similarity
    data = _sequence(
        truth, result, int(moments.min()), int(moments.max()),
        lambda a, b: np.asarray(alike(a, b, zero_distance=zero_m)),
    )  # fmt: skip
    hota = HOTA().eval_sequence(data)
    clear = CLEAR({"PRINT_CONFIG": False}).eval_sequence(data)
    means = {name: float(np.mean(hota[name])) for name in ("HOTA", "DetA", "AssA")}
    return {**means, "switches": float(clear["IDSW"])}


def _rows(path: Path) -> Floats:
    if not path.read_text().strip():
        return np.empty((0, 6))
    return np.loadtxt(path, delimiter=",", ndmin=2)


def _sequence(
    truth: Floats,
    result: Floats,
    first: int,
    last: int,
    alike: Callable[[Floats, Floats], Floats] | None = None,
) -> dict[str, Any]:
    """TrackEval's input: per frame the ids (numbered from 0) on both sides and their IoU, or how
    ``alike`` they are by what follows the id in their rows."""
    truth = truth[(truth[:, 0] >= first) & (truth[:, 0] <= last)]
    result = result[(result[:, 0] >= first) & (result[:, 0] <= last)]
    truth_names, truth_ids = np.unique(truth[:, 1], return_inverse=True)
    result_names, result_ids = np.unique(result[:, 1], return_inverse=True)
    ids_t, ids_r, similarity = [], [], []
    for frame in range(first, last + 1):
        in_t, in_r = truth[:, 0] == frame, result[:, 0] == frame
        ids_t.append(truth_ids[in_t].astype(int))
        ids_r.append(result_ids[in_r].astype(int))
        similarity.append((alike or _iou)(truth[in_t, 2:6], result[in_r, 2:6]))
    return {
        "num_timesteps": last - first + 1,
        "num_gt_dets": len(truth),
        "num_tracker_dets": len(result),
        "num_gt_ids": len(truth_names),
        "num_tracker_ids": len(result_names),
        "gt_ids": ids_t,
        "tracker_ids": ids_r,
        "similarity_scores": similarity,
    }


def _iou(a: Floats, b: Floats) -> Floats:
    """Overlap of (N, 4) and (M, 4) boxes given as left, top, width, height: (N, M)."""
    low = np.maximum(a[:, None, :2], b[None, :, :2])
    high = np.minimum(a[:, None, :2] + a[:, None, 2:], b[None, :, :2] + b[None, :, 2:])
    common = np.clip(high - low, 0, None).prod(axis=2)
    union = a[:, 2:].prod(axis=1)[:, None] + b[:, 2:].prod(axis=1)[None, :] - common
    return np.asarray(common / np.maximum(union, 1e-9))
