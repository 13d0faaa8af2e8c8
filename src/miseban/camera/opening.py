"""Opens any source: cameras and recordings, and cameras of the simulated shop."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from miseban.vision import sources
from miseban.vision.sources import LiveOptions
from miseban.vision.sources.source import Source
from miseban.vocabulary.errors import BadInput


def open_source(
    address: str,
    *,
    fps: float | None = None,
    start: datetime | None = None,
    shop_file: Path | None = None,
    options: LiveOptions | None = None,
) -> Source:
    """``address`` as ``miseban.vision.sources`` takes it, or ``sim:ID...``, whose shop is that of
    ``shop_file`` unless it names another. Raises as these do."""
    if not address.startswith("sim:"):
        return sources.open_source(address, fps=fps, start=start, options=options)
    if start is not None:
        what = "a simulated camera starts when its scenario does; sim:ID?from=HH:MM changes that"
        raise BadInput("start", address, what)
    from miseban.camera.simulated import open_simulated  # only now: the simulator takes a second

    return open_simulated(address, fps=fps, shop_file=shop_file)
