"""What became wrong, or right again, with a camera."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from miseban.vocabulary.events import Trouble


@dataclass(frozen=True, slots=True)
class CameraTrouble:
    """A trouble of ``camera`` that began, lasts or ended, as was found out at ``time_s``; it has
    been there since ``since_s``, as far as can be told. Seconds are the shop's common clock, since
    the start.

    ``clock_s``: how many seconds the camera's clock is ahead. ``dx_px``, ``dy_px``: where in the
    middle of its picture things went, to the right and downwards.
    """

    camera: str
    state: Trouble
    phase: Literal["begins", "lasts", "ends"]
    time_s: float
    since_s: float
    reason: str = ""
    clock_s: float | None = None
    dx_px: float | None = None
    dy_px: float | None = None
