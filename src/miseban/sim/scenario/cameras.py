"""The tables of a scenario that say where cameras hang, and what the room around them is like."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from miseban.vocabulary.shop.table import Coordinate, Id, Table, wrong


def _triple(value: Any) -> Any:
    if isinstance(value, list | tuple) and len(value) == 3:
        return value
    raise wrong("three numbers [x, y, height]")


Spot = Annotated[
    tuple[Coordinate, Coordinate, Coordinate],
    BeforeValidator(_triple),
]
"""Metres: x and y on the floor, then the height above it."""


class Room(Table):
    """``[room]``: the walls around the floor."""

    height_m: Annotated[float, Field(strict=True, allow_inf_nan=False, ge=2, le=20)] = Field(
        default=3.2, description="From the floor to the ceiling."
    )
    seed: Annotated[int, Field(strict=True, ge=0, le=2**31 - 1)] = Field(
        default=0, description="Chooses floor, walls and goods, which are the same in every run."
    )


class CameraPose(Table):
    """``[[camera]]``: where a camera of the shop file hangs, so that its pictures can be drawn."""

    id: Id = Field(description="The camera of the shop file.")
    position_m: Spot = Field(description="Where its lens is, `[x, y, height]`.")
    look_at_m: Spot = Field(description="What is in the middle of its picture, `[x, y, height]`.")
    fov_deg: Annotated[float, Field(strict=True, allow_inf_nan=False, ge=5, le=150)] = Field(
        default=90.0, description="Angle of view from the left to the right edge of the picture."
    )
    roll_deg: Annotated[float, Field(strict=True, allow_inf_nan=False, ge=-180, le=180)] = Field(
        default=0.0, description="How far the camera is turned clockwise about its own axis."
    )
