"""The processes of live cameras that ``miseban run`` and ``miseban camera`` keep going, also when
the shop file is read again."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Final

import typer

from miseban.camera.child_process import Command
from miseban.camera.process.logs import log
from miseban.camera.process.settings import Model
from miseban.camera.supervisor import Supervisor, SupervisorSettings
from miseban.cli.which_model import which_model
from miseban.vocabulary.errors import BadInput, MisebanError
from miseban.vocabulary.shop import Shop

_LOG = log("cameras")
Appearance = Annotated[
    bool,
    typer.Option(
        "--appearance",
        help="Colours of clothes help to join views of one visit; needs policy and notice.",
    ),
]


class LiveCameras:
    """``commands`` reads the shop file and says what is to run: with True it raises where policy or
    notice forbid what is asked for, with False that is off. Raises what it raises."""

    def __init__(self, commands: Callable[[bool], Mapping[str, Command]], memory_mb: int) -> None:
        self._commands = commands
        settings = SupervisorSettings(rss_bytes=memory_mb * 1_000_000)
        self._supervisor = Supervisor(commands(True), settings)

    def run(self, stopped: Callable[[], bool]) -> None:
        """Until ``stopped()``; then all are ended."""
        self._supervisor.run(stopped)

    def reload(self) -> None:
        """Cameras of which the shop file says something else now are begun anew; the others run on.
        Where it is wrong all do, and the log says why."""
        try:
            commands = self._commands(False)
        except MisebanError as error:
            _LOG.error("not reloaded, cameras go on as before", why=str(error))
            return
        self._supervisor.change(commands)


WATCH_S: Final = 2.0
"""Seconds between two looks at the shop file, where nobody else tells of it."""


class FileWatch:
    """Calls ``changed`` in a thread of its own whenever ``file`` is another, from ``start`` to
    ``stop``: for cameras whose hub cannot tell them."""

    def __init__(self, file: Path, changed: Callable[[], None], every_s: float = WATCH_S) -> None:
        self._file, self._changed, self._every_s = file, changed, every_s
        self._stopping = threading.Event()
        self._seen = self._signature()
        self._thread = threading.Thread(target=self._watch, name="shop file", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stopping.wait(self._every_s):
            now = self._signature()
            if now not in (None, self._seen):
                self._seen = now
                self._changed()

    def _signature(self) -> tuple[int, int, int] | None:
        """None while there is no such file: somebody writes it anew just now."""
        try:
            found = self._file.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino


def models_of(
    shop: Shop,
    shop_file: Path,
    cameras: list[str] | None,
    model: str | None,
    threads: int | None,
    *,
    strict: bool = True,
) -> dict[str, Model]:
    """The detector of each of ``cameras``, else of all of ``shop``. Raises ``BadInput``; unless
    ``strict``, not for cameras that are gone from the shop file."""
    there = [c.id for c in shop.cameras]
    asked = [c for c in cameras or there if strict or c in there]
    wanted = [shop.camera(name).id for name in asked]
    if len(set(wanted)) < len(wanted):
        raise BadInput("which-camera", "--camera", "expected each camera once")
    models = {}
    for name in wanted:
        chosen, measured_with = which_model(model, shop, shop_file, name)
        models[name] = Model(name=chosen, threads=threads or measured_with)
    return models
