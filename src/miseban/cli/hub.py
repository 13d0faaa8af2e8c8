"""``miseban hub``: the shop's hub, until it is told to stop."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from miseban.camera.process.memory import begin_anew
from miseban.vocabulary.errors import BadInput

LogForm = Annotated[
    Literal["json", "text"] | None,
    typer.Option("--log", help="How to log (default: text on a terminal, else JSON)."),
]
SettingsFile = Annotated[
    Path | None, typer.Option("--settings", metavar="FILE", help="hub.toml (docs/hub.md).")
]
DataFolder = Annotated[
    Path | None,
    typer.Option("--data", metavar="DIR", help="Where it keeps everything (default: data/)."),
]
Listen = Annotated[
    str | None,
    typer.Option("--listen", metavar="ADDRESS", help="Where it is reached, as 0.0.0.0:8443."),
]


def hub(
    shop_file: Annotated[Path, typer.Argument(metavar="SHOP", help="The shop file.")],
    settings_file: SettingsFile = None,
    data: DataFolder = None,
    listen: Listen = None,
    log_form: LogForm = None,
) -> None:
    """Keeps what cameras tell, alarms, and answers, until Ctrl-C or SIGTERM.

    SIGHUP reads the shop file and the rules again. The first time it prints a link with which the
    first manager sets a password.

    Example: miseban hub shop.toml --data /var/lib/miseban
    """
    need_hub_packages()
    from miseban.hub.running.command import run_hub
    from miseban.web.site import add_pages

    if run_hub(
        shop_file, settings_file, data=data, listen=listen, log_form=log_form, pages=add_pages
    ):
        begin_anew()


def need_hub_packages() -> None:
    """Raises ``BadInput`` where only a camera's packages are installed."""
    try:
        import duckdb as _duckdb  # noqa: F401
        import fastapi as _fastapi  # noqa: F401
    except ImportError as error:
        what = f"needs what a camera does not: {error.name} (scripts/setup .venv hub)"
        raise BadInput("hub-packages", "miseban hub", what) from None
