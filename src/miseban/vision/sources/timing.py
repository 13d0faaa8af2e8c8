"""Time of frames: repairing a recording's stamps, mapping a live stream's, sampling to a rate.

No clock is read here: every time is an argument.
"""

from __future__ import annotations

import math
from collections import deque
from statistics import median

MIN_STEP_S = 0.001
"""Least distance of two frames' times: they must strictly increase."""

_DAY_S = 86_400.0
_SETTLE = 5  # intervals seen before they are believed more than the container's rate
_CREEP_S = 1.0  # a lag that grows by less from frame to frame creeps; by more, stamps stood still
_SAME_RATE = 1.02  # a wanted rate within 2 % of the stream's takes every frame


def plausible_fps(fps: float) -> float | None:
    """``fps`` if a camera could have it; containers and RTSP also say 0, 1000 or 90000."""
    return fps if math.isfinite(fps) and 0.01 <= fps <= 500 else None


class RecordingTime:
    """Seconds since the first frame, from a recording's stamps.

    ``fps`` is the nominal rate, by which missing stamps are replaced. The result starts at 0 and
    strictly increases by at least ``MIN_STEP_S``, whatever the stamps are.
    """

    def __init__(self, fps: float | None) -> None:
        self._step = 1 / (fps or 25.0)
        self._shift: float | None = None
        self._last = 0.0

    def at(self, stamp_s: float) -> float:
        """Time of the next frame in decoding order; ``stamp_s`` may be nan for "none"."""
        if self._shift is None:
            self._shift = -stamp_s if math.isfinite(stamp_s) else 0.0
            return self._last
        time_s = stamp_s + self._shift
        ahead = time_s - self._last
        if not math.isfinite(stamp_s) or stamp_s == 0.0:  # FFmpeg's 0 here means "no stamp"
            time_s = self._last + self._step
        elif ahead < -1.0 or ahead > _DAY_S:  # the stamps begin anew: go on from here
            time_s = self._last + self._step
            self._shift = time_s - stamp_s
        elif ahead < MIN_STEP_S:  # one stray stamp: stay behind the frames to come
            time_s = self._last + max(self._step / 2, MIN_STEP_S)
        self._last = time_s
        return time_s


class LiveTime:
    """Seconds since the session's start at which a live frame was taken.

    A frame arrives at its time plus a delay that changes. The stream's own stamps give the
    distances, the frame that came fastest ties them to the monotonic clock. The result strictly
    increases, is never later than the arrival (but for ``MIN_STEP_S`` steps), and never more than
    ``max_lag_s`` before it: behind a clock that is slow by more than ``drift`` it stays there,
    since to catch up at once would be a gap in time that there was not.
    """

    def __init__(self, max_lag_s: float = 5.0, drift: float = 1e-3) -> None:
        self._max_lag = max_lag_s
        self._drift = drift  # seconds a second by which the tie is loosened: clocks drift
        self._shift: float | None = None
        self._stamp = 0.0
        self._lag = 0.0
        self._last = -MIN_STEP_S

    def restart(self) -> None:
        """The stream was opened anew: its stamps begin anew."""
        self._shift = None

    def at(self, arrival_s: float, stamp_s: float) -> float:
        """``arrival_s`` on the session's monotonic clock; ``stamp_s`` of the stream, or nan."""
        step = stamp_s - self._stamp
        # A stream without stamps repeats one value: step 0, so that its arrival counts.
        if self._shift is None or not math.isfinite(stamp_s) or not 0 < step < _DAY_S:
            lag = 0.0
        else:
            lag = arrival_s - (stamp_s + self._shift)
            if lag <= self._max_lag:
                lag = max(0.0, lag - self._drift * step)
            else:
                lag = self._max_lag if lag - self._lag < _CREEP_S else 0.0
        self._lag = lag
        if math.isfinite(stamp_s):
            self._shift = arrival_s - lag - stamp_s
            self._stamp = stamp_s
        self._last = max(arrival_s - lag, self._last + MIN_STEP_S)
        return self._last


class Backlog:
    """Tells the frames that a stream had saved up while it was being opened.

    FFmpeg looks at a second or two of a stream before it hands over the first frame, then hands
    them all over at once. They are old; only the first is taken, until frames come as they are
    made.
    """

    def __init__(self) -> None:
        self._before: tuple[float, float] | None = None
        self._over = False

    def holds(self, arrival_s: float, stamp_s: float) -> bool:
        """Whether the frame belongs to the backlog; asked for every frame of a session."""
        before, self._before = self._before, (arrival_s, stamp_s)
        if before is None or self._over:
            return False
        self._over = not arrival_s - before[0] < (stamp_s - before[1]) / 2
        return not self._over


class Sampler:
    """Chooses the frames nearest to an even grid of ``fps`` times a second.

    Every frame when ``fps`` is None, or not less than the stream's rate (within 2 %). ``nominal``
    is the rate the stream claims: exact when it agrees with the intervals seen, otherwise wrong,
    and then their median takes its place.
    """

    def __init__(self, fps: float | None, nominal: float | None = None) -> None:
        self._period = 1 / fps if fps else 0.0
        self._nominal_s = 1 / nominal if nominal else 0.0
        self._intervals: deque[float] = deque(maxlen=15)
        self._last: float | None = None
        self._due = 0.0

    def wants(self, time_s: float) -> bool:
        """Whether the frame at ``time_s`` (strictly increasing from call to call) is taken."""
        if not self._period:
            return True
        if self._last is None:
            self._due = time_s
        else:
            self._intervals.append(time_s - self._last)
        self._last = time_s
        interval = self._interval()
        slack = min(interval, self._period) / 2
        every = self._period <= interval * _SAME_RATE
        if not every and time_s < self._due - slack - 1e-9:
            return False
        self._due += self._period
        if self._due <= time_s:  # behind: frames were missing; the next point of the grid
            self._due += math.ceil((time_s - self._due + 1e-9) / self._period) * self._period
        return True

    def _interval(self) -> float:
        """Seconds between the stream's frames; 0 while unknown."""
        if len(self._intervals) < _SETTLE:
            return self._nominal_s
        seen = median(self._intervals)
        agrees = seen / 1.5 < self._nominal_s < seen * 1.5
        return self._nominal_s if agrees else seen
