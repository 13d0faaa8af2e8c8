"""``miseban simulate``: a shop that does not exist, and the exact truth about it."""

from __future__ import annotations

import platform
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Literal

import typer

from miseban import __version__
from miseban.camera.simulated_address import time_of_day
from miseban.cli.common import progress_bar, report_done
from miseban.insight.inside import empty_moments, people_inside
from miseban.insight.results import ResultFolder
from miseban.insight.summary import summarise
from miseban.journal.events_table import write_events
from miseban.sim.calibration import as_toml, write_cameras
from miseban.sim.faults import FaultSchedule
from miseban.sim.faults.eye import FaultyEye
from miseban.sim.faults.table import write_faults
from miseban.sim.filming import Filmed, record, to_film, video_name
from miseban.sim.possible.cameras import poses
from miseban.sim.scenario.fault_option import with_faults
from miseban.sim.scenario.file import beside, load_scenario
from miseban.sim.seen.detector import DetectorModel
from miseban.sim.seen.tracks import sightings
from miseban.sim.seen.views import PosedView
from miseban.sim.stage import Stage
from miseban.sim.truth.drawings import on_floor
from miseban.sim.truth.events import Truth, truth
from miseban.sim.truth.files import TracksFile, write_people, write_trails
from miseban.sim.truth.goods import goods_events
from miseban.sim.truth.help import help_truth, write_incidents
from miseban.sim.truth.stock import write_receipts, write_stock
from miseban.sim.world.simulation import Simulation
from miseban.space.layout import Layout
from miseban.vocabulary.errors import BadInput, MisebanError
from miseban.vocabulary.shop import load_shop
from miseban.vocabulary.summary import Summary


