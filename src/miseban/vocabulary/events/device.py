"""Events about the cameras themselves."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from miseban.vocabulary.events.base import EventBase, Seconds


class CameraHealth(EventBase):
    """What the camera could and could not see: a ``gap`` of lost coverage that ended at ``time``,
    or that all is well (``state`` "ok", which nothing writes yet)."""

    type: Literal["camera.health"] = "camera.health"
    state: Literal["ok", "gap"]
    fps: Annotated[float, Field(ge=0)]
    gap_s: Seconds = 0.0
    reason: str = ""
