"""Events about the cameras themselves."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from miseban.vocabulary.events.base import EventBase, Fraction, Seconds

Trouble = Literal[
    "moved", "blocked", "dark", "glare", "blurred", "frozen", "slow",
    "clock", "flapping", "disagrees",
]  # fmt: skip
"""What can be wrong with a view for a while: the camera was moved; something covers the lens; there
is too little light, or so much that the picture is washed out; the picture is out of focus or the
lens dirty; the picture stands still; the processor cannot keep up. And what only shows beside other
cameras: its clock is off; it comes and goes; it tells of places and people that others, who look
there too, do not see."""

Measured = Annotated[float, Field(allow_inf_nan=False)]


class CameraHealth(EventBase):
    """What the camera could and could not see.

    A ``gap`` of lost coverage that ended at ``time``; or a trouble that ``begins``, ``lasts`` or
    ``ends``, and has been there ``since``; or, every quarter of an hour, that all is ``ok``.
    ``fps`` frames a second were analysed of late, and ``detected`` is the part of them that the
    detector looked at: in the others nothing had changed. ``dx_px`` and ``dy_px`` tell by how much
    the view moved, where that can be told: to where in the picture things went, in pixels of the
    camera's resolution, to the right and downwards; ``clock_s`` how many seconds the camera's clock
    is ahead of the others'. ``gap_s`` seconds were lost: in a gap, or while
    nothing could be seen, since the last event about that.
    """

    type: Literal["camera.health"] = "camera.health"
    state: Literal["ok", "gap"] | Trouble
    fps: Annotated[float, Field(ge=0, allow_inf_nan=False)]
    gap_s: Seconds = 0.0
    reason: str = ""
    phase: Literal["begins", "lasts", "ends"] | None = None
    since: AwareDatetime | None = None
    dx_px: Measured | None = None
    dy_px: Measured | None = None
    clock_s: Measured | None = None
    detected: Fraction | None = None
