"""``miseban run``: a whole shop on one box, hub and cameras, without a broker."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from miseban.camera.child_process import Command
from miseban.camera.process.commands import appearance_s, camera_commands, check_cameras
from miseban.camera.process.memory import begin_anew
from miseban.cli.hub import DataFolder, Listen, LogForm, SettingsFile, need_hub_packages
from miseban.cli.live_cameras import Appearance, LiveCameras, models_of
from miseban.vocabulary.policies import allow_uniform
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
    appearance: Appearance = False,
) -> None:
    """Runs the hub and the live cameras of a shop on one box, until Ctrl-C or SIGTERM.

    Each camera is a process of its own, which delivers to the hub as it would over a network: what
    breaks one of them leaves the others and the hub alone. What is set on the pages is taken up at
    once, and on SIGHUP the files are read again: cameras that are new begin, and those of which the
    shop file says something else begin anew.

    Example: miseban run shop.toml --data /var/lib/miseban
    """
    need_hub_packages()
    from miseban.hub.running.command import SOCKET, run_hub
    from miseban.web.site import add_pages

    def check() -> None:
        shop = load_shop(shop_file)
        if shop.cameras or cameras:  # else they are added on its pages
            check_cameras(shop, models_of(shop, shop_file, cameras, model, None), shop_file)
        if appearance:
            appearance_s(shop, shop_file)
        allow_uniform(shop, shop_file)

    check()

    @contextmanager
    def beside(box: Box) -> Iterator[None]:
        folder = box.settings.data

        def commands(strict: bool) -> dict[str, Command]:
            shop = load_shop(shop_file)
            models = models_of(shop, shop_file, cameras, model, None, strict=strict)
            if not models:
                return {}
            hub, outbox = folder / SOCKET, folder / "outbox"
            return camera_commands(
                shop_file, models, hub, outbox, appearance=appearance, strict=strict
            )

        live = LiveCameras(commands, memory_mb)
        ended = threading.Event()
        watching = threading.Thread(target=live.run, args=(ended.is_set,), name="cameras")
        watching.start()
        box.on_reload.append(live.reload)
        try:
            yield
        finally:
            box.on_reload.remove(live.reload)
            ended.set()
            watching.join()

    if run_hub(
        shop_file, settings_file, data=data, listen=listen, log_form=log_form, beside=beside,
        pages=add_pages, check=check,
    ):  # fmt: skip
        begin_anew()
