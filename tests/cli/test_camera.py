"""``miseban camera`` for real: processes, an outbox each, a broker; a camera that never answers."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from miseban.cli.app import run
from miseban.vocabulary.events import CameraHealth
from tests.camera.delivery.hub import SmallHub
from tests.camera.delivery.made import Keeping
from tests.servers.mosquitto import Mosquitto, free_port

CAMERA = """
[[camera]]
id = "{0}"
source = "rtsp://user:secret@127.0.0.1:{1}/none"
resolution = [64, 48]
model = "motion"
"""
MAIN = "import sys; from miseban.cli.app import main; main()"


def shop(folder: Path) -> Path:
    file = folder / "shop.toml"
    cameras = "".join(CAMERA.format(name, free_port()) for name in ("door", "till"))
    file.write_text('[shop]\nid = "s"\ntimezone = "UTC"\npolicy = "jp"\n' + cameras)
    return file


def until(true: Callable[[], bool], within_s: float) -> None:
    end_s = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < end_s, "it did not come about in time"
        time.sleep(0.1)


def children_of(pid: int) -> dict[int, str]:
    """By process id, what each was started as."""
    done = subprocess.run(["ps", "-o", "pid=,args=", "--ppid", str(pid)], capture_output=True,
                          text=True, check=False)  # fmt: skip
    pairs = (line.strip().partition(" ") for line in done.stdout.splitlines())
    return {int(number): args for number, _, args in pairs if "process.child" in args}


def test_cameras_are_processes_that_come_back_and_end_with_the_command(tmp_path: Path) -> None:
    file = shop(tmp_path)
    with Mosquitto(tmp_path / "broker") as broker, SmallHub(broker.port, Keeping()) as hub:
        log = (tmp_path / "log").open("wb")
        process = subprocess.Popen(
            [sys.executable, "-c", MAIN, "camera", file, "--hub", broker.address],
            stderr=log, stdout=log,
        )  # fmt: skip
        try:
            until(lambda: len(children_of(process.pid)) == 2, 40)
            until(lambda: hub.batches >= 2, 60)  # both have asked where the hub is
            killed, other = children_of(process.pid)
            os.kill(killed, signal.SIGKILL)
            until(lambda: len(set(children_of(process.pid)) - {killed}) == 2, 40)
            assert other in children_of(process.pid), "the other never noticed"

            def away(name: str) -> bool:
                told = [e for e in hub.keeping.all if isinstance(e, CameraHealth)]
                return any(e.camera == name and e.state == "gap" for e in told)

            until(lambda: away("door") and away("till"), 90)
            left = list(children_of(process.pid))
            process.send_signal(signal.SIGTERM)
            assert process.wait(30) == 0
            for pid in left:
                with pytest.raises(ProcessLookupError):
                    os.kill(pid, 0)
        finally:
            process.kill()
            process.wait()
            log.close()
    written = (tmp_path / "log").read_text()
    assert written.count('"child.failed"') == 1
    assert written.count('"camera.away"') >= 2
    assert "secret" not in written
    for name in ("door", "till"):
        with sqlite3.connect(tmp_path / "outbox" / f"{name}.sqlite") as outbox:
            assert outbox.execute("SELECT count(*) FROM events").fetchone() == (0,)
        outbox.close()


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (["--hub", "http://hub"], "mqtt://"),
        (["--hub", "mqtt://door:secret@hub"], "--password-file"),
        (["--hub", "mqtt://hub", "--camera", "nobody"], "nobody"),
        (["--hub", "mqtt://hub", "--camera", "door", "--camera", "door"], "once"),
        (["--hub", "mqtt://hub", "--ca", "nothing.pem"], "mqtts"),
        ([], "--hub"),
    ],
)
def test_wrong_use_starts_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], what: str
) -> None:
    assert run(["camera", str(shop(tmp_path)), *arguments]) == 2
    assert what in capsys.readouterr().err
    assert not (tmp_path / "outbox").exists()


def test_a_recording_is_no_live_camera(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = shop(tmp_path)
    file.write_text(file.read_text().replace("rtsp://user:secret@127.0.0.1", "door.mp4#"))
    assert run(["camera", str(file), "--hub", "mqtt://hub"]) == 2
    assert "miseban analyze" in capsys.readouterr().err
