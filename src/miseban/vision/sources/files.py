"""Video files: mp4, mov, avi, mkv, webm, gif, and whatever else FFmpeg reads."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import cv2

from miseban.vision.pixels import Image
from miseban.vision.sources import capture
from miseban.vision.sources.address import Address
from miseban.vision.sources.containers import Promise, promise
from miseban.vision.sources.recording import RecordingSource
from miseban.vision.sources.source import SourceInfo
from miseban.vision.sources.timing import plausible_fps
from miseban.vocabulary.errors import BadInput

_TOLERANCE = 0.05  # of the promised length; containers round, and sound may outlast the picture
_LONGEST_S = 366 * 86_400.0  # a container that says more says nothing


def open_file(address: Address, fps: float | None, start: datetime | None) -> RecordingSource:
    """Opens a video file and decodes its first frame.

    ``start`` is UTC of the first frame; without one, the time of making that an mp4 or mov
    carries, else the file's modification time less its length (it was last written when the
    recording ended).

    Raises ``BadInput`` when the file is missing, empty, or not a video that can be decoded.
    """
    path = Path(address.place)
    where = address.shown
    try:
        if path.is_dir():
            raise BadInput(
                "not-a-video", where, f"expected a video file, found a folder; use images:{where}"
            )
        written = path.stat()
        promised = promise(path)
    except FileNotFoundError:
        raise BadInput("no-such-file", where, "expected a video file, found nothing") from None
    except OSError as error:
        raise BadInput("unreadable-file", where, f"cannot be read: {error.strerror}") from None
    if written.st_size == 0:
        raise BadInput("not-a-video", where, "expected a video file, found an empty file")

    opened = capture.open_file(str(path))
    first = capture.retrieve(opened) if opened.isOpened() and opened.grab() else None
    if first is None:
        opened.release()
        found = promised.damage or "its content is none that can be decoded"
        raise BadInput("not-a-video", where, f"expected a video file, but {found}")

    rate = plausible_fps(opened.get(cv2.CAP_PROP_FPS))
    frames = capture.frame_count(opened)
    length_s = promised.duration_s or (frames / rate if frames and rate else 0.0)
    length_s = length_s if length_s < _LONGEST_S else 0.0
    guessed = False
    if start is None:
        ended = datetime.fromtimestamp(written.st_mtime, UTC)
        made = promised.created
        # Later than the last change cannot be: a camera whose clock was never set.
        guessed = made is None or made > ended
        start = made if made and not guessed else ended - timedelta(seconds=length_s)
    height, width = first.shape[:2]
    info = SourceInfo(where, width, height, rate, frames, False, start, guessed)
    return RecordingSource(info, _Video(opened, first, frames, length_s, promised), fps)


class _Video:
    """``Pictures`` of an opened video whose first frame was grabbed and retrieved already."""

    def __init__(
        self,
        opened: capture.Capture,
        first: Image,
        frames: int | None,
        length_s: float,
        promised: Promise,
    ) -> None:
        self._capture = opened
        self._first: Image | None = first
        self._fresh = True
        self._frames = frames
        self._length_s = length_s
        self._promised = promised

    def grab(self) -> float | None:
        if self._fresh:
            self._fresh = False
            return capture.stamp_s(self._capture)
        self._first = None
        try:
            return capture.stamp_s(self._capture) if self._capture.grab() else None
        except cv2.error:  # a demuxer that trips over damage ends the recording
            return None

    def retrieve(self) -> Image | None:
        # Should the pictures change their size half-way, OpenCV brings them to that of the first.
        return self._first if self._first is not None else capture.retrieve(self._capture)

    def ended(self, frames: int, end_s: float) -> str:
        missing_s = self._length_s - end_s
        if self._promised.damage:
            why = self._promised.damage
        elif missing_s > max(1.0, _TOLERANCE * self._length_s):
            why = f"the last {missing_s:.1f} s cannot be decoded"
        else:
            return ""
        of = f" of {self._frames}" if self._frames and self._frames > frames else ""
        return f"ended after {frames}{of} frames: {why}"

    def close(self) -> None:
        self._capture.release()
