"""``miseban device``: who may speak on the shop's broker."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.table import Table

from miseban.cli.at_hub import AsJson, DataFolder, SettingsFile, now, opened
from miseban.cli.common import wide_console
from miseban.cli.new_files import check_new
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.shop import load_shop

if TYPE_CHECKING:
    from miseban.hub.mqtt_access import MqttAccess
    from miseban.hub.running.settings import Settings

app = typer.Typer(
    help="Cameras and readers on the shop's MQTT broker.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
Name = Annotated[str, typer.Argument(metavar="NAME", help="Its user name, also in topics.")]
ShopFile = Annotated[Path, typer.Option("--shop", metavar="FILE", help="The shop file.")]
BrokerPid = Annotated[
    int | None,
    typer.Option("--broker-pid", min=2, help="The broker that runs, to read its lists again."),
]


@app.callback()
def device() -> None:
    """Cameras and readers on the shop's MQTT broker."""


@app.command("add")
def add_device(
    name: Name,
    shop_file: ShopFile,
    kind: Annotated[
        Literal["camera", "onvif", "reader"],
        typer.Option(
            "--kind",
            help="camera: of ours; onvif: of others, that counts; reader: hears what is public.",
        ),
    ] = "camera",
    password_file: Annotated[
        Path | None,
        typer.Option("--password-file", metavar="FILE", help="Write it there, not on the screen."),
    ] = None,
    broker_pid: BrokerPid = None,
    as_json: AsJson = False,
    settings: SettingsFile = None,
    data: DataFolder = None,
) -> None:
    """Gives a device a user and a password of its own, which is shown once.

    Example: miseban device add door --shop shop.toml --password-file door.password
    """
    shop = load_shop(shop_file).shop.id
    check_new({"--password-file": password_file})
    with opened(settings, data, new=True) as (found, engine):
        from miseban.hub.mqtt_access import MqttAccess
        from miseban.hub.people.identity import CONSOLE

        access = MqttAccess(engine)
        issued = access.add(name, kind, CONSOLE, now())
        if password_file is not None:
            try:
                password_file.touch(mode=0o600, exist_ok=False)
                password_file.write_text(issued.password + "\n")
            except OSError as error:
                access.revoke(name, CONSOLE, now())
                what = f"cannot be written: {error.strerror or error}"
                raise BadInput("output", password_file, what) from None
        shown = {"user": issued.user}
        if password_file is None:
            shown["password"] = issued.password
        if as_json:
            typer.echo(json.dumps(shown, indent=2))
        else:
            typer.echo("\n".join(f"{what}: {value}" for what, value in shown.items()))
        # After it was shown: it is kept nowhere else, and this may fail.
        _tell(access, found, shop, broker_pid)


@app.command("list")
def list_devices(
    as_json: AsJson = False, settings: SettingsFile = None, data: DataFolder = None
) -> None:
    """Shows who has a password for the broker.

    Example: miseban device list
    """
    with opened(settings, data) as (_, engine):
        from miseban.hub.mqtt_access import MqttAccess

        devices = MqttAccess(engine).all()
    rows = [(one.name, one.kind, one.made_at.isoformat(timespec="seconds")) for one in devices]
    if as_json:
        names = ("name", "kind", "made_at")
        typer.echo(json.dumps([dict(zip(names, row, strict=True)) for row in rows], indent=2))
        return
    table = Table("name", "kind", "since", box=None)
    for row in rows:
        table.add_row(*row)
    wide_console().print(table)


@app.command("revoke")
def revoke_device(
    name: Name,
    shop_file: ShopFile,
    broker_pid: BrokerPid = None,
    settings: SettingsFile = None,
    data: DataFolder = None,
) -> None:
    """Shuts a device out: a broker that is told parts with it at once.

    Example: miseban device revoke door --shop shop.toml --broker-pid 812
    """
    shop = load_shop(shop_file).shop.id
    with opened(settings, data) as (found, engine):
        from miseban.hub.mqtt_access import MqttAccess
        from miseban.hub.people.identity import CONSOLE

        access = MqttAccess(engine)
        access.revoke(name, CONSOLE, now())
        _tell(access, found, shop, broker_pid)
    typer.echo(f"{name}: revoked")


@app.command("broker")
def write_broker_files(
    shop_file: ShopFile,
    listen: Annotated[
        str | None,
        typer.Option("--listen", metavar="ADDRESS:PORT", help="Where devices reach it, with TLS."),
    ] = None,
    port: Annotated[
        int, typer.Option("--port", min=1, max=65535, help="The hub's own, on this machine alone.")
    ] = 1883,
    settings: SettingsFile = None,
    data: DataFolder = None,
) -> None:
    """Writes the configuration of a Mosquitto for this shop: no guests, TLS for other machines.

    Example: miseban device broker --shop shop.toml --listen 0.0.0.0:8883
    """
    shop = load_shop(shop_file).shop.id
    with opened(settings, data, new=True) as (found, engine):
        from miseban.hub.mqtt_access import MqttAccess
        from miseban.hub.mqtt_broker import Broker, read_listen, write_broker
        from miseban.hub.running.certificate import certificate_of

        outside = read_listen(listen) if listen else None
        tls = certificate_of(found, shop, now()) if outside else None
        broker = Broker(found.broker_folder, port, outside, tls)
        write_broker(broker, MqttAccess(engine), shop)
    typer.echo(f"mosquitto -c {broker.configuration}")
    typer.echo(f"the hub's user is hub, its password is in {broker.hub_password}")
    if tls is not None and tls.authority is not None:
        typer.echo(f"devices trust {tls.authority}")


def _tell(access: MqttAccess, settings: Settings, shop: str, pid: int | None) -> None:
    from miseban.hub.mqtt_access import tell_broker
    from miseban.hub.mqtt_broker import Broker, write_lists

    write_lists(Broker(settings.broker_folder), access, shop)
    if pid is not None:
        tell_broker(pid)
