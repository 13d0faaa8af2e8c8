"""The demo without a recording: a simulated supermarket that lives, on the hub's own pages."""

from __future__ import annotations

import contextlib
import os
import secrets
import socket
import subprocess
import sys
import threading
import time
import webbrowser
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import typer

from miseban.camera.process.commands import camera_commands, check_cameras
from miseban.camera.process.settings import Model
from miseban.camera.supervisor import Supervisor, SupervisorSettings
from miseban.cli.demo_files import Stage, Wish, prepare
from miseban.cli.hub import need_hub_packages
from miseban.cli.which_model import which_model
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.shop import load_shop

if TYPE_CHECKING:
    from miseban.hub.running.box import Box

LOGIN: Final = "manager"
PORT: Final = 8088
DAYS: Final = 14
_WORDS: Final = (
    "amber", "basket", "candle", "dragon", "ember", "feather", "garden", "harbour", "island",
    "juniper", "kettle", "lantern", "meadow", "nutmeg", "orchard", "pepper", "quarry", "ribbon",
    "saffron", "teapot", "umbrella", "velvet", "walnut", "yonder",
)  # fmt: skip
_END_S: Final = 10.0


def demo_live(
    folder: Path,
    wish: Wish,
    *,
    port: int | None,
    days: int,
    memory_mb: int,
    show: bool,
    days_first: bool = False,
) -> None:
    """Plays the shop until Ctrl-C: its cameras and its hub, and ``days`` of history behind them;
    the cameras begin when those are in if ``days_first``.

    Raises ``BadInput`` for what cannot be played, before anything runs.
    """
    need_hub_packages()
    from miseban.hub.running.command import SOCKET, run_hub
    from miseban.web.site import add_pages

    began = time.monotonic()
    port = _free_port(port)
    stage = prepare(folder, wish, datetime.now(UTC))
    shop = load_shop(stage.shop_file)
    models = {
        camera.id: Model(name=which_model(None, shop, stage.shop_file, camera.id)[0])
        for camera in shop.cameras
    }
    check_cameras(shop, models, stage.shop_file)
    settings = folder / "hub.toml"
    settings.write_text("[tls]\non = false\n[upkeep]\ncompact_minutes = 2\n", "utf-8")
    data, log = folder / "data", folder / "log"
    password = " ".join(secrets.choice(_WORDS) for _ in range(4))
    url = f"http://localhost:{port}"

    @contextlib.contextmanager
    def beside(box: Box) -> Iterator[None]:
        from miseban.hub.people.identity import CONSOLE

        box.hub.people.accounts.add(LOGIN, LOGIN, password, CONSOLE, box.hub.now())
        commands = camera_commands(stage.shop_file, models, data / SOCKET, folder / "outbox")
        # A machine that also draws the shop, and the browser that shows it, is no camera box.
        patient = SupervisorSettings(
            start_s=300.0, hang_s=90.0, stop_s=_END_S, rss_bytes=memory_mb * 1_000_000
        )
        supervisor = Supervisor(commands, patient)
        ended = threading.Event()
        done = folder / "days-are-in" if days_first else None

        def watch() -> None:
            while done is not None and not done.exists():
                if ended.wait(0.5):
                    return
            supervisor.run(ended.is_set)

        watching = threading.Thread(target=watch, name="cameras")
        with _history(stage, data / SOCKET, days, done):
            watching.start()
            try:
                yield
            finally:
                ended.set()
                watching.join()

    def ready(box: Box, _: int) -> None:
        _say(stage, url, password, days, time.monotonic() - began)
        threading.Thread(
            target=_wait_for_people, args=(box, began), name="first look", daemon=True
        ).start()
        if show and desktop():
            webbrowser.open(url)

    with _log_to(log):
        run_hub(
            stage.shop_file, settings, data=data, listen=f"127.0.0.1:{port}", beside=beside,
            on_ready=ready, pages=add_pages, log_form="text", until=threading.Event(),
        )  # fmt: skip
    typer.echo("The demo has ended.")


def desktop() -> bool:
    """Whether there is a screen on which a browser could be opened."""
    return sys.platform == "darwin" or any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY")
    )


def _say(stage: Stage, url: str, password: str, days: int, took_s: float) -> None:
    typer.echo(f"The hub is up after {took_s:.0f} s: {url}")
    typer.echo(f"  log in as {LOGIN} with the password: {password}")
    typer.echo(f"  files, and the log of all processes: {stage.shop_file.parent}")
    if stage.moved_h:
        typer.echo(f"  the shop's day is moved by {stage.moved_h:+d} h, so that it is busy now")
    typer.echo(f"{days} days of history fill in behind it. Ctrl-C ends everything.")


def _wait_for_people(box: Box, began: float) -> None:
    """Says when the first people walk on the plan."""
    while True:
        cameras, dots = box.hub.floor.dots()
        if dots:
            took_s = time.monotonic() - began
            people = "1 person" if len(dots) == 1 else f"{len(dots)} people"
            typer.echo(f"{cameras} cameras see {people}, {took_s:.0f} s after the start.")
            return
        time.sleep(0.5)


@contextlib.contextmanager
def _history(stage: Stage, socket_file: Path, days: int, done: Path | None) -> Iterator[None]:
    """The process that makes the days before, for as long as this lasts; it makes the file ``done``
    when they are in."""
    from miseban.cli.demo_history import Told

    told = Told(stage=stage, socket=socket_file, days=days, done=done).model_dump_json().encode()
    program = [sys.executable, "-m", "miseban.cli.demo_history"]
    # What a day took is given back before the next.
    lean = {"OMP_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "1", "MALLOC_TRIM_THRESHOLD_": "1000000"}
    environment = {**os.environ, **lean}
    process = subprocess.Popen(program, stdin=subprocess.PIPE, env=environment)  # noqa: S603
    assert process.stdin is not None  # noqa: S101 - it is a pipe
    try:
        process.stdin.write(told + b"\n")
        process.stdin.flush()
        yield
    finally:
        process.terminate()
        try:
            process.wait(_END_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        with contextlib.suppress(BrokenPipeError):
            process.stdin.close()


@contextlib.contextmanager
def _log_to(file: Path) -> Iterator[None]:
    """What is logged goes into ``file``, also that of the processes that are started meanwhile: the
    screen is for people."""
    with file.open("ab") as log:
        kept = os.dup(2)
        os.dup2(log.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)


def _free_port(port: int | None) -> int:
    """``port``, else the usual one, or another where somebody has that. Raises ``BadInput``."""
    for wanted in [port] if port is not None else [PORT, 0]:
        with socket.socket() as tried:
            try:
                tried.bind(("127.0.0.1", wanted))
            except OSError as error:
                if port is not None:
                    what = f"expected a port that is free, found: {error.strerror}"
                    raise BadInput("port", f"--port {port}", what) from None
                continue
            found: int = tried.getsockname()[1]
            return found
    raise BadInput("port", "--port", "found no free port")
