"""Made-up people for the tracker's tests: they walk straight lines, and a detector sees them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from miseban.vision.detectors.detection import Detections
from miseban.vision.tracker import Tracker
from miseban.vocabulary.tracks import TrackRows

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Walker:
    """Centre at ``start`` when ``from_s``, moving at ``speed`` pixels a second until ``to_s``;
    not seen during the intervals of ``hidden``. Boxes are 40 by 100 pixels."""

    start: tuple[float, float]
    speed: tuple[float, float]
    from_s: float = 0.0
    to_s: float = 10.0
    hidden: tuple[tuple[float, float], ...] = ()
    score: float = 0.85

    def at(self, time_s: float) -> Floats | None:
        """The true box (4,), or None when there is nothing to see."""
        if not self.from_s <= time_s <= self.to_s:
            return None
        if any(a < time_s < b for a, b in self.hidden):
            return None
        gone = time_s - self.from_s
        x = self.start[0] + self.speed[0] * gone
        y = self.start[1] + self.speed[1] * gone
        return np.array([x - 20, y - 50, x + 20, y + 50])


@dataclass
class Scene:
    """Walkers seen at ``fps``; ``noise`` is the standard deviation of a corner in pixels."""

    walkers: list[Walker]
    fps: float
    seconds: float = 10.0
    noise: float = 1.0
    seed: int = 0
    truth: dict[int, list[int]] = field(default_factory=dict)

    def frames(self) -> Iterator[tuple[float, int, Detections, list[int]]]:
        """Time, number, detections in random order, and whose each is."""
        rng = np.random.default_rng(self.seed)
        for number in range(1, int(self.seconds * self.fps) + 1):
            time_s = (number - 1) / self.fps
            seen = [(i, w.at(time_s), w.score) for i, w in enumerate(self.walkers)]
            there = [(i, box, score) for i, box, score in seen if box is not None]
            order = rng.permutation(len(there))
            boxes = np.array([there[k][1] for k in order], np.float64).reshape(-1, 4)
            boxes += rng.normal(0, self.noise, boxes.shape)
            scores = np.array([there[k][2] for k in order], np.float64)
            yield time_s, number, Detections(boxes, scores), [there[k][0] for k in order]


def follow(scene: Scene, tracker: Tracker) -> tuple[TrackRows, list[set[int]]]:
    """All rows, and for each walker the ids of the rows within 40 pixels of it,
    at moments when no other walker is near."""
    parts, owners = [], [set[int]() for _ in scene.walkers]
    for time_s, number, detections, _ in scene.frames():
        parts.append(tracker.update(time_s, number, detections))
    rows = TrackRows.concatenate([*parts, tracker.finish()])
    centres = 0.5 * (rows.xyxy[:, :2] + rows.xyxy[:, 2:])
    for time_s, track, centre in zip(rows.time_s, rows.track, centres, strict=True):
        true = [w.at(float(time_s)) for w in scene.walkers]
        away = [
            np.inf if box is None else float(np.hypot(*(0.5 * (box[:2] + box[2:]) - centre)))
            for box in true
        ]
        first, second = np.argsort([*away, np.inf])[:2]
        if away[first] < 40 and (second == len(away) or away[second] > 80):
            owners[first].add(int(track))
    return rows, owners