def simulate(
    shop_file: Annotated[Path, typer.Option("--shop", metavar="FILE", help="The shop file.")],
    minutes: Annotated[
        float | None, typer.Option("--minutes", min=0.1, max=44_640, help="How long to simulate.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Where the truth goes.")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Same seed, same bytes.")] = 1,
    scenario_file: Annotated[
        Path | None,
        typer.Option("--scenario", metavar="FILE", help="Who comes. [default: beside the shop]"),
    ] = None,
    detector: Annotated[
        Literal["none", "default"],
        typer.Option("--detector", help="Also write detected.csv, as an imperfect eye sees."),
    ] = "none",
    fault: Annotated[
        list[str] | None,
        typer.Option("--fault", metavar="FAULT", help="As in door:nudge=2:from=300:to=600."),
    ] = None,
    calibrate: Annotated[
        bool, typer.Option("--calibrate", help="Only print floor_points and facings to draw.")
    ] = False,
    begins: Annotated[
        str | None, typer.Option("--from", metavar="HH:MM", help="Start at this time of the day.")
    ] = None,
    video: Annotated[
        list[str] | None,
        typer.Option("--video", metavar="CAMERA|all", help="Also CAMERA.mp4, as it sees."),
    ] = None,
    video_fps: Annotated[
        float, typer.Option("--video-fps", metavar="N", min=0.1, max=60, help="Of the videos.")
    ] = 10.0,
    as_json: Annotated[bool, typer.Option("--json", help="Print summary.json.")] = False,
) -> None:
    """A simulated shop: tracks, events and summary, known exactly.

    Without --scenario, the one beside the shop file is played: shop.scenario.toml for shop.toml.

    Example: miseban simulate --shop shops/konbini.toml --minutes 60 --seed 1 --out truth
    """
    shop = load_shop(shop_file)
    scenario_file = scenario_file or beside(shop_file)
    if calibrate:
        typer.echo(as_toml(Stage(shop, load_scenario(scenario_file, shop, poses))), nl=False)
        return
    if minutes is None or out is None:
        missing = "--minutes" if minutes is None else "--out"
        raise BadInput("missing-option", missing, "expected a value, found none")
    scenario = with_faults(load_scenario(scenario_file, shop), shop, fault or [])
    if begins is not None:
        scenario = scenario.starting_at(time_of_day(begins, "--from"))
    place = Stage(shop, scenario)
    filming = to_film(place, video or [], "--video")
    on_floor(shop)  # what is drawn nowhere on the floor is refused before the work begins
    schedule = FaultSchedule(scenario.faults, seed)
    simulation = Simulation(shop, scenario, seed)
    folder = ResultFolder(out)
    duration_s = round(minutes * 60, 3)
    try:
        with folder.staging() as stage:
            with progress_bar("simulating", duration_s) as progress:
                if filming:
                    filmed = record(
                        stage, simulation, place, filming, schedule, duration_s, video_fps, progress
                    )
                else:
                    filmed = Filmed()
                    run(simulation, duration_s, progress)
            known = truth(shop, simulation.people, simulation.start, duration_s, seed)
            known = known.joined(
                goods_events(
                    simulation.goods, shop, known.visits, simulation.start, duration_s, seed
                )
            )
            needed = help_truth(
                shop,
                simulation.helps,
                simulation.people,
                known.events,
                known.visits,
                simulation.start,
                duration_s,
                seed,
            )
            known = known.joined(needed.events)
            model = DetectorModel() if detector != "none" else None
            _write_tracks(stage, simulation, duration_s, schedule, model, filmed)
            if schedule.faults:
                write_faults(stage / "faults.csv", schedule, duration_s)
            write_trails(stage / "trails.csv", simulation.people, duration_s)
            write_people(stage / "people.csv", simulation.people, known.visits, duration_s)
            write_incidents(stage / "incidents.csv", needed.calls, known.visits)
            if scenario.facings:
                write_stock(stage / "stock.csv", simulation.goods, simulation.start, duration_s)
                write_receipts(stage / "receipts.csv", simulation.goods, duration_s)
            write_events(stage / "events.parquet", known.events)
            summary = _summary(simulation, known, duration_s)
            text = summary.model_dump_json(by_alias=True, indent=2)
            (stage / "summary.json").write_text(text + "\n", encoding="utf-8")
            if place.poses:
                write_cameras(stage / "cameras.json", place, simulation.start, filming, video_fps)
    except MisebanError:
        folder.discard_if_empty()
        raise
    if detector == "none":  # an older run's would not belong to this truth
        (folder.folder / "detected.csv").unlink(missing_ok=True)
    if not schedule.faults:
        (folder.folder / "faults.csv").unlink(missing_ok=True)
    if not scenario.facings:
        (folder.folder / "stock.csv").unlink(missing_ok=True)
        (folder.folder / "receipts.csv").unlink(missing_ok=True)
    if not place.poses:
        (folder.folder / "cameras.json").unlink(missing_ok=True)
    for camera in shop.cameras:
        if camera.id not in filming:
            (folder.folder / video_name(camera.id)).unlink(missing_ok=True)
    report_done(summary, folder.folder, as_json=as_json)


def run(simulation: Simulation, duration_s: float, progress: Callable[[float], None]) -> None:
    """Lets it run to ``duration_s``, ten minutes at a time."""
    at_s = 0.0
    while at_s < duration_s:
        at_s = min(at_s + 600.0, duration_s)
        simulation.run_until(at_s)
        progress(at_s)


def _write_tracks(
    stage: Path,
    simulation: Simulation,
    duration_s: float,
    schedule: FaultSchedule,
    model: DetectorModel | None,
    filmed: Filmed,
) -> None:
    """``tracks.csv`` and, with a ``model``, ``detected.csv``."""
    place = Stage(simulation.shop, simulation.scenario)
    cameras = [c for c in simulation.shop.cameras if c.floor_points or c.id in place.poses]
    posed = {camera.id: PosedView(place, camera) for camera in place.cameras}
    eyes = [FaultyEye(model, c, schedule, posed=posed.get(c.id)) for c in cameras if model]
    with TracksFile(stage / "tracks.csv", visibility=True) as exact:
        imperfect = TracksFile(stage / "detected.csv", visibility=False) if model else None
        try:
            for worked_out in sightings(simulation.people, cameras, duration_s, place):
                stretch = filmed.instead(worked_out)
                exact.write([(s.camera, s.rows, s.visibility) for s in stretch.seen])
                if imperfect is not None:
                    found = [
                        (s.camera, eye.look(stretch, s, simulation.people), None)
                        for s, eye in zip(stretch.seen, eyes, strict=True)
                    ]
                    imperfect.write(found)
        finally:
            if imperfect is not None:
                imperfect.close()


def _summary(simulation: Simulation, known: Truth, duration_s: float) -> Summary:
    shop = simulation.shop
    zones = {zone.id: zone.kind for zone in shop.zones if zone.kind != "private"}
    moments = empty_moments(shop.shop.empty, shop.shop.timezone, simulation.start, duration_s)
    entrances = {line.id for line in shop.lines if line.entrance}
    return summarise(
        known.events,
        shop_id=shop.shop.id,
        camera=None,
        start=simulation.start,
        duration_s=duration_s,
        frames=0,
        analysed_fps=0.0,
        incomplete="",
        lines=[line.id for line in shop.lines],
        zones=zones,
        tills=[(till.queue, till.service) for till in shop.tills],
        model="truth",
        versions={"miseban": __version__, "python": platform.python_version()},
        uncovered_s=0.0,
        inside=people_inside(known.events, entrances, moments),
        entrances=entrances,
        layout=Layout(shop),
    )
