"""What simulated cameras get wrong: the counter's passages beside the true ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from miseban.sim.faults.eye import FaultyEye
from miseban.sim.faults.schedule import FaultSchedule
from miseban.sim.scenario.fault_option import with_faults
from miseban.sim.scenario.file import beside, load_scenario
from miseban.sim.seen.detector import DetectorModel
from miseban.sim.seen.tracks import sightings
from miseban.sim.seen.views import PosedView
from miseban.sim.stage import Stage
from miseban.sim.truth.events import truth
from miseban.sim.world.simulation import Simulation
from miseban.space.engine import CameraSpace
from miseban.vocabulary.events import Event, LineCrossed, ZoneEntered
from miseban.vocabulary.shop import Shop, load_shop

Floats = NDArray[np.float64]
WAYS = ("in", "out")
ENTER = "enter"


@dataclass(frozen=True, slots=True)
class Played:
    """A recording of a simulated shop: ``true`` events, and those ``found`` from what an imperfect
    eye saw."""

    shop: Shop
    start: datetime
    duration_s: float
    true: list[Event]
    found: list[Event]


@dataclass(frozen=True, slots=True)
class Counted:
    """What one counter counted in ``duration_s``: one ``way`` over the line ``name``, or entries
    (``enter``) into the zone of that name. ``true_s`` (N,) and ``found_s`` (M,) are seconds since
    the start, in order."""

    shop: str
    name: str
    way: str
    duration_s: float
    true_s: Floats
    found_s: Floats

    @property
    def is_line(self) -> bool:
        return self.way != ENTER


def play(
    shop_file: Path,
    seed: int,
    minutes: float,
    faults: Sequence[str] = (),
    model: DetectorModel | None = None,
    *,
    zones: bool = True,
    begins: time | None = None,
    progress: Callable[[float], None] = lambda _done_s: None,
) -> Played:
    """Plays the shop with ``seed``, seen by every camera that counts anything: without ``zones``
    only those with lines. ``faults`` as ``simulate --fault`` takes them; ``model`` is the eye, the
    default one without; ``begins`` another time of the day."""
    shop = load_shop(shop_file)
    scenario = with_faults(load_scenario(beside(shop_file), shop), shop, faults)
    if begins is not None:
        scenario = scenario.starting_at(begins)
    place, schedule = Stage(shop, scenario), FaultSchedule(scenario.faults, seed)
    world, duration_s = Simulation(shop, scenario, seed), minutes * 60.0
    at_s = 0.0
    while at_s < duration_s:
        at_s = min(at_s + 600.0, duration_s)
        world.run_until(at_s)
        progress(at_s / 2)
    known = truth(shop, world.people, world.start, duration_s, seed)
    cameras = [
        camera
        for camera in shop.cameras
        if shop.lines_of(camera.id) or (zones and shop.zones_of(camera.id))
    ]
    counting = {camera.id for camera in cameras}
    posed = {c.id: PosedView(place, c) for c in place.cameras if c.id in counting}
    eyes = [
        FaultyEye(model or DetectorModel(), c, schedule, posed=posed.get(c.id)) for c in cameras
    ]
    spaces = [CameraSpace(shop, camera.id, world.start) for camera in cameras]
    found: list[Event] = []
    for stretch in sightings(world.people, cameras, duration_s, place):
        for seen, eye, space in zip(stretch.seen, eyes, spaces, strict=True):
            rows = eye.look(stretch, seen, world.people)
            rows = rows.take(np.argsort(rows.time_s, kind="stable"))
            found += space.update(rows, stretch.to_s)
        progress((duration_s + stretch.to_s) / 2)
    for space in spaces:
        found += space.finish(duration_s)
    found.sort(key=lambda event: event.time)
    return Played(shop, world.start, duration_s, known.events, found)


def counted(played: Played, *, zones: bool = True) -> list[Counted]:
    """Every counter of what was played: lines both ways and, with ``zones``, areas."""
    shop, sides = played.shop, (played.true, played.found)
    result = []
    for line in (line for line in shop.lines if line.camera):
        for way in WAYS:
            times = [
                [e for e in side if isinstance(e, LineCrossed) and (e.line, e.direction) == key]
                for key in [(line.id, way)]
                for side in sides
            ]
            result.append(_counted(played, line.id, way, times))
    for zone in (zone for zone in shop.zones if zones and zone.camera and zone.kind != "private"):
        entries = [
            [e for e in side if isinstance(e, ZoneEntered) and e.zone == zone.id] for side in sides
        ]
        result.append(_counted(played, zone.id, ENTER, entries))
    return result


def _counted(
    played: Played, name: str, way: str, sides: Sequence[Sequence[LineCrossed | ZoneEntered]]
) -> Counted:
    true_s, found_s = (
        np.sort(np.array([(e.time - played.start).total_seconds() for e in side], np.float64))
        for side in sides
    )
    return Counted(played.shop.shop.id, name, way, played.duration_s, true_s, found_s)
