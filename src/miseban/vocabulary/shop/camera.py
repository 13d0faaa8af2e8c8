"""``[[camera]]``: a lens, its picture, and how the picture lies on the floor."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from miseban.vocabulary.shop.geometry import tie_to_floor
from miseban.vocabulary.shop.source import known_source, redact
from miseban.vocabulary.shop.table import Id, Point, Table, Title, title_from_id

Side = Annotated[int, Field(strict=True, ge=16, le=8192)]
Resolution = Annotated[
    tuple[Side, Side],
    Field(json_schema_extra={"form": "`[width, height]`, whole numbers from 16 to 8192"}),
]
Source = Annotated[str, Field(min_length=1, max_length=1024), AfterValidator(known_source)]


class FloorPoint(Table):
    """One spot of the floor, in the picture and on the plan."""

    pixel: Point = Field(description="Where the spot is in the picture, in pixels.")
    floor_m: Point = Field(description="Where the spot is on the floor plan, in metres.")


def _tied(points: tuple[FloorPoint, ...]) -> tuple[FloorPoint, ...]:
    if points:
        tie_to_floor(tuple(p.pixel for p in points), tuple(p.floor_m for p in points))
    return points


class Camera(Table):
    """One camera. Pixel coordinates anywhere in the file belong to its ``resolution``."""

    id: Id = Field(description="What lines, zones and shelves call this camera.")
    name: Title = Field(
        default_factory=title_from_id, description="Its name for people. Without it: the id."
    )
    source: Source = Field(
        description="Where the pictures come from: a video file's path, `rtsp://...`, "
        "`rtsps://...`, `usb:0`, `images:FOLDER`, or `sim:ID` (the simulated camera of that id)."
    )
    resolution: Resolution = Field(
        description="Size of the picture in which the points of this file were drawn."
    )
    fps: Annotated[float, Field(strict=True, allow_inf_nan=False, gt=0, le=120)] = Field(
        default=5.0,
        description="Frames analysed a second. Counts do not depend on it; 5 is plenty indoors.",
    )
    model: Annotated[str, Field(max_length=120)] = Field(
        default="",
        description="The detector for this camera, as `miseban models list` names it, or "
        "`NAME@RUNTIME`. Without it: what `miseban models bench --budget` has recorded for the "
        "camera, else the most accurate one at hand.",
    )
    anchor: Literal["feet", "upright", "centre"] = Field(
        default="feet",
        description="Which point of a person's box says where the person stands: `feet`, the "
        "middle of its bottom edge; `upright`, the foot of the plumb line through its middle, for "
        "a wide or steep camera with `floor_points`; or `centre`, for a camera that looks "
        "straight down.",
    )
    floor_points: Annotated[
        tuple[FloorPoint, ...],
        Field(
            max_length=24,
            json_schema_extra={
                "form": "four to 24 of `{ pixel = [x, y], floor_m = [x, y] }`, or none"
            },
        ),
        AfterValidator(_tied),
    ] = Field(
        default=(),
        description="Spots of the floor that are known in the picture and on the plan. With "
        "them, positions come out in metres.",
    )

    @property
    def width(self) -> int:
        """Of the picture, in pixels."""
        return self.resolution[0]

    @property
    def height(self) -> int:
        """Of the picture, in pixels."""
        return self.resolution[1]

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:  # never a password
        for key, value in super().__repr_args__():
            yield key, redact(value) if key == "source" else value
