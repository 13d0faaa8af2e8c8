"""How a process that works for another begins (``miseban.journal.apart``)."""

from __future__ import annotations

from miseban.camera.process.logs import start_logging
from miseban.camera.process.memory import take_it_plainly


def begin_aside() -> None:
    """It takes memory and writes logs as the one that it works for."""
    take_it_plainly()
    start_logging()
