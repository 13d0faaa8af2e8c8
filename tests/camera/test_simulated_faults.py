"""Faults of a camera that is drawn: what the product's own source, loop and events make of them."""

from __future__ import annotations

from itertools import islice, pairwise
from pathlib import Path

import numpy as np
import pytest

from miseban.camera.analysis import analyse
from miseban.camera.simulated import open_simulated
from miseban.sim.faults import FaultSchedule
from miseban.sim.filming import FilmedCamera
from miseban.sim.render import Conditions, RenderedCamera
from miseban.sim.scenario.fault_option import with_faults
from miseban.sim.stage import Stage
from miseban.sim.world.simulation import Simulation
from miseban.vision.detectors.opening import open_detector
from miseban.vocabulary.events import ZoneLeft, ZoneOccupancy
from tests.sim import corner

pytest.importorskip("panda3d", reason="needs panda3d, the extra `sim`")


def with_fault(folder: Path, *faults: str) -> Path:
    """The corner shop's file; each fault is the inside of a table."""
    tables = "".join(f'[[fault]]\ncamera = "eye"\n{fault}\n\n' for fault in faults)
    return corner.files(folder, ("[[facing]]", f"{tables}[[facing]]"))


CLOCKS = {
    "forward": 'kind = "jump"\namount = 30.0\nfrom_s = 20.0\nto_s = 60.0',
    "back": 'kind = "jump"\namount = -15.0\nfrom_s = 20.0\nto_s = 60.0',
    "a little back": 'kind = "jump"\namount = -1.1\nfrom_s = 20.0\nto_s = 60.0',
    "fast": 'kind = "skew"\namount = 600.0',
    "slow": 'kind = "skew"\namount = -600.0',
    "a little slow": 'kind = "skew"\namount = -3.0',
}


@pytest.mark.parametrize("name", CLOCKS)
def test_whatever_the_clock_says_time_goes_on(tmp_path: Path, name: str) -> None:
    """Every frame comes, later than the one before, near its true time, and none is a gap."""
    source = open_simulated(
        "sim:eye?pace=full", shop_file=with_fault(tmp_path, CLOCKS[name]), fps=1.0
    )
    with source:
        frames = list(islice(source.frames(), 150))
    times = [frame.time_s for frame in frames]
    assert all(before < after for before, after in pairwise(times))
    late = [true - told for true, told in zip(range(150), times, strict=True)]
    assert min(late) >= -0.01
    assert max(late) <= (5.001 if name == "slow" else 0.5)
    assert source.gaps == []


def test_flaps_are_gaps_and_lower_the_coverage(tmp_path: Path) -> None:
    shop_file = with_fault(tmp_path, 'kind = "flap"\namount = 8.0\nfrom_s = 20.0')
    with open_simulated("sim:eye?pace=full&seed=5", shop_file=shop_file) as source:
        plan = with_faults(corner.scenario(), corner.shop(), ["eye:flap=8:from=20"])
        schedule = FaultSchedule(plan.faults, 5)
        result = analyse(source, open_detector("motion"), corner.shop(), "eye", until_s=120.0)
    away = [(a, b) for a, b in schedule.outages(schedule.faults[0], 120.0) if b < 118]
    assert len(away) > 3
    told = [(gap.start_s, gap.end_s) for gap in source.gaps][: len(away)]
    assert np.abs(np.array(told) - np.array(away)).max() <= 0.25 + 1e-9
    lost_s = sum(b - a for a, b in away)
    assert result.uncovered_s == pytest.approx(lost_s, rel=0.4)
    covered = [e.coverage for e in result.events if isinstance(e, ZoneOccupancy)]
    assert 0.2 < float(np.mean(covered)) < 0.9
    stays = [e for e in result.events if isinstance(e, ZoneLeft)]
    assert stays
    assert all(e.dwell_s >= 0 for e in stays)


PICTURES = {
    "eye:nudge=12": ((12.0, 0.0, 0.0), Conditions()),
    "eye:dark=0.8": ((0.0, 0.0, 0.0), Conditions(low_light=0.8)),
    "eye:glare=0.7:from=5": ((0.0, 0.0, 0.0), Conditions(glare=0.7)),
    "eye:dirt=1": ((0.0, 0.0, 0.0), Conditions(dirt=1.0)),
}


@pytest.mark.parametrize("typed", PICTURES)
def test_the_picture_is_that_of_a_camera_so_broken(typed: str) -> None:
    shop = corner.shop()
    scenario = with_faults(corner.scenario(), shop, [typed])
    stage = Stage(shop, scenario)
    world = Simulation(shop, scenario, 1)
    scene = next(scene for scene in map(world.scene, range(600)) if len(scene.figures) > 1)

    def shot(schedule: FaultSchedule) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
        return FilmedCamera(stage, "eye", schedule).shoot(scene, lambda _: 1.0).picture

    nudge, conditions = PICTURES[typed]
    drawn = RenderedCamera(
        stage.room,
        stage.furniture,
        stage.poses["eye"].nudged(*nudge),
        shop.camera("eye").resolution,
        rows=stage.rows,
        conditions=conditions,
        hour=stage.hour,
        seed=stage.room.seed,
    )
    broken = shot(FaultSchedule(scenario.faults, 1))
    assert np.array_equal(broken, drawn.frame(scene))
    assert np.abs(broken.astype(int) - shot(FaultSchedule((), 1))).mean() > 2
