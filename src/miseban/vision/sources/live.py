"""Live streams (RTSP, USB): the latest frame only, reconnecting, gaps told as lost coverage."""

from __future__ import annotations

import logging
import random
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self

import cv2

from miseban.vision.pixels import Frame
from miseban.vision.sources import capture
from miseban.vision.sources.source import Gap, SourceInfo
from miseban.vision.sources.threads import ReaderThread
from miseban.vision.sources.timing import Backlog, LiveTime, Sampler, plausible_fps
from miseban.vocabulary.errors import Failed

log = logging.getLogger(__name__)

MOST_GAPS = 100
"""Of the last, that are told: who follows a stream asks with every frame, and a camera that breaks
off every few seconds would add thousands a day."""


@dataclass(frozen=True, slots=True)
class LiveOptions:
    """All in seconds. ``open_timeout_s`` for the camera to answer, ``read_timeout_s`` for the next
    frame before the stream counts as lost; frames further apart than ``stall_s`` are a gap. The
    wait before the n-th attempt to reconnect is ``backoff_s`` doubled n times, at most
    ``backoff_max_s``, and randomly up to half of it less, so that a shop's cameras do not all
    come back at once. After ``give_up_s`` without a frame the source ends (None: never). ``name``
    is what log lines call it; empty: its address."""

    open_timeout_s: float = 10.0
    read_timeout_s: float = 5.0
    stall_s: float = 2.0
    backoff_s: float = 0.5
    backoff_max_s: float = 4.0
    give_up_s: float | None = None
    name: str = ""

    def wait_s(self, attempt: int) -> float:
        """The longest wait before reconnecting for the ``attempt``-th time, from 0."""
        return min(self.backoff_max_s, self.backoff_s * 2.0 ** min(attempt, 30))


@dataclass(frozen=True, slots=True)
class Clock:
    """``monotonic`` in seconds measures; ``utc`` is asked once, at the start of a session, so a
    wall clock that is set later moves no frame."""

    monotonic: Callable[[], float] = time.monotonic
    utc: Callable[[], datetime] = lambda: datetime.now(UTC)


