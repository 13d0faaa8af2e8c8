"""The tracker itself: boxes of one frame in, rounds of matching, confirmed rows out."""

from __future__ import annotations

import random
import secrets
from math import isfinite

import numpy as np
from numpy.typing import NDArray

from miseban.vision.detectors.detection import Detections
from miseban.vision.tracker import lifecycle, motion
from miseban.vision.tracker.association import (
    assign,
    distances,
    largest_overlap,
    last_seen_distances,
)
from miseban.vision.tracker.early import EarlyRows, renamed
from miseban.vision.tracker.settings import TrackerSettings
from miseban.vision.tracker.state import (
    ANCHOR,
    BOX,
    CENTRE,
    FIRST_STRONG,
    FRAMES,
    HITS,
    ID,
    LAST,
    PROVEN,
    ROWS,
    SCORE,
    SEEN,
    SERIAL,
    STRONG,
    Floats,
    to_state,
    to_xyxy,
)
from miseban.vocabulary.tracks import TrackRows

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

REMEMBERED = 20_000
"""Ids that are not given twice: those of a day or so."""


class Tracker:
    """Follows people through the detections of one camera.

    A new track is *tentative*; it is *confirmed* by two strong boxes ``confirm_s`` apart or by
    real movement; a confirmed track that is not seen is *lost* and can be found again for
    ``lost_s``. Ids are random, 1 to 2**31 - 1, unique in the life of the tracker, and given on
    confirmation. ``rng`` makes a run repeatable; without it ids come from the operating system.
    """

    def __init__(
        self, settings: TrackerSettings | None = None, *, rng: random.Random | None = None
    ) -> None:
        self.settings = settings or TrackerSettings()
        self._draw = rng.randrange if rng is not None else secrets.randbelow
        self._used: dict[int, None] = {}  # the latest, in order
        self._serial = 0
        self._time_s: float | None = None
        self._tracks: Floats = np.empty((ROWS, 0))
        self._early = EarlyRows(self.settings.tentative_s + self.settings.lost_s)
        self._live = TrackRows.empty()
        self._observed: Floats = np.empty((4, 0))  # the boxes that the live tracks took

    @property
    def live(self) -> TrackRows:
        """The confirmed tracks seen in the last frame, one row each."""
        return self._live

    @property
    def sure(self) -> bool:
        """Whether all tracks are confirmed, were seen in the last frame and gave proof in it:
        nobody is new, nobody is lost, nobody is doubted."""
        tracks = self._tracks
        return bool((tracks[ID] > 0).all() and (tracks[[SEEN, PROVEN]] == self._time_s).all())

    def update(self, time_s: float, frame: int, detections: Detections) -> TrackRows:
        """Take in the boxes of one frame; return the rows now known to belong to someone.

        These are the boxes of confirmed tracks, and for a track confirmed just now also its
        earlier ones, so that a passage seen before confirmation is not missed. Boxes without area
        or with values that are not finite are ignored. Raises ``ValueError`` when ``time_s`` does
        not lie after the frame before.
        """
        dt = self._go_on(time_s)
        grace_s = max(self.settings.grace_s, dt)
        xyxy, score = self._usable(detections)
        boxes = to_state(xyxy)
        matched = self._match(boxes, score, time_s, grace_s)
        seen = np.flatnonzero(matched >= 0)
        taken = matched[seen]
        rows = self._follow(seen, boxes[:, taken], score[taken], time_s, frame)
        self._end(time_s, grace_s)
        free = score >= self.settings.birth_score
        free[taken] = False
        born = np.flatnonzero(free)
        if len(born) and len(taken):
            overlap = largest_overlap(xyxy[born], xyxy[taken])
            born = born[overlap < self.settings.duplicate_overlap]
        if len(born):
            self._begin(boxes[:, born], xyxy[born], score[born], time_s, frame)
        return rows

    def again(self, time_s: float, frame: int) -> TrackRows:
        """Take in a frame that shows what the frame before showed; return its rows.

        Who was seen then is seen again, in the same place. That is no new evidence: it confirms
        nobody, and neither counts for who is doubted nor against. Raises as ``update`` does.
        """
        if not self._tracks.size and self._time_s is not None and time_s > self._time_s:
            self._time_s = time_s  # an empty scene costs nothing
            self._live, self._observed = TrackRows.empty(), np.empty((4, 0))
            self._early.forget(time_s)
            return self._live
        dt = self._go_on(time_s)
        tracks, live = self._tracks, self._live
        seen = np.flatnonzero((tracks[ID] > 0) & np.isin(tracks[ID], live.track))
        here = np.isin(live.track, tracks[ID])
        boxes = self._observed[:, here]
        part = tracks[:, seen]
        motion.correct(part, boxes, time_s, self.settings)
        part[SEEN] = time_s
        part[PROVEN] += dt
        tracks[:, seen] = part
        weight = self.settings.smoothing
        self._observed = boxes
        self._live = TrackRows(
            np.full(len(seen), time_s),
            live.track[here],
            to_xyxy(weight * part[BOX] + (1 - weight) * boxes),
            live.score[here],
            np.full(len(seen), frame, np.int64),
        )
        self._end(time_s, max(self.settings.grace_s, dt))
        return self._live

    def finish(self) -> TrackRows:
        """End all tracks. Rows of tracks that were never confirmed are not handed over, so there
        is nothing left to return; the caller need not know that."""
        self._tracks = self._tracks[:, :0]
        self._early.clear()
        self._live, self._observed = TrackRows.empty(), np.empty((4, 0))
        return TrackRows.empty()

    def _go_on(self, time_s: float) -> float:
        """Move all tracks to ``time_s``; return how many seconds that is."""
        if not isfinite(time_s) or (self._time_s is not None and time_s <= self._time_s):
            raise ValueError(f"time must grow: {time_s} after {self._time_s}")
        dt = 0.0 if self._time_s is None else time_s - self._time_s
        self._time_s = time_s
        if dt > self.settings.lost_s:
            self._tracks = self._tracks[:, :0]
        if dt:
            motion.predict(self._tracks, dt, self.settings)
            self._tracks[FRAMES] += 1
        return dt

    def _end(self, time_s: float, grace_s: float) -> None:
        ended = lifecycle.over(self._tracks, time_s, grace_s, self.settings)
        if ended.any():
            self._tracks = self._tracks[:, ~ended]
        self._early.forget(time_s)

    def _usable(self, detections: Detections) -> tuple[Floats, Floats]:
        xyxy, score = detections.xyxy, detections.score
        good = np.isfinite(xyxy).all(axis=1)
        good &= (xyxy[:, 2] > xyxy[:, 0]) & (xyxy[:, 3] > xyxy[:, 1])
        good &= score >= self.settings.low_score
        if good.all():
            return xyxy, score
        return xyxy[good], score[good]

    def _match(self, boxes: Floats, score: Floats, time_s: float, grace_s: float) -> Ints:
        """The column of ``boxes`` that each track takes, -1 for none: (T,).

        Strong boxes first, weak ones only for who is left (ByteTrack: Zhang et al., ECCV 2022),
        and confirmed tracks before tentative ones.
        """
        settings, tracks = self.settings, self._tracks
        matched = np.full(tracks.shape[1], -1, np.int64)
        if not matched.size or not score.size:
            return matched
        distance, spread = distances(tracks, boxes, settings)
        # What a pairing is worth, as twice a log likelihood: near, sharply predicted and surely a
        # person. The offset makes every pair well inside the gate better than no pair.
        worth = (settings.gate + spread.max() - spread)[:, None] - distance
        worth += 2 * np.log(score)
        worth[(distance >= settings.gate) | (worth < 0)] = 0.0
        weak_worth = np.where(distance < settings.weak_gate, worth, 0.0)
        confirmed = tracks[ID] > 0
        recent = time_s - tracks[SEEN] <= grace_s + 1e-9
        strong = score >= settings.strong_score
        free = np.ones(len(score), np.bool_)

        def pair(who: Mask, what: Mask, gain: Floats) -> None:
            t, d = np.flatnonzero(who & (matched < 0)), np.flatnonzero(what & free)
            if len(t) and len(d):
                r, c = assign(gain[t[:, None], d])
                matched[t[r]] = d[c]
                free[d[c]] = False

        pair(confirmed, strong, worth)
        pair(confirmed & recent, ~strong, weak_worth)
        hidden = np.flatnonzero(confirmed & ~recent & (matched < 0))
        if len(hidden) and (free & strong).any():
            again = last_seen_distances(tracks[:, hidden], boxes, settings)
            second = np.zeros_like(worth)
            second[hidden] = np.maximum(settings.weak_gate - again, 0.0)
            pair(confirmed & ~recent, strong, second)
        pair(~confirmed, strong, worth)
        pair(~confirmed, score >= settings.birth_score, worth)
        return matched

    def _follow(
        self, seen: Ints, boxes: Floats, score: Floats, time_s: float, frame: int
    ) -> TrackRows:
        """Update the tracks at ``seen`` by their boxes; return the rows to hand over."""
        if not len(seen):
            self._live, self._observed = TrackRows.empty(), np.empty((4, 0))
            return self._live
        settings = self.settings
        part = self._tracks[:, seen]
        elapsed = time_s - part[SEEN]
        motion.correct(part, boxes, time_s, settings)
        lifecycle.note_scores(part, score, elapsed, time_s, settings)
        part[LAST] = boxes[CENTRE]
        part[SEEN] = time_s
        new = lifecycle.prove(part, time_s, settings)
        fresh = TrackRows(
            np.full(len(seen), time_s),
            part[SERIAL].astype(np.int64),
            to_xyxy(settings.smoothing * part[BOX] + (1 - settings.smoothing) * boxes),
            score,
            np.full(len(seen), frame, np.int64),
        )
        for column in np.flatnonzero(new):
            part[ID, column] = self._new_id()
        self._tracks[:, seen] = part
        sure = part[ID] > 0
        self._live, self._observed = renamed(fresh.take(sure), part[ID, sure]), boxes[:, sure]
        if not sure.all():
            self._early.add(fresh.take(~sure))
        if not new.any():
            return self._live
        earlier = self._early.of(part[SERIAL, new], part[ID, new])
        return TrackRows.concatenate([earlier, self._live])

    def _begin(self, boxes: Floats, xyxy: Floats, score: Floats, time_s: float, frame: int) -> None:
        """Start a tentative track at each box."""
        count = len(score)
        new = np.zeros((ROWS, count))
        motion.start(new, boxes, self.settings)
        new[LAST] = new[ANCHOR] = boxes[CENTRE]
        new[SEEN] = new[PROVEN] = new[FIRST_STRONG] = time_s
        new[SCORE], new[HITS], new[FRAMES] = score, 1, 1
        new[STRONG] = score >= self.settings.strong_score
        serials = np.arange(self._serial, self._serial + count)
        self._serial += count
        new[SERIAL] = serials
        self._tracks = np.concatenate((self._tracks, new), axis=1)
        times, frames = np.full(count, time_s), np.full(count, frame, np.int64)
        self._early.add(TrackRows(times, serials, xyxy, score, frames))

    def _new_id(self) -> int:
        while True:
            number = 1 + self._draw(2**31 - 1)
            if number not in self._used:
                self._used[number] = None
                if len(self._used) > REMEMBERED:
                    del self._used[next(iter(self._used))]
                return number
