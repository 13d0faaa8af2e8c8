"""A live camera that is there from the first moment, whether or not it answers yet."""

from __future__ import annotations

import math
import random
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Self

import structlog

from miseban.vision.pixels import Frame
from miseban.vision.sources import check_resolution
from miseban.vision.sources.live import MOST_GAPS
from miseban.vision.sources.source import Gap, Source, SourceInfo
from miseban.vocabulary.errors import MisebanError

RETRY_S = 1.0
RETRY_MOST_S = 4.0
"""Before a camera that did not answer is asked again: doubled each time, up to this, so that it is
seen again within ten seconds."""

log = structlog.get_logger(__name__)

Open = Callable[[datetime], Source]
"""Opens the camera, whose second 0 is the given time. May raise ``MisebanError``."""


class PatientSource:
    """A ``Source`` whose session begins now; ``open_camera`` is called until it succeeds, while
    somebody waits for ``frames``. ``camera`` is its id, ``shown`` the address without credentials,
    ``where`` names the setting of the resolution."""

    def __init__(
        self,
        camera: str,
        shown: str,
        where: str,
        resolution: tuple[int, int],
        fps: float | None,
        open_camera: Open,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        utc: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._camera, self._open = camera, open_camera
        self._where, self._resolution = where, resolution
        self._monotonic = monotonic
        self._zero = monotonic()
        self.info = SourceInfo(shown, *resolution, fps, None, True, utc())
        self._source: Source | None = None
        self._shift_s = 0.0
        # The source's last gaps, in seconds of this session.
        self._moved: deque[Gap] = deque(maxlen=MOST_GAPS)
        self._moved_s = -math.inf  # where the last of them ends, in the source's own
        self._lock = threading.Lock()
        self._closed = threading.Event()

    @property
    def gaps(self) -> list[Gap]:
        """The last ``MOST_GAPS``: asked with every frame, so each is moved once only."""
        with self._lock:
            if self._source is None:
                return []
            by_s = self._shift_s
            for gap in self._source.gaps:
                if gap.end_s > self._moved_s:
                    self._moved_s = gap.end_s
                    self._moved.append(Gap(gap.start_s + by_s, gap.end_s + by_s, gap.reason))
            return list(self._moved)

    @property
    def incomplete(self) -> str:
        return self._source.incomplete if self._source is not None else ""

    def frames(self) -> Iterator[Frame]:
        """The latest frame each time one is asked for, until ``close``."""
        source = self._opened()
        if source is None:
            return
        for frame in source.frames():
            time_s = frame.time_s + self._shift_s
            utc = self.info.start + timedelta(seconds=time_s)
            moved = Frame(frame.bgr, frame.number, time_s, utc)
            del frame
            yield moved
            del moved  # neither is held while the next is waited for

    def close(self) -> None:
        self._closed.set()
        with self._lock:
            source = self._source
        if source is not None:
            source.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def _opened(self) -> Source | None:
        """The camera, when it answers; None after ``close``."""
        wait_s, told = RETRY_S, ""
        while not self._closed.is_set():
            shift_s = self._monotonic() - self._zero
            try:
                source = self._open(self.info.start + timedelta(seconds=shift_s))
                try:
                    check_resolution(source.info, self._resolution, self._where)
                except MisebanError:
                    source.close()
                    raise
            except MisebanError as error:
                if error.what != told:  # another reason is another fault
                    shown = self.info.address
                    log.warning("camera.away", camera=self._camera, source=shown, why=error.what)
                    told = error.what
                self._closed.wait(wait_s * random.uniform(0.5, 1.0))  # noqa: S311
                wait_s = min(RETRY_MOST_S, 2 * wait_s)
                continue
            with self._lock:
                self._shift_s, self._source = shift_s, source
            if self._closed.is_set():
                source.close()
                return None
            log.info("camera.answers", camera=self._camera, source=self.info.address)
            return source
        return None
