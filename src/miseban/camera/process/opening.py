"""Opens the live cameras of a shop file."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from miseban.camera.opening import open_source
from miseban.camera.process.patient import PatientSource
from miseban.vision.sources import LiveOptions
from miseban.vision.sources.address import parse, redact
from miseban.vision.sources.source import Source
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.shop import Shop


def is_live(address: str) -> bool:
    """Whether what is at that address of a shop file never ends, as cameras do."""
    if address.startswith("sim:"):
        return "pace=full" not in address
    return parse(address).kind in ("rtsp", "usb")


def check_live(shop: Shop, cameras: list[str], shop_file: Path) -> None:
    """Raises ``BadInput`` unless all these cameras have a source that never ends."""
    for name in cameras:
        address = shop.camera(name).source
        if not is_live(address):
            where = f'{shop_file}: [[camera]] "{name}" source'
            what = (
                f"expected a live camera, rtsp://, rtsps://, usb: or sim:, found {redact(address)}"
            )
            raise BadInput("not-live", where, f"{what}; recordings are for miseban analyze")


def open_live(shop: Shop, name: str, shop_file: Path) -> Source:
    """The camera ``name``, whether or not it answers at the moment. Raises ``BadInput`` for a
    simulated one that cannot be played."""
    camera = shop.camera(name)
    if camera.source.startswith("sim:"):
        return open_source(camera.source, fps=camera.fps, shop_file=shop_file)

    options = LiveOptions(name=name)

    def open_camera(start: datetime) -> Source:
        return open_source(camera.source, fps=camera.fps, start=start, options=options)

    where = f'{shop_file}: [[camera]] "{name}" resolution'
    shown = redact(camera.source)
    return PatientSource(name, shown, where, camera.resolution, camera.fps, open_camera)
