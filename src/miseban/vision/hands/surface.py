"""What the shelf looks like when nobody is in front of it, pixel by pixel, and when that changed.

Each pixel has the look it rests at, and a candidate: what it has shown since it last changed. A
candidate that lasts, and that is not a body standing there, becomes the new rest, and tells between
which moments it came: from when the old look was last seen to when the new one was first.
What the whole region does together (a lamp, the camera's gain) is no change.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from miseban.vision.sealed import Sealed

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
"""For times: after some weeks those of 32 bits are coarser than a tenth of a second."""
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class SurfaceSettings:
    """Levels of 255, and seconds."""

    differs: float = 16.0
    """A pixel whose strongest colour is so far from its look shows something else."""

    learns_s: float = 4.0
    """Time constant with which the look follows the light while nothing is in front."""

    dozes_s: float = 1.0
    """Where nothing moves it is looked at so often."""

    most_gain: float = 1.6
    """The region as a whole becomes no more times brighter or darker than this without being
    learnt anew."""


class Surface(Sealed):
    """``take`` every small picture; then ``covered`` (h, w) says where something else is seen than
    the shelf at rest, ``seen_s`` (h, w) when the rest was last seen and ``since_s`` (h, w) since
    when what is seen has stayed as it is."""

    __slots__ = (
        *("_candidate", "_last_s", "_now", "_rest", "_unknown"),
        *("covered", "moving", "seen_s", "settings", "since_s"),
    )

    def __init__(self, settings: SurfaceSettings | None = None) -> None:
        self.settings = settings or SurfaceSettings()
        self._rest: Floats | None = None
        self._now: Floats | None = None
        self._candidate: Floats = np.empty(0, np.float32)
        self.covered: Mask = np.empty(0, bool)
        self.moving: Mask = np.empty(0, bool)
        self.seen_s: Doubles = np.empty(0, np.float64)
        self.since_s: Doubles = np.empty(0, np.float64)
        self._last_s = 0.0
        self._unknown: Mask | None = None

    @property
    def unknown(self) -> Mask | None:
        """Where (h, w) nobody knows yet how the shelf looks; None where it is known all over."""
        return self._unknown

    def at_rest(self, small: Floats, time_s: float) -> bool:
        """Whether ``small`` shows nothing but the shelf as it was at the last look, and nothing
        covers it: then it need not be taken. The light that creeps is followed by and by."""
        if self._now is None or self.covered.any() or time_s - self._last_s > self.settings.dozes_s:
            return False
        apart = np.abs(small[::3, ::3] - self._now[::3, ::3]).max()
        if apart >= 0.6 * self.settings.differs:
            return False
        self.seen_s.fill(time_s)
        return True

    def take(self, small: Floats, time_s: float, hidden: Mask | None = None) -> None:
        """``small`` (h, w, 3) is the region at ``time_s``, later than the last; ``hidden`` (h, w)
        is where bodies are. How the shelf looks behind who stands there from the first picture on
        is learnt when they have left."""
        s = self.settings
        if self._rest is None:
            self._rest, self._candidate = small.copy(), small.copy()
            self._now = small
            self.covered = np.zeros(small.shape[:2], bool)
            self.moving = self.covered.copy()
            self.seen_s = np.full(small.shape[:2], time_s, np.float64)
            self.since_s = self.seen_s.copy()
            self._last_s = time_s
            if hidden is not None and hidden.any():
                self._unknown = hidden.copy()
                self.covered |= hidden
            return
        now = np.asarray(small * (1.0 / self._gain(small)), np.float32)
        self._now = now
        step_s = max(0.0, time_s - self._last_s)
        self._last_s = time_s
        rests = _alike(now, self._rest, s.differs)
        self.covered = rests == 0
        np.copyto(self.seen_s, time_s, where=rests > 0)
        cv2.accumulateWeighted(now, self._rest, min(1.0, step_s / s.learns_s), mask=rests)
        stays = _alike(now, self._candidate, s.differs)
        self.moving = stays == 0
        np.copyto(self.since_s, time_s, where=self.moving)
        cv2.accumulateWeighted(now, self._candidate, 0.2, mask=stays)
        cv2.copyTo(now, 255 - stays, self._candidate)
        if self._unknown is not None:
            self._uncover(now, time_s, hidden)

    def _uncover(self, now: Floats, time_s: float, hidden: Mask | None) -> None:
        """What nobody hides any more of what was hidden at first is the shelf at rest."""
        assert self._unknown is not None  # noqa: S101 - asked where something is unknown
        assert self._rest is not None  # noqa: S101 - as below
        free = self._unknown if hidden is None else self._unknown & ~hidden
        self._rest[free] = now[free]
        self.covered[free] = False
        self.seen_s[free] = time_s
        self._unknown &= ~free
        self.covered |= self._unknown
        if not self._unknown.any():
            self._unknown = None

    @property
    def now(self) -> Floats:
        """(h, w, 3) what is seen, in the light of the shelf at rest."""
        assert self._now is not None  # noqa: S101 - asked after a picture was taken
        return self._now

    def looks(self, near: tuple[slice, slice]) -> tuple[Floats, Floats]:
        """(h, w, 3) each, of a part of the region: the look at rest, and what is seen there."""
        assert self._rest is not None  # noqa: S101 - asked after a picture was taken
        return self._rest[near], self._candidate[near]

    def before_and_after(self, which: Mask) -> tuple[Floats, Floats]:
        """(h, w, 3) each: the look at rest, and the same where ``which`` (h, w) is so with what is
        seen there now."""
        assert self._rest is not None  # noqa: S101 - asked after a picture was taken
        after = self._rest.copy()
        after[which] = self._candidate[which]
        return self._rest, after

    def settle(self, which: Mask, time_s: float) -> None:
        """What is seen at ``which`` (h, w) is the shelf at rest from now on."""
        assert self._rest is not None  # noqa: S101 - as above
        self._rest[which] = self._candidate[which]
        self.covered &= ~which
        self.seen_s[which] = time_s

    def _gain(self, small: Floats) -> Floats:
        """(3,) how many times as bright each colour has become, by the pixels that show the shelf
        as it rests, or by all where hardly any do."""
        assert self._rest is not None  # noqa: S101 - as above
        ratio = (small[::4, ::4] + 4.0) / (self._rest[::4, ::4] + 4.0)
        open_ = ~self.covered[::4, ::4]
        chosen = ratio[open_] if open_.mean() > 0.25 else ratio.reshape(-1, 3)
        most = self.settings.most_gain
        by_colour = np.ascontiguousarray(chosen.T)
        half = by_colour.shape[1] // 2
        middle = np.partition(by_colour, half, axis=1)[:, half]
        return np.asarray(np.clip(middle, 1 / most, most), np.float32)


def _alike(a: Floats, b: Floats, differs: float) -> NDArray[np.uint8]:
    """(h, w) 255 where the strongest colour of two pictures (h, w, 3) is not ``differs`` apart."""
    most = float(np.nextafter(np.float32(differs), np.float32(0)))
    return np.asarray(cv2.inRange(cv2.absdiff(a, b), (0, 0, 0), (most, most, most)), np.uint8)
