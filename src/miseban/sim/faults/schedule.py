"""What is wrong with each camera at each moment."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from miseban.sim.faults.chance import Outages, uniform
from miseban.sim.scenario.faults import Fault, FaultKind

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class FaultState:
    """One camera at one moment.

    ``delivered``: whether the frame of that moment arrives. ``clock_s``: what the camera's clock
    says, in seconds since the start. ``low_light``, ``glare`` and ``dirt`` as in the renderer's
    ``Conditions``. ``nudge``: degrees right, down and clockwise, as ``Pose.nudged`` takes them.
    """

    delivered: bool
    clock_s: float
    low_light: float
    glare: float
    dirt: float
    nudge: tuple[float, float, float]


class FaultSchedule:
    """What is wrong with the cameras. Answers depend on faults, seed, camera and time alone: not
    on what was asked before, nor on the faults of other cameras.

    A frame's time counts in whole milliseconds, so that a rounded time meets the same fate.
    """

    def __init__(self, faults: Iterable[Fault], seed: int) -> None:
        self.faults: tuple[Fault, ...] = tuple(faults)
        self.seed = seed
        self._outages = {
            fault: Outages(fault.from_s, fault.end_s, fault.amount, f"{seed}/{fault.camera}")
            for fault in self.faults
            if fault.kind == "flap"
        }

    def of(self, camera: str, *kinds: FaultKind) -> list[Fault]:
        """The faults of one camera, of these kinds (of all, if none are named)."""
        return [f for f in self.faults if f.camera == camera and (not kinds or f.kind in kinds)]

    def at(self, camera: str, time_s: float) -> FaultState:
        """What is wrong with ``camera`` at ``time_s`` seconds since the start, of true time."""
        now = np.array([time_s], np.float64)
        dark, glare, dirt = (
            float(self.amount(camera, kind, now)[0]) for kind in ("dark", "glare", "dirt")
        )
        right = float(self.amount(camera, "nudge", now)[0])
        return FaultState(
            bool(self.delivered(camera, now)[0]),
            float(self.clock(camera, now)[0]),
            dark,
            glare,
            dirt,
            (right, 0.0, 0.0),
        )

    def delivered(self, camera: str, time_s: Floats) -> Mask:
        """(N,) whether the frames of these true times arrive."""
        time_s = np.asarray(time_s, np.float64)
        there = np.ones(len(time_s), bool)
        for fault in self.of(camera, "drop"):
            drawn = uniform(f"{self.seed}/{camera}/drop", np.rint(time_s * 1000).astype(np.int64))
            there &= ~(_in_force(fault, time_s) & (drawn < fault.amount))
        for fault in self.of(camera, "flap"):
            there &= ~self._outages[fault].away(time_s)
        return there

    def clock(self, camera: str, time_s: Floats) -> Floats:
        """(N,) what the camera's clock says at these true times.

        A skewed clock gains (or loses) ``amount`` seconds an hour and keeps the difference when
        it goes right again; a clock that jumped is put right at the end.
        """
        time_s = np.asarray(time_s, np.float64)
        told = time_s.copy()
        for fault in self.of(camera, "skew"):
            told += np.clip(time_s - fault.from_s, 0.0, fault.end_s - fault.from_s) * (
                fault.amount / 3600
            )
        for fault in self.of(camera, "jump"):
            told += np.where(_in_force(fault, time_s), fault.amount, 0.0)
        return told

    def amount(self, camera: str, kind: FaultKind, time_s: Floats) -> Floats:
        """(N,) how much of one kind is in force at these true times; 0 for none."""
        time_s = np.asarray(time_s, np.float64)
        found = np.zeros(len(time_s))
        for fault in self.of(camera, kind):
            found = np.where(_in_force(fault, time_s), fault.amount, found)
        return found

    def outages(self, fault: Fault, until_s: float) -> Sequence[tuple[float, float]]:
        """From when to when a camera with that flap is away, before ``until_s``."""
        return self._outages[fault].before(until_s)


def _in_force(fault: Fault, time_s: Floats) -> Mask:
    mask: Mask = (time_s >= fault.from_s) & (time_s < fault.end_s)
    return mask
