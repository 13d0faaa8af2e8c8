"""``miseban models``: what is known, what is here, and how to get it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn
from rich.table import Table

from miseban.cli.common import wide_console
from miseban.cli.models_bench import bench_models
from miseban.vision.models import store
from miseban.vision.models.pull import pull
from miseban.vision.models.registry import Model, load_registry

app = typer.Typer(help="The models that find people: list, fetch and measure them.")

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
Registries = Annotated[
    list[Path] | None,
    typer.Option("--registry", metavar="FILE", help="One more registry file; may be repeated."),
]


@app.callback()
def models() -> None:
    """The models that find people: list, fetch and measure them."""


@app.command("list")
def list_models(as_json: AsJson = False, registry: Registries = None) -> None:
    """Shows the registered models and which of them are installed.

    Example: miseban models list
    """
    known = load_registry(registry or ())
    rows = [_row(model) for model in known]
    if as_json:
        typer.echo(json.dumps(rows, indent=2))
        return
    table = Table("name", "task", "installed", "size", "licence", "runtime", box=None)
    for row in rows:
        size = f"{row['size'] / 1e6:.1f} MB" if isinstance(row["size"], int) else ""
        here = "built in" if row["built_in"] else "yes" if row["installed"] else "no"
        runtime = str(row["runtime"]) + ("" if row["usable"] else " (not used yet)")
        table.add_row(str(row["name"]), str(row["task"]), here, size, str(row["licence"]), runtime)
    wide_console().print(table)


@app.command("pull")
def pull_models(
    names: Annotated[list[str], typer.Argument(metavar="NAME...", help="Registered names.")],
    source: Annotated[
        Path | None,
        typer.Option("--from", metavar="DIR", help="Copy from this folder instead of a download."),
    ] = None,
    to: Annotated[
        Path | None, typer.Option("--to", metavar="DIR", help="Folder to write to.")
    ] = None,
    as_json: AsJson = False,
    registry: Registries = None,
) -> None:
    """Fetches models and checks their hashes; a cut download goes on where it stopped.

    Example: miseban models pull yolox-nano --from /media/usb
    """
    known = load_registry(registry or ())
    wanted = [known.find(name) for name in names]  # all names are checked before the first byte
    folder = to or store.folders()[0]
    done: list[dict[str, object]] = []
    columns = (
        TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn()
    )  # fmt: skip
    console = Console(stderr=True)
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bars:
        tasks = {file.name: bars.add_task(file.name, total=file.size, start=False)
                 for model in wanted for file in model.files}  # fmt: skip

        def show(name: str, have: int, size: int) -> None:
            bars.start_task(tasks[name])
            bars.update(tasks[name], completed=have, total=size)

        for model in wanted:
            paths = pull(model, folder, source=source, progress=show)
            done.append({"name": model.name, "files": [str(path) for path in paths]})
            if not as_json:
                bars.console.print(f"{model.name}: {model.licence}, in {folder}", soft_wrap=True)
    if as_json:
        typer.echo(json.dumps(done, indent=2))


app.command("bench")(bench_models)


def _row(model: Model) -> dict[str, object]:
    path = store.installed(model)
    return {
        "name": model.name,
        "task": model.task,
        "installed": path is not None,
        "built_in": store.packaged(model),
        "path": str(path) if path else None,
        "size": model.size or None,
        "licence": model.licence,
        "runtime": model.runtime,
        "usable": model.usable,
        "source": model.source,
    }
