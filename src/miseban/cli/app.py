"""The ``miseban`` command: one line for every error, and the right exit status."""

from __future__ import annotations

import io
import sys
from typing import Annotated

import typer

from miseban import __version__
from miseban.camera.process.memory import begin_plainly
from miseban.cli import device, journal, learn, models, people, privacy, service, shelves
from miseban.cli.analyze import analyze
from miseban.cli.audit import audit
from miseban.cli.calibrate import calibrate
from miseban.cli.camera import camera
from miseban.cli.coverage import coverage_command
from miseban.cli.demo import demo
from miseban.cli.hub import hub
from miseban.cli.replay import replay_command
from miseban.cli.run import run_command
from miseban.cli.score import score_command
from miseban.cli.simulate import simulate
from miseban.vocabulary.errors import MisebanError

app = typer.Typer(
    help="Minding the shop: cameras become anonymous counts, dwell, queues and heat maps.",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.command("analyze")(analyze)
app.command("replay")(replay_command)
app.command("simulate")(simulate)
app.command("demo")(demo)
app.command("score")(score_command)
app.command("audit")(audit)
app.command("calibrate")(calibrate)
app.command("coverage")(coverage_command)
app.command("camera")(camera)
app.command("hub")(hub)
app.command("run")(run_command)
app.add_typer(models.app, name="models")
app.add_typer(learn.app, name="learn")
app.add_typer(service.app, name="service")
app.add_typer(journal.app, name="journal")
app.add_typer(people.app, name="people")
app.add_typer(device.app, name="device")
app.add_typer(privacy.app, name="privacy")
app.add_typer(shelves.app, name="shelves")


_FOR_MONTHS = ("hub", "run", "camera", "demo")
"""Commands that go on for so long that it matters how memory is given back."""


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"miseban {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Print it."),
    ] = False,
) -> None:
    """Minding the shop: cameras become anonymous counts, dwell, queues and heat maps.

    Example: miseban analyze clip.mp4 --shop shop.toml --camera door --out results
    """


def main() -> None:
    """Runs the command and leaves with 0 (done), 1 (failed) or 2 (wrong use or bad input)."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a file's name may be no text at all
            stream.reconfigure(errors="backslashreplace")
    if sys.argv[1:2] and sys.argv[1] in _FOR_MONTHS:
        begin_plainly()
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """The exit status of ``miseban ARGUMENTS``; errors are printed to standard error."""
    try:
        status = app(args=arguments or ["--help"], prog_name="miseban", standalone_mode=False)
    except MisebanError as error:
        print(f"miseban: {error}", file=sys.stderr)
        return error.exit_status
    except typer.TyperException as error:
        text = getattr(error, "format_message", error.__str__)()
        print(f"miseban: {' '.join(text.split())} (see --help)", file=sys.stderr)
        return 2
    except (typer.Abort, KeyboardInterrupt):
        print("miseban: stopped", file=sys.stderr)
        return 130
    return status if isinstance(status, int) else 0
