"""HOTA, IDF1 and MOTA of followed people: how well boxes and identities fit the truth.

HOTA: Luiten et al., "HOTA: a higher order metric for evaluating multi-object tracking", IJCV 129
(2021), averaged over the localisation thresholds 0.05, 0.10, ... 0.95. IDF1: Ristani et al.,
"Performance measures and a data set for multi-target, multi-camera tracking", ECCV workshops
(2016). MOTA: Bernardin and Stiefelhagen, "Evaluating multiple object tracking performance: the
CLEAR MOT metrics", EURASIP JIVP (2008). Where a paper leaves a choice open, the one of the public
evaluation kits is taken, so that figures can be compared.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from miseban.insight.score.figures import TrackingScore
from miseban.insight.score.matching import best_pairs
from miseban.insight.score.overlap import Boxes, Floats, Ints, Overlaps, lay_over

ALPHAS = np.arange(0.05, 0.99, 0.05)
OVERLAP = 0.5
"""IoU from which a box is found, for IDF1 and MOTA."""
_EPS = np.finfo(float).eps


def score_tracks(truth: Boxes, result: Boxes) -> TrackingScore:
    """All figures; those that have nothing to divide by are 0, as in the public kits."""
    laid = lay_over(truth, result)
    hota, clear = hota_of(laid), clear_of(laid)
    found = len(clear.paired)
    boxes = len(truth) + len(result)
    return TrackingScore(
        hota=hota.hota,
        det_a=hota.det_a,
        ass_a=hota.ass_a,
        idf1=_idtp(laid) / max(1.0, boxes / 2),
        mota=(found - (len(result) - found) - clear.switches) / len(truth) if len(truth) else 0.0,
        switches=clear.switches,
        fragments=clear.fragments,
        misses=len(truth) - found,
        false_boxes=len(result) - found,
        truth_boxes=len(truth),
        result_boxes=len(result),
        truth_tracks=laid.truth_tracks,
        result_tracks=laid.result_tracks,
        moments=len(np.union1d(truth.moment, result.moment)),
    )


@dataclass(frozen=True, slots=True)
class Hota:
    """``paired`` (K,) are the pairs (positions in the overlaps) that are taken at each moment; at
    each threshold, those count that are alike enough."""

    det_a: float
    ass_a: float
    hota: float
    paired: Ints


def hota_of(laid: Overlaps) -> Hota:
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
    return Hota(float(det.mean()), float(ass.mean()), float(np.sqrt(det * ass).mean()), paired)


@dataclass(frozen=True, slots=True)
class Clear:
    """``paired`` (K,) are the pairs (positions in the overlaps) of boxes that were found, and in
    them how often a person's identity changed and how often a track was interrupted."""

    paired: Ints
    switches: int
    fragments: int


def _idtp(laid: Overlaps) -> int:
    """Boxes that agree when every true track is given at most one found track, the best way."""
    names, identity = _identities(laid)
    agree = np.bincount(identity[laid.iou >= OVERLAP], minlength=len(names))
    names, agree = names[agree > 0], agree[agree > 0]
    return int(agree[best_pairs(names[:, 0], names[:, 1], agree)].sum())


def clear_of(laid: Overlaps) -> Clear:
    """A box is found where it overlaps by ``OVERLAP``. A pairing of the moment before is kept where
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
    return Clear(paired, int(switches), int(fragments))


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
    moment before come first. Moments that are clear at sight need no solver.
    """
    at = np.flatnonzero(allowed)
    best, doubtful = _alone(laid, at) if keep else _best_of_each(laid, at, worth[at])
    crowded = np.unique(laid.moment[doubtful])
    taken = np.zeros(len(worth), bool)
    taken[best[~np.isin(laid.moment[best], crowded)]] = True
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


def _alone(laid: Overlaps, at: Ints) -> tuple[Ints, Ints]:
    """Of the pairs ``at`` those whose boxes overlap no others; and the rest."""
    alone = (np.bincount(laid.truth[at], minlength=1)[laid.truth[at]] == 1) & (
        np.bincount(laid.result[at], minlength=1)[laid.result[at]] == 1
    )
    return at[alone], at[~alone]


def _best_of_each(laid: Overlaps, at: Ints, worth: Floats) -> tuple[Ints, Ints]:
    """Of the pairs ``at`` the one worth most of each true box; and those of them that want the same
    found box as another, or are one of two that are worth the same. A moment without such pairs is
    solved: no sum can be greater than that of everybody's best."""
    if not len(at):
        return at, at
    box = laid.truth[at]  # in ascending order
    begin = np.flatnonzero(np.diff(box, prepend=-1))
    most = np.maximum.reduceat(worth, begin)
    best = at[worth == np.repeat(most, np.diff(begin, append=len(at)))]
    wanted = [np.bincount(side[best])[side[best]] for side in (laid.truth, laid.result)]
    return best, best[(wanted[0] > 1) | (wanted[1] > 1)]
