"""What commands ask that work on a hub's database, beside the hub that runs or without it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from miseban.vocabulary.errors import BadInput

if TYPE_CHECKING:  # a camera has none of what these need
    from sqlalchemy import Engine

    from miseban.hub.people.people import People
    from miseban.hub.running.settings import Settings

SettingsFile = Annotated[
    Path | None, typer.Option("--settings", metavar="FILE", help="The hub's settings, hub.toml.")
]
DataFolder = Annotated[
    Path | None, typer.Option("--data", metavar="DIR", help="The hub's folder (default: data/).")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]


def now() -> datetime:
    return datetime.now(UTC)


@contextmanager
def opened(
    settings_file: Path | None, data: Path | None, *, new: bool = False
) -> Iterator[tuple[Settings, Engine]]:
    """The hub's settings and database; with ``new`` it may be the first to open it. Raises
    ``BadInput``."""
    try:
        from miseban.hub.database import open_database
        from miseban.hub.running.settings import load_settings
    except ImportError as error:
        what = f"needs what a camera does not: {error.name} (scripts/setup .venv hub)"
        raise BadInput("hub-packages", "miseban", what) from None
    settings = load_settings(settings_file, data=data)
    if settings.database is None:
        file = Path(settings.database_url.removeprefix("sqlite:///"))
        if new:
            _make(settings.data)
        elif not file.is_file():
            what = "there is no database of a hub; miseban hub makes it, or miseban people add"
            raise BadInput("database", file, what)
    engine = open_database(settings.database_url)
    try:
        yield settings, engine
    finally:
        engine.dispose()


@contextmanager
def people_of(
    settings_file: Path | None, data: Path | None, *, new: bool = False
) -> Iterator[People]:
    """The same, for those who work on people."""
    with opened(settings_file, data, new=new) as (_, engine):
        from miseban.hub.people.people import People

        yield People(engine)


def asked_password() -> str:
    """From a person, who types it twice and does not see it; or the first line of what is piped
    in. Never from the command's line, which others can see."""
    if sys.stdin.isatty():
        typed: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
        return typed
    line = sys.stdin.readline()
    if not line:
        raise BadInput("password", "standard input", "expected a line with a password, found none")
    return line.rstrip("\r\n")


def _make(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        what = f"cannot be made: {error.strerror or error}"
        raise BadInput("data", folder, what) from None
