"""A drawn scene for the gate's tests: a noisy room, and bodies that are rectangles."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np

from miseban.vision.detectors.detection import Detections
from miseban.vision.gate import MotionGate, Why
from miseban.vision.pixels import Frame
from miseban.vision.tracker import Tracker
from miseban.vocabulary.tracks import TrackRows

START = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
FPS = 5.0
Body = tuple[float, float, float, float]
"""Left, top, width and height in pixels."""


class Room:
    """Pictures of ``width`` x ``height``: a patterned floor, ``noise`` grey levels of noise."""

    def __init__(
        self, *, width: int = 160, height: int = 90, noise: float = 2.0, seed: int = 0
    ) -> None:
        self.rng = np.random.default_rng(seed)
        self.width, self.height, self.noise = width, height, noise
        coarse = self.rng.uniform(90, 150, (height // 10 + 1, width // 10 + 1, 3))
        self.floor = coarse.repeat(10, axis=0).repeat(10, axis=1)[:height, :width]
        self.number = 0

    def frame(
        self, bodies: Sequence[Body] = (), *, darker: float = 30.0, exposure: float = 1.0
    ) -> Frame:
        """The next frame: ``bodies`` are ``darker`` than the floor behind them."""
        picture = self.floor.copy()
        for x, y, w, h in bodies:
            rows, columns = slice(round(y), round(y + h)), slice(round(x), round(x + w))
            picture[rows, columns] -= darker
        picture = picture * exposure + self.noise * self.rng.standard_normal(
            picture.shape, np.float32
        )
        self.number += 1
        time_s = (self.number - 1) / FPS
        bgr = np.clip(picture, 0, 255).astype(np.uint8)
        return Frame(bgr, self.number, time_s, START + timedelta(seconds=time_s))


def found(bodies: Sequence[Body], score: float = 0.85) -> Detections:
    """What a perfect detector makes of ``bodies``."""
    boxes = np.array([[x, y, x + w, y + h] for x, y, w, h in bodies]).reshape(-1, 4)
    return Detections(boxes, np.full(len(boxes), score))


class Follower:
    """Gate, perfect detector and tracker, frame by frame."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self.gate = MotionGate(room.width, room.height)
        self.tracker = Tracker()
        self.why: list[Why | None] = []

    def see(
        self, bodies: Sequence[Body] = (), *, score: float = 0.85, exposure: float = 1.0
    ) -> TrackRows:
        """One more frame; its rows."""
        frame = self.room.frame(bodies, exposure=exposure)
        why = self.gate.wants(frame)
        self.why.append(why)
        detections = found(bodies, score) if why else None
        if detections is None:
            rows = self.tracker.again(frame.time_s, frame.number)
        else:
            rows = self.tracker.update(frame.time_s, frame.number, detections)
        self.gate.followed(frame, detections, self.tracker)
        return rows
