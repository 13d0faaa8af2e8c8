"""Which recording is whose, and when it began: a folder's files are named after cameras."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from miseban.camera.opening import open_source
from miseban.vision.sources import check_resolution
from miseban.vision.sources.address import redact
from miseban.vision.sources.source import Source
from miseban.vocabulary.errors import BadInput, MisebanError
from miseban.vocabulary.shop import Shop

VIDEOS = (".mp4", ".mov", ".avi", ".mkv", ".webm", ".gif", ".m4v", ".ts")
LONGEST = timedelta(hours=24)
"""Recordings of one stretch of time do not begin further apart."""
_STAMP = re.compile(r"^(?P<camera>.+)[@_](?P<date>\d{8})[T_-](?P<time>\d{6})$")


@dataclass(frozen=True, slots=True)
class Recording:
    """Where a camera's pictures come from. ``start`` is aware, or None where only the source itself
    may know."""

    camera: str
    address: str
    start: datetime | None = None


def in_folder(folder: Path, shop: Shop, start: datetime | None = None) -> list[Recording]:
    """The recordings of the shop's cameras in ``folder``, in the shop file's order: ``CAMERA.mp4``
    or, with the shop's time at which it began, ``CAMERA_20260407_110000.mp4``.

    ``start`` is when those without a time in their name began. Raises ``BadInput`` for a folder
    without any, or with two of one camera.
    """
    known = {camera.id for camera in shop.cameras}
    zone = ZoneInfo(shop.shop.timezone)
    found: dict[str, Recording] = {}
    try:
        files = sorted(file for file in folder.iterdir() if file.suffix.lower() in VIDEOS)
    except OSError as error:
        raise BadInput("unreadable-file", folder, f"cannot be read: {error.strerror}") from None
    for file in files:
        camera, began = _named(file.stem, known, zone)
        if camera is None:
            continue
        if camera in found:
            other = Path(found[camera].address).name
            what = f'expected one recording of "{camera}", found {other} and {file.name}'
            raise BadInput("recordings", folder, what)
        found[camera] = Recording(camera, str(file), began or start)
    if not found:
        first = f"{shop.cameras[0].id}.mp4" if shop.cameras else "cameras in the shop file"
        names = ", ".join(file.name for file in files[:5]) or "no video"
        what = f"expected recordings named after the shop's cameras, as {first}; found {names}"
        raise BadInput("recordings", folder, what)
    return [found[camera.id] for camera in shop.cameras if camera.id in found]


def of_shop_file(shop: Shop, base: Path, start: datetime | None = None) -> list[Recording]:
    """Each camera's own ``source``; relative paths start from ``base``, the shop file's folder.
    Simulated cameras are played at full pace. Raises ``BadInput`` for live ones."""
    found = []
    for camera in shop.cameras:
        address = camera.source
        if address.startswith(("rtsp:", "rtsps:", "usb:")):
            what = "expected recordings: several live cameras cannot be analysed together yet"
            raise BadInput("live", f'[[camera]] "{camera.id}" {redact(address)}', what)
        if address.startswith("sim:"):
            if "pace=" not in address:
                address += ("&" if "?" in address else "?") + "pace=full"
            found.append(Recording(camera.id, address))
        elif address.startswith("images:"):
            found.append(Recording(camera.id, address, start))
        else:
            found.append(Recording(camera.id, str(base / address), start))
    return found


def opened(
    recordings: list[Recording], shop: Shop, shop_file: Path, fps: float | None = None
) -> tuple[dict[str, Source], dict[str, str]]:
    """The sources that could be opened, by their camera, and why the others could not.

    Each is read at its camera's rate, or at ``fps``. Raises ``BadInput`` where none could be, with
    the first's reason, and where they are of different days; what was opened is closed then.
    """
    sources: dict[str, Source] = {}
    lost: dict[str, str] = {}
    faults: list[MisebanError] = []
    for one in recordings:
        camera = shop.camera(one.camera)
        try:
            source = open_source(
                one.address, fps=fps or camera.fps, start=one.start, shop_file=shop_file
            )
            try:
                where = f'{shop_file}: [[camera]] "{one.camera}" resolution'
                check_resolution(source.info, camera.resolution, where)
            except BadInput:
                source.close()
                raise
        except MisebanError as error:
            faults.append(error)
            lost[one.camera] = error.what
        else:
            sources[one.camera] = source
    try:
        if not sources:
            raise faults[0]
        _of_one_stretch(sources)
    except MisebanError:
        for source in sources.values():
            source.close()
        raise
    return sources, lost


def _named(stem: str, known: set[str], zone: ZoneInfo) -> tuple[str | None, datetime | None]:
    """Whose recording it is, and the time in its name."""
    if stem in known:
        return stem, None
    match = _STAMP.match(stem)
    if match is None or match["camera"] not in known:
        return None, None
    try:
        began = datetime.strptime(match["date"] + match["time"], "%Y%m%d%H%M%S")  # noqa: DTZ007
    except ValueError:
        return None, None
    return match["camera"], began.replace(tzinfo=zone)


def _of_one_stretch(sources: Mapping[str, Source]) -> None:
    starts = {camera: source.info.start for camera, source in sources.items()}
    first, last = min(starts, key=starts.__getitem__), max(starts, key=starts.__getitem__)
    if starts[last] - starts[first] > LONGEST:
        guessed = any(source.info.start_guessed for source in sources.values())
        hint = "; give --start, or name files CAMERA_20260407_110000.mp4" if guessed else ""
        what = (
            f"expected recordings of one time, found {first} from "
            f"{starts[first]:%Y-%m-%d %H:%M} and {last} from "
            f"{starts[last]:%Y-%m-%d %H:%M} UTC{hint}"
        )
        raise BadInput("recordings", sources[last].info.address, what)
