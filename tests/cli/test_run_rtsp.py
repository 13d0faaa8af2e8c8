"""``miseban run`` with a real network camera that sends real pictures, and goes away meanwhile."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import cv2

from miseban.journal.reader import JournalReader
from miseban.vocabulary.events import CameraHealth, LineCrossed, ZoneEntered
from tests.shared import VIDEO, need
from tests.vision.sources.servers import RtspServer, free_port, need_gstreamer

FIRST, LAST = 0, 225
"""Frames in which one woman comes in, passes the line 6.7 s after the first, and stands: a stream
that has just been opened loses some seconds."""
SHOP = """
[shop]
id = "live"
timezone = "Asia/Tokyo"
policy = "jp"
[[camera]]
id = "hall"
source = "{url}"
resolution = [768, 432]
fps = 5
[[line]]
id = "x384"
camera = "hall"
points = [[384, 432], [384, 0]]
[[zone]]
id = "stand"
kind = "area"
camera = "hall"
polygon = [[400, 340], [530, 340], [530, 420], [400, 420]]
"""


def pictures(folder: Path) -> Path:
    clip = cv2.VideoCapture(str(need(VIDEO / "intel_one_by_one_person.mp4")))
    for number in range(LAST):
        _, image = clip.read()
        if number >= FIRST:
            cv2.imwrite(str(folder / f"{number - FIRST:05d}.jpg"), image)
    clip.release()
    return folder


def test_a_network_camera_is_counted_again_when_it_comes_back(tmp_path: Path) -> None:
    need_gstreamer()
    (tmp_path / "pictures").mkdir()
    log, data, shop = tmp_path / "log", tmp_path / "data", tmp_path / "shop.toml"
    with RtspServer(pictures=pictures(tmp_path / "pictures")) as camera:
        shop.write_text(SHOP.format(url=camera.url(login="eye:s3cret@")), encoding="utf-8")
        command = [sys.executable, "-m", "miseban", "run", str(shop), "--data", str(data)]
        command += ["--listen", f"127.0.0.1:{free_port()}", "--log", "json"]
        with log.open("wb") as out:
            process = subprocess.Popen(command, stdout=out, stderr=out)

        def until(true: Callable[[str], bool], within_s: float = 90.0) -> None:
            end_s = time.monotonic() + within_s
            while not true(said := log.read_text("utf-8")):
                assert process.poll() is None, said
                assert time.monotonic() < end_s, said
                time.sleep(0.2)

        try:
            until(lambda said: '"camera.answers"' in said)
            time.sleep(11.0)
            camera.kill()
            until(lambda said: "hall: the stream broke off; reconnecting" in said)
            time.sleep(3.0)
            camera.start()
            until(lambda said: "hall: frames again after" in said)
            time.sleep(11.0)
            process.send_signal(signal.SIGTERM)
            assert process.wait(60) == 0
        finally:
            process.kill()
            process.wait()
    said = log.read_text("utf-8")
    assert said.count("reconnecting") == said.count("frames again") == 1
    assert "s3cret" not in said
    reader = JournalReader(data / "journal")
    events = list(reader.events())
    reader.close()
    passed = [one for one in events if isinstance(one, LineCrossed)]
    assert [one.direction for one in passed] == ["in", "in"], "once before and once after"
    assert len([one for one in events if isinstance(one, ZoneEntered)]) == 2
    lost = [one for one in events if isinstance(one, CameraHealth) and one.reason.startswith("the")]
    assert any(one.gap_s > 2.0 for one in lost), "the time without pictures is lost coverage"
