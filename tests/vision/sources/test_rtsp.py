"""Live streams from a real RTSP server, which is killed, stopped and started again."""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from collections.abc import Iterator
from itertools import pairwise
from statistics import median

import pytest

from miseban.vision.pixels import Frame
from miseban.vision.sources import LiveOptions, Source, open_source
from miseban.vocabulary.errors import Failed
from tests.vision.sources.servers import RtspServer, free_port, need_gstreamer

QUICK = LiveOptions(
    open_timeout_s=4.0, read_timeout_s=1.5, stall_s=1.0, backoff_s=0.1, backoff_max_s=0.4
)


@pytest.fixture(scope="module")
def server() -> Iterator[RtspServer]:
    need_gstreamer()
    with RtspServer() as running:
        yield running


def take(frames: Iterator[Frame], count: int) -> list[Frame]:
    return [next(frames) for _ in range(count)]


def after(frames: Iterator[Frame], time_s: float) -> Frame:
    """The first frame after ``time_s``."""
    return next(f for f in frames if f.time_s > time_s)


def test_plays_samples_and_keeps_only_the_latest(server: RtspServer) -> None:
    with open_source(server.url(), options=QUICK) as source:
        assert (source.info.width, source.info.height, source.info.live) == (320, 240, True)
        opened_s = time.monotonic()
        frames = source.frames()
        taken = take(frames, 8)
        times = [f.time_s for f in taken]
        steps = [b - a for a, b in pairwise(times[1:])]
        assert min(steps) > 0.05
        assert median(steps) == pytest.approx(0.1, abs=0.03)  # 10 frames a second
        time.sleep(1.0)  # a slow consumer
        late = next(frames)
        assert late.number - taken[-1].number >= 8, "frames that came meanwhile are dropped"
        assert late.time_s - taken[-1].time_s > 0.8
        assert (late.utc - source.info.start).total_seconds() == pytest.approx(late.time_s)
        assert time.monotonic() - opened_s < 5
        assert source.gaps == []


def test_sampled_to_the_wanted_rate_until_another_thread_closes(server: RtspServer) -> None:
    source = open_source(server.url(), fps=5, options=QUICK)
    frames = source.frames()
    times = [f.time_s for f in take(frames, 7)]
    threading.Timer(0.3, source.close).start()
    begun = time.monotonic()
    assert len(list(frames)) <= 15  # ends although the stream goes on
    assert time.monotonic() - begun < 3
    span = times[-1] - times[2]
    assert 4 / span == pytest.approx(5, rel=0.2)


def test_server_dies_and_comes_back(caplog: pytest.LogCaptureFixture) -> None:
    need_gstreamer()
    with RtspServer() as server:
        source = open_source(server.url(), options=QUICK)
        with source:
            frames = source.frames()
            last = take(frames, 3)[-1]
            server.kill()
            died = time.monotonic()
            time.sleep(1.2)  # several attempts fail meanwhile
            server.start()
            back = after(frames, last.time_s + 1.0)
            away_s = time.monotonic() - died
            assert [f.number for f in take(frames, 3)][-1] > back.number > last.number
            [gap] = source.gaps
    assert gap.reason
    assert last.time_s <= gap.start_s <= last.time_s + 0.5
    assert gap.end_s == pytest.approx(back.time_s)
    assert 1.2 < gap.end_s - gap.start_s < away_s + 0.5
    lines = [r.getMessage() for r in caplog.records if r.levelno >= logging.WARNING]
    assert len(lines) == 2, lines  # the fault once, the recovery once
    assert "reconnecting" in lines[0]
    assert "again" in lines[1]


def test_stalled_stream_is_a_gap_also_at_close() -> None:
    need_gstreamer()
    with RtspServer() as server:
        source = open_source(server.url(), options=QUICK)
        last = take(source.frames(), 2)[-1]
        os.kill(server.process.pid, signal.SIGSTOP)  # the connection stays, frames do not come
        time.sleep(2.2)
        begun = time.monotonic()
        source.close()
        assert time.monotonic() - begun < 1.5, "close while reading or connecting is prompt"
    [gap] = source.gaps
    assert last.time_s <= gap.start_s <= last.time_s + 0.5
    assert 1.5 < gap.end_s - gap.start_s < 4


def failure(url: str) -> str:
    with pytest.raises(Failed) as caught:
        open_source(url, options=QUICK)
    assert caught.value.exit_status == 1
    return str(caught.value)


def test_wrong_path_and_nobody_there(server: RtspServer) -> None:
    assert failure(server.url("nope")).startswith(f"rtsp://127.0.0.1:{server.port}/nope: ")
    begun = time.monotonic()
    failure(f"rtsp://127.0.0.1:{free_port()}/live")
    assert time.monotonic() - begun < 6


def test_password_opens_and_is_never_shown(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    need_gstreamer()
    with RtspServer(locked=True) as server:
        source: Source = open_source(server.url(login="shop:s3cret@"), options=QUICK)
        with source:
            next(source.frames())
            server.kill()
            time.sleep(0.5)
        said = failure(server.url(login="shop:wr0ng@")) + repr(source.info) + caplog.text
    out, err = capfd.readouterr()
    assert "***@127.0.0.1" in said
    for text in (said, out, err):
        assert "s3cret" not in text
        assert "wr0ng" not in text
