"""``miseban simulate``: a shop that does not exist, and the exact truth about it."""

from __future__ import annotations

import platform
from pathlib import Path
from typing import Annotated, Literal

import typer

from miseban import __version__
from miseban.cli.common import progress_bar, report_done
from miseban.insight.events_table import write_events
from miseban.insight.inside import empty_moments, people_inside
from miseban.insight.results import ResultFolder
from miseban.insight.summary import summarise
from miseban.sim.scenario.file import load_scenario
from miseban.sim.seen.detector import Detector, DetectorModel
from miseban.sim.seen.tracks import sightings
from miseban.sim.truth.events import Truth, truth
from miseban.sim.truth.files import TracksFile, write_people, write_trails
from miseban.sim.world.simulation import Simulation
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.shop import load_shop
from miseban.vocabulary.summary import Summary


def simulate(
    shop_file: Annotated[Path, typer.Option("--shop", metavar="FILE", help="The shop file.")],
    minutes: Annotated[
        float, typer.Option("--minutes", min=0.1, max=44_640, help="How long to simulate.")
    ],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where the truth goes.")],
    seed: Annotated[int, typer.Option("--seed", min=0, help="Same seed, same bytes.")] = 1,
    scenario_file: Annotated[
        Path | None,
        typer.Option("--scenario", metavar="FILE", help="Who comes. [default: beside the shop]"),
    ] = None,
    detector: Annotated[
        Literal["none", "default"],
        typer.Option("--detector", help="Also write detected.csv, as an imperfect eye sees."),
    ] = "none",
    as_json: Annotated[bool, typer.Option("--json", help="Print summary.json.")] = False,
) -> None:
    """A simulated shop: tracks, events and summary, known exactly.

    Without --scenario, the one beside the shop file is played: shop.scenario.toml for shop.toml.

    Example: miseban simulate --shop shops/konbini.toml --minutes 60 --seed 1 --out truth
    """
    shop = load_shop(shop_file)
    beside = shop_file.with_name(f"{shop_file.stem}.scenario.toml")
    scenario = load_scenario(scenario_file or beside, shop)
    simulation = Simulation(shop, scenario, seed)
    folder = ResultFolder(out)
    duration_s = round(minutes * 60, 3)
    try:
        with progress_bar("simulating", duration_s) as progress:
            at_s = 0.0
            while at_s < duration_s:
                at_s = min(at_s + 600.0, duration_s)
                simulation.run_until(at_s)
                progress(at_s)
            known = truth(shop, simulation.people, simulation.start, duration_s, seed)
    except BadInput:
        folder.discard_if_empty()
        raise
    with folder.staging() as stage:
        _write_tracks(
            stage, simulation, duration_s, DetectorModel() if detector != "none" else None
        )
        write_trails(stage / "trails.csv", simulation.people, duration_s)
        write_people(stage / "people.csv", simulation.people, known.visits, duration_s)
        write_events(stage / "events.parquet", known.events)
        summary = _summary(simulation, known, duration_s)
        text = summary.model_dump_json(by_alias=True, indent=2)
        (stage / "summary.json").write_text(text + "\n", encoding="utf-8")
    if detector == "none":  # an older run's would not belong to this truth
        (folder.folder / "detected.csv").unlink(missing_ok=True)
    report_done(summary, folder.folder, as_json=as_json)


def _write_tracks(
    stage: Path, simulation: Simulation, duration_s: float, model: DetectorModel | None
) -> None:
    """``tracks.csv`` and, with a ``model``, ``detected.csv``."""
    cameras = [camera for camera in simulation.shop.cameras if camera.floor_points]
    eyes = {c.id: Detector(model, c.resolution, simulation.seed, c.id) for c in cameras if model}
    with TracksFile(stage / "tracks.csv", visibility=True) as exact:
        imperfect = TracksFile(stage / "detected.csv", visibility=False) if model else None
        try:
            for stretch in sightings(simulation.people, cameras, duration_s):
                exact.write([(s.camera, s.rows, s.visibility) for s in stretch.seen])
                if imperfect is not None:
                    found = [
                        (
                            s.camera,
                            eyes[s.camera].look(s, c.fps, stretch.from_s, stretch.to_s),
                            None,
                        )
                        for s, c in zip(stretch.seen, cameras, strict=True)
                    ]
                    imperfect.write(found)
        finally:
            if imperfect is not None:
                imperfect.close()


def _summary(simulation: Simulation, known: Truth, duration_s: float) -> Summary:
    shop = simulation.shop
    zones = {zone.id: zone.kind for zone in shop.zones if zone.kind != "private"}
    moments = empty_moments(shop.shop.empty, shop.shop.timezone, simulation.start, duration_s)
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
        inside=people_inside(
            known.events, {line.id for line in shop.lines if line.entrance}, moments
        ),
    )
