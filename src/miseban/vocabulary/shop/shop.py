"""The whole shop file, checked."""

from __future__ import annotations

from typing import Self

from pydantic import ValidationError, ValidationInfo, model_validator

from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.shop.camera import Camera
from miseban.vocabulary.shop.checks import misfits
from miseban.vocabulary.shop.line import Line
from miseban.vocabulary.shop.problem import bad_shop, shown
from miseban.vocabulary.shop.shelf import Shelf
from miseban.vocabulary.shop.tables import Tables
from miseban.vocabulary.shop.translate import from_pydantic
from miseban.vocabulary.shop.zone import Zone


class Shop(Tables):
    """A checked shop file. Ids are unique per table, every reference leads somewhere, every point
    lies in its picture or on the floor."""

    @model_validator(mode="after")
    def _fits_together(self, info: ValidationInfo) -> Self:
        problems = misfits(self)
        if problems:
            where = (info.context or {}).get("where", "shop")
            # BadInput is no ValueError: pydantic lets it through as it is.
            raise bad_shop(where, problems, self.model_dump(by_alias=True))
        return self

    @classmethod
    def plain(
        cls, camera_id: str, resolution: tuple[int, int], source: str, fps: float = 5.0
    ) -> Shop:
        """A shop of one camera and nothing drawn, to analyse a clip without a shop file.

        ``resolution`` is (width, height) in pixels. Raises ``BadInput`` when the camera would not
        stand in a shop file either.
        """
        camera = {"id": camera_id, "source": source, "resolution": resolution, "fps": fps}
        shop = {"id": "shop", "timezone": "UTC", "policy": "strict"}
        return cls.checked({"shop": shop, "camera": [camera]}, where="without a shop file")

    @classmethod
    def checked(cls, data: dict[str, object], where: str) -> Shop:
        """The shop that ``data`` describes, a mapping as read from TOML. ``where`` names its file.
        Raises ``BadInput`` naming file, table and key."""
        try:
            return cls.model_validate(data, context={"where": where}, by_alias=True, by_name=False)
        except ValidationError as error:
            raise bad_shop(where, from_pydantic(error, cls), data) from None

    def camera(self, camera_id: str) -> Camera:
        """The camera of that id; ``BadInput`` naming the known ids if there is none."""
        for camera in self.cameras:
            if camera.id == camera_id:
                return camera
        known = ", ".join(camera.id for camera in self.cameras) or "none"
        raise BadInput(
            "unknown-camera",
            f'[[camera]] of shop "{self.shop.id}"',
            f"expected a camera of the shop file ({known}), found {shown(camera_id)}",
        )

    def zone(self, zone_id: str) -> Zone:
        """The zone of that id; ``BadInput`` naming the known ids if there is none."""
        for zone in self.zones:
            if zone.id == zone_id:
                return zone
        known = ", ".join(zone.id for zone in self.zones) or "none"
        raise BadInput(
            "unknown-zone",
            f'[[zone]] of shop "{self.shop.id}"',
            f"expected a zone of the shop file ({known}), found {shown(zone_id)}",
        )

    def zone_before(self, shelf: Shelf) -> Zone | None:
        """The zone in which people pass that shelf and stop at it, if it is known."""
        wanted = shelf.zone or shelf.id
        return next((zone for zone in self.zones if zone.id == wanted), None)

    def lines_of(self, camera_id: str) -> tuple[Line, ...]:
        """The lines drawn on that camera's picture, in pixels, in the order of the file."""
        return tuple(line for line in self.lines if line.camera == camera_id)

    def zones_of(self, camera_id: str) -> tuple[Zone, ...]:
        """The zones drawn on that camera's picture, in pixels, in the order of the file."""
        return tuple(zone for zone in self.zones if zone.camera == camera_id)

    def floor_lines(self) -> tuple[Line, ...]:
        """The lines drawn on the floor plan, in metres."""
        return tuple(line for line in self.lines if line.camera is None)

    def floor_zones(self) -> tuple[Zone, ...]:
        """The zones drawn on the floor plan, in metres."""
        return tuple(zone for zone in self.zones if zone.camera is None)
