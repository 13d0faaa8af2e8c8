"""``miseban models bench``: what each model costs, how well it sees, and the best for a budget."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from miseban.cli.common import only_camera, shared_folder, wide_console
from miseban.cli.models_measure import measure_all
from miseban.insight.bench import Candidate, Judging, Timing
from miseban.insight.bench.rendered import at_hand
from miseban.insight.bench.truths import clips_at_hand, read_truth
from miseban.vision.models import store
from miseban.vision.models.budget import DEFAULT_FPS, Budget, choose, parse_budget, shortfall
from miseban.vision.models.choice import Choice, record
from miseban.vision.models.measured import Measured
from miseban.vision.models.registry import Registry, load_registry
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.shop import load_shop

DEFAULT_SIZE = (640, 360)
CPU = Path("/proc/cpuinfo")


def bench_models(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[NAME...]", help="NAME or NAME@RUNTIME; all installed if none."),
    ] = None,
    budget: Annotated[
        str | None,
        typer.Option("--budget", metavar="KEY=N,...", help="Choose: fps=5,cores=1,ram_mb=300."),
    ] = None,
    shop_file: Annotated[
        Path | None, typer.Option("--shop", metavar="FILE", help="Record the choice beside it.")
    ] = None,
    camera: Annotated[
        str | None, typer.Option("--camera", metavar="ID", help="The camera the choice is for.")
    ] = None,
    image_size: Annotated[
        str | None,
        typer.Option("--image-size", metavar="WxH", help="Of the noise; without: the camera's."),
    ] = None,
    seconds: Annotated[float, typer.Option(min=0.1, max=600, help="Timing of each model.")] = 2.0,
    threads: Annotated[int, typer.Option(min=1, max=64, help="Processor threads.")] = 1,
    video: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Time on this video instead of on noise.")
    ] = None,
    truth: Annotated[
        list[str] | None,
        typer.Option("--truth", metavar="VIDEO=FILE", help="A clip and its MOT rows; repeatable."),
    ] = None,
    accuracy: Annotated[
        bool, typer.Option("--accuracy/--no-accuracy", help="Judge on pictures with truth too.")
    ] = True,
    full: Annotated[
        bool, typer.Option("--full", help="Judge on all the pictures: takes minutes.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")] = False,
    registry: Annotated[
        list[Path] | None,
        typer.Option("--registry", metavar="FILE", help="One more registry file; repeatable."),
    ] = None,
) -> None:
    """Measures the installed person detectors on this machine, and picks one for a budget.

    Example: miseban models bench --budget fps=5,cores=1,ram_mb=300 --shop shop.toml --camera door
    """
    size, fps = DEFAULT_SIZE, DEFAULT_FPS
    if shop_file is not None:
        shop = load_shop(shop_file)
        camera = only_camera(shop, camera)
        size, fps = shop.camera(camera).resolution, shop.camera(camera).fps
    if (camera is not None and shop_file is None) or (shop_file is not None and budget is None):
        what = (
            "expected --budget, --shop and --camera together: the choice is recorded for a camera"
        )
        raise BadInput("bench", "--shop" if shop_file else "--camera", what)
    size = _size(image_size) if image_size else size
    limits = parse_budget(budget, fps) if budget is not None else None
    if video is not None and not video.is_file():
        raise BadInput("video-missing", video, "expected a video file, there is none")
    clips = [_pair(text) for text in truth or ()] or clips_at_hand(shared_folder())
    extra = tuple(registry or ())
    known = load_registry(extra)
    candidates = _candidates(names, known)
    if shop_file is not None:
        _check_analyze_finds(candidates)
    timing = [
        Timing(
            candidate=one, size=size, seconds=seconds, threads=threads, video=video,
            registries=extra,
        )
        for one in candidates
    ]  # fmt: skip
    judging = Judging(
        candidates=tuple(candidates), threads=threads, clips=tuple(clips), rendered=at_hand(),
        full=full, registries=extra,
    )  # fmt: skip
    judged = judging if accuracy and (clips or judging.rendered) else None
    results, fault = measure_all(timing, judged, named=bool(names))
    if fault is not None and not results:
        raise fault
    choice, unmet = None, None
    if limits is not None:
        choice, unmet = _choice(results, limits, known, named=bool(names))
    where = None
    if choice is not None and shop_file is not None and camera is not None:
        where = record(shop_file, camera, choice)
    if as_json:
        chosen = choice.model_dump(mode="json") if choice else None
        rows = [result.model_dump(mode="json") for result in results]
        typer.echo(json.dumps({"results": rows, "choice": chosen}, indent=2))
    else:
        _show(results, limits)
        if choice is not None:
            typer.echo(_told(choice, where, camera))
    if unmet is not None:
        raise unmet
    if fault is not None:
        raise fault


def _candidates(names: Sequence[str] | None, known: Registry) -> list[Candidate]:
    """The named models, or all that are here; on the named runtime, or all that are here."""
    found = []
    for name in names or [model.name for model in known.of_task("person-detection")]:
        asked, runtime = store.runtime_of(name, known)
        if names:
            located = store.locate(asked, known)
            model, path = located.model, located.path
        else:
            model = known.find(name)
            path = store.installed(model)
            if not model.usable or (model.files and path is None):
                continue
        able = [one for one in model.runtimes if store.runs_here(one)]
        if names:  # what cannot be run is refused with its reason
            able = [runtime] if runtime else able or [model.runtime]
        found += [Candidate(name=model.name, runtime=one, file=path) for one in able]
    return found


def _check_analyze_finds(candidates: Sequence[Candidate]) -> None:
    """A choice is recorded by name: ``analyze`` must come from it to the same model."""
    usual = load_registry()
    for one in candidates:
        try:
            store.locate(one.name, usual)
        except BadInput as error:
            what = f"cannot be recorded for a camera, where `analyze` would not find it: {error}"
            raise BadInput("bench", one, what) from error


def _choice(
    results: Sequence[Measured], limits: Budget, known: Registry, *, named: bool
) -> tuple[Choice | None, BadInput | None]:
    """The choice, or why there is none. What is never taken unasked is not, unless it was named."""
    ranks = {model.name: model.rank for model in known}
    able = [result for result in results if named or ranks[result.name] > 0]
    if not able:
        raise BadInput("budget", "--budget", "no person detector is installed to choose from")
    best, fits = choose(able, limits, ranks)
    if not fits:
        return None, shortfall(best, limits)
    now = datetime.now(UTC).replace(microsecond=0)
    return Choice(measured=best, budget=limits, chosen=now, machine=_machine()), None


def _show(results: Sequence[Measured], limits: Budget | None) -> None:
    truths = list(dict.fromkeys(score.truth for result in results for score in result.scores))
    table = Table("model", "runtime", box=None)
    heads = ["ms", "processor ms", "cores busy", "camera ms", "MB"]
    heads += [f"{name} AP50 / recall" for name in truths] + (["fits"] if limits else [])
    for head in heads:
        table.add_column(head, justify="right")
    for result in results:
        scores = {score.truth: score for score in result.scores}
        cells = [
            f"{result.ms_per_frame:.1f}",
            f"{result.processor_ms_per_frame:.1f}",
            f"{result.cores:.2f}",
            f"{result.camera_processor_ms:.1f}",
            f"{result.peak_mb:.0f}",
        ]
        for name in truths:
            one = scores.get(name)
            cells.append(f"{one.ap50:.2f} / {one.recall_p70:.2f}" if one else "-")
        if limits is not None:
            cells.append("yes" if limits.strain(result) <= 1.0 else "no")
        table.add_row(result.name, result.runtime, *cells)
    wide_console().print(table)


def _told(choice: Choice, where: Path | None, camera: str | None) -> str:
    one, needs = choice.measured, choice.budget.needs(choice.measured)
    line = f"chosen for {choice.budget}: {choice.model}, {needs['cores']:.2g} cores and "
    line += f"{needs['ram_mb']:.0f} MB"
    accurate = one.real_ap50
    line += f", AP50 {accurate:.2f}" if accurate is not None else ", by its rank: no clip is here"
    return line + (f"; recorded for {camera} in {where}" if where else "")


def _pair(text: str) -> tuple[Path, Path]:
    """``VIDEO=FILE``, both of which are there and the second of which can be read."""
    video, _, file = text.rpartition("=")
    if not video or not Path(video).is_file():
        what = f"expected VIDEO=FILE, a clip and its MOT rows, found {text!r}"
        raise BadInput("bad-truth", "--truth", what)
    read_truth(Path(file))
    return Path(video), Path(file)


def _size(text: str) -> tuple[int, int]:
    parts = text.lower().split("x")
    if len(parts) != 2 or not all(part.isdecimal() and 16 <= int(part) <= 8192 for part in parts):
        what = f"expected WIDTHxHEIGHT, each 16 to 8192, found {text!r}"
        raise BadInput("image-size", "--image-size", what)
    return int(parts[0]), int(parts[1])


def _machine() -> str:
    """The processor's name and how many of its cores this process may use."""
    name = platform.processor() or platform.machine()
    if CPU.exists():
        for line in CPU.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                name = line.partition(":")[2].strip()
                break
    may_use = getattr(os, "sched_getaffinity", None)  # Linux has it
    return f"{name}, {len(may_use(0)) if may_use else os.cpu_count()} cores"
