"""Drawn pictures of a busy corner, and RTSP cameras that show them for ever, killed and back."""

from __future__ import annotations

import subprocess
from pathlib import Path

from bench.result import CannotRunError
from miseban.camera.simulated import open_simulated
from tests.sim import corner

SYSTEM_PYTHON = "/usr/bin/python3"
SCRIPT = Path(__file__).with_name("picture_server.py")
FPS = 10
EMPTY_S = 20.0
"""At first nobody is there."""


def draw(folder: Path, seconds: float) -> int:
    """``seconds`` of the corner as JPEG files. Returns how many. Needs Panda3D."""
    import cv2

    folder.mkdir(parents=True)
    shop = corner.files(folder.parent, ("300", "900"))  # busy: something is told every few seconds
    count = round(seconds * FPS)
    with open_simulated("sim:eye?pace=full", shop_file=shop, fps=FPS) as source:
        first = round(EMPTY_S * FPS)
        for number, frame in zip(range(-first, count), source.frames(), strict=False):
            if number >= 0:
                cv2.imwrite(str(folder / f"{number:05d}.jpg"), frame.bgr)
    return count


class Camera:
    """An RTSP server process on ``port`` that shows the pictures of ``folder``."""

    def __init__(self, port: int, folder: Path, log: Path) -> None:
        self.port, self._folder, self._log = port, folder, log
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Returns when it listens. Raises ``CannotRunError`` where it cannot be started."""
        command: list[str | Path] = [
            SYSTEM_PYTHON,
            "-W",
            "ignore",
            SCRIPT,
            str(self.port),
            self._folder,
            str(FPS),
        ]
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log)
        assert self.process.stdout is not None
        if self.process.stdout.readline() != b"ready\n":
            what = "gir1.2-gst-rtsp-server-1.0, gstreamer1.0-plugins-{base,good}"
            raise CannotRunError(f"needs the Debian packages python3-gi, {what}")

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            assert self.process.stdout is not None
            self.process.stdout.close()
            self.process = None
