"""``miseban run``: a shop on one box, from a camera's pictures to the journal, without a broker."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from miseban.cli.app import run
from miseban.journal.reader import JournalReader
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
