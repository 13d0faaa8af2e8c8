"""``miseban replay``: the same results from a tracks file, ours or any other tracker's."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from miseban.camera.replay import replay
from miseban.cli.common import Lang, in_zone, progress_bar, report_done
from miseban.insight.outputs import Told, write_outputs
from miseban.insight.report import load_truth
from miseban.insight.results import ResultFolder
from miseban.insight.uncertainty.accuracy_file import load_accuracy
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.shop import load_shop


def replay_command(
    tracks: Annotated[
        list[Path],
        typer.Argument(metavar="TRACKS...", help="tracks.csv files, with the same time 0."),
    ],
    shop_file: Annotated[
        Path, typer.Option("--shop", metavar="FILE", help="The shop file with lines and zones.")
    ],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where the results go.")],
    camera: Annotated[
        str | None, typer.Option("--camera", metavar="ID", help="Only this camera's rows.")
    ] = None,
    start: Annotated[
        datetime | None,
        typer.Option("--start", metavar="TIME", help="UTC or shop time of time_s 0 (ISO 8601)."),
    ] = None,
    lang: Annotated[Lang, typer.Option("--lang", help="Language of the report.")] = "en",
    truth: Annotated[
        Path | None,
        typer.Option("--truth", metavar="DIR", help="What really happened, shown in the report."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print summary.json.")] = False,
) -> None:
    """Counts, dwell, queues and heat from tracks, without pictures.

    Cameras with floor points that see one shop are put together: people count once. Without
    --start, the first file is taken to have been written when the recording ended.

    Example: miseban replay tracks.csv --shop shop.toml --out results
    """
    shop = load_shop(shop_file)
    known = load_truth(truth, shop.shop.id) if truth else None
    accuracy = load_accuracy(shop_file, shop.shop.id)
    folder = ResultFolder(out, source=tracks)
    try:
        with progress_bar("replaying", None) as progress:
            result = replay(tracks, shop, in_zone(start, shop), camera, progress=progress)
    except BadInput:
        folder.discard_if_empty()
        raise
    if result.incomplete:
        typer.echo(result.incomplete, err=True)
    with folder.staging() as stage:
        summary = write_outputs(stage, result, shop, Told("tracks", lang, known, accuracy=accuracy))
    report_done(summary, folder.folder, truth=known, as_json=as_json)
