"""Recordings: every sampled frame is delivered, in order; decoding runs a few frames ahead."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from datetime import timedelta
from typing import Protocol, Self

from miseban.vision.pixels import Frame, Image
from miseban.vision.sources.source import Gap, SourceInfo
from miseban.vision.sources.threads import ReaderThread
from miseban.vision.sources.timing import RecordingTime, Sampler

AHEAD = 4
"""Frames decoded ahead of the consumer at most: enough to overlap, little to hold in memory."""

GAP_S = 2.0
"""A recording's frames further apart than this, and than five usual intervals, are a gap."""


class Pictures(Protocol):
    """A recording's pictures one after the other."""

    def grab(self) -> float | None:
        """Goes to the next picture: its stamp in seconds (nan when it has none), None at the
        end. Cheap where the picture is then not wanted."""
        ...

    def retrieve(self) -> Image | None:
        """The picture grabbed last, or None when it is broken."""
        ...

    def ended(self, frames: int, end_s: float) -> str:
        """Why the recording ended early, after ``frames`` pictures that last until ``end_s``;
        empty when it did not."""
        ...

    def close(self) -> None: ...


class RecordingSource:
    """A ``Source`` over ``Pictures``, sampled to ``fps`` frames a second (None: every frame)."""

    def __init__(self, info: SourceInfo, pictures: Pictures, fps: float | None) -> None:
        self.info = info
        self._pictures = pictures
        self._time = RecordingTime(info.fps)
        self._sampler = Sampler(fps, info.fps)
        self._gaps: list[Gap] = []
        self._incomplete = ""
        self._ready: deque[Frame] = deque()
        self._changed = threading.Condition()
        self._ended = False
        self._closed = False
        self._started = False
        self._reader = ReaderThread(f"miseban-read {info.address}", self._read, self.close)

    @property
    def gaps(self) -> list[Gap]:
        """Gaps so far, in order; up to ``AHEAD`` frames ahead of what was delivered."""
        return list(self._gaps)

    @property
    def incomplete(self) -> str:
        """Why the recording ended early; known when ``frames`` has ended."""
        return self._incomplete

    def frames(self) -> Iterator[Frame]:
        """Frames in order until the end or ``close``. A second call goes on where the first
        stopped."""
        if not self._started and not self._closed:
            self._started = True
            self._reader.start()
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._ready or self._ended or self._closed)
                if self._closed or not self._ready:
                    return
                frame = self._ready.popleft()
                self._changed.notify_all()
            yield frame

    def close(self) -> None:
        """Stops reading and frees the file; frames not yet delivered are dropped."""
        with self._changed:
            self._closed = True
            self._ready.clear()
            self._changed.notify_all()
        self._reader.stop(wait_s=10.0)
        if not self._started:
            self._pictures.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def _read(self) -> None:
        """The reader thread."""
        try:
            self._deliver_all()
        except BaseException:  # what came so far must not pass for the whole recording
            self._incomplete = "the reader failed"
            raise
        finally:
            self._pictures.close()
            with self._changed:
                self._ended = True
                self._changed.notify_all()

    def _deliver_all(self) -> None:
        number, last_s, usual_s, broken_since = 0, 0.0, 1 / (self.info.fps or 25.0), None
        while not self._closed:
            stamp_s = self._pictures.grab()
            if stamp_s is None:
                if broken_since is not None:
                    self._gaps.append(Gap(broken_since, last_s + usual_s, "pictures are broken"))
                self._incomplete = self._pictures.ended(number, last_s + usual_s)
                return
            number += 1
            time_s = self._time.at(stamp_s)
            if number > 1:
                step_s = time_s - last_s
                if step_s > max(GAP_S, 5 * usual_s):
                    self._gaps.append(Gap(last_s, time_s, "no frames in the recording"))
                else:
                    usual_s += (step_s - usual_s) / min(number, 25)
            last_s = time_s
            if not self._sampler.wants(time_s):
                continue
            bgr = self._pictures.retrieve()
            if bgr is None:
                broken_since = time_s if broken_since is None else broken_since
                continue
            if broken_since is not None:
                self._gaps.append(Gap(broken_since, time_s, "pictures are broken"))
                broken_since = None
            utc = self.info.start + timedelta(seconds=time_s)
            self._deliver(Frame(bgr, number, time_s, utc))

    def _deliver(self, frame: Frame) -> None:
        with self._changed:
            self._changed.wait_for(lambda: len(self._ready) < AHEAD or self._closed)
            if not self._closed:
                self._ready.append(frame)
                self._changed.notify_all()
