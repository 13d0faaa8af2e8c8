"""Which cameras were turned: those whose turn explains what others see otherwise."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from miseban.space.fusion.trust.bank import EvidenceBank

Floats = NDArray[np.float64]

LEAST_PX, LEAST_GAIN, SURE = 6.0, 40.0, 4.0
"""A shift of so many pixels, that makes what is seen so much likelier (half of it in natural
logarithms), and is so many standard deviations from none, is told."""
STAYS_PX = 3.0
LEAST_TRAILS = 6
ALIKE = 0.8
"""Another camera's turn that explains so large a part as well: it may be either."""
_MOST = 3


@dataclass(frozen=True, slots=True)
class Turns:
    """``turn`` (C, 3) of the cameras that were surely turned, 0 for the others; ``error_px`` (C,);
    ``either`` names for a turned camera another one that it may be just as well."""

    turn: Floats
    error_px: Floats
    either: dict[int, int]


def who_turned(bank: EvidenceBank, clock_s: Floats, before: Floats) -> Turns:
    """``clock_s`` (C,) is removed first; ``before`` (C, 3) is what was found last: who was turned
    is thought to be still."""
    theta = np.zeros((bank.cameras, 4))
    theta[:, 0] = clock_s
    error = np.full(bank.cameras, np.inf)
    turned = np.flatnonzero(before.any(axis=1)).tolist()
    either: dict[int, int] = {}
    theta[turned, 1:] = before[turned]
    for _ in range(2 if turned else 0):
        fit = bank.turns(theta)
        for camera in turned:
            theta[camera, 1:], error[camera] = fit.turn[camera], fit.error_px[camera]
    for camera in list(turned):
        known = error[camera] < LEAST_PX
        if known and float(np.hypot(*theta[camera, 1:3])) < STAYS_PX:
            theta[camera, 1:] = 0.0
            turned.remove(camera)
        elif not known:
            theta[camera, 1:] = before[camera]
    while len(turned) < _MOST:
        fit = bank.turns(theta)
        shift = np.hypot(fit.turn[:, 0], fit.turn[:, 1])
        sign = (fit.gain >= LEAST_GAIN) & (fit.trails >= LEAST_TRAILS)
        sign &= shift >= np.maximum(LEAST_PX, SURE * fit.error_px)
        sign[turned] = False
        if not sign.any():
            error = np.where(np.isfinite(error), error, fit.error_px)
            break
        worst = int(np.where(sign, fit.gain, -1.0).argmax())
        others = np.where(bank.counts()[worst] > 0, fit.gain, 0.0)
        others[[worst, *turned]] = 0.0
        if float(others.max()) > ALIKE * fit.gain[worst]:
            either[worst] = int(others.argmax())
        turned.append(worst)
        theta[worst, 1:], error[worst] = fit.turn[worst], fit.error_px[worst]
        for _ in range(2 if len(turned) > 1 else 0):
            fit = bank.turns(theta)
            for camera in turned:
                theta[camera, 1:], error[camera] = fit.turn[camera], fit.error_px[camera]
    return Turns(theta[:, 1:], error, either)
