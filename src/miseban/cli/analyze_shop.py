"""``miseban analyze`` of several cameras of one shop: recordings in, one result folder out."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import typer

from miseban.camera.appearance import AppearanceMemory
from miseban.camera.recordings import in_folder, of_shop_file, opened
from miseban.camera.together import analyse_together
from miseban.camera.tracks_writer import write_tracks
from miseban.camera.uniform import open_uniform
from miseban.cli.common import Lang, in_zone, progress_bar, report_done, stoppable
from miseban.cli.which_model import say_note, which_model
from miseban.insight.outputs import Told, write_outputs
from miseban.insight.report import load_truth
from miseban.insight.results import ResultFolder
from miseban.insight.uncertainty.accuracy_file import load_accuracy
from miseban.vision.detectors import open_detector
from miseban.vision.detectors.detection import Detector, needs_every_frame
from miseban.vision.sources.source import Source
from miseban.vocabulary.errors import BadInput, Failed
from miseban.vocabulary.policies import allow_appearance
from miseban.vocabulary.shop import Shop


@dataclass(frozen=True, slots=True)
class Wishes:
    """What was typed, as far as it is the same for one camera and for several."""

    shop_file: Path
    out: Path
    model: str | None
    fps: float | None
    start: datetime | None
    lang: Lang
    seconds: float | None
    truth: Path | None
    threads: int | None
    gate: bool
    closer: bool
    appearance: bool
    as_json: bool


def analyze_shop(shop: Shop, folder: Path | None, wishes: Wishes) -> None:
    """Analyses the recordings in ``folder``, or each camera's own source, together.

    A recording that cannot be used is told and leaves the others as they are; the command then
    fails at the end, with everything else written.
    """
    keep_s = allow_appearance(shop, wishes.shop_file) if wishes.appearance else 0.0
    uniform = open_uniform(shop, wishes.shop_file)
    known = load_truth(wishes.truth, shop.shop.id) if wishes.truth else None
    start, shop_file = in_zone(wishes.start, shop), wishes.shop_file
    accuracy = load_accuracy(shop_file, shop.shop.id)
    recordings = (
        in_folder(folder, shop, start) if folder else of_shop_file(shop, shop_file.parent, start)
    )
    if wishes.seconds is None and any(one.address.startswith("sim:") for one in recordings):
        raise BadInput("seconds", "--seconds", "expected it: simulated cameras never end")
    with ExitStack() as stack:
        sources, broken = opened(recordings, shop, shop_file, wishes.fps)
        for source in sources.values():
            stack.enter_context(source)
        for camera, why in broken.items():
            typer.echo(f"{camera}: not used: {why}", err=True)
        missing = [c.id for c in shop.cameras if c.id not in sources | broken]
        if missing:
            typer.echo(f"no recording of {', '.join(missing)}", err=True)
        lost = broken | dict.fromkeys(missing, "there is no recording of it")
        detectors, names = _detectors(list(sources), shop, wishes, stack)
        looks = _looks(shop, shop_file, sources, keep_s) if keep_s else None
        output = ResultFolder(wishes.out, source=str(folder or shop_file))
        note = " ".join(dict.fromkeys(said for name in names if (said := say_note(name))))
        lengths = [s.info.frames / s.info.fps for s in sources.values()
                   if s.info.frames and s.info.fps]  # fmt: skip
        with (
            progress_bar("analysing", wishes.seconds or max(lengths, default=None)) as progress,
            stoppable(wishes.seconds, *sources.values()) as stopped,
        ):
            result, rows = analyse_together(
                {camera: (source, detectors[camera]) for camera, source in sources.items()},
                shop,
                gate=wishes.gate,
                lost=lost,
                looks=looks,
                uniform=uniform,
                until_s=wishes.seconds,
                progress=progress,
                stopped=stopped,
            )
    if not len(result.frames):
        output.discard_if_empty()
        raise BadInput("no-frames", folder or shop_file, result.incomplete or "expected a frame")
    with output.staging() as stage:
        told = Told(", ".join(dict.fromkeys(names)), wishes.lang, known, note, accuracy)
        summary = write_outputs(stage, result, shop, told)
        write_tracks(stage / "tracks.csv", rows, shop)
    report_done(summary, output.folder, truth=known, as_json=wishes.as_json)
    if result.incomplete and not stopped():
        what = f"{result.incomplete}; what the others saw is in {wishes.out}"
        raise Failed("incomplete", folder or shop_file, what)


def _looks(
    shop: Shop, shop_file: Path, sources: Mapping[str, Source], keep_s: float
) -> AppearanceMemory:
    """Raises ``BadInput`` for pictures older than the notice, or of which nobody knows the day."""
    zone = ZoneInfo(shop.shop.timezone)
    for source in sources.values():
        if source.info.start_guessed:
            what = "expected --start with --appearance: the file does not say when it was recorded"
            raise BadInput("start", source.info.address, what)
        allow_appearance(shop, shop_file, source.info.start.astimezone(zone).date())
    return AppearanceMemory(keep_s, zone)


def _detectors(
    cameras: list[str], shop: Shop, wishes: Wishes, stack: ExitStack
) -> tuple[dict[str, Detector], list[str]]:
    """Each camera's detector and all their names. Cameras with the same model share one: they take
    turns, and a second would only cost its memory."""
    shared: dict[tuple[str, int], Detector] = {}
    found: dict[str, Detector] = {}
    for camera in cameras:
        name, measured_with = which_model(wishes.model, shop, wishes.shop_file, camera)
        wanted = name, wishes.threads or measured_with
        detector = shared.get(wanted)
        if detector is None or needs_every_frame(detector):
            detector = open_detector(name, threads=wanted[1], closer=wishes.closer)
            stack.callback(detector.close)
            shared[wanted] = detector
        found[camera] = detector
    return found, [detector.name for detector in found.values()]
