"""Starts and kills the RTSP server that the tests talk to."""

from __future__ import annotations

import os
import socket
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest

SYSTEM_PYTHON = "/usr/bin/python3"
SCRIPT = Path(__file__).parents[2] / "servers" / "rtsp_server.py"
PACKAGES = "python3-gi gir1.2-gst-rtsp-server-1.0 gstreamer1.0-plugins-{base,good}"


def need_gstreamer() -> None:
    """Skips where the Debian packages are missing, but never in CI, which installs them."""
    probe = "import gi; gi.require_version('GstRtspServer', '1.0')"
    try:
        found = subprocess.run([SYSTEM_PYTHON, "-c", probe], capture_output=True, check=False)
        missing = found.returncode != 0
    except FileNotFoundError:
        missing = True
    if missing and os.environ.get("CI") == "true":
        pytest.fail(f"CI must have the Debian packages {PACKAGES}")
    if missing:
        pytest.skip(f"needs the Debian packages {PACKAGES} for a real RTSP server")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class RtspServer:
    """A server process; ``port`` can be used again after ``kill``."""

    def __init__(
        self, port: int | None = None, *, locked: bool = False, pictures: Path | None = None
    ) -> None:
        self.port = port or free_port()
        self._extra = ["locked"] if locked else []
        self._extra += [f"pictures={pictures}"] if pictures else []
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(
            [SYSTEM_PYTHON, "-W", "ignore", str(SCRIPT), str(self.port), *self._extra],
            stdout=subprocess.PIPE,
        )
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == b"ready\n"

    def url(self, path: str = "live", login: str = "") -> str:
        return f"rtsp://{login}127.0.0.1:{self.port}/{path}"

    def kill(self) -> None:
        """Like a power cut: SIGKILL, by this process's own id."""
        self.process.kill()
        self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.kill()
