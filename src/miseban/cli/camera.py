"""``miseban camera``: live cameras, counted for ever, their events delivered to a hub."""

from __future__ import annotations

import signal
import threading
from pathlib import Path
from typing import Annotated

import typer

from miseban.camera.child_process import Command
from miseban.camera.delivery.address import parse_hub
from miseban.camera.process.commands import camera_commands
from miseban.camera.process.logs import start_logging
from miseban.camera.process.memory import settled
from miseban.cli.live_cameras import Appearance, FileWatch, LiveCameras, models_of
from miseban.vocabulary.shop import load_shop


def camera(
    shop_file: Annotated[Path, typer.Argument(metavar="SHOP", help="The shop file.")],
    hub: Annotated[
        str, typer.Option("--hub", metavar="URL", help="mqtt://[USER@]HOST[:PORT] or mqtts://...")
    ],
    cameras: Annotated[
        list[str] | None,
        typer.Option("--camera", metavar="ID", help="Only this one; may be repeated."),
    ] = None,
    outbox: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Where events wait for the hub (default: outbox/ beside "
                     "the shop file)."),
    ] = None,
    password_file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The password of the hub's user.")
    ] = None,
    ca: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Certificates that are believed, with mqtts://."),
    ] = None,
    model: Annotated[
        str | None, typer.Option(help="The detector; without it as for analyze.")
    ] = None,
    threads: Annotated[
        int | None, typer.Option(min=1, max=64, help="Processor threads of each detector.")
    ] = None,
    gate: Annotated[
        bool, typer.Option("--gate/--no-gate", help="Spare the detector frames without change.")
    ] = True,
    closer: Annotated[
        bool, typer.Option("--closer/--no-closer", help="Also look at parts of the picture.")
    ] = False,
    memory_mb: Annotated[
        int, typer.Option(min=100, help="A process that takes more is started anew.")
    ] = 2000,
    appearance: Appearance = False,
) -> None:  # fmt: skip
    """Counts live cameras for ever and delivers what they tell to the hub, once and in order.

    Each camera runs in a process of its own, those that see one floor together in one; what breaks
    one leaves the others alone. Ctrl-C or SIGTERM ends them. When the shop file is written, and on
    SIGHUP, it is read again: cameras that are new begin, and those of which it says something else
    begin anew.

    Example: miseban camera shop.toml --hub mqtt://127.0.0.1
    """
    address = parse_hub(hub, password_file=password_file, ca=ca)
    folder = outbox if outbox is not None else shop_file.parent / "outbox"

    def commands(strict: bool) -> dict[str, Command]:
        shop = load_shop(shop_file)
        models = models_of(shop, shop_file, cameras, model, threads, strict=strict)
        return camera_commands(
            shop_file, models, address, folder,
            gate=gate, closer=closer, appearance=appearance, strict=strict,
        )  # fmt: skip

    # First, so that what is written while the cameras are set up is not missed.
    watch = FileWatch(shop_file, lambda: live.reload())
    live = LiveCameras(commands, memory_mb)
    start_logging()
    stopping = False

    def stop(*_: object) -> None:
        nonlocal stopping
        stopping = True

    def reload(*_: object) -> None:
        threading.Thread(target=live.reload, name="reload").start()

    signals = {signal.SIGINT: stop, signal.SIGTERM: stop, signal.SIGHUP: reload}
    before = {number: signal.signal(number, handler) for number, handler in signals.items()}
    watch.start()
    try:
        with settled():
            live.run(lambda: stopping)
    finally:
        watch.stop()
        for number, handler in before.items():
            signal.signal(number, handler)
