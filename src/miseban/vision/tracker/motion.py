"""Motion: a Kalman filter with nearly constant velocity, in closed form for all tracks at once.

State of an axis is (position, speed), driven by white acceleration of strength q (Bar-Shalom, Li,
Kirubarajan, *Estimation with Applications to Tracking and Navigation*, 2001, 6.2.2). Noise grows
with the size of the person, so the covariance is kept in sizes and is the same for x and y: three
numbers a track instead of a matrix. The logarithm of the sides follows a random walk.
"""

from __future__ import annotations

import numpy as np

from miseban.vision.tracker.settings import TrackerSettings
from miseban.vision.tracker.state import (
    BOX,
    CENTRE,
    COV,
    LAST,
    SEEN,
    SHAPE,
    SHAPE_VAR,
    SPEED,
    SPEED_VAR,
    VAR,
    Floats,
)


def predict(table: Floats, dt: float, settings: TrackerSettings) -> None:
    """Move all tracks of ``table`` (ROWS, N) ``dt`` seconds ahead, in place."""
    q = settings.acceleration_noise**2
    table[CENTRE] += dt * table[SPEED]
    table[VAR] += dt * (2 * table[COV] + dt * table[SPEED_VAR]) + q * dt**3 / 3
    table[COV] += dt * table[SPEED_VAR] + q * dt**2 / 2
    table[SPEED_VAR] += q * dt
    table[SHAPE_VAR] += settings.shape_drift**2 * dt


def start(table: Floats, boxes: Floats, settings: TrackerSettings) -> None:
    """Fill the motion rows of new tracks seen at ``boxes`` (4, N)."""
    table[BOX] = boxes
    table[SPEED] = 0.0
    table[VAR] = settings.position_noise**2
    table[COV] = 0.0
    table[SPEED_VAR] = settings.first_speed**2
    table[SHAPE_VAR] = settings.shape_noise**2


def correct(table: Floats, boxes: Floats, time_s: float, settings: TrackerSettings) -> None:
    """Take in the observations ``boxes`` (4, N) of the tracks in ``table``, in place."""
    noise = settings.position_noise**2
    found = time_s - table[SEEN] >= settings.recovery_s - 1e-9
    variance, covariance = table[VAR], table[COV]
    total = variance + noise
    gain, speed_gain = variance / total, covariance / total
    difference = boxes - table[BOX]
    table[CENTRE] += gain * difference[:2]
    table[SPEED] += speed_gain * difference[:2]
    table[SPEED_VAR] -= speed_gain * covariance
    table[VAR] *= 1 - gain
    table[COV] *= 1 - gain
    shape_gain = table[SHAPE_VAR] / (table[SHAPE_VAR] + settings.shape_noise**2)
    table[SHAPE] += shape_gain * difference[2:]
    table[SHAPE_VAR] *= 1 - shape_gain
    if found.any():
        _restart(table, boxes, time_s, found, settings)


def _restart(
    table: Floats, boxes: Floats, time_s: float, found: np.ndarray, settings: TrackerSettings
) -> None:
    """After a loss, go on from the observations before and after it.

    The idea of OC-SORT's re-update (Cao et al., CVPR 2023, 3.2): between two observations take
    the straight path, and let the errors built up while guessing go. Two positions with noise r
    a time T apart give the state and covariance below directly.
    """
    noise = settings.position_noise**2
    gap = time_s - table[SEEN, found]
    table[CENTRE, found] = boxes[:2, found]
    table[SPEED, found] = (boxes[:2, found] - table[LAST, found]) / gap
    table[VAR, found] = noise
    table[COV, found] = noise / gap
    table[SPEED_VAR, found] = 2 * noise / gap**2 + settings.acceleration_noise**2 * gap / 3
