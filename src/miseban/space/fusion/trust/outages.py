"""When a camera delivered nothing, from its frames where they are known, else from its people."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from miseban.space.fusion.trust.trails import Sightings
from miseban.vocabulary.stretches import Stretch

Floats = NDArray[np.float64]

SILENT_S = 1.6
"""Eight frames at 5 a second: of two people in full view, a detector that misses one in twenty
misses both in none of so many frames."""
BESIDE_S = 0.6
"""Who was seen so shortly before a silence, or after it, was there."""
AHEAD_S = 2.0
EDGE = 0.06
"""Whoever gets so near to the edge of the picture, in parts of it, within ``AHEAD_S``, may have
gone out of it."""
WITNESSES = 3
"""People who cannot all have gone, or have come, at the same moment: groups of two do."""
LONG_S = 3.6
"""For so long nobody is hidden who is in sight before and after; fewer witnesses will do."""
STOOD_HEIGHTS = 0.3
STILL_S, STILL_HEIGHTS = 0.8, 0.15
"""Whoever stands still, and is at the same place again after ``LONG_S``, within a part of his or
her height, and was hidden by nobody, stood there all the time."""
FRAMES = 5.0
"""A frame is missed when none came for so many times as long as between two others."""
FLAPPING, WITHIN_S = 3, 300.0
"""So many outages within so long are flapping."""
CALM_S = 180.0
KEPT_S = 3600.0
"""For so long what was told of outages is remembered."""


class Outages:
    """One camera's: ``lost`` are those that were found, from and to, by its own clock, and the
    first ``told`` of them were told; these are remembered for ``KEPT_S``. ``silent`` is to be set
    while nobody is seen though others see people: see ``Silences``.

    What shows in the tracks is that nobody is seen any more. If that is so for everybody at one
    moment, in the midst of the picture, the camera is away; of one or two people it cannot be told
    whether they left or were hidden, unless the frames' times are known.
    """

    def __init__(self, size: tuple[float, float]) -> None:
        self._size = np.array(size)
        self._frames: list[float] = []
        self._usual_s = 0.0
        self._last_s: float | None = None
        self._before = np.empty((0, 4))
        self.lost: list[Stretch] = []
        self.told = 0
        self.silent = False

    def frames(self, time_s: Floats) -> None:
        """Frames came at these times, in order."""
        for now_s in time_s.tolist():
            if self._frames:
                step_s = now_s - self._frames[-1]
                if len(self._frames) > 10 and step_s > max(SILENT_S, FRAMES * self._usual_s):
                    self._add(self._frames[-1], now_s)
            self._frames.append(now_s)
        if len(self._frames) > 100:
            self._frames = self._frames[-50:]
        if len(self._frames) > 1:
            self._usual_s = float(np.median(np.diff(self._frames)))

    def look(self, seen: Sightings, from_s: float, to_s: float) -> None:
        """Judges the silences that ended from ``from_s`` to ``to_s``."""
        if self._frames:
            return
        times = seen.times(from_s, to_s)
        if not len(times):
            return
        if self._last_s is not None:
            times = np.concatenate([[self._last_s], times])
        steps = np.diff(times)
        for k in np.flatnonzero(steps > SILENT_S).tolist():
            begin_s, end_s = float(times[k]), float(times[k + 1])
            before = self._before if k == 0 else self._inner(seen, begin_s, -1.0)
            after = self._inner(seen, end_s, 1.0)
            if (k == 0 and self.silent) or _is_outage(before, after, end_s - begin_s):
                self._add(begin_s, end_s)
        self._last_s = float(times[-1])
        self._before = self._inner(seen, self._last_s, -1.0)

    def _add(self, begin_s: float, end_s: float) -> None:
        """What was told long ago nobody asks for any more: a session may last for ever."""
        self.lost.append((begin_s, end_s))
        old = sum(stretch[1] < end_s - KEPT_S for stretch in self.lost[: self.told])
        del self.lost[:old]
        self.told -= old

    def works(self, since_s: float) -> bool:
        """Whether frames have surely come since then: it sees nobody, but is not away."""
        return bool(self._frames) and self._frames[-1] > since_s

    def away(self, time_s: Floats) -> NDArray[np.bool_]:
        """(N,) whether it was away at these times, as far as is known."""
        mask = np.zeros(len(time_s), bool)
        for begin_s, end_s in self.lost:
            mask |= (time_s > begin_s) & (time_s < end_s)
        return mask

    def of_late(self, now_s: float) -> list[Stretch]:
        """The outages that ended within the last ``WITHIN_S``."""
        return [(begin_s, end_s) for begin_s, end_s in self.lost if end_s > now_s - WITHIN_S]

    def _inner(self, seen: Sightings, at_s: float, way: float) -> Floats:
        """(N, 4) feet and heights, in pixels, and whether they stood still (1), of people who were
        in the midst of the picture at ``at_s``, were seen within ``BESIDE_S`` before it (``way``
        -1) or after it (1), and will stay there (have been)."""
        rows, track = seen.between(at_s - 1.5, at_s) if way < 0 else seen.between(at_s, at_s + 1.5)
        found = [np.empty((0, 4))]
        for number in np.unique(track).tolist():
            mine = rows[track == number]
            mine = mine[np.argsort(way * mine[:, 0])]  # from the moment nearest to the silence on
            if abs(mine[0, 0] - at_s) > BESIDE_S:
                continue
            place, span_s = mine[0, 1:3], abs(mine[-1, 0] - mine[0, 0])
            ahead = place
            if span_s > 0.5:
                ahead = place + (place - mine[-1, 1:3]) / span_s * AHEAD_S
            edge = self._size * EDGE
            if all(((p > edge) & (p < self._size - edge)).all() for p in (place, ahead)):
                way_px = float(np.abs(mine[:, 1:3] - place).max())
                stands = span_s >= STILL_S and way_px < STILL_HEIGHTS * mine[0, 3]
                found.append(np.append(mine[0, 1:4], float(stands))[None])
        return np.concatenate(found)


def _is_outage(before: Floats, after: Floats, seconds: float) -> bool:
    """Whether nobody was seen for so long because the camera was away; ``before`` and ``after``
    (N, 4) are those who were in the midst of the picture."""
    one, other = len(before), len(after)
    if min(one, other) >= WITNESSES:
        return True
    if seconds < LONG_S:
        return False
    if max(one, other) >= WITNESSES or min(one, other) >= WITNESSES - 1:
        return True
    if not (one and other):
        return False
    before, after = before[before[:, 3] > 0], after[after[:, 3] > 0]
    apart = np.hypot(*np.moveaxis(before[:, None, :2] - after[None, :, :2], 2, 0))
    return bool((apart < STOOD_HEIGHTS * before[:, None, 2]).any())
