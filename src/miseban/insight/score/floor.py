"""The floor as a whole: is one person one visit, and where he or she was?

HOTA (see ``tracking``) over places at whole seconds, which are alike by their distance. Only where
somebody could be seen does it count: of the others nobody can know.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from miseban.insight.score.covered import Covered
from miseban.insight.score.figures import FloorScore
from miseban.insight.score.folder import Folder, Recording
from miseban.insight.score.gaps import Gaps
from miseban.insight.score.points import Points, apart_m, lay_points, without_ignored
from miseban.insight.score.tracking import clear_of, hota_of
from miseban.vocabulary.events import VisitEnded

GAP_S = 1.5
"""Samples of a trail that are further apart in time have nothing known between them."""
_WHOLE_S = 0.02


def score_floor(
    folder: Folder, truth: Recording, result: Recording, gaps: Gaps
) -> FloorScore | None:
    """None where a side tells no trails in metres, or the two tell of different views."""
    known, told = places(truth, truth), places(result, truth)
    for name, one in (("truth", known), ("result", told)):
        if one is None:
            gaps.add("the floor", f"the {name} tells no trails in metres")
    if known is None or told is None or not gaps.same_view("the floor", truth, result):
        return None
    (true, visits), (found, _) = known, told
    covered = Covered.of(folder)
    wanted = np.ones(len(true), bool)
    if covered is None:
        gaps.add(
            "places that no camera sees",
            "no people.csv and exact tracks.csv in the truth: they count on the floor too",
        )
    else:
        for number, visit in enumerate(visits):
            mine = np.flatnonzero(true.track == number)
            wanted[mine] = covered.at(visit, true.moment[mine])
    order = np.argsort(true.moment, kind="stable")
    true, wanted, found = true.take(order), wanted[order], found.in_order()
    return figures(true, found, wanted)


def figures(true: Points, found: Points, wanted: NDArray[np.bool_]) -> FloorScore | None:
    """All figures of places in order of time; of the true ones, those ``wanted`` (N,) count."""
    seconds, share = len(true), float(wanted.mean()) if len(true) else 0.0
    if not wanted.all():
        found = without_ignored(true, found, wanted)
        true = true.take(wanted)
    if not len(true):
        return None
    laid = lay_points(true, found)
    hota, clear = hota_of(laid), clear_of(laid)
    error = apart_m(laid, hota.paired)
    pairs = np.stack(
        [laid.truth_track[laid.truth[clear.paired]], laid.result_track[laid.result[clear.paired]]]
    )
    people = len(np.unique(pairs[0]))
    return FloorScore(
        hota=hota.hota,
        det_a=hota.det_a,
        ass_a=hota.ass_a,
        error_m_median=float(np.median(error)) if len(error) else None,
        error_m_p90=float(np.quantile(error, 0.9)) if len(error) else None,
        switches=clear.switches,
        pieces=len(np.unique(pairs, axis=1).T) / people if people else None,
        truth_visits=laid.truth_tracks,
        result_visits=laid.result_tracks,
        person_s=seconds,
        covered=share,
        misses=len(true) - len(clear.paired),
        false_places=len(found) - len(clear.paired),
    )


def places(side: Recording, window: Recording) -> tuple[Points, list[str]] | None:
    """Where each visit was at the whole seconds of the truth's recording, and the visits by their
    number; None where there are none in metres. Nothing is put into gaps of a trail."""
    late_s = (side.summary.start - window.summary.start).total_seconds()
    visits: dict[str, int] = {}
    moments, tracks, xys = [np.empty(0, np.int64)], [np.empty(0, np.int64)], [np.empty((0, 2))]
    for event in side.events:
        if not isinstance(event, VisitEnded) or event.unit != "m":
            continue
        number = visits.setdefault(event.visit, len(visits))
        t, x, y = side.trails[event.id]
        t = t + late_s
        if not len(t):
            continue
        whole = np.arange(np.ceil(t[0] - _WHOLE_S), np.floor(t[-1] + _WHOLE_S) + 1)
        after = np.clip(np.searchsorted(t, whole), 0, len(t) - 1)
        before = np.maximum(after - 1, 0)
        near = np.minimum(abs(t[after] - whole), abs(t[before] - whole)) <= _WHOLE_S
        near |= (t[before] <= whole) & (t[after] >= whole) & (t[after] - t[before] <= GAP_S)
        near &= (whole >= 0) & (whole <= window.summary.duration_s)
        whole = whole[near]
        moments.append(whole.astype(np.int64))
        tracks.append(np.full(len(whole), number))
        xys.append(np.stack([np.interp(whole, t, x), np.interp(whole, t, y)], axis=1))
    if not visits:
        return None
    points = Points(np.concatenate(moments), np.concatenate(tracks), np.concatenate(xys))
    return _once(points), list(visits)


def _once(points: Points) -> Points:
    """A visit's first place of a second: one told in pieces may overlap itself."""
    keys = np.stack([points.moment, points.track])
    first = np.unique(keys, axis=1, return_index=True)[1]
    return points if len(first) == len(points) else points.take(np.sort(first))
