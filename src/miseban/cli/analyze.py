"""``miseban analyze``: a recording or a camera in, a result folder out."""

from __future__ import annotations

import os
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from miseban.camera.analysis import analyse
from miseban.camera.annotate import write_annotated
from miseban.camera.attributes import AttributeWatch, check_attributes, open_attributes
from miseban.camera.opening import open_source
from miseban.camera.result import Analysis
from miseban.camera.tracks_writer import write_tracks
from miseban.cli.analyze_shop import Wishes, analyze_shop
from miseban.cli.common import Lang, in_zone, only_camera, progress_bar, report_done, stoppable
from miseban.cli.which_model import say_note, which_model
from miseban.insight.outputs import Told, overlay_of, write_outputs
from miseban.insight.report import load_truth
from miseban.insight.results import ResultFolder
from miseban.insight.uncertainty.accuracy_file import load_accuracy
from miseban.vision.detectors import open_detector
from miseban.vision.sources import check_resolution
from miseban.vision.sources.source import Source, SourceInfo
from miseban.vision.tracker import fill_gaps, write_mot
from miseban.vocabulary.errors import BadInput, Failed
from miseban.vocabulary.shop import Shop, load_shop
from miseban.vocabulary.tracks import TrackRows

PLAIN_FPS = 10.0
"""Frames analysed a second without a shop file."""
CAMERA = "camera"
"""Id of the camera without a shop file."""
FILL_S = 2.0
"""Gaps in a track up to this long are filled in MOT files and in the annotated video."""


