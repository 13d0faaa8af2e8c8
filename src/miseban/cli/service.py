"""``miseban service``: a hub or a camera as a service of systemd."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.shop import load_shop

app = typer.Typer(
    help="Hubs and cameras as services of systemd.", no_args_is_help=True, rich_markup_mode=None
)


@app.callback()
def _service() -> None:
    """Hubs and cameras as services of systemd."""


@app.command("install")
def install_command(
    part: Annotated[
        Literal["run", "hub", "camera"], typer.Argument(metavar="PART", help="run, hub or camera.")
    ],
    shop_file: Annotated[Path, typer.Argument(metavar="SHOP", help="The shop file.")],
    settings_file: Annotated[
        Path | None, typer.Option("--settings", metavar="FILE", help="hub.toml, of a hub.")
    ] = None,
    hub_url: Annotated[
        str | None, typer.Option("--hub", metavar="URL", help="The broker, of a camera.")
    ] = None,
    password_file: Annotated[
        Path | None, typer.Option("--password-file", metavar="FILE", help="For the broker.")
    ] = None,
    data: Annotated[
        Path, typer.Option("--data", metavar="DIR", help="The only folder it may write to.")
    ] = Path("/var/lib/miseban"),
    user: Annotated[str, typer.Option("--user", help="Who runs it.")] = "miseban",
    units: Annotated[
        Path, typer.Option("--units", metavar="DIR", help="Where systemd looks for units.")
    ] = Path("/etc/systemd/system"),
) -> None:
    """Writes the unit of a service that starts with the machine and comes back when it falls.

    Example: miseban service install hub /etc/miseban/shop.toml --settings /etc/miseban/hub.toml
    """
    from miseban.hub.running.service import Service, install, needed_first

    load_shop(shop_file)
    if part == "camera" and hub_url is None:
        raise BadInput("service", "--hub", "expected the broker's address, for a camera")
    given = (
        ("--settings", settings_file, ("run", "hub")),
        ("--hub", hub_url, ("camera",)),
        ("--password-file", password_file, ("camera",)),
    )
    arguments = [str(shop_file.absolute())]
    for name, value, parts in given:
        if value is None:
            continue
        if part not in parts:
            raise BadInput("service", name, f"is for {' and '.join(parts)}, not for {part}")
        arguments += [name, str(value.absolute() if isinstance(value, Path) else value)]
    place = "--outbox" if part == "camera" else "--data"
    arguments += [place, str(data.absolute())]
    path = install(Service(part, arguments, user, data.absolute()), units)
    typer.echo(f"written: {path}")
    for before in needed_first(user, data.absolute()):
        typer.echo(f"first: {before}")
    typer.echo(f"start it: systemctl daemon-reload && systemctl enable --now {path.name}")
