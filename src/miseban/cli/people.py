"""``miseban people``: accounts and their links, from the console of the hub."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from miseban.cli import people_audit, people_token
from miseban.cli.at_hub import AsJson, DataFolder, SettingsFile, asked_password, now, people_of
from miseban.cli.common import wide_console

if TYPE_CHECKING:
    from miseban.hub.people.links import Link

app = typer.Typer(
    help="Accounts, roles, tokens and the audit log of a hub.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.add_typer(people_token.app, name="token")
app.add_typer(people_audit.app, name="audit")
Login = Annotated[str, typer.Argument(metavar="LOGIN", help="Of an open account.")]


@app.callback()
def people() -> None:
    """Accounts, roles, tokens and the audit log of a hub."""


@app.command("list")
def list_people(
    closed: Annotated[bool, typer.Option("--closed", help="Closed ones too.")] = False,
    as_json: AsJson = False,
    settings: SettingsFile = None,
    data: DataFolder = None,
) -> None:
    """Shows the accounts, their roles, and who has not set a password yet.

    Example: miseban people list --data /var/lib/miseban
    """
    with people_of(settings, data) as hub:
        found = hub.accounts.all(closed=closed)
    if as_json:
        typer.echo(json.dumps([asdict(one) for one in found], default=_written, indent=2))
        return
    table = Table("login", "role", "state", "since", box=None)
    for one in found:
        state = "closed" if one.closed_at else "ready" if one.ready else "invited"
        table.add_row(one.login, one.role, state, f"{one.closed_at or one.made_at:%Y-%m-%d}")
    wide_console().print(table)


@app.command("add")
def add_person(
    login: Annotated[str, typer.Argument(metavar="LOGIN", help="What the person logs in as.")],
    role: Annotated[
        str,
        typer.Option(
            "--role",
            help="manager, staff, marketer, installer, privacy_officer or head_office.",
        ),
    ],
    password: Annotated[
        bool,
        typer.Option("--password", help="Ask for a password here, or read it from a pipe."),
    ] = False,
    as_json: AsJson = False,
    settings: SettingsFile = None,
    data: DataFolder = None,
) -> None:
    """Makes an account and prints the one-time link by which its owner sets a password.

    Example: miseban people add hanako --role manager
    """
    from miseban.hub.people.identity import CONSOLE

    typed = asked_password() if password else None
    with people_of(settings, data, new=True) as hub:
        if typed is not None:
            account = hub.accounts.add(login, role, typed, CONSOLE, now())
            if as_json:
                typer.echo(json.dumps(asdict(account), default=_written, indent=2))
            else:
                typer.echo(f"{account.login}: {account.role}, can log in")
            return
        account, link = hub.accounts.invite(login, role, CONSOLE, now())
    _show(account.login, link, as_json)


@app.command("role")
def set_role(
    login: Login,
    role: Annotated[str, typer.Argument(metavar="ROLE", help="The new role.")],
    settings: SettingsFile = None,
    data: DataFolder = None,
) -> None:
    """Gives an account another role, at once: its sessions end.

    Example: miseban people role hanako privacy_officer
    """
    from miseban.hub.people.identity import CONSOLE

    with people_of(settings, data) as hub:
        account = hub.accounts.named(login)
        account = hub.accounts.set_role(account.id, role, CONSOLE, now())
    typer.echo(f"{account.login}: {account.role}")


@app.command("close")
def close_person(login: Login, settings: SettingsFile = None, data: DataFolder = None) -> None:
    """Closes an account: its password, sessions and tokens end at once.

    Example: miseban people close taro
    """
    from miseban.hub.people.identity import CONSOLE

    with people_of(settings, data) as hub:
        account = hub.accounts.named(login)
        hub.accounts.close(account.id, CONSOLE, now())
    typer.echo(f"{account.login}: closed")


@app.command("reset")
def reset_person(
    login: Login,
    as_json: AsJson = False,
    settings: SettingsFile = None,
    data: DataFolder = None,
) -> None:
    """Prints a one-time link by which somebody sets a new password; the old one holds until then.

    Example: miseban people reset hanako
    """
    from miseban.hub.people.identity import CONSOLE

    with people_of(settings, data) as hub:
        account = hub.accounts.named(login)
        link = hub.accounts.reset(account.id, CONSOLE, now())
    _show(account.login, link, as_json)


def _show(login: str, link: Link, as_json: bool) -> None:
    """The secret itself: on the screen of who asked for it, and nowhere else."""
    if as_json:
        told = {"login": login, "path": link.path, "expires_at": link.expires_at}
        typer.echo(json.dumps(told, default=_written, indent=2))
        return
    typer.echo(
        f"{login}: open this behind the hub's address, once, until {_written(link.expires_at)}"
    )
    typer.echo(link.path)


def _written(value: Any) -> str:
    return value.isoformat(timespec="seconds") if isinstance(value, datetime) else str(value)
