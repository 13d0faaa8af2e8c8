"""The whole shop file: ``[shop]``, and all that stands and hangs in it."""

from __future__ import annotations

import zoneinfo
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, ValidationError, ValidationInfo, model_validator

from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.shop.camera import Camera
from miseban.vocabulary.shop.checks import misfits
from miseban.vocabulary.shop.fixture import Fixture
from miseban.vocabulary.shop.help import Help
from miseban.vocabulary.shop.hours import DailyHours
from miseban.vocabulary.shop.line import Line
from miseban.vocabulary.shop.notice import Notice
from miseban.vocabulary.shop.problem import bad_shop, did_you_mean, shown
from miseban.vocabulary.shop.shelf import Shelf
from miseban.vocabulary.shop.staff import Staff
from miseban.vocabulary.shop.table import Id, Table, Title, title_from_id, wrong
from miseban.vocabulary.shop.till import Till
from miseban.vocabulary.shop.translate import from_pydantic
from miseban.vocabulary.shop.zone import Zone


def _known_timezone(key: str) -> str:
    try:
        zoneinfo.ZoneInfo(key)
    except (KeyError, ValueError, OSError):  # unknown; not a path inside the data; a folder
        known = zoneinfo.available_timezones()
        if not known:
            raise wrong("a time zone, and time zone data on this machine", "no data") from None
        found = shown(key) + did_you_mean(key, known)
        raise wrong('a time zone such as "Asia/Tokyo"', found) from None
    return key


Metres = Annotated[float, Field(strict=True, allow_inf_nan=False, gt=0, le=10_000)]


PolicyName = Literal["jp", "kr", "eu", "strict"]


class Floor(Table):
    """The floor plan: origin at its top left, x to the right, y down."""

    width_m: Metres = Field(description="From left to right, in metres.")
    depth_m: Metres = Field(description="From top to bottom, in metres.")


class ShopInfo(Table):
    """The shop itself."""

    id: Id = Field(description="Stands in every event.")
    name: Title = Field(
        default_factory=title_from_id, description="Its name for people. Without it: the id."
    )
    timezone: Annotated[str, Field(max_length=100), AfterValidator(_known_timezone)] = Field(
        description="The shop's time, as in the IANA data base: `Asia/Tokyo`, `Europe/Paris`."
    )
    policy: PolicyName = Field(
        description="The privacy policy in force. Take `strict` when in doubt."
    )
    empty: Annotated[tuple[DailyHours, ...], Field(max_length=24)] = Field(
        default=(),
        description="Hours of every day in which nobody is in the shop, in its time. Half-way "
        "through them the count of people inside is set to 0, and the drift is reported.",
        json_schema_extra={"form": '`["HH:MM-HH:MM", ...]`'},
    )
    floor: Floor | None = Field(
        default=None,
        description="Size of the floor plan; needed for lines and zones without a camera.",
        json_schema_extra={"form": "`{ width_m = ..., depth_m = ... }`"},
    )


# The keys are singular in the file, as TOML's [[camera]] reads, and plural in Python. (Not alias=,
# which would make type checkers want the singular in Python too.)
class Shop(Table):
    """A checked shop file. Ids are unique per table, every reference leads somewhere, every point
    lies in its picture or on the floor."""

    shop: ShopInfo = Field(description="The shop itself.")
    notice: Notice | None = Field(
        default=None, description="What visitors were told; attributes do not start without it."
    )
    staff: Staff | None = Field(default=None, description="What those who work here wear.")
    help: Help | None = Field(default=None, description="Who is looked for who needs a hand.")
    cameras: Annotated[tuple[Camera, ...], Field(max_length=1000)] = Field(
        default=(),
        validation_alias="camera",
        serialization_alias="camera",
        description="The cameras.",
    )
    lines: Annotated[tuple[Line, ...], Field(max_length=1000)] = Field(
        default=(),
        validation_alias="line",
        serialization_alias="line",
        description="Lines that people pass.",
    )
    zones: Annotated[tuple[Zone, ...], Field(max_length=1000)] = Field(
        default=(),
        validation_alias="zone",
        serialization_alias="zone",
        description="Parts of the floor.",
    )
    shelves: Annotated[tuple[Shelf, ...], Field(max_length=1000)] = Field(
        default=(),
        validation_alias="shelf",
        serialization_alias="shelf",
        description="Shelves and what stands on them.",
    )
    tills: Annotated[tuple[Till, ...], Field(max_length=1000)] = Field(
        default=(),
        validation_alias="till",
        serialization_alias="till",
        description="Tills: a queue and a counter each.",
    )
    fixtures: Annotated[tuple[Fixture, ...], Field(max_length=1000)] = Field(
        default=(),
        validation_alias="fixture",
        serialization_alias="fixture",
        description="What stands on the floor, to be drawn on the plan.",
    )

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
