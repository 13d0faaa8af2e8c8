"""``miseban run``: a whole shop on one box, hub and cameras, without a broker."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from miseban.camera.process.commands import camera_commands, check_cameras
from miseban.camera.process.settings import Model
from miseban.camera.supervisor import Supervisor, SupervisorSettings
from miseban.cli.hub import DataFolder, Listen, LogForm, SettingsFile, need_hub_packages
from miseban.cli.which_model import which_model
from miseban.vocabulary.shop import load_shop

if TYPE_CHECKING:
    from miseban.hub.running.box import Box


def run_command(
    shop_file: Annotated[Path, typer.Argument(metavar="SHOP", help="The shop file.")],
    settings_file: SettingsFile = None,
    data: DataFolder = None,
    listen: Listen = None,
    cameras: Annotated[
        list[str] | None,
        typer.Option("--camera", metavar="ID", help="Only this one; may be repeated."),
    ] = None,
    model: Annotated[
        str | None, typer.Option("--model", help="The detector; without it as for analyze.")
    ] = None,
    memory_mb: Annotated[
        int, typer.Option("--memory-mb", min=100, help="A camera that takes more starts anew.")
    ] = 2000,
    log_form: LogForm = None,
) -> None:
    """Runs the hub and the live cameras of a shop on one box, until Ctrl-C or SIGTERM.

    Each camera is a process of its own, which delivers to the hub as it would over a network: what
    breaks one of them leaves the others and the hub alone.

    Example: miseban run shop.toml --data /var/lib/miseban
    """
    need_hub_packages()
    from miseban.hub.running.command import SOCKET, run_hub
    from miseban.web.site import add_pages

    shop = load_shop(shop_file)
    wanted = [shop.camera(name).id for name in cameras or [c.id for c in shop.cameras]]
    models = {}
    for name in wanted:
        chosen, threads = which_model(model, shop, shop_file, name)
        models[name] = Model(name=chosen, threads=threads)
    check_cameras(shop, models, shop_file)

    @contextmanager
    def beside(box: Box) -> Iterator[None]:
        folder = box.settings.data
        commands = camera_commands(shop_file, models, folder / SOCKET, folder / "outbox")
        supervisor = Supervisor(commands, SupervisorSettings(rss_bytes=memory_mb * 1_000_000))
        ended = threading.Event()
        watching = threading.Thread(target=supervisor.run, args=(ended.is_set,), name="cameras")
        watching.start()
        try:
            yield
        finally:
            ended.set()
            watching.join()

    run_hub(
        shop_file, settings_file, data=data, listen=listen, log_form=log_form, beside=beside,
        pages=add_pages,
    )  # fmt: skip
