"""``miseban people audit``: the log of who did what."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from miseban.cli.at_hub import AsJson, DataFolder, SettingsFile, people_of
from miseban.cli.common import wide_console

app = typer.Typer(help="The log of who did what.", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def audit() -> None:
    """The log of who did what."""


@app.command("show")
def show_log(
    limit: Annotated[
        int, typer.Option("--limit", min=1, max=100_000, help="How many entries, from the newest.")
    ] = 50,
    as_json: AsJson = False,
    settings: SettingsFile = None,
    data: DataFolder = None,
) -> None:
    """Shows the newest entries, the oldest of them first.

    Example: miseban people audit show --limit 20
    """
    with people_of(settings, data) as hub:
        entries = hub.audit.entries(limit=limit)[::-1]
    rows = [{**asdict(one), "at": one.at.isoformat(timespec="seconds")} for one in entries]
    if as_json:
        typer.echo(json.dumps(rows, indent=2))
        return
    table = Table("no.", "at", "who", "from", "act", "about", box=None)
    for row in rows:
        names = ("number", "at", "who", "came_from", "act", "about")
        table.add_row(*(escape(str(row[name])) for name in names))
    wide_console().print(table)


@app.command("verify")
def verify_log(
    head: Annotated[
        str | None,
        typer.Option("--head", metavar="NUMBER:HASH", help="What verify printed some time ago."),
    ] = None,
    settings: SettingsFile = None,
    data: DataFolder = None,
) -> None:
    """Checks that no entry was changed, dropped or put in, and prints the newest one's hash. Keep
    that elsewhere: beside it a log that was cut short or made anew shows.

    Example: miseban people audit verify --head 120:9f86d081884c7d65...
    """
    with people_of(settings, data) as hub:
        from miseban.hub.people.audit_log import Head

        found = hub.audit.verify(Head.read(head) if head else None)
    typer.echo(str(found))
