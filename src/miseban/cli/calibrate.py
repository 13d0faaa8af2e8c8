"""``miseban calibrate``: where the floor is in a camera's picture, and how far to trust it."""

from __future__ import annotations

import json
import math
from contextlib import closing
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
import typer

from miseban.camera.analysis import analyse
from miseban.camera.calibration.answer import Answer, refuse_impossible
from miseban.camera.calibration.grid_picture import grid_picture
from miseban.camera.calibration.points import (
    check_points,
    laid_sheets,
    read_points,
    typed_points,
)
from miseban.camera.calibration.shop_copy import copied
from miseban.camera.calibration.ways import (
    Subject,
    by_boards,
    by_clicks,
    by_walking,
    find_boards,
)
from miseban.camera.opening import open_source
from miseban.camera.result import Analysis
from miseban.camera.tracks_file import check_tracks, read_tracks
from miseban.cli.calibrate_check import check_shop
from miseban.cli.common import Lang, only_camera, progress_bar
from miseban.cli.new_files import check_new, write_new
from miseban.cli.which_model import which_model
from miseban.space.calibration.people import Beliefs
from miseban.space.calibration.solving import Clicks
from miseban.vision.boards.sheet import SHEETS, SIDE_MM, as_pdf, as_png, sheet
from miseban.vision.detectors import open_detector
from miseban.vision.sources import check_resolution
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.shop import Shop, load_shop
from miseban.vocabulary.tracks import TrackRows


def calibrate(
    source: Annotated[
        str | None, typer.Argument(metavar="SOURCE", help="A recording, or a tracks.csv file.")
    ] = None,
    shop_file: Annotated[
        Path | None, typer.Option("--shop", metavar="FILE", help="The shop file.")
    ] = None,
    camera: Annotated[
        str | None, typer.Option("--camera", metavar="ID", help="Which camera of the shop file.")
    ] = None,
    point: Annotated[
        list[str] | None,
        typer.Option("--point", metavar="X,Y=X,Y", help="A spot: pixels = metres on the plan."),
    ] = None,
    points: Annotated[
        Path | None, typer.Option("--points", metavar="FILE", help="Spots in a CSV or TOML file.")
    ] = None,
    board: Annotated[
        bool, typer.Option("--board", help="A printed sheet lies on the floor in SOURCE.")
    ] = False,
    laid: Annotated[
        list[str] | None,
        typer.Option("--laid", metavar="SHEET=X,Y", help="Where a sheet's middle lay, in metres."),
    ] = None,
    board_mm: Annotated[
        float, typer.Option("--board-mm", min=20, max=2000, help="The black square, measured.")
    ] = SIDE_MM,
    walk: Annotated[bool, typer.Option("--walk", help="People walk by in SOURCE.")] = False,
    height: Annotated[
        float, typer.Option("--height", min=1.0, max=2.2, help="Mean height of these people, m.")
    ] = 1.65,
    angle: Annotated[
        float | None,
        typer.Option("--angle", min=7, max=140, help="The lens's angle across, in degrees."),
    ] = None,
    anchor: Annotated[
        Literal["feet", "upright"] | None,
        typer.Option("--anchor", help="How boxes stand on the floor. [default: as in the shop]"),
    ] = None,
    check_all: Annotated[
        bool, typer.Option("--check", help="Whether the shop file fits the tracks in SOURCE.")
    ] = False,
    picture: Annotated[
        Path | None,
        typer.Option("--picture", metavar="FILE", help="PNG: the floor drawn over SOURCE."),
    ] = None,
    write: Annotated[
        Path | None,
        typer.Option("--write", metavar="FILE", help="A copy of the shop file with the result."),
    ] = None,
    print_board: Annotated[
        Path | None,
        typer.Option("--print-board", metavar="FILE", help="Only make sheets: .pdf or .png."),
    ] = None,
    sheets: Annotated[
        int, typer.Option("--sheets", min=1, max=SHEETS, help="How many, in a PDF.")
    ] = 1,
    lang: Annotated[Lang, typer.Option("--lang", help="Language of the sheets.")] = "en",
    model: Annotated[
        str | None, typer.Option("--model", metavar="NAME", help="The detector, for a recording.")
    ] = None,
    seconds: Annotated[
        float | None, typer.Option("--seconds", min=1, help="Only so much of SOURCE.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print figures for programs.")] = False,
) -> None:
    """Finds floor_points for a camera, by clicked points, a printed sheet or people who walk by.

    Prints them as they stand in the shop file, with a residual in centimetres.

    Example: miseban calibrate tracks.csv --walk --shop shop.toml --camera door
    --point 310,220=4.5,7.0 --point 520,180=2.5,8.0
    """
    if print_board is not None:
        _print_sheets(print_board, sheets, lang)
        return
    if shop_file is None:
        raise BadInput("shop", "--shop", "expected a shop file, with the camera in it")
    if sum((board, walk, check_all)) > 1:
        raise BadInput("which-way", "calibrate", "expected one of --board, --walk and --check")
    shop = load_shop(shop_file)
    if check_all:
        check_shop(shop, _tracks(_wanted(source, "--check"), seconds), as_json=as_json)
        return
    subject = _subject(shop, shop_file, camera)
    clicks = _clicks(point, points, subject)
    check_new({"--picture": picture, "--write": write})
    seen: Analysis | None = None
    if board:
        placements = laid_sheets(laid or [])
        with open_source(_wanted(source, "--board"), shop_file=shop_file) as opened:
            check_resolution(opened.info, subject.camera.resolution, subject.where)
            with progress_bar("looking", seconds) as progress:
                found = find_boards(opened, seconds, progress)
        answer = by_boards(subject, found, board_mm / 1000, placements, clicks)
    elif walk:
        name = _wanted(source, "--walk")
        if name.lower().endswith(".csv"):
            rows = _tracks(name, seconds)
        else:
            seen = _watched(name, subject, shop_file, model, seconds)
            rows = {subject.camera.id: seen.rows}
        own = subject.camera.anchor
        stands = anchor or ("upright" if own == "upright" else "feet")
        beliefs = _beliefs(height, angle)
        answer = by_walking(subject, rows, clicks, anchor=stands, beliefs=beliefs)
    else:
        answer = by_clicks(subject, clicks)
    refuse_impossible(answer, shop, subject.file)
    made: dict[Path, bytes] = {}
    if picture is not None:
        name = _wanted(source, "--picture")
        if seen is None and not name.lower().endswith(".csv"):
            seen = _watched(name, subject, shop_file, model, seconds)
        if seen is not None and seen.background is None:
            what = "expected ten seconds or more, with most of the picture free of people at times"
            raise BadInput("no-background", name, what)
        background = seen.background if seen else None
        made[picture] = grid_picture(answer, background, subject.camera.resolution)
    if write is not None:
        made[write] = copied(shop_file, answer)
    _tell(answer, as_json=as_json)
    write_new(made)


