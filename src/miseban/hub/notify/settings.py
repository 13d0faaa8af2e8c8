"""``notify.toml``: by which ways people are told, beside the pages and web push."""

from __future__ import annotations

import re
import stat
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationError

from miseban.hub.alerts.load import ALWAYS
from miseban.hub.notify.outgoing import Network, networks
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.identifiers import Name
from miseban.vocabulary.shop.problem import Problem, bad_shop, shown
from miseban.vocabulary.shop.table import Id, Table, wrong
from miseban.vocabulary.shop.translate import from_pydantic

LISTS = ("channel", "report")


def _contact(text: str) -> str:
    if not text.startswith(("mailto:", "https://")) or any(c.isspace() for c in text):
        raise wrong('"mailto:NAME@HOST" or "https://..."')
    return text


def _clock(text: str) -> str:
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", text):
        raise wrong('a clock time such as "07:00"')
    return text


Secret = Annotated[str, Field(min_length=3, max_length=2048)]


class Channel(Table):
    """A chat, a mailbox or a pager."""

    id: Id = Field(description="What rules call it.")
    urls: Annotated[
        tuple[Secret, ...],
        Field(
            min_length=1,
            max_length=50,
            json_schema_extra={"form": 'list of addresses, as `["mailtos://..."]`'},
        ),
    ] = Field(repr=False, description="Where to, as Apprise writes it. They hold passwords.")
    language: Literal["en", "ja", "ko"] | None = Field(
        default=None, description="Of its messages. Without it: that of the rules."
    )


class ReportSettings(Table):
    """A report that is sent by itself."""

    id: Id = Field(description="Under this name it is remembered what has been sent.")
    kind: Literal["day", "week"] = Field(
        description="`day`: of yesterday, each morning. `week`: of the last week, on Monday."
    )
    at: Annotated[str, AfterValidator(_clock)] = Field(
        default="07:00",
        description="When, by the shop's clock.",
        json_schema_extra={"form": "clock time"},
    )
    language: Literal["en", "ja", "ko"] | None = Field(
        default=None, description="Without it: that of the channel, or else of the rules."
    )
    channels: Annotated[
        tuple[Name, ...],
        Field(min_length=1, max_length=20, json_schema_extra={"form": "list of ids"}),
    ] = Field(description="To which channels of this file.")


class NotifySettings(Table):
    """The whole file."""

    contact: Annotated[str, Field(max_length=200), AfterValidator(_contact)] | None = Field(
        default=None,
        description="Where a push service turns to when something is wrong with our messages: "
        "`mailto:` or `https:`. Apple's takes no message without it.",
        json_schema_extra={"form": "`mailto:NAME@HOST` or `https://...`"},
    )
    allow: Annotated[
        tuple[str, ...],
        Field(max_length=100, json_schema_extra={"form": 'list, as `["10.0.0.0/8"]`'}),
    ] = Field(
        default=(),
        description="Networks to which webhooks and web push may go although they are the hub's "
        "own machine or its link.",
    )
    insecure: bool = Field(
        default=False,
        description="Whether webhooks may go to `http://` addresses, where others can read them.",
    )
    dead_after_days: Annotated[int, Field(strict=True, ge=1, le=30)] = Field(
        default=5,
        description="A webhook whose receiver has not taken anything for so many days is switched "
        "off.",
    )
    channels: Annotated[
        tuple[Channel, ...], Field(max_length=100, json_schema_extra={"form": "`[[channel]]`"})
    ] = Field(
        default=(),
        validation_alias="channel",
        serialization_alias="channel",
        description="Further ways.",
    )
    reports: Annotated[
        tuple[ReportSettings, ...],
        Field(max_length=50, json_schema_extra={"form": "`[[report]]`"}),
    ] = Field(
        default=(),
        validation_alias="report",
        serialization_alias="report",
        description="What is sent on schedule.",
    )

    @property
    def networks(self) -> tuple[Network, ...]:
        """Those of ``allow``."""
        return networks(self.allow, "allow")


def load_notify(path: Path | None) -> NotifySettings:
    """The settings in the TOML file at ``path``, or the defaults when there is none.

    Raises ``BadInput`` naming file, table and key; also for a file that others may read, since
    addresses hold passwords.
    """
    if path is None or not path.exists():
        return NotifySettings()
    try:
        text = path.read_text("utf-8")
        mode = stat.S_IMODE(path.stat().st_mode)
    except (OSError, UnicodeDecodeError) as error:
        what = f"expected a settings file in UTF-8 that can be read, found: {error}"
        raise BadInput("unreadable-notify", path, what) from None
    if mode & 0o077:
        what = f"expected a file for its owner alone (chmod 600), found mode {mode:o}"
        raise BadInput("notify-mode", path, what)
    return parse_notify(text, str(path))


def parse_notify(text: str, where: str) -> NotifySettings:
    """The settings that TOML ``text`` describes; ``where`` names it in errors."""
    try:
        data = tomllib.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError) as error:
        raise BadInput("not-toml", where, f"expected TOML, found: {error}") from None
    try:
        settings = NotifySettings.model_validate(data, by_alias=True, by_name=False)
    except ValidationError as error:
        problems = from_pydantic(error, NotifySettings)
    else:
        problems = list(_misfits(settings))
        if not problems:
            return settings
    raise bad_shop(where, problems, data, code="bad-notify", lists=LISTS)


def _misfits(settings: NotifySettings) -> Iterator[Problem]:
    seen: set[str] = set()
    for number, channel in enumerate(settings.channels):
        if channel.id in seen or channel.id in ALWAYS:
            yield Problem(("channel", number, "id"), "an id of its own", shown(channel.id))
        seen.add(channel.id)
    for number, text in enumerate(settings.allow):
        try:
            networks([text], "allow")
        except BadInput:
            expected = 'an address or a network such as "10.0.0.0/8"'
            yield Problem(("allow", number), expected, shown(text))
    yield from _unknown_channels(settings)


def _unknown_channels(settings: NotifySettings) -> Iterator[Problem]:
    known = [channel.id for channel in settings.channels]
    seen: set[str] = set()
    for number, report in enumerate(settings.reports):
        if report.id in seen:
            yield Problem(("report", number, "id"), "an id of its own", shown(report.id))
        seen.add(report.id)
        for place, name in enumerate(report.channels):
            if name not in known:
                expected = f"one of {', '.join(known)}" if known else "a channel of this file"
                yield Problem(("report", number, "channels", place), expected, shown(name))
            elif name in report.channels[:place]:
                where = ("report", number, "channels", place)
                yield Problem(where, "each channel once", shown(name))
