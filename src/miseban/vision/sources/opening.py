"""Opens whatever an address names."""

from __future__ import annotations

import math
from datetime import datetime
from functools import partial
from pathlib import Path

from miseban.vision.sources import capture
from miseban.vision.sources.address import parse
from miseban.vision.sources.files import open_file
from miseban.vision.sources.live import LiveOptions, LiveSource
from miseban.vision.sources.pictures import open_folder
from miseban.vision.sources.source import Source, SourceInfo
from miseban.vocabulary.errors import BadInput


def open_source(
    address: str,
    *,
    fps: float | None = None,
    start: datetime | None = None,
    base: Path | None = None,
    options: LiveOptions | None = None,
) -> Source:
    """Opens a video file, ``rtsp://…``, ``rtsps://…``, ``usb:N`` or ``images:DIR[?fps=N]``.

    ``fps``: frames to analyse a second, None for every frame. ``start``: UTC of the first frame,
    an aware datetime; else the recording's own time or, for live sources, now. ``base``: folder
    that relative paths start from. ``options``: time-outs of live sources.

    Raises ``BadInput`` for an address or file that cannot be used, ``Failed`` for a live source
    that does not answer. Neither shows a password.
    """
    known = parse(address, base)
    if fps is not None and not (math.isfinite(fps) and fps > 0):
        raise BadInput("bad-fps", known.shown, f"expected fps above 0, found {fps}")
    if start is not None and start.utcoffset() is None:
        raise BadInput(
            "naive-start", known.shown, f"expected start with a time zone, found {start}"
        )
    if known.kind == "file":
        return open_file(known, fps, start)
    if known.kind == "images":
        return open_folder(known, fps, start)
    options = options or LiveOptions()
    if known.kind == "usb":
        device = f"/dev/video{known.place}"
        return LiveSource(
            known.shown,
            partial(capture.open_usb, int(known.place)),
            fps=fps,
            start=start,
            options=options,
            absent=f"there is no camera at {device} that can be read, or another program has it",
        )
    connect = partial(
        capture.open_rtsp, known.place, options.open_timeout_s, options.read_timeout_s
    )
    return LiveSource(known.shown, connect, fps=fps, start=start, options=options)


def check_resolution(info: SourceInfo, resolution: tuple[int, int], where: object) -> None:
    """Raises ``BadInput`` unless the source has the (width, height) in which lines and zones are
    drawn; ``where`` names the setting, as in ``shop.toml: camera door: resolution``."""
    width, height = resolution
    if (info.width, info.height) != (width, height):
        raise BadInput(
            "wrong-resolution",
            where,
            f"expected frames of {width}x{height}, found {info.width}x{info.height} from "
            f"{info.address}; set resolution = [{info.width}, {info.height}] and draw the lines "
            f"and zones again, or choose the camera's {width}x{height} stream",
        )
