"""What several commands ask and show alike."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from miseban.insight.report import of_same_stretch
from miseban.vision.sources.source import Source
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.shop import Shop
from miseban.vocabulary.summary import Summary

Lang = Literal["en", "ja", "ko"]
EARLIEST_YEAR, LATEST_YEAR = 1971, 2199
"""Recordings begin in one of these years, or between."""


def only_camera(shop: Shop, camera: str | None) -> str:
    """``camera``, or the shop's only one. Raises ``BadInput`` when that is not clear."""
    if camera is not None:
        return shop.camera(camera).id
    if len(shop.cameras) != 1:
        known = ", ".join(c.id for c in shop.cameras) or "none"
        raise BadInput("which-camera", "--camera", f"expected one of the shop file's: {known}")
    return shop.cameras[0].id


def in_zone(start: datetime | None, shop: Shop | None) -> datetime | None:
    """``start`` as an aware time; without an offset it is the shop's local time (or UTC).

    Raises ``BadInput`` for a year at which no camera ran: a slip of the finger.
    """
    if start is not None and not EARLIEST_YEAR <= start.year <= LATEST_YEAR:
        raise BadInput(
            "start",
            "--start",
            f"expected a year from {EARLIEST_YEAR} to {LATEST_YEAR}, found {start.year}",
        )
    if start is None or start.tzinfo is not None:
        return start
    return start.replace(tzinfo=ZoneInfo(shop.shop.timezone if shop else "UTC"))


@contextmanager
def progress_bar(what: str, total_s: float | None) -> Iterator[Callable[[float], None]]:
    """A bar on a terminal (and nowhere else) that is told how many seconds are done."""
    console = Console(stderr=True)
    columns = (TextColumn(what), BarColumn(), TextColumn("{task.percentage:>3.0f} %"))
    with Progress(
        *columns,
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    ) as bar:
        task = bar.add_task(what, total=total_s)
        yield lambda done_s: bar.update(task, completed=done_s)


def wide_console() -> Console:
    """Rich cuts tables to 80 columns where there is no terminal: give programs whole lines."""
    console = Console()
    return console if console.is_terminal else Console(width=200)


def shared_folder() -> Path:
    """The folder beside the project that may hold models, clips and truths."""
    return Path(os.environ.get("MISEBAN_SHARED", Path("..", "shared")))


def report_done(
    summary: Summary, folder: Path, *, truth: Summary | None = None, as_json: bool
) -> None:
    """Says what came out: ``summary.json`` for programs, a few lines for people; and when
    ``truth`` could not stand beside it."""
    if truth is not None and not of_same_stretch(truth, summary):
        began = truth.start.isoformat(timespec="seconds")
        told = f"{truth.duration_s:g} s from {began}: of another time, so not in the report"
        typer.echo(f"truth is of {told}", err=True)
    if as_json:
        typer.echo(summary.model_dump_json(by_alias=True, indent=2))
        return
    for line, passed in summary.lines.items():
        typer.echo(f"{line}: {passed.in_.count} in, {passed.out.count} out")
    if summary.rejected:
        rejected = ", ".join(f"{n} {reason}" for reason, n in summary.rejected.items())
        typer.echo(f"rows not counted: {rejected}")
    fused = [name for name, one in summary.cameras.items() if one.fused]
    alone = [name for name, one in summary.cameras.items() if not one.fused]
    if fused and alone:
        typer.echo(f"counted by themselves, without floor points: {', '.join(alone)}")
    once = summary.camera is not None or fused or summary.model == "truth"
    told = "people seen" if once else "views"
    where = "report.html is" if (folder / "report.html").is_file() else "the truth is"
    typer.echo(f"{told}: {summary.people}; {where} in {folder}")


@contextmanager
def stoppable(seconds: float | None, *sources: Source) -> Iterator[Callable[[], bool]]:
    """Yields a question: has Ctrl-C been pressed? That closes ``sources``, which may be waiting for
    a camera that is away; a second press ends the program at once. Live ones are also closed
    after ``seconds``, whether or not frames come."""
    pressed = False

    def press(*_: object) -> None:
        nonlocal pressed
        if pressed:
            raise KeyboardInterrupt
        pressed = True
        close(sources)

    def close(them: Sequence[Source]) -> None:
        for source in them:
            source.close()

    before = signal.signal(signal.SIGINT, press)
    live = [source for source in sources if source.info.live]
    over = threading.Timer(seconds or 0.0, close, [live])
    over.daemon = True
    if seconds and live:
        over.start()
    try:
        yield lambda: pressed
    finally:
        over.cancel()
        signal.signal(signal.SIGINT, before)
