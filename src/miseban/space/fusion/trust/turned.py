"""Which cameras were turned: those whose turn explains what others see otherwise."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from miseban.space.fusion.trust.bank import EvidenceBank

Floats = NDArray[np.float64]

LEAST_PX, LEAST_GAIN, SURE = 6.0, 40.0, 4.0
"""A shift of so many pixels, that makes what is seen so much likelier (half of it in natural
logarithms), and is so many standard deviations from none, is told."""
STAYS_PX = 3.0
LEAST_PEOPLE = 5
MOST_PX = 80.0
"""A view that was turned by more is no longer found again by its people."""
ALIKE = 0.75
"""Another camera's turn that explains so large a part as well: it may be either, and is waited for
``WAIT_S``."""
WAIT_S = 100.0
RECENT_S = (40.0, 80.0)
"""A camera may have been turned so long ago, or before all that is remembered."""
BORNE_OUT, BACKERS = 16.0, 3
"""What is suspected is told when what was seen since then, on which the suspicion does not rest,
is made likelier by so much too, and so many people say so."""
FALSE = -8.0
"""It is dropped when that is made so much less likely, or after ``DROPPED_S`` without a sign."""
DROPPED_S = 90.0
_MOST = 3
_A_MOMENT_S = 1.0


@dataclass(frozen=True, slots=True)
class Suspicion:
    """That a camera was turned by ``turn`` (3,) at ``since_s``, as was first thought at ``at_s``
    and last at ``last_s``."""

    turn: Floats
    since_s: float
    at_s: float
    last_s: float


@dataclass(frozen=True, slots=True)
class Turns:
    """``turn`` (C, 3) of the cameras that were surely turned, 0 for the others; ``error_px`` (C,);
    ``since_s`` from when on for those that were found only now; ``either`` names for a turned
    camera another one that it may be just as well; ``doubt_s`` since when one of two was turned and
    it is not known which, None for never; ``suspected`` who may have been turned, which is not
    borne out yet; ``own`` those of which their own maps say so, or that they
    are right again."""

    turn: Floats
    error_px: Floats
    since_s: dict[int, float]
    either: dict[int, int]
    doubt_s: float | None = None
    suspected: dict[int, Suspicion] = field(default_factory=dict)
    own: set[int] = field(default_factory=set)

    @classmethod
    def none(cls, cameras: int) -> Turns:
        return cls(np.zeros((cameras, 3)), np.full(cameras, np.inf), {}, {})


@dataclass(frozen=True, slots=True)
class _Candidate:
    camera: int
    turn: Floats
    error_px: float
    since_s: float
    other: int | None


def who_turned(bank: EvidenceBank, clock_s: Floats, before: Turns, now_s: float) -> Turns:
    """``clock_s`` (C,) is removed first; ``before`` is what was found last: who was turned is
    thought to be still. Drops from ``bank`` what was seen before a camera was turned."""
    theta = np.column_stack([clock_s, before.turn])
    error = np.full(bank.cameras, np.inf)
    turned = np.flatnonzero(before.turn.any(axis=1)).tolist()
    either = {camera: other for camera, other in before.either.items() if camera in turned}
    if turned:
        _refine(bank, theta, error, turned)
    for camera in list(turned):
        known = error[camera] < LEAST_PX
        if known and float(np.hypot(*theta[camera, 1:3])) < STAYS_PX:
            theta[camera, 1:] = 0.0
            turned.remove(camera)
        elif not known:
            theta[camera, 1:] = before.turn[camera]
    since: dict[int, float] = {}
    doubt_s = None
    suspected = _kept(bank, theta, before.suspected, now_s)
    while len(turned) < _MOST:
        found = _worst(bank, theta, turned, now_s)
        if found is None:
            break
        if not _borne_out(bank, theta, found, suspected, now_s):
            break  # who explains less must not be first
        if found.other is not None:
            doubt_s = now_s if before.doubt_s is None else before.doubt_s
            if now_s - doubt_s < WAIT_S:
                break
            either[found.camera] = found.other
        suspected.pop(found.camera, None)
        turned.append(found.camera)
        since[found.camera] = found.since_s
        bank.forget_camera(found.camera, found.since_s)
        theta[found.camera, 1:], error[found.camera] = found.turn, found.error_px
        _refine(bank, theta, error, turned)
    known = np.isfinite(error)
    error[~known] = bank.turns(theta).error_px[~known]
    own = before.own - {n for n in before.own if before.turn[n].any() != (n in turned)}
    return Turns(theta[:, 1:], error, since, either, doubt_s, suspected, own)


def _kept(
    bank: EvidenceBank, theta: Floats, before: dict[int, Suspicion], now_s: float
) -> dict[int, Suspicion]:
    """Those that what was seen since then does not speak against."""
    kept = {}
    for camera, was in before.items():
        gain, _ = bank.since(was.at_s + _A_MOMENT_S).borne_out(theta, camera, was.turn)
        if gain > FALSE and now_s - was.last_s <= DROPPED_S:
            kept[camera] = was
    return kept


def _borne_out(
    bank: EvidenceBank,
    theta: Floats,
    found: _Candidate,
    suspected: dict[int, Suspicion],
    now_s: float,
) -> bool:
    """Whether what was seen since a turn was first thought of says the same, nothing being fitted
    to it. Notes what is thought."""
    was = suspected.get(found.camera)
    if was is None:
        suspected[found.camera] = Suspicion(found.turn, found.since_s, now_s, now_s)
        return False
    suspected[found.camera] = replace(was, last_s=now_s)
    later = bank.since(was.at_s + _A_MOMENT_S)
    gain, backers = later.borne_out(theta, found.camera, was.turn)
    return gain >= BORNE_OUT and backers >= BACKERS


def _refine(bank: EvidenceBank, theta: Floats, error: Floats, turned: list[int]) -> None:
    for _ in range(2):
        fit = bank.turns(theta)
        for camera in turned:
            theta[camera, 1:], error[camera] = fit.turn[camera], fit.error_px[camera]


def _worst(bank: EvidenceBank, theta: Floats, turned: list[int], now_s: float) -> _Candidate | None:
    """The camera whose turn, some time ago, explains most of what is left; None where nothing much
    is to be explained."""
    count = bank.cameras
    times = [now_s - bank.window_s * 10, *(now_s - ago_s for ago_s in RECENT_S)]
    fits = [(since_s, bank.since(since_s).turns(theta)) for since_s in times]
    gain = np.array([fit.gain for _, fit in fits])
    shift = np.array([np.hypot(fit.turn[:, 0], fit.turn[:, 1]) for _, fit in fits])
    error = np.array([fit.error_px for _, fit in fits])
    people = np.array([fit.people for _, fit in fits])
    gain[:, turned] = 0.0
    sign = (gain >= LEAST_GAIN) & (people >= LEAST_PEOPLE) & (shift <= MOST_PX)
    sign &= shift >= np.maximum(LEAST_PX, SURE * error)
    if not sign.any():
        return None
    at, camera = divmod(int(np.where(sign, gain, -1.0).argmax()), count)
    since_s, fit = fits[at]
    # What was seen before fits the turn badly: the best moment is when the camera was turned.
    for ago_s in np.arange(20.0, bank.window_s + 1, 10.0).tolist():
        later = bank.since(now_s - ago_s).turns(theta)
        if later.gain[camera] > fit.gain[camera]:
            since_s, fit = now_s - ago_s, later
    others = np.where(bank.counts()[camera] > 0, gain.max(axis=0), 0.0)
    others[camera] = 0.0
    other = int(others.argmax()) if float(others.max()) > ALIKE * float(fit.gain[camera]) else None
    return _Candidate(camera, fit.turn[camera], float(fit.error_px[camera]), since_s, other)
