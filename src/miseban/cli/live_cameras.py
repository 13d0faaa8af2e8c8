"""The processes of live cameras that ``miseban run`` and ``miseban camera`` keep going, also when
the shop file is read again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated

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


def models_of(
    shop: Shop, shop_file: Path, cameras: list[str] | None, model: str | None, threads: int | None
) -> dict[str, Model]:
    """The detector of each of ``cameras``, else of all of ``shop``. Raises ``BadInput``."""
    wanted = [shop.camera(name).id for name in cameras or [c.id for c in shop.cameras]]
    if len(set(wanted)) < len(wanted):
        raise BadInput("which-camera", "--camera", "expected each camera once")
    models = {}
    for name in wanted:
        chosen, measured_with = which_model(model, shop, shop_file, name)
        models[name] = Model(name=chosen, threads=threads or measured_with)
    return models
