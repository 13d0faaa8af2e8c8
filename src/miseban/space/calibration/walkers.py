"""What tracks of people who walk by say about a camera: boxes and paths, thinned and cleaned."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from miseban.vocabulary.tracks import TrackRows

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

EVERY_S = 0.5
"""Boxes nearer in time say the same again."""
LEAST_BOXES = 6
MOST_BOXES = 60
"""Of one track: a clerk who stands all day is one person."""
EDGE_PX = 3.0
"""A box that ends here may be cut off by the picture's edge."""
MOST_TRACKS = 400
STRIDE_S = 1.0
"""Speeds are taken over about so long: over a stride or two."""


@dataclass(frozen=True, slots=True)
class Walkers:
    """Boxes of people: ``xyxy`` (N, 4) pixels, ``time_s`` (N,), ``person`` (N,) from 0 to
    ``people`` - 1, in order of person and time. ``steps`` (M, 2) are pairs of these boxes of the
    same person about ``STRIDE_S`` apart."""

    xyxy: Floats
    time_s: Floats
    person: Ints
    steps: Ints

    @property
    def people(self) -> int:
        return int(self.person.max()) + 1 if len(self.person) else 0

    def of(self, chosen: NDArray[np.bool_]) -> Walkers:
        """Only the people for whom ``chosen`` (people,) is true, numbered anew."""
        return self.kept(chosen[self.person])

    def kept(self, rows: NDArray[np.bool_]) -> Walkers:
        """Only the boxes for which ``rows`` (N,) is true."""
        _, person = np.unique(self.person[rows], return_inverse=True)
        place = np.cumsum(rows) - 1
        steps = self.steps[rows[self.steps].all(axis=1)] if len(self.steps) else self.steps
        return Walkers(self.xyxy[rows], self.time_s[rows], person, place[steps])


def walkers(rows: TrackRows, size: tuple[float, float]) -> Walkers:
    """Confirmed tracks of ``rows``, which belong to one camera of a picture of ``size``: whole
    boxes only, one each ``EVERY_S``, of tracks of ``LEAST_BOXES`` of these or more; of many tracks
    those that went furthest in the picture."""
    rows = rows.take(rows.track >= 0)
    x1, y1, x2, y2 = rows.xyxy.T
    whole = (np.minimum(x1, y1) > EDGE_PX) & (x2 < size[0] - EDGE_PX) & (y2 < size[1] - EDGE_PX)
    rows = rows.take(whole)
    rows = rows.take(np.lexsort((rows.time_s, rows.track)))
    found: list[tuple[float, TrackRows]] = []
    begins = np.flatnonzero(np.diff(rows.track, prepend=rows.track[:1] - 1))
    for begin, end in zip(begins, [*begins[1:], len(rows)], strict=True):
        track = _thinned(rows.take(slice(int(begin), int(end))))
        if len(track) >= LEAST_BOXES:
            feet = track.xyxy[:, [0, 3]] / size
            found.append((float(np.linalg.norm(np.ptp(feet, axis=0))), track))
    found.sort(key=lambda pair: -pair[0])
    tracks = [track for _, track in found[:MOST_TRACKS]]
    every = TrackRows.concatenate(tracks)
    person = np.repeat(np.arange(len(tracks)), [len(track) for track in tracks])
    return Walkers(every.xyxy, every.time_s, person, _steps(every.time_s, person))


def _thinned(track: TrackRows) -> TrackRows:
    kept, last_s = [], -np.inf
    for i, time_s in enumerate(track.time_s.tolist()):
        if time_s >= last_s + EVERY_S - 1e-6:
            kept.append(i)
            last_s = time_s
    if len(kept) > MOST_BOXES:
        kept = [kept[i] for i in np.linspace(0, len(kept) - 1, MOST_BOXES).astype(int)]
    return track.take(np.array(kept, np.int64))


def _steps(time_s: Floats, person: Ints) -> Ints:
    """Pairs of boxes of one person ``STRIDE_S`` apart, or up to half as much again."""
    pairs = []
    for ahead in (1, 2, 3):
        i = np.arange(len(time_s) - ahead)
        j = i + ahead
        apart = time_s[j] - time_s[i]
        fits = (person[i] == person[j]) & (apart >= STRIDE_S - 1e-6) & (apart <= 1.5 * STRIDE_S)
        pairs.append(np.stack([i[fits], j[fits]], axis=1))
    together = np.concatenate(pairs) if pairs else np.empty((0, 2), np.int64)
    _, first = np.unique(together[:, 0], return_index=True)
    return np.asarray(together[first], np.int64)
