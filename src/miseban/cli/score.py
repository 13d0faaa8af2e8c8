"""``miseban score``: how right a result is."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from miseban.insight.score import score_folders
from miseban.insight.score.table import tables


def score_command(
    truth: Annotated[
        Path, typer.Option("--truth", metavar="DIR", help="The folder that is right.")
    ],
    result: Annotated[
        Path, typer.Option("--result", metavar="DIR", help="The folder to be scored.")
    ],
    tracks: Annotated[
        Path | None,
        typer.Option("--tracks", metavar="FILE", help="The result's tracks, if not in its folder."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")] = False,
) -> None:
    """Compares a result folder with the truth: tracks, counts, stays, queues, shelves, help.

    Example: miseban score --truth out/truth --result out/result
    """
    score = score_folders(truth, result, tracks)
    if as_json:
        typer.echo(score.model_dump_json(by_alias=True, indent=2))
        return
    console = Console()
    if not console.is_terminal:
        console = Console(width=160)
    console.print(tables(score))
