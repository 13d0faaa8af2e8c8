"""Films some cameras of a simulation into files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

from miseban.sim.faults import FaultSchedule
from miseban.sim.filming.camera import FilmedCamera
from miseban.sim.filming.reel import Filmed, film
from miseban.sim.filming.video import SimulatedVideo
from miseban.sim.stage import Stage
from miseban.sim.world.simulation import Simulation
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.shop.problem import did_you_mean, shown

ALL = "all"


def to_film(stage: Stage, named: Sequence[str], where: str) -> list[str]:
    """The ids of the cameras that are ``named``, or of all that have a pose for ``ALL``, in the
    order of the shop file. Raises ``BadInput``, naming ``where``, for others."""
    posed = [camera.id for camera in stage.cameras]
    for name in named:
        if name != ALL and name not in posed:
            known = ", ".join(posed) or "none"
            found = shown(name) + did_you_mean(name, posed)
            what = f"expected {ALL} or a [[camera]] of the scenario ({known}), found {found}"
            raise BadInput("no-pose", where, what)
    if ALL in named and not posed:
        raise BadInput("no-pose", where, "expected a [[camera]] in the scenario, found none")
    return [name for name in posed if name in named or ALL in named]


def video_name(camera: str) -> str:
    """What the video of a camera is called."""
    return f"{camera}.mp4"


def record(
    folder: Path,
    simulation: Simulation,
    stage: Stage,
    names: Sequence[str],
    faults: FaultSchedule,
    duration_s: float,
    fps: float,
    progress: Callable[[float], None],
) -> Filmed:
    """Lets ``simulation`` run from its start to ``duration_s`` and writes ``CAMERA.mp4`` for each
    camera of these ``names`` into ``folder``, ``fps`` pictures a second. Returns where people were
    seen. Raises ``BadInput`` without Panda3D, ``Failed`` when a video cannot be written."""
    cameras = [FilmedCamera(stage, name, faults) for name in names]
    with ExitStack() as open_files:
        sinks = {
            camera.camera.id: open_files.enter_context(
                SimulatedVideo(
                    folder / video_name(camera.camera.id),
                    camera.camera.resolution,
                    fps,
                    simulation.start,
                )
            ).write
            for camera in cameras
        }
        return film(simulation, cameras, duration_s, fps=fps, sinks=sinks, progress=progress)
