"""What a real server cannot be made to do: clocks that jump, giving up, a camera half broken."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import cv2
import pytest

from miseban.vision.pixels import Image
from miseban.vision.sources import LiveOptions
from miseban.vision.sources.address import redact
from miseban.vision.sources.live import MOST_GAPS, Clock, LiveSource
from miseban.vision.sources.source import Gap
from miseban.vocabulary.errors import Failed
from tests.vision.sources.videos import picture

START = datetime(2026, 3, 1, 9, tzinfo=UTC)
QUICK = LiveOptions(open_timeout_s=1, read_timeout_s=1, backoff_s=0.01, backoff_max_s=0.02)


class Stream:
    """A camera that gives ``frames`` frames, then breaks off; ``frames`` 0 does not answer."""

    def __init__(
        self, frames: int, step: Callable[[], None] = lambda: None, width: float = 160
    ) -> None:
        self._width = width
        self._left = frames
        self._open = frames > 0
        self._step = step
        self._number = 0

    def isOpened(self) -> bool:  # noqa: N802
        return self._open

    def grab(self) -> bool:
        if not self._left:
            return False
        time.sleep(0.002)
        self._step()
        self._left -= 1
        self._number += 1
        return True

    def retrieve(self) -> tuple[bool, Image]:
        return True, picture(self._number)

    def get(self, prop: int) -> float:
        known = {cv2.CAP_PROP_FPS: 10.0, cv2.CAP_PROP_FRAME_WIDTH: self._width}
        return known.get(prop, 0.0)  # no stamps

    def release(self) -> None:
        self._open = False


def test_wall_clock_that_jumps_moves_no_frame() -> None:
    now = [100.0]
    wall = [START]

    def step() -> None:
        now[0] += 0.1
        wall[0] -= timedelta(hours=1)  # set back, again and again

    clock = Clock(monotonic=lambda: now[0], utc=lambda: wall[0])
    with LiveSource("cam", lambda: Stream(40, step), options=QUICK, clock=clock) as source:
        taken = [f for f, _ in zip(source.frames(), range(5), strict=False)]
    assert source.info.start == START
    assert all(b.time_s > a.time_s >= 0 for a, b in pairwise(taken))
    assert all((f.utc - START).total_seconds() == pytest.approx(f.time_s) for f in taken)


class SlowClock(Stream):
    """Its stamps go half as fast as time."""

    def get(self, prop: int) -> float:
        return self._number * 50.0 if prop == cv2.CAP_PROP_POS_MSEC else super().get(prop)


def test_camera_whose_clock_is_slow_is_not_away() -> None:
    now = [100.0]

    def step() -> None:
        now[0] += 0.1

    clock = Clock(monotonic=lambda: now[0])
    with LiveSource("cam", lambda: SlowClock(9999, step), options=QUICK, clock=clock) as source:
        for frame in source.frames():
            if frame.number > 250:
                break
        assert now[0] - 100.0 - frame.time_s > 2.0, "the last frame is dated well before"
    assert source.gaps == []


def test_gives_up_when_told_to() -> None:
    streams = iter([Stream(3)])
    options = LiveOptions(1, 1, backoff_s=0.01, backoff_max_s=0.02, give_up_s=0.2)
    connect = lambda: next(streams, None) or Stream(0)  # noqa: E731
    with LiveSource("cam", connect, options=options) as source:
        begun = time.monotonic()
        list(source.frames())
        assert 0.1 < time.monotonic() - begun < 2
        assert source.incomplete.startswith("gave up 0 s after the last frame")
        [gap] = source.gaps
        assert gap.end_s - gap.start_s >= 0.2
    assert source.gaps == [gap], "close adds nothing after giving up"


def test_each_loss_is_one_gap_and_times_go_on() -> None:
    streams = iter([Stream(3), Stream(0), Stream(3), Stream(500)])
    with LiveSource("cam", lambda: next(streams), options=QUICK) as source:
        last = 0.0
        for frame in source.frames():
            assert frame.time_s >= last
            last = frame.time_s
            if frame.number > 20:
                break
        first, second = source.gaps
        assert first.end_s <= second.start_s
        assert {first.reason, second.reason} == {"the stream broke off"}


def test_a_camera_that_falls_for_ever_keeps_its_last_gaps_only() -> None:
    falls = MOST_GAPS + 30
    now = [100.0]

    def step() -> None:
        now[0] += 3.0  # longer than a stall

    clock = Clock(monotonic=lambda: now[0])
    with LiveSource("cam", lambda: Stream(9999, step), options=QUICK, clock=clock) as source:
        told: list[Gap] = []
        for frame in source.frames():
            told += [gap for gap in source.gaps if not told or gap.end_s > told[-1].end_s]
            assert len(source.gaps) <= MOST_GAPS
            if frame.number > falls:
                break
        kept = source.gaps
    assert len(kept) == MOST_GAPS
    assert len(told) >= falls - 1, "who asks with every frame missed none"
    assert all(a.end_s <= b.start_s for a, b in pairwise(told))


def test_camera_that_comes_back_with_another_size_is_still_away() -> None:
    streams = iter([Stream(3), Stream(50, width=320), Stream(500)])
    with LiveSource("cam", lambda: next(streams), options=QUICK) as source:
        numbers = [f.number for f, _ in zip(source.frames(), range(5), strict=False)]
        [gap] = source.gaps
    assert max(numbers) < 50, "none of the other size was read"
    assert gap.reason == "the stream broke off"


def test_first_connection_is_tried_once() -> None:
    calls = []

    def connect() -> Stream:
        calls.append(1)
        return Stream(0)

    with pytest.raises(Failed, match="cam: expected a live stream: the camera does not answer"):
        LiveSource("cam", connect, options=QUICK)
    assert len(calls) == 1


def test_opening_and_closing_do_not_wait_for_a_hanging_connect() -> None:
    release = threading.Event()

    def connect() -> Stream:
        release.wait(20)
        return Stream(1)

    begun = time.monotonic()
    with pytest.raises(Failed, match="no answer"):
        LiveSource("cam", connect, options=LiveOptions(open_timeout_s=0.2, read_timeout_s=0.1))
    assert time.monotonic() - begun < 2
    release.set()


def test_backoff_doubles_up_to_its_limit() -> None:
    options = LiveOptions(backoff_s=0.5, backoff_max_s=30)
    waits = [options.wait_s(n) for n in (0, 1, 2, 5, 6, 10_000)]
    assert waits == [0.5, 1, 2, 16, 30, 30]


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("rtsp://cam/main", "rtsp://cam/main"),
        ("rtsp://shop:pass@cam:554/main", "rtsp://***@cam:554/main"),
        ("RTSP://shop@cam/main", "RTSP://***@cam/main"),
        ("rtsp://shop:p@ss@cam/main", "rtsp://***@cam/main"),
        ("rtsp://shop:p/ss@cam/main", "rtsp://***@cam/main"),
        ("rtsp://shop:p?a#ss@cam/main", "rtsp://***@cam/main"),
        ("rtsp://cam/main?user=a&password=b", "rtsp://cam/main?user=***&password=***"),
        ("rtsp://cam/user:a@place", "rtsp://***@place"),  # rather too much than too little
        ("films/door@home.mp4", "films/door@home.mp4"),
    ],
)
def test_redacted(address: str, shown: str) -> None:
    assert redact(address) == shown