def _tell(answer: Answer, *, as_json: bool) -> None:
    if as_json:
        figures = answer.figures()
        if math.isnan(answer.residual_cm):
            figures["residual_cm"] = None
        typer.echo(json.dumps(figures, indent=2))
        return
    for line in answer.told():
        typer.echo(f"# {answer.camera}: {line}")
    typer.echo(answer.toml(), nl=False)


def _wanted(source: str | None, option: str) -> str:
    if source is None:
        raise BadInput("source", option, "expected SOURCE too: a recording, or a tracks.csv file")
    return source


def _subject(shop: Shop, shop_file: Path, camera: str | None) -> Subject:
    ident = only_camera(shop, camera)
    return Subject(shop, shop.camera(ident), str(shop_file))


def _clicks(point: list[str] | None, points: Path | None, subject: Subject) -> Clicks:
    if point and points:
        raise BadInput("points", "--points", "expected either --point or --points, found both")
    pixels, floor_m = typed_points(point or ()) if points is None else read_points(points)
    where = "--point" if points is None else str(points)
    check_points(pixels, floor_m, subject.camera, subject.shop, where)
    return Clicks(pixels, floor_m)


def _beliefs(height: float, angle: float | None) -> Beliefs:
    if angle is None:
        return Beliefs(height_m=height)
    widths = 0.5 / math.tan(math.radians(angle) / 2)
    return Beliefs(height_m=height, focal_widths=widths, focal_sd=0.01)


def _tracks(name: str, seconds: float | None) -> dict[str, TrackRows]:
    path = Path(name)
    check_tracks(path)
    parts: dict[str, list[TrackRows]] = {}
    for cameras, rows in read_tracks(path):
        for ident in np.unique(cameras.astype(str)).tolist():
            mine = cameras == ident
            if seconds is not None:
                mine &= rows.time_s < seconds
            parts.setdefault(ident, []).append(rows.take(mine))
    return {ident: TrackRows.concatenate(some) for ident, some in parts.items()}


def _watched(
    name: str, subject: Subject, shop_file: Path, model: str | None, seconds: float | None
) -> Analysis:
    """Follows people through a recording, and learns what it looks like without them."""
    chosen, threads = which_model(model, subject.shop, shop_file, subject.camera.id)
    detector = open_detector(chosen, threads=threads)
    rate = subject.camera.fps
    with closing(detector), open_source(name, fps=rate, shop_file=shop_file) as opened:
        check_resolution(opened.info, subject.camera.resolution, subject.where)
        with progress_bar("watching", seconds) as progress:
            return analyse(
                opened, detector, subject.shop, subject.camera.id,
                until_s=seconds, progress=progress,
            )  # fmt: skip


def _print_sheets(path: Path, sheets: int, lang: Lang) -> None:
    kind = path.suffix.lower()
    if kind not in (".pdf", ".png") or (kind == ".png" and sheets > 1):
        what = "expected a .pdf, or a .png for one sheet"
        raise BadInput("print-board", path, f"{what}, found {path.name} for {sheets}")
    pages = [sheet(number, lang) for number in range(sheets)]
    write_new({path: as_pdf(pages) if kind == ".pdf" else as_png(pages)})
    typer.echo(f"{path}: sheets 0 to {sheets - 1}, A4; the black square is {SIDE_MM:g} mm")
