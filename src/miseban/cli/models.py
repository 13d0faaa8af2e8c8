"""``miseban models``: what is known, what is here, how fast it is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn
from rich.table import Table

from miseban.vision.models import store
from miseban.vision.models.bench import Measured, bench
from miseban.vision.models.pull import pull
from miseban.vision.models.registry import Model, load_registry
from miseban.vocabulary.errors import BadInput

app = typer.Typer(help="The models that find people: list, fetch and time them.")

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
Registries = Annotated[
    list[Path] | None,
    typer.Option("--registry", metavar="FILE", help="One more registry file; may be repeated."),
]


@app.callback()
def models() -> None:
    """The models that find people: list, fetch and time them."""


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
    _console().print(table)


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


@app.command("bench")
def bench_models(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[NAME...]", help="Registered names; all installed if left out."),
    ] = None,
    image_size: Annotated[
        str, typer.Option("--image-size", metavar="WxH", help="Size of the noise pictures.")
    ] = "1280x720",
    seconds: Annotated[float, typer.Option(min=0.1, max=600, help="Time for each model.")] = 3.0,
    threads: Annotated[int, typer.Option(min=1, max=64, help="Processor threads.")] = 1,
    video: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Time on this video instead of on noise.")
    ] = None,
    as_json: AsJson = False,
    registry: Registries = None,
) -> None:
    """Times the installed person detectors on this machine.

    Example: miseban models bench yolox-nano --image-size 640x360 --seconds 5
    """
    size = _size(image_size)
    if video is not None and not video.is_file():
        raise BadInput("video-missing", video, "expected a video file, there is none")
    extra = tuple(registry or ())
    known = load_registry(extra)
    if names:
        found = [store.locate(name, known) for name in names]
    else:
        found = [
            store.Located(model, store.installed(model))
            for model in known.of_task("person-detection")
            if model.usable and (not model.files or store.installed(model))
        ]
    results: list[Measured] = []
    for one in found:
        result = bench(
            one.model, one.path, size=size, seconds=seconds, threads=threads, video=video,
            registries=extra,
        )  # fmt: skip
        results.append(result)
        if not as_json:
            typer.echo(
                f"{result.name}: {result.ms_per_frame:.1f} ms a frame, "
                f"{result.processor_ms_per_frame:.1f} ms of processor, "
                f"{result.peak_mb:.0f} MB at most ({result.frames} frames, {threads} threads)"
            )
    if as_json:
        typer.echo(json.dumps([result.model_dump() for result in results], indent=2))


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


def _size(text: str) -> tuple[int, int]:
    parts = text.lower().split("x")
    if len(parts) != 2 or not all(part.isdecimal() and 0 < int(part) <= 8192 for part in parts):
        what = f"expected WIDTHxHEIGHT, each 1 to 8192, found {text!r}"
        raise BadInput("image-size", "--image-size", what)
    return int(parts[0]), int(parts[1])


def _console() -> Console:
    """Rich cuts tables to 80 columns where there is no terminal: give programs whole lines."""
    console = Console()
    return console if console.is_terminal else Console(width=160)