class LiveSource:
    """A ``Source`` over a stream that ``connect`` opens, again and again if need be.

    ``shown`` is the address without credentials, ``absent`` what is said of a camera that cannot
    be opened. Blocks until the first frame is there.

    Raises ``Failed`` when it is not there within the open and read time-outs.
    """

    def __init__(
        self,
        shown: str,
        connect: Callable[[], capture.Capture],
        *,
        fps: float | None = None,
        start: datetime | None = None,
        options: LiveOptions | None = None,
        clock: Clock | None = None,
        absent: str = "the camera does not answer or refuses",
    ) -> None:
        self._shown, self._absent = shown, absent
        self._connect = connect
        self._fps = fps
        self._options = options or LiveOptions()
        self._called = self._options.name or shown
        self._clock = clock or Clock()
        self._zero = self._clock.monotonic()
        self._start = start or self._clock.utc()
        self._time = LiveTime()
        self._sampler: Sampler | None = None
        self._size: tuple[int, ...] = ()  # width and height that the first connection told
        self._number = 0
        self._last_s: float | None = None
        self._came_s = 0.0  # when the last frame arrived; its own time may be seconds before
        self._lost = ""  # why no frames come; empty while they do
        self._gaps: deque[Gap] = deque(maxlen=MOST_GAPS)
        self._incomplete = ""
        self._latest: Frame | None = None
        self._info: SourceInfo | None = None
        self._ended = False
        self._closed = False
        self._changed = threading.Condition()
        self._reader = ReaderThread(f"miseban-live {shown}", self._read, self.close)
        self._reader.start()
        self.info = self._first()

    @property
    def gaps(self) -> list[Gap]:
        """The last ``MOST_GAPS`` finished gaps, in order; one in progress is added by ``close``."""
        with self._changed:
            return list(self._gaps)

    @property
    def incomplete(self) -> str:
        """Why the source gave up; empty while it has not."""
        return self._incomplete

    def frames(self) -> Iterator[Frame]:
        """The latest frame each time one is asked for: waits for a new one, and those that came
        while the consumer was busy are dropped. Ends at ``close`` or after ``give_up_s``."""
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._latest or self._ended or self._closed)
                frame, self._latest = self._latest, None
                if self._closed or frame is None:
                    return
            yield frame

    def close(self) -> None:
        """Returns within a second. A reader inside OpenCV's connect or read cannot be woken: it
        ends by itself at its time-out and delivers nothing more."""
        with self._changed:
            if self._closed:
                return
            self._closed = True
            self._latest = None
            now_s = self._now()
            if self._last_s is not None and not self._ended:
                silent = now_s - self._came_s > self._options.stall_s
                if self._lost or silent:
                    self._gaps.append(Gap(self._last_s, now_s, self._lost or "no frames came"))
            self._changed.notify_all()
        self._reader.stop(wait_s=1.0)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def _now(self) -> float:
        return self._clock.monotonic() - self._zero

    def _first(self) -> SourceInfo:
        limit_s = self._options.open_timeout_s + self._options.read_timeout_s
        try:
            with self._changed:
                self._changed.wait_for(lambda: self._info or self._ended, limit_s)
                info = self._info
        except BaseException:  # Ctrl-C while waiting: leave no thread at work
            self.close()
            raise
        if info is None:
            why = self._lost or "no answer"
            self.close()
            raise Failed("no-stream", self._shown, f"expected a live stream: {why}")
        return info

    def _read(self) -> None:
        """The reader thread: one session after the other."""
        attempt = 0
        lost_at = self._now()
        try:
            while not self._closed:
                before = self._number
                self._session()
                if self._closed or not self._number:  # the first connection is not repeated
                    return
                if self._number > before:
                    attempt, lost_at = 0, self._now()
                give_up_s = self._options.give_up_s
                if give_up_s is not None and self._now() - lost_at >= give_up_s:
                    self._give_up()
                    return
                wait_s = self._options.wait_s(attempt) * (1 - random.random() / 2)  # noqa: S311
                self._reader.stopping.wait(wait_s)
                attempt += 1
        finally:
            with self._changed:
                self._ended = True
                self._changed.notify_all()

    def _session(self) -> None:
        """Connects and reads until the stream is lost."""
        stream = self._connect()
        try:
            if not stream.isOpened():
                self._lose(self._absent)
                return
            size = tuple(
                round(stream.get(p)) for p in (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT)
            )
            # Lines and zones are drawn in pixels: frames of another size would count wrongly.
            if size != (self._size or size):
                self._lose(f"the camera now sends {size[0]}x{size[1]}")
                return
            self._size = size
            self._time.restart()
            backlog = Backlog()
            while not self._closed:
                if not stream.grab():
                    self._lose("the stream broke off")
                    return
                self._number += 1
                now_s, stamp_s = self._now(), capture.stamp_s(stream)
                if not backlog.holds(now_s, stamp_s):
                    self._receive(stream, now_s, stamp_s)
        except cv2.error:
            self._lose("the stream cannot be decoded")
        finally:
            stream.release()

    def _receive(self, stream: capture.Capture, now_s: float, stamp_s: float) -> None:
        time_s = self._time.at(now_s, stamp_s)
        if self._sampler is None:
            self._sampler = Sampler(self._fps, plausible_fps(stream.get(cv2.CAP_PROP_FPS)))
        wanted = self._sampler.wants(time_s)
        bgr = capture.retrieve(stream) if wanted or self._info is None else None
        with self._changed:
            if self._closed:
                return
            self._recover(time_s)
            self._last_s, self._came_s = time_s, now_s
            if bgr is None:
                return
            if self._info is None:
                rate = plausible_fps(stream.get(cv2.CAP_PROP_FPS))
                height, width = bgr.shape[:2]
                self._info = SourceInfo(self._shown, width, height, rate, None, True, self._start)
            utc = self._start + timedelta(seconds=time_s)
            self._latest = Frame(bgr, self._number, time_s, utc)
            self._changed.notify_all()

    def _lose(self, why: str) -> None:
        """Told once: until frames come again, further failures are the same fault."""
        if self._closed or self._lost:
            return
        self._lost = why
        if self._number:
            log.warning("%s: %s; reconnecting", self._called, why)

    def _recover(self, time_s: float) -> None:
        """Notes the gap that the frame at ``time_s`` ends, if there was one."""
        if self._last_s is None:
            return
        silent_s = time_s - self._last_s
        if self._lost or silent_s > self._options.stall_s:
            self._gaps.append(Gap(self._last_s, time_s, self._lost or "no frames came"))
        if self._lost:
            log.warning("%s: frames again after %.1f s", self._called, silent_s)
            self._lost = ""

    def _give_up(self) -> None:
        with self._changed:
            last_s, now_s = self._last_s or 0.0, self._now()
            self._incomplete = f"gave up {now_s - last_s:.0f} s after the last frame: {self._lost}"
            self._gaps.append(Gap(last_s, now_s, self._lost))
        log.error("%s: %s", self._called, self._incomplete)
