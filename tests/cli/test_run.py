"""``miseban run``: a shop on one box, from a camera's pictures to the journal, without a broker."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from miseban.cli.app import run
from miseban.journal.reader import JournalReader
from tests.cli.test_camera import children_of, until
from tests.hub.running.test_hub import free_port

KONBINI = Path(__file__).parents[2] / "shops" / "konbini.toml"
PROGRAM = [sys.executable, "-c", "from miseban.cli.app import main; main()", "run"]


def test_what_a_camera_sees_is_in_the_journal_when_all_has_stopped(tmp_path: Path) -> None:
    data = tmp_path / "data"
    command = [*PROGRAM, str(KONBINI), "--data", str(data), "--camera", "door", "--log", "json"]
    command += ["--listen", f"127.0.0.1:{free_port()}"]
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            outbox = data / "outbox" / "door.sqlite"
            until_s = time.monotonic() + 90
            while not outbox.exists():
                assert process.poll() is None, (tmp_path / "log").read_text("utf-8")
                assert time.monotonic() < until_s, "the camera did not come up"
                time.sleep(0.2)
            time.sleep(10)  # the shop fills
            process.send_signal(signal.SIGTERM)
            assert process.wait(60) == 0
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
    reader = JournalReader(data / "journal")
    events = list(reader.events())
    reader.close()
    assert events, (tmp_path / "log").read_text("utf-8")
    assert {one.camera for one in events} <= {"door", None}
    assert len({one.id for one in events}) == len(events)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [(["--camera", "nowhere"], "nowhere"), (["--model", "none-such"], "none-such")],
)
def test_bad_input_is_one_line_and_nothing_is_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], says: str
) -> None:
    status = run(["run", str(KONBINI), "--data", str(tmp_path / "data"), *arguments])
    (line,) = capsys.readouterr().err.splitlines()
    assert status == 2
    assert says in line
    assert not (tmp_path / "data").exists()


def test_a_recording_is_no_live_camera(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shop = tmp_path / "shop.toml"
    text = KONBINI.read_text("utf-8").replace('"sim:door"', '"door.mp4"')
    shop.write_text(text, encoding="utf-8")
    assert run(["run", str(shop), "--data", str(tmp_path / "data")]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "door" in line
    assert not (tmp_path / "data").exists()


RTSP = """
[[camera]]
id = "{0}"
source = "rtsp://127.0.0.1:{1}/none"
resolution = [64, 48]
model = "motion"
"""


def test_cameras_that_are_added_on_its_pages_begin_and_the_others_run_on(tmp_path: Path) -> None:
    """From a shop without any camera on: what the Set-up page sends, by the same API."""
    shop, settings = tmp_path / "shop.toml", tmp_path / "hub.toml"
    shop.write_text('[shop]\nid = "s"\ntimezone = "UTC"\npolicy = "jp"\n', encoding="utf-8")
    settings.write_text("[tls]\non = false\n", encoding="utf-8")
    port = free_port()
    command = [*PROGRAM, str(shop), "--settings", str(settings), "--data", str(tmp_path / "data")]
    command += ["--listen", f"127.0.0.1:{port}"]
    log = tmp_path / "log"
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out)
    try:
        until(lambda: "first manager" in log.read_text("utf-8"), 60)
        (link,) = re.findall(r"welcome#(\S+)", log.read_text("utf-8"))
        url = f"http://127.0.0.1:{port}"
        with httpx.Client(base_url=url, headers={"Origin": url}, timeout=60) as client:
            body = {"link": link, "login": "hana", "password": "a sentence for the first time"}
            me = client.post("/api/v1/setup", json=body).raise_for_status().json()
            client.headers["X-CSRF-Token"] = me["csrf"]

            def add(name: str, source: str) -> None:
                put = {"id": name, "source": source, "resolution": [64, 48], "model": "motion"}
                edits = {"edits": [{"kind": "camera", "id": name, "put": put}]}
                client.patch("/api/v1/shop/file", json=edits).raise_for_status()

            assert not children_of(process.pid)
            add("door", f"rtsp://127.0.0.1:{free_port()}/none")
            until(lambda: len(children_of(process.pid)) == 1, 20)
            (first,) = children_of(process.pid)
            add("film", "film.mp4")  # a recording: it does not hold up the next one
            add("till", f"rtsp://127.0.0.1:{free_port()}/none")
            until(lambda: len(children_of(process.pid)) == 2, 20)
            assert first in children_of(process.pid)
            gone = {"edits": [{"kind": "camera", "id": "till", "put": None}]}
            client.patch("/api/v1/shop/file", json=gone).raise_for_status()
            until(lambda: list(children_of(process.pid)) == [first], 30)
        assert "film" in log.read_text("utf-8")
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def test_cameras_by_themselves_see_that_their_shop_file_was_written(tmp_path: Path) -> None:
    shop = tmp_path / "shop.toml"
    text = '[shop]\nid = "s"\ntimezone = "UTC"\npolicy = "jp"\n' + RTSP.format("door", free_port())
    shop.write_text(text, encoding="utf-8")
    command = [*PROGRAM[:-1], "camera", str(shop), "--hub", f"mqtt://127.0.0.1:{free_port()}"]
    with (tmp_path / "log").open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out)
    try:
        until(lambda: len(children_of(process.pid)) == 1, 60)
        (first,) = children_of(process.pid)
        # It has read the file by then: one that starts with half a file starts anew.
        until(lambda: "camera.away" in (tmp_path / "log").read_text("utf-8"), 60)
        shop.write_text("[shop", encoding="utf-8")  # half of it: nothing changes
        time.sleep(2.5)
        assert list(children_of(process.pid)) == [first]
        shop.write_text(text + RTSP.format("till", free_port()), encoding="utf-8")
        until(lambda: len(children_of(process.pid)) == 2, 30)
        assert first in children_of(process.pid)
    finally:
        process.terminate()
        process.wait(60)
