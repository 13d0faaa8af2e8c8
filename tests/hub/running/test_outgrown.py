"""A hub that has outgrown its memory begins anew by itself, in the same process."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx

from tests.hub.running.test_hub import free_port
from tests.hub.shopfront import SHOP_TEXT

HUB = """
import sys, threading, time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import miseban.hub.running.box as box
import miseban.hub.running.upkeep as upkeep
from miseban.cli.app import run

starts = Path("starts")
first = not starts.exists()
with starts.open("a") as file:
    file.write("x")
began, minutes = time.monotonic(), time.monotonic
# A minute of upkeep is a second, and in the fifth second of the first start a new day begins.
upkeep.time = SimpleNamespace(monotonic=lambda: 60.0 * minutes())


class Clock(datetime):
    @classmethod
    def now(cls, tz=None):
        new = not first or minutes() - began > 5.0
        return datetime.now(tz) + timedelta(days=int(new))


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


def test_it_answers_again_within_seconds(tmp_path: Path) -> None:
    (tmp_path / "shop.toml").write_text(SHOP_TEXT, "utf-8")
    (tmp_path / "hub.toml").write_text(SETTINGS, "utf-8")
    (tmp_path / "hub.py").write_text(HUB, "utf-8")
    port = free_port()
    command = [sys.executable, "hub.py", "hub", "shop.toml", "--settings", "hub.toml"]
    command += ["--listen", f"127.0.0.1:{port}", "--log", "json"]
    with (tmp_path / "said").open("wb") as said:
        process = subprocess.Popen(command, cwd=tmp_path, stdout=said, stderr=said)
    try:
        until_s, away_s, away = time.monotonic() + 60.0, 0.0, None
        begun = False
        while not (begun and (tmp_path / "starts").read_text() == "xx" and away is None):
            assert process.poll() is None, (tmp_path / "said").read_text()
            assert time.monotonic() < until_s, (tmp_path / "said").read_text()
            try:
                httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=5).raise_for_status()
                begun = True
                if away is not None:
                    away_s, away = time.monotonic() - away, None
            except httpx.TransportError:
                away = time.monotonic() if begun and away is None else away
            time.sleep(0.05)
        time.sleep(3.0)  # it does not do so again and again
        assert (tmp_path / "starts").read_text() == "xx"
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0, (tmp_path / "said").read_text()
        assert (tmp_path / "said").read_text().count("begins anew for its memory") == 1
        assert away_s < 15
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
