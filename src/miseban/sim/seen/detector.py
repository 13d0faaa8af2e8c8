"""An imperfect eye without pixels: turns exact sightings into tracks as a detector and a tracker
would make them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from miseban.sim.seen.tracks import Seen
from miseban.vocabulary.tracks import UNCONFIRMED, TrackRows

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class DetectorModel:
    """Figures of the kind that small detectors reach indoors; set before any result was seen.

    A person in full view and of ``full_px`` or more is found in ``found`` of the frames, one
    smaller than ``least_px`` or less visible than ``least_visible`` never, in between in
    proportion; one who lies on the floor in ``lying`` of those, about as seldom as networks find
    drawn ones (docs/simulation.md). ``jitter`` and ``size_jitter`` are standard deviations in box
    heights and as a part of the size; half of the jitter's variance stays with a person over about
    a second. ``false_per_s`` false boxes a second come and are gone after one frame; ``ghost`` of
    them live for some frames as a track of their own. A track breaks when its person was not found
    for ``lost_s``, and by chance ``breaks_per_s``; two whose boxes overlap by ``close`` or more
    swap their identities ``swaps_per_s`` times a second.
    """

    found: float = 0.96
    lying: float = 0.4
    least_px: float = 20.0
    full_px: float = 60.0
    least_visible: float = 0.2
    full_visible: float = 0.8
    jitter: float = 0.02
    size_jitter: float = 0.03
    false_per_s: float = 0.02
    ghost: float = 0.1
    breaks_per_s: float = 1 / 300
    lost_s: float = 1.0
    close: float = 0.5
    swaps_per_s: float = 0.05


@dataclass(frozen=True, slots=True)
class Sight:
    """How well each of N boxes can be made out: ``found`` (N,) is a factor on the chance to find
    it, ``shaking`` (N,) one on its jitter. Both are 1 where nothing is wrong."""

    found: Floats
    shaking: Floats


@dataclass(slots=True)
class _Followed:
    """A person as the tracker knows him or her."""

    track: int
    last_s: float
    drift: tuple[float, float] = (0.0, 0.0)


class Detector:
    """One camera's. Fed the camera's sightings piece by piece, in order of time."""

    def __init__(
        self, model: DetectorModel, resolution: tuple[int, int], seed: int, camera: str
    ) -> None:
        self._model = model
        self._size = resolution
        letters = [ord(letter) for letter in camera]
        self._rng = np.random.Generator(np.random.PCG64([seed, 7, *letters]))
        self._known: dict[int, _Followed] = {}

    def look(
        self, seen: Seen, fps: float, from_s: float, to_s: float, sight: Sight | None = None
    ) -> TrackRows:
        """The tracks of ``seen``, which covers ``from_s`` to ``to_s``, at ``fps`` frames a second;
        false boxes and tracks among them, in order of time."""
        rows = seen.rows
        sight = sight or Sight(np.ones(len(rows)), np.ones(len(rows)))
        chance = self.chance(rows, seen.visibility) * sight.found
        if seen.lying is not None:
            chance = np.where(seen.lying, self._model.lying * chance, chance)
        found = self._rng.random(len(rows)) < chance
        kept = np.flatnonzero(found)
        rows = rows.take(kept)
        track = self._identities(rows, fps)
        xyxy = self._shaken(rows, sight.shaking[kept])
        score = np.clip(self._rng.normal(0.75, 0.1, len(rows)), 0.3, 0.99)
        real = TrackRows(rows.time_s, track, xyxy, score, rows.frame)
        return _in_order(TrackRows.concatenate([real, self._false(fps, from_s, to_s)]))

    def chance(self, rows: TrackRows, visibility: Floats) -> Floats:
        """(N,) the chance that each person is found in that frame, if nobody lies."""
        m = self._model
        tall = rows.xyxy[:, 3] - rows.xyxy[:, 1]
        by_size = np.clip((tall - m.least_px) / (m.full_px - m.least_px), 0.0, 1.0)
        by_view = np.clip(
            (visibility - m.least_visible) / (m.full_visible - m.least_visible), 0.0, 1.0
        )
        result: Floats = m.found * by_size * by_view
        return result

    def _identities(self, rows: TrackRows, fps: float) -> NDArray[np.int64]:
        """Track numbers: they break, and those of two people close together may be swapped."""
        track = np.empty(len(rows), np.int64)
        begin = 0
        for end in [*(np.flatnonzero(np.diff(rows.frame)) + 1).tolist(), len(rows)]:
            part = range(begin, end)
            for i in part:
                track[i] = self._identity(int(rows.track[i]), float(rows.time_s[i]), fps)
            for i in part:
                for j in range(i + 1, end):
                    if self._swaps(rows.xyxy[i], rows.xyxy[j], fps):
                        one, other = int(rows.track[i]), int(rows.track[j])
                        track[i], track[j] = track[j], track[i]
                        self._known[one].track = int(track[i])
                        self._known[other].track = int(track[j])
            begin = end
        return track

    def _identity(self, person: int, time_s: float, fps: float) -> int:
        known = self._known.get(person)
        breaks = self._rng.random() < self._model.breaks_per_s / fps
        if known is None or breaks or time_s - known.last_s > self._model.lost_s:
            known = self._known[person] = _Followed(self._number(), time_s)
        known.last_s = time_s
        return known.track

    def _swaps(self, one: Floats, other: Floats, fps: float) -> bool:
        wide = min(one[2], other[2]) - max(one[0], other[0])
        tall = min(one[3], other[3]) - max(one[1], other[1])
        if wide <= 0 or tall <= 0:
            return False
        common = wide * tall
        areas = (one[2] - one[0]) * (one[3] - one[1]) + (other[2] - other[0]) * (
            other[3] - other[1]
        )
        if common / (areas - common) < self._model.close:
            return False
        return bool(self._rng.random() < self._model.swaps_per_s / fps)

    def _shaken(self, rows: TrackRows, by: Floats) -> Floats:
        """The boxes with their errors, part of which lasts: a first-order autoregressive noise."""
        m = self._model
        tall = rows.xyxy[:, 3] - rows.xyxy[:, 1]
        fresh = self._rng.normal(0.0, 1.0, (len(rows), 2))
        lasting = np.empty((len(rows), 2))
        for i, (person, kick) in enumerate(zip(rows.track.tolist(), fresh.tolist(), strict=True)):
            known = self._known[person]
            known.drift = (
                0.8 * known.drift[0] + 0.6 * kick[0],
                0.8 * known.drift[1] + 0.6 * kick[1],
            )
            lasting[i] = known.drift
        noise = (lasting + self._rng.normal(0.0, 1.0, (len(rows), 2))) / np.sqrt(2)
        shift = noise * (m.jitter * tall * by)[:, None]
        sizes = self._rng.normal(0.0, m.size_jitter, (len(rows), 2)) * by[:, None]
        scale = 1.0 + np.clip(sizes, -0.3, 0.3)
        half = (rows.xyxy[:, 2:] - rows.xyxy[:, :2]) / 2 * scale
        bottom = rows.xyxy[:, 3] + shift[:, 1]
        middle = (rows.xyxy[:, 0] + rows.xyxy[:, 2]) / 2 + shift[:, 0]
        return np.stack(
            [middle - half[:, 0], bottom - 2 * half[:, 1], middle + half[:, 0], bottom], axis=1
        )

    def _false(self, fps: float, from_s: float, to_s: float) -> TrackRows:
        """Boxes where nobody is."""
        m, rng = self._model, self._rng
        width, height = self._size
        parts = []
        for _ in range(int(rng.poisson(m.false_per_s * (to_s - from_s)))):
            first = int(rng.integers(int(np.ceil(from_s * fps)), max(1, int(np.ceil(to_s * fps)))))
            is_ghost = rng.random() < m.ghost
            many = int(rng.integers(2, 8)) if is_ghost else 1
            frame = np.arange(first, min(first + many, int(np.ceil(to_s * fps))))
            tall = rng.uniform(0.1, 0.4) * height
            x, y = rng.uniform(0, width), rng.uniform(tall, height)
            box = [x - 0.2 * tall, y - tall, x + 0.2 * tall, y]
            n = len(frame)
            track = np.full(n, self._number() if is_ghost else UNCONFIRMED)
            score = np.full(n, rng.uniform(0.3, 0.6))
            parts.append(TrackRows(frame / fps, track, np.tile(box, (n, 1)), score, frame + 1))
        return TrackRows.concatenate(parts)

    def _number(self) -> int:
        return int(self._rng.integers(1, 2**31))


def _in_order(rows: TrackRows) -> TrackRows:
    return rows.take(np.lexsort((rows.track, rows.frame)))
