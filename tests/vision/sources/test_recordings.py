"""Video files and image folders, whole and broken, written for the test or really filmed."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from miseban.vision.sources import SourceInfo, check_resolution, open_source
from miseban.vision.sources.containers import promise
from miseban.vision.sources.pictures import natural
from miseban.vision.sources.recording import AHEAD
from miseban.vocabulary.errors import BadInput, Failed
from tests.shared import VIDEO, need
from tests.vision.sources.videos import HEIGHT, WIDTH, picture, write_gif, write_video

ENDINGS = [".mp4", ".mov", ".avi", ".mkv", ".webm", ".gif"]
START = datetime(2026, 3, 1, 9, tzinfo=UTC)


@pytest.mark.parametrize("ending", ENDINGS)
def test_whole_file_gives_every_frame_and_no_complaint(
    tmp_path: Path, ending: str, capfd: pytest.CaptureFixture[str]
) -> None:
    path = write_video(tmp_path / f"clip{ending}")
    capfd.readouterr()  # what the writer said
    with open_source(path.name, base=tmp_path, start=START) as source:
        frames = list(source.frames())
        assert source.info == SourceInfo(path.name, WIDTH, HEIGHT, 25, 60, False, START)
        assert (source.incomplete, source.gaps) == ("", [])
    assert [f.number for f in frames] == list(range(1, 61))
    assert [f.time_s for f in frames] == pytest.approx([n / 25 for n in range(60)], abs=1e-3)
    assert all(f.utc == START + timedelta(seconds=f.time_s) for f in frames)
    light = [abs(float(f.bgr.mean()) - float(picture(f.number).mean())) for f in frames]
    assert max(light) < 12, "each number has its own picture"
    assert capfd.readouterr().err == ""


def test_sampling_keeps_the_numbers_of_the_source(tmp_path: Path) -> None:
    path = write_video(tmp_path / "clip.mp4")
    with open_source(str(path), fps=5) as source:
        frames = list(source.frames())
    assert [f.number for f in frames] == list(range(1, 61, 5))
    assert np.diff([f.time_s for f in frames]) == pytest.approx(0.2)
    assert abs(float(frames[3].bgr.mean()) - float(picture(16).mean())) < 12


def test_gif_durations_are_the_stored_ones(tmp_path: Path) -> None:
    durations = [40, 200, 100, 1000, 40, 40]
    path = write_gif(tmp_path / "uneven.gif", durations)
    with open_source(str(path)) as source:
        times = [f.time_s for f in source.frames()]
    assert np.diff(times) == pytest.approx(np.array(durations[:-1]) / 1000)


@pytest.mark.parametrize(
    ("name", "frames", "mean_fps"),
    [
        ("intel_store-aisle-detection.gif", 67, 15.0),  # OpenCV claims 16.67
        ("people_counter_topdown.mp4", 747, 25.0),
        ("pets09_s2l1_vtest.mp4", 795, 10.0),
        ("intel_people-detection.gif", 23, 12.0),
    ],
)
def test_real_footage(name: str, frames: int, mean_fps: float) -> None:
    with open_source(str(need(VIDEO / name))) as source:
        times = [f.time_s for f in source.frames()]
        assert (source.incomplete, source.gaps) == ("", [])
    assert len(times) == frames
    assert (frames - 1) / times[-1] == pytest.approx(mean_fps, abs=0.06)


def cut(data: bytes) -> bytes:
    return data[: len(data) // 2]


def wipe(data: bytes) -> bytes:
    """Zeros from 40 % to 90 %: the index at the end of an mp4 or avi stays."""
    begin, end = len(data) * 4 // 10, len(data) * 9 // 10
    return data[:begin] + bytes(end - begin) + data[end:]


@pytest.mark.parametrize(
    ("ending", "spoil", "why"),
    [
        (".avi", cut, "cut off"),
        (".mkv", cut, "cut off"),
        (".webm", cut, "cut off"),
        (".gif", cut, "cut off"),
        (".mp4", wipe, "cannot be decoded"),
        (".avi", wipe, "cannot be decoded"),
        (".gif", wipe, "structure is broken"),
    ],
)
def test_file_that_breaks_half_way(
    tmp_path: Path, ending: str, spoil: Callable[[bytes], bytes], why: str
) -> None:
    path = write_video(tmp_path / f"clip{ending}", frames=100)
    path.write_bytes(spoil(path.read_bytes()))
    with open_source(str(path)) as source:
        frames = list(source.frames())
        said = source.incomplete
    assert 20 < len(frames) < 70
    assert [f.number for f in frames] == list(range(1, len(frames) + 1))
    assert said.startswith(f"ended after {len(frames)} ")
    assert why in said


def test_lost_middle_is_a_gap(tmp_path: Path) -> None:
    path = write_video(tmp_path / "clip.mkv", frames=200)
    path.write_bytes(wipe(path.read_bytes()))
    with open_source(str(path)) as source:
        times = [f.time_s for f in source.frames()]
        [gap] = source.gaps
    widest = max(pairwise(times), key=lambda pair: pair[1] - pair[0])
    assert (gap.start_s, gap.end_s) == widest
    assert gap.end_s - gap.start_s > 2


def test_incomplete_mp4_with_its_index_first_is_told(tmp_path: Path) -> None:
    """A download that broke off: moov, then half of mdat (chunk offsets moved accordingly)."""
    data = need(VIDEO / "pets09_s2l1_vtest.mp4").read_bytes()
    path = tmp_path / "half.mp4"
    path.write_bytes(cut(data))
    with open_source(str(path), fps=2) as source:
        last = list(source.frames())[-1]
        assert "of 795 frames: the file is cut off (has 1,779,320" in source.incomplete
    assert 390 < last.number <= 400


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("missing.mp4", None, "found nothing"),
        ("empty.mp4", b"", "found an empty file"),
        ("text.mp4", b"hello, this is no film\n" * 50, "none that can be decoded"),
        ("noise.avi", np.random.default_rng(3).bytes(5000), "none that can be decoded"),
        ("list.m3u8", b"#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:9/a.ts\n", "none that can be"),
    ],
)
def test_what_is_not_a_video(
    tmp_path: Path,
    name: str,
    content: bytes | None,
    said: str,
    capfd: pytest.CaptureFixture[str],
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(BadInput) as caught:
        open_source(name, base=tmp_path)
    assert str(caught.value).startswith(f"{name}: ")
    assert said in str(caught.value)
    assert caught.value.exit_status == 2
    assert capfd.readouterr().err == "", "FFmpeg and OpenCV say nothing of their own"


def test_mp4_without_its_index(tmp_path: Path) -> None:
    path = write_video(tmp_path / "clip.mp4")
    path.write_bytes(cut(path.read_bytes()))
    with pytest.raises(BadInput, match="cut off"):
        open_source(str(path))


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("", "expected a video file"),
        ("http://shop:s3cret@cam/video?token=s3cret", "found http://"),
        ("sim:door", "needs its shop"),
        ("usb:front", "expected usb:0"),
        ("images:.?fps=0", "expected images:DIR?fps=N"),
        ("images:.?rate=5", "expected images:DIR?fps=N"),
        ("images:nowhere", "expected a folder of pictures"),
        ("images:.", "expected pictures"),
        (".", "found a folder"),
    ],
)
def test_addresses_that_cannot_be_used(tmp_path: Path, address: str, said: str) -> None:
    with pytest.raises(BadInput) as caught:
        open_source(address, base=tmp_path)
    assert said in str(caught.value)
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("fps", [0.0, -1.0, float("nan"), float("inf")])
def test_rates_that_cannot_be_used(tmp_path: Path, fps: float) -> None:
    with pytest.raises(BadInput, match="expected fps above 0"):
        open_source("clip.mp4", fps=fps, base=tmp_path)


def test_usb_camera_that_is_not_there() -> None:
    with pytest.raises(Failed, match=r"usb:987: .* there is no camera at /dev/video987"):
        open_source("usb:987")


def test_start_is_given_or_the_recordings_own(tmp_path: Path) -> None:
    path = write_video(tmp_path / "clip.avi")  # 2.4 s
    os.utime(path, (1_700_000_002.4, 1_700_000_002.4))
    with open_source(str(path)) as source:
        assert source.info.start.timestamp() == pytest.approx(1_700_000_000, abs=0.01)
        assert source.info.start_guessed
    tokyo = timezone(timedelta(hours=9))
    with open_source(str(path), start=datetime(2026, 3, 1, 18, tzinfo=tokyo)) as source:
        assert source.info.start == START
        assert not source.info.start_guessed
    with pytest.raises(BadInput, match="time zone"):
        open_source(str(path), start=datetime(2026, 3, 1))  # noqa: DTZ001
    with open_source(str(need(VIDEO / "intel_one_by_one_person.mp4"))) as source:
        assert source.info.start == datetime(2017, 9, 26, 16, 57, 49, tzinfo=UTC)
        assert not source.info.start_guessed


def test_memory_is_bounded_and_close_is_prompt(tmp_path: Path) -> None:
    path = write_video(tmp_path / "clip.mp4", frames=400)
    source = open_source(str(path))
    frames = source.frames()
    next(frames)
    ready = source._ready  # type: ignore[attr-defined]
    until_s = time.monotonic() + 20.0
    while len(ready) < AHEAD and time.monotonic() < until_s:
        time.sleep(0.01)
    time.sleep(0.2)
    gc.collect()
    assert len(ready) == AHEAD, "decoding ran ahead, and no further"
    begun = time.monotonic()
    source.close()
    assert time.monotonic() - begun < 2.0
    assert list(frames) == []
    assert not [t for t in threading.enumerate() if t.name.startswith("miseban-read")]
    source.close()  # again does nothing


def test_program_that_closes_nothing_ends_at_once(tmp_path: Path) -> None:
    path = write_video(tmp_path / "clip.mp4", frames=100)
    program = (
        "from miseban.vision.sources import open_source\n"
        f"frames = open_source({str(path)!r}).frames()\n"
        "print(next(frames).number)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=10, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "1\n", "")


HEADS = [b"\0\0\0\x10ftyp", b"RIFF", b"\x1a\x45\xdf\xa3", b"GIF89a", b"", b"\0\0\0\1mdat"]


@given(st.sampled_from(HEADS), st.binary(max_size=200))
def test_any_bytes_have_a_promise(head: bytes, rest: bytes) -> None:
    with tempfile.NamedTemporaryFile() as file:
        file.write(head + rest)
        file.flush()
        duration_s = promise(Path(file.name)).duration_s
    assert duration_s is None or duration_s > 0


@pytest.mark.parametrize("ending", [".mp4", ".mov"])
def test_promised_length(tmp_path: Path, ending: str) -> None:
    promised = promise(write_video(tmp_path / f"clip{ending}", frames=60))
    assert promised.damage == ""
    assert promised.duration_s == pytest.approx(2.4, abs=0.01)


def folder(path: Path, names: list[str]) -> Path:
    path.mkdir()
    for number, name in enumerate(names, 1):
        assert cv2.imwrite(str(path / name), picture(number))
    return path


def test_image_folder(tmp_path: Path) -> None:
    names = ["img1.png", "img2.jpg", "img10.bmp", "IMG11.webp"]
    folder(tmp_path / "pictures", names)
    (tmp_path / "pictures" / "notes.txt").write_text("no picture")
    with open_source("images:pictures?fps=4", base=tmp_path, start=START) as source:
        assert (source.info.fps, source.info.frames) == (4, 4)
        frames = list(source.frames())
        assert source.incomplete == ""
    assert [f.time_s for f in frames] == pytest.approx([0, 0.25, 0.5, 0.75])
    light = [abs(float(f.bgr.mean()) - float(picture(f.number).mean())) for f in frames]
    assert max(light) < 5
    with open_source(f"images:{tmp_path}/pictures", fps=2.5) as source:
        assert [f.number for f in source.frames()] == [1, 3]  # 5 a second by default


def test_broken_picture_is_a_gap_and_another_size_the_end(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = folder(tmp_path / "pictures", [f"{n}.png" for n in range(1, 9)])
    (path / "3.png").write_bytes((path / "3.png").read_bytes()[:400])
    (path / "4.png").write_bytes(b"")
    cv2.imwrite(str(path / "7.png"), picture(7)[:50])
    with open_source(f"images:{path}") as source:
        assert [f.number for f in source.frames()] == [1, 2, 5, 6]
        assert (source.gaps[0].start_s, source.gaps[0].end_s) == (0.4, 0.8)
        assert source.incomplete == (
            "ended after 6 of 8 pictures: 7.png is 160x50, expected 160x120 as the first"
        )
    assert capfd.readouterr().err == ""


def test_natural_order() -> None:
    names = ["a10.png", "a2.png", "A1.png", "a02.png", "b.png", "7.png"]
    ordered = sorted(names, key=natural)
    assert ordered == ["7.png", "A1.png", "a02.png", "a2.png", "a10.png", "b.png"]


def test_resolution_must_be_the_one_lines_are_drawn_in() -> None:
    info = SourceInfo("door.mp4", 640, 360, 25, 100, False, START)
    check_resolution(info, (640, 360), "shop.toml")
    with pytest.raises(BadInput) as caught:
        check_resolution(info, (768, 432), "shop.toml: camera door: resolution")
    assert str(caught.value).startswith(
        "shop.toml: camera door: resolution: expected frames of 768x432, found 640x360 "
    )


def test_pictures_that_change_their_size_are_brought_to_the_first(tmp_path: Path) -> None:
    """Lines, zones and what is blacked out are drawn for one size: no frame may have another."""
    large, small = np.full((96, 128, 3), 80, np.uint8), np.full((64, 96, 3), 200, np.uint8)
    stream = [cv2.imencode(".jpg", image)[1].tobytes() for image in [large] * 20 + [small] * 20]
    path = tmp_path / "clip.mjpeg"
    path.write_bytes(b"".join(stream))
    with open_source(str(path)) as source:
        frames = list(source.frames())
    assert len(frames) == 40
    assert {(f.width, f.height) for f in frames} == {(128, 96)}
    assert frames[-1].bgr.mean() == pytest.approx(200, abs=3)
