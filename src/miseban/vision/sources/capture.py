"""OpenCV's ``VideoCapture``: opened here only, with all settings that are global to the process.

Global settings, made when this module is imported and nowhere else: OpenCV and FFmpeg print
nothing to stderr of their own, since a bad file or a camera that is away is told in one line by
us. Both obey a level that the user set (``OPENCV_LOG_LEVEL``, ``OPENCV_FFMPEG_LOGLEVEL``).
"""

from __future__ import annotations

import math
import os
from typing import Protocol

import cv2
import numpy as np

from miseban.vision.pixels import Image

# FFmpeg's level (-8: AV_LOG_QUIET) is read once, when any part of the program first uses it, be it
# to write a video: so at import, not at the first opening.
os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
if "OPENCV_LOG_LEVEL" not in os.environ:
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)


class Capture(Protocol):
    """The part of ``cv2.VideoCapture`` that the sources use."""

    def isOpened(self) -> bool: ...  # noqa: N802

    def grab(self) -> bool: ...

    def retrieve(self) -> tuple[bool, Image]: ...

    def get(self, prop: int) -> float: ...

    def release(self) -> None: ...


def open_file(path: str) -> Capture:
    """One decoding thread: costs 15 % less CPU time than one per core, and the cores are wanted
    by the detector."""
    return _checked(cv2.VideoCapture(path, cv2.CAP_FFMPEG, [cv2.CAP_PROP_N_THREADS, 1]))


def open_rtsp(url: str, open_timeout_s: float, read_timeout_s: float) -> Capture:
    """RTP inside the RTSP connection (TCP) unless the camera refuses that; OpenCV's default.

    ``grab`` gives up after ``read_timeout_s`` without a frame.
    """
    settings = [
        cv2.CAP_PROP_OPEN_TIMEOUT_MSEC,
        round(open_timeout_s * 1000),
        cv2.CAP_PROP_READ_TIMEOUT_MSEC,
        round(read_timeout_s * 1000),
        cv2.CAP_PROP_N_THREADS,
        1,  # frame threads would each hold back one frame
    ]
    return _checked(cv2.VideoCapture(url, cv2.CAP_FFMPEG, settings))


def open_usb(number: int) -> Capture:
    """Video4Linux device ``/dev/videoN``; its driver gives up by itself after 10 s."""
    return _checked(cv2.VideoCapture(number, cv2.CAP_V4L2))


def stamp_s(capture: Capture) -> float:
    """The stream's stamp, in seconds, of the frame grabbed last."""
    return capture.get(cv2.CAP_PROP_POS_MSEC) / 1000


def retrieve(capture: Capture) -> Image | None:
    """The frame grabbed last, (H, W, 3) BGR, or None when it cannot be decoded."""
    try:
        done, bgr = capture.retrieve()
    except cv2.error:
        return None
    if not done or bgr is None or bgr.ndim != 3 or bgr.shape[2] != 3 or bgr.dtype != np.uint8:
        return None
    return bgr


def frame_count(capture: Capture) -> int | None:
    """Frames the container promises: exact in some (mp4), estimated in others (mkv), or None."""
    count = capture.get(cv2.CAP_PROP_FRAME_COUNT)
    return int(count) if math.isfinite(count) and 0 < count < 1e9 else None


def _checked(capture: object) -> Capture:
    # cv2's stubs type retrieve() wider than what BGR streams give; retrieve() above checks it.
    assert isinstance(capture, cv2.VideoCapture)  # noqa: S101
    return capture  # type: ignore[return-value]
