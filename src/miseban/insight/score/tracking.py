"""HOTA, IDF1 and MOTA of followed people: how well boxes and identities fit the truth.

HOTA: Luiten et al., "HOTA: a higher order metric for evaluating multi-object tracking", IJCV 129
(2021), averaged over the localisation thresholds 0.05, 0.10, ... 0.95. IDF1: Ristani et al.,
"Performance measures and a data set for multi-target, multi-camera tracking", ECCV workshops
(2016). MOTA: Bernardin and Stiefelhagen, "Evaluating multiple object tracking performance: the
CLEAR MOT metrics", EURASIP JIVP (2008). Where a paper leaves a choice open, the one of the public
evaluation kits is taken, so that figures can be compared.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from miseban.insight.score.figures import TrackingScore
from miseban.insight.score.overlap import Boxes, Floats, Ints, Overlaps, lay_over

ALPHAS = np.arange(0.05, 0.99, 0.05)
OVERLAP = 0.5
"""IoU from which a box is found, for IDF1 and MOTA."""
_EPS = np.finfo(float).eps


def score_tracks(truth: Boxes, result: Boxes) -> TrackingScore:
    """All figures; those that have nothing to divide by are 0, as in the public kits."""
    laid = lay_over(truth, result)
    det_a, ass_a, hota = _hota(laid)
    found, switches, fragments = _clear(laid)
    boxes = len(truth) + len(result)
    return TrackingScore(
        hota=hota,
        det_a=det_a,
        ass_a=ass_a,
        idf1=_idtp(laid) / max(1.0, boxes / 2),
        mota=(found - (len(result) - found) - switches) / len(truth) if len(truth) else 0.0,
        switches=switches,
        fragments=fragments,
        misses=len(truth) - found,
        false_boxes=len(result) - found,
        truth_boxes=len(truth),
        result_boxes=len(result),
        truth_tracks=laid.truth_tracks,
        result_tracks=laid.result_tracks,
        moments=len(np.union1d(truth.moment, result.moment)),
    )


def _hota(laid: Overlaps) -> tuple[float, float, float]:
    """DetA, AssA and HOTA, each the mean over ``ALPHAS`` (equations 4 to 9 of the paper)."""
    truth_boxes = np.bincount(laid.truth_track, minlength=1)
    result_boxes = np.bincount(laid.result_track, minlength=1)
    names, identity = _identities(laid)
    both = truth_boxes[names[:, 0]] + result_boxes[names[:, 1]]
    # How well two tracks fit over all time decides which boxes are paired at each moment.
    in_truth = np.bincount(laid.truth, laid.iou, len(laid.truth_track))[laid.truth]
    in_result = np.bincount(laid.result, laid.iou, len(laid.result_track))[laid.result]
    common = np.bincount(identity, laid.iou / (in_truth + in_result - laid.iou), len(names))
    fit = common / (both - common)
    paired = _assign(laid, fit[identity] * laid.iou, np.ones(len(laid.iou), bool))
    identity, iou = identity[paired], laid.iou[paired]
    det, ass = np.zeros(len(ALPHAS)), np.zeros(len(ALPHAS))
    for i, alpha in enumerate(ALPHAS):
        matches = np.bincount(identity[iou >= alpha - _EPS], minlength=len(names))
        total = matches.sum()
        boxes = len(laid.truth_track) + len(laid.result_track)
        det[i] = total / max(1, boxes - total)
        ass[i] = np.sum(matches * (matches / np.maximum(1, both - matches))) / max(1, total)
    return float(det.mean()), float(ass.mean()), float(np.sqrt(det * ass).mean())


def _idtp(laid: Overlaps) -> int:
    """Boxes that agree when every true track is given at most one found track, the best way."""
    names, identity = _identities(laid)
    agree = np.bincount(identity[laid.iou >= OVERLAP], minlength=len(names))
    names, agree = names[agree > 0], agree[agree > 0]
    if not len(agree):
        return 0
    # Tracks that never met, not even by way of others, can be assigned apart from each other.
    shape = laid.truth_tracks, laid.result_tracks
    nodes = names + np.array([0, shape[0]])
    graph = coo_array((agree, (nodes[:, 0], nodes[:, 1])), shape=(sum(shape), sum(shape)))
    group = connected_components(graph, directed=False)[1][nodes[:, 0]]
    total = 0
    order = np.argsort(group, kind="stable")
    for part in np.split(order, np.flatnonzero(np.diff(group[order])) + 1):
        rows, row = np.unique(names[part, 0], return_inverse=True)
        columns, column = np.unique(names[part, 1], return_inverse=True)
        table = np.zeros((len(rows), len(columns)))
        table[row, column] = agree[part]
        total += int(table[linear_sum_assignment(table, maximize=True)].sum())
    return total


def _clear(laid: Overlaps) -> tuple[int, int, int]:
    """Found boxes, identity switches and fragments. A pairing of the moment before is kept where
    it still overlaps; the rest is paired for the greatest overlap."""
    enough = laid.iou >= OVERLAP - _EPS
    paired = _assign(laid, laid.iou, enough, keep=True)
    order = np.lexsort((laid.moment[paired], laid.truth_track[laid.truth[paired]]))
    paired = paired[order]
    track = laid.truth_track[laid.truth[paired]]
    found = laid.result_track[laid.result[paired]]
    same = track[1:] == track[:-1]
    switches = np.count_nonzero(same & (found[1:] != found[:-1]))
    fragments = np.count_nonzero(same & (np.diff(laid.moment[paired]) > 1))
    return len(paired), int(switches), int(fragments)


def _identities(laid: Overlaps) -> tuple[Ints, Ints]:
    """The pairs of tracks that ever overlap (K, 2), and which of them each pair of boxes is."""
    width = max(1, laid.result_tracks)
    key = laid.truth_track[laid.truth] * width + laid.result_track[laid.result]
    keys, identity = np.unique(key, return_inverse=True)
    return np.stack([keys // width, keys % width], axis=1), identity


def _assign(
    laid: Overlaps, worth: Floats, allowed: NDArray[np.bool_], *, keep: bool = False
) -> Ints:
    """The pairs (positions in ``laid``) that are worth most, each box used once a moment.

    Pairs not ``allowed`` are never taken. With ``keep``, pairs of tracks that were paired at the
    moment before come first. A pair whose boxes overlap no others needs no solver.
    """
    at = np.flatnonzero(allowed)
    alone = (np.bincount(laid.truth[at], minlength=1)[laid.truth[at]] == 1) & (
        np.bincount(laid.result[at], minlength=1)[laid.result[at]] == 1
    )
    crowded = np.unique(laid.moment[at[~alone]])
    taken = np.zeros(len(worth), bool)
    easy = ~np.isin(laid.moment[at], crowded)
    taken[at[easy]] = True
    begin = np.searchsorted(laid.moment, np.arange(len(laid.truth_span) + 1))
    for moment in crowded.tolist():
        pairs = np.arange(begin[moment], begin[moment + 1])
        pairs = pairs[allowed[pairs]]
        first = laid.truth_span[moment, 0], laid.result_span[moment, 0]
        size = laid.truth_span[moment, 1] - first[0], laid.result_span[moment, 1] - first[1]
        row, column = laid.truth[pairs] - first[0], laid.result[pairs] - first[1]
        value = worth[pairs]
        if keep and moment:
            before = np.arange(begin[moment - 1], begin[moment])
            before = before[taken[before]]
            was = dict(
                zip(
                    laid.truth_track[laid.truth[before]].tolist(),
                    laid.result_track[laid.result[before]].tolist(),
                    strict=True,
                )
            )
            now = zip(
                laid.truth_track[laid.truth[pairs]].tolist(),
                laid.result_track[laid.result[pairs]].tolist(),
                strict=True,
            )
            value = value + 1000.0 * np.array([was.get(t) == r for t, r in now])
        table, which = np.zeros(size), np.full(size, -1)
        table[row, column] = value
        which[row, column] = pairs
        chosen = which[linear_sum_assignment(-table)]
        taken[chosen[chosen >= 0]] = True
    return np.flatnonzero(taken)
