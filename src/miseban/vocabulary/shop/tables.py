"""The tables of the whole shop file: ``[shop]``, and all that stands and hangs in it."""

from __future__ import annotations

import zoneinfo
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from miseban.vocabulary.shop.camera import Camera
from miseban.vocabulary.shop.fixture import Fixture
from miseban.vocabulary.shop.help import Help
from miseban.vocabulary.shop.hours import DailyHours
from miseban.vocabulary.shop.line import Line
from miseban.vocabulary.shop.notice import Notice
from miseban.vocabulary.shop.problem import did_you_mean, shown
from miseban.vocabulary.shop.shelf import Shelf
from miseban.vocabulary.shop.staff import Staff
from miseban.vocabulary.shop.table import Id, Table, Title, title_from_id, wrong
from miseban.vocabulary.shop.till import Till
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
class Tables(Table):
    """Each right by itself; whether they go together, ``checks`` says."""

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
