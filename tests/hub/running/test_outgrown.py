"""A hub that has outgrown its memory begins anew by itself, in the same process."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.hub.running.test_hub import free_port
from tests.hub.shopfront import SHOP_TEXT

LONGEST_S = 120.0
HUB = """
import sys, time
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import miseban.hub.running.box as box
import miseban.hub.running.upkeep as upkeep
from miseban.cli.app import run

seconds = time.monotonic
upkeep.time = SimpleNamespace(monotonic=lambda: 60.0 * seconds())  # a minute is a second


class Clock(datetime):
    @classmethod
    def now(cls, tz=None):
        night = Path("night").exists()
        return datetime.now(tz) + timedelta(days=int(night))


box.datetime = Clock
sys.exit(run(sys.argv[1:]))
"""
SETTINGS = """
data = "data"
[tls]
on = false
[upkeep]
compact_minutes = 1
retention_hour = 0
memory_mb = 100
"""


class Running:
    """A hub that takes more memory than it may, in ``folder``."""

    def __init__(self, folder: Path, process: subprocess.Popen[bytes], port: int) -> None:
        self.folder, self.process, self._port = folder, process, port

    @property
    def said(self) -> str:
        return (self.folder / "said").read_text("utf-8")

    def answers(self) -> bool:
        try:
            return httpx.get(f"http://127.0.0.1:{self._port}/healthz", timeout=30).is_success
        except httpx.TransportError:
            return False

    def wait_for(self, so: Callable[[], bool]) -> None:
        until_s = time.monotonic() + LONGEST_S
        while not so():
            assert self.process.poll() is None, self.said
            assert time.monotonic() < until_s, self.said
            time.sleep(0.02)

    def serves(self, times: int) -> None:
        """It has begun to serve so many times, and upkeep has had its first round."""
        self.wait_for(lambda: self.said.count('"serving"') == times and self.answers())
        time.sleep(2.0)

    def night_falls(self) -> None:
        (self.folder / "night").touch()

    def ends(self) -> int:
        """The exit status, once it is told to stop."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(LONGEST_S)


@contextmanager
def started(folder: Path) -> Iterator[Running]:
    (folder / "shop.toml").write_text(SHOP_TEXT, "utf-8")
    (folder / "hub.toml").write_text(SETTINGS, "utf-8")
    (folder / "hub.py").write_text(HUB, "utf-8")
    port = free_port()
    command = [sys.executable, "hub.py", "hub", "shop.toml", "--settings", "hub.toml"]
    command += ["--listen", f"127.0.0.1:{port}", "--log", "json"]
    with (folder / "said").open("wb") as said:
        process = subprocess.Popen(command, cwd=folder, stdout=said, stderr=said)
    try:
        yield Running(folder, process, port)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def test_it_is_there_again_in_the_same_process_and_stays(tmp_path: Path) -> None:
    with started(tmp_path) as hub:
        hub.serves(1)
        hub.night_falls()
        hub.serves(2)
        assert hub.said.count("it begins anew") == 1
        assert hub.ends() == 0
        assert hub.said.count('"serving"') == 2


def test_who_tells_it_to_stop_meanwhile_is_heard(tmp_path: Path) -> None:
    with started(tmp_path) as hub:
        hub.serves(1)
        hub.night_falls()
        hub.wait_for(lambda: "it begins anew" in hub.said)
        assert hub.ends() in (0, -signal.SIGTERM)
        assert hub.said.count('"serving"') == 1


def test_with_a_file_that_is_half_edited_it_goes_on_as_it_is(tmp_path: Path) -> None:
    with started(tmp_path) as hub:
        hub.serves(1)
        (tmp_path / "shop.toml").write_text("[shop]\nid = 5\n", "utf-8")
        hub.night_falls()
        hub.wait_for(lambda: "does not begin anew with these files" in hub.said)
        assert hub.answers()
        assert hub.ends() == 0
        assert hub.said.count('"serving"') == 1
