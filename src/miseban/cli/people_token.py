"""``miseban people token``: API tokens of programs."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from miseban.cli.at_hub import AsJson, DataFolder, SettingsFile, now, people_of
from miseban.cli.common import wide_console

if TYPE_CHECKING:
    from miseban.hub.people.tokens import Token

app = typer.Typer(help="API tokens of programs.", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def token() -> None:
    """API tokens of programs."""


@app.command("add")
def add_token(
    login: Annotated[str, typer.Argument(metavar="LOGIN", help="Whose token it is.")],
    name: Annotated[str, typer.Argument(metavar="NAME", help="What it is for.")],
    scope: Annotated[
        list[str], typer.Option("--scope", metavar="RIGHT", help="A right; may be repeated.")
    ],
    days: Annotated[int, typer.Option("--days", min=1, max=366, help="How long it works.")],
    as_json: AsJson = False,
    settings: SettingsFile = None,
    data: DataFolder = None,
) -> None:
    """Makes a token and prints it, once. It never has more rights than its owner.

    Example: miseban people token add hanako "till 1" --scope import.receipts --days 365
    """
    from miseban.hub.people.identity import CONSOLE

    at = now()
    with people_of(settings, data) as hub:
        owner = hub.accounts.named(login)
        until = at + timedelta(days=days)
        made, secret = hub.tokens.create(owner.id, name, scope, until, CONSOLE, at)
    if as_json:
        typer.echo(json.dumps({**_row(made), "token": secret}, indent=2))
    else:
        typer.echo(f"{made.owner}: {made.name}, until {made.expires_at:%Y-%m-%d}", err=True)
        typer.echo(secret)


@app.command("list")
def list_tokens(
    login: Annotated[
        str | None, typer.Argument(metavar="[LOGIN]", help="Of this account only.")
    ] = None,
    as_json: AsJson = False,
    settings: SettingsFile = None,
    data: DataFolder = None,
) -> None:
    """Shows tokens, what they may do, and when they were used last.

    Example: miseban people token list hanako
    """
    with people_of(settings, data) as hub:
        owner = hub.accounts.named(login).id if login else None
        found = hub.tokens.all(owner)
    if as_json:
        typer.echo(json.dumps([_row(one) for one in found], indent=2))
        return
    table = Table("id", "owner", "name", "scopes", "until", "last used", box=None)
    for one in found:
        used = one.used_at.strftime("%Y-%m-%d %H:%M") if one.used_at else "never"
        scopes, until = " ".join(sorted(one.scopes)), f"{one.expires_at:%Y-%m-%d}"
        table.add_row(one.id, one.owner, escape(one.name), scopes, until, used)
    wide_console().print(table)


@app.command("revoke")
def revoke_token(
    token_id: Annotated[str, typer.Argument(metavar="ID", help="As list shows it.")],
    settings: SettingsFile = None,
    data: DataFolder = None,
) -> None:
    """Ends a token at once.

    Example: miseban people token revoke 36f9339df567e374
    """
    from miseban.hub.people.identity import CONSOLE

    with people_of(settings, data) as hub:
        hub.tokens.revoke(token_id, CONSOLE, now())
    typer.echo(f"{token_id}: revoked")


def _row(one: Token) -> dict[str, object]:
    used = one.used_at.isoformat(timespec="seconds") if one.used_at else None
    return {
        "id": one.id,
        "owner": one.owner,
        "name": one.name,
        "scopes": sorted(one.scopes),
        "made_at": one.made_at.isoformat(timespec="seconds"),
        "expires_at": one.expires_at.isoformat(timespec="seconds"),
        "used_at": used,
    }