def analyze(
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where the results go.")],
    video: Annotated[
        str | None,
        typer.Argument(
            metavar="VIDEO",
            help="A file, rtsp://..., usb:N, images:DIR or sim:ID; or a folder with CAMERA.mp4 of "
            "several cameras; without: each camera's own source.",
        ),
    ] = None,
    shop_file: Annotated[
        Path | None,
        typer.Option("--shop", metavar="FILE", help="Lines and zones; without: heat and people."),
    ] = None,
    camera: Annotated[
        str | None, typer.Option("--camera", metavar="ID", help="Which camera of the shop file.")
    ] = None,
    model: Annotated[
        str | None,
        typer.Option("--model", metavar="NAME|FILE", help="Detector; without: see the docs."),
    ] = None,
    fps: Annotated[
        float | None,
        typer.Option("--fps", metavar="N", min=0.1, max=240, help="Frames analysed a second."),
    ] = None,
    start: Annotated[
        datetime | None,
        typer.Option("--start", metavar="TIME", help="When the recording began (ISO 8601)."),
    ] = None,
    lang: Annotated[Lang, typer.Option("--lang", help="Language of the report.")] = "en",
    annotate: Annotated[
        bool, typer.Option("--annotate", help="Also annotated.mp4, with people pixelated.")
    ] = False,
    mot: Annotated[
        Path | None, typer.Option("--mot", metavar="FILE", help="Also tracks in MOT form.")
    ] = None,
    seconds: Annotated[
        float | None,
        typer.Option("--seconds", metavar="N", min=0.1, help="Stop after so much of the source."),
    ] = None,
    truth: Annotated[
        Path | None,
        typer.Option("--truth", metavar="DIR", help="What really happened, shown in the report."),
    ] = None,
    threads: Annotated[
        int | None, typer.Option("--threads", metavar="N", min=1, max=64, help="For the detector.")
    ] = None,
    attributes: Annotated[
        bool,
        typer.Option("--attributes", help="Also age bands and gender, of many people at once."),
    ] = False,
    appearance: Annotated[
        bool,
        typer.Option("--appearance", help="Several cameras: join views by clothes, for minutes."),
    ] = False,
    gate: Annotated[
        bool, typer.Option("--gate/--no-gate", help="Spare the detector frames without change.")
    ] = True,
    closer: Annotated[
        bool | None,
        typer.Option("--closer/--no-closer", help="Look at parts of the picture too: far people."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print summary.json too.")] = False,
) -> None:
    """Analyses a recording or a live camera: counts, dwell, queues, heat map and report.

    With a folder of recordings, or without VIDEO, all cameras of the shop file are analysed
    together. Ctrl-C ends it early and keeps what was seen so far.

    Example: miseban analyze clip.mp4 --shop shop.toml --camera door --out results
    """
    shop = load_shop(shop_file) if shop_file is not None else None
    if video is None or Path(video).is_dir():
        if shop is None or shop_file is None:
            what = "expected --shop with the cameras of several recordings, or one video file"
            raise BadInput("shop", video or "VIDEO", what)
        _check_for_several(camera=camera, annotate=annotate, mot=mot, attributes=attributes)
        wishes = Wishes(
            shop_file,
            out,
            model,
            fps,
            start,
            lang,
            seconds,
            truth,
            threads,
            gate,
            closer is not False,
            appearance,
            as_json,
        )
        analyze_shop(shop, Path(video) if video is not None else None, wishes)
        return
    if shop is not None:
        camera = only_camera(shop, camera)
    if truth is not None and shop is None:
        raise BadInput("truth", "--truth", "expected --shop too, whose lines and zones it tells of")
    if appearance:
        raise BadInput("several-cameras", "--appearance", "expected several cameras with it")
    if attributes:
        _may_read_attributes(shop, shop_file, camera)
    known = load_truth(truth, shop.shop.id) if truth and shop else None
    accuracy = load_accuracy(shop_file, shop.shop.id if shop else "")
    rate = fps or (shop.camera(camera).fps if shop and camera else PLAIN_FPS)

    def opened() -> Source:
        return open_source(video, fps=rate, start=in_zone(start, shop), shop_file=shop_file)

    chosen, measured_with = which_model(model, shop, shop_file, camera)
    threads = threads or measured_with
    detector = open_detector(chosen, threads=threads, closer=bool(closer))
    note = say_note(detector.name)
    with closing(detector), opened() as source:
        info = source.info
        if shop is None:
            camera = camera or CAMERA
            shop = Shop.plain(camera, (info.width, info.height), video, rate)
        assert camera is not None  # noqa: S101 - one of the two branches has set it
        where = f'{shop_file or info.address}: [[camera]] "{camera}" resolution'
        check_resolution(info, shop.camera(camera).resolution, where)
        watch = None
        if attributes:
            _check_dated(info)
            watch = open_attributes(shop, shop_file, camera, info.start, threads=threads)
            _say_what_is_read(watch)
        if annotate and info.live:
            raise BadInput("annotate-live", info.address, "--annotate needs a recording")
        folder = ResultFolder(out, source=video)
        if mot is not None:
            _check_writable(mot, folder, video)
        total = info.frames / info.fps if info.frames and info.fps else None
        with (
            progress_bar("analysing", seconds or total) as progress,
            stoppable(seconds, source) as stopped,
        ):
            result = analyse(
                source,
                detector,
                shop,
                camera,
                keep_boxes=annotate,
                attributes=watch,
                gate=gate,
                until_s=seconds,
                progress=progress,
                stopped=stopped,
            )
    if not len(result.frames):
        folder.discard_if_empty()
        what = result.incomplete or "expected at least one frame"
        raise BadInput("no-frames", info.address, what)
    with folder.staging() as stage:
        summary = write_outputs(
            stage, result, shop, Told(detector.name, lang, known, note, accuracy)
        )
        write_tracks(stage / "tracks.csv", {camera: result.rows}, shop)
        if annotate:
            write_annotated(
                stage / "annotated.mp4",
                opened,
                _filled(result),
                detections=result.boxes,
                background=result.background,
                overlay=overlay_of(shop, camera),
                events=result.events,
                last_frame=int(result.frames[-1]),
                fps=result.analysed_fps,
                zone=ZoneInfo(shop.shop.timezone),
            )
    if mot is not None:
        write_mot(mot, _filled(result))
    if watch is not None and watch.fault:
        typer.echo(f"attributes: nobody was read any more: {watch.fault}", err=True)
    if attributes and not summary.attributes:
        said = "attributes: nothing to tell: no whole quarter of an hour with enough people"
        typer.echo(said, err=True)
    report_done(summary, folder.folder, truth=known, as_json=as_json)
    if result.incomplete and not stopped():
        what = f"{result.incomplete}; what came before is in {out}"
        raise Failed("incomplete", info.address, what)


def _check_for_several(**given: object) -> None:
    """Raises ``BadInput`` for an option that goes with one camera only."""
    for name, value in given.items():
        if value:
            what = "expected one recording with it, found several cameras"
            raise BadInput("one-camera", f"--{name}", what)


def _may_read_attributes(shop: Shop | None, shop_file: Path | None, camera: str | None) -> None:
    """Before anything is opened. Raises ``BadInput``."""
    if shop is None or camera is None:
        what = "expected --shop too, whose policy and notice allow them"
        raise BadInput("attributes-refused", "--attributes", what)
    check_attributes(shop, shop_file, camera)


def _check_dated(info: SourceInfo) -> None:
    """The notice must be older than the pictures, which a copied file's date says nothing of.
    Raises ``BadInput``."""
    if info.start_guessed:
        what = "expected --start with --attributes: the file does not say when it was recorded, "
        raise BadInput("start", info.address, f"{what}and a notice must have hung there then")


def _say_what_is_read(watch: AttributeWatch) -> None:
    typer.echo(f"attributes: reading {' and '.join(watch.reads)}", err=True)
    for name in watch.unreadable:
        typer.echo(f"attributes: {name} is not available with the installed models", err=True)
    if not watch.knows_staff:
        said = "attributes: no zone of kind crew here: staff are told of like visitors"
        typer.echo(said, err=True)


def _check_writable(path: Path, folder: ResultFolder, video: str) -> None:
    """Before any work begins; the file may be meant to lie in the result folder itself."""
    if os.path.realpath(path) == os.path.realpath(video):
        folder.discard_if_empty()
        raise BadInput("output", path, "expected another file than the recording")
    folderless = not path.parent.is_dir() or not os.access(path.parent, os.W_OK)
    if folderless or len(os.fsencode(path.name)) > 255 or path.is_dir():
        folder.discard_if_empty()
        raise BadInput("output", path, "expected a file in a folder that can be written to")


def _filled(result: Analysis) -> TrackRows:
    return fill_gaps(result.rows, result.frames, result.times_s, FILL_S)
