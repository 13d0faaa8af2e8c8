"""Films a simulation while it runs: pictures in the rhythm of a video, boxes in that of a track."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from miseban.sim.filming.camera import FilmedCamera
from miseban.sim.render import Boxes
from miseban.sim.seen.tracks import Seen, Stretch
from miseban.sim.state import Scene
from miseban.sim.world.simulation import Simulation
from miseban.vocabulary.tracks import TrackRows

Picture = NDArray[np.uint8]
_PLACES = 6  # of a second: moments of two rhythms that are nearer than this are one


@dataclass(slots=True)
class Filmed:
    """What was seen of whom, by camera: the boxes of the pictures themselves."""

    seen: dict[str, Seen] = field(default_factory=dict)

    def instead(self, stretch: Stretch) -> Stretch:
        """``stretch`` with what cameras filmed in place of what was worked out for them."""
        return replace(stretch, seen=tuple(self._cut(stretch, one) for one in stretch.seen))

    def _cut(self, stretch: Stretch, worked_out: Seen) -> Seen:
        filmed = self.seen.get(worked_out.camera)
        if filmed is None:
            return worked_out
        time_s = filmed.rows.time_s
        now = (time_s >= stretch.from_s - 1e-9) & (time_s < stretch.to_s - 1e-9)
        return filmed.take(now)


def film(
    simulation: Simulation,
    cameras: Sequence[FilmedCamera],
    duration_s: float,
    *,
    fps: float,
    sinks: Mapping[str, Callable[[Picture], None]],
    progress: Callable[[float], None],
) -> Filmed:
    """Lets ``simulation`` run from its start to ``duration_s`` and hands the pictures of each
    camera to its sink, ``fps`` a second. While a camera delivers none, its last one stands still.

    Boxes are taken in the rhythm of each camera's own ``fps`` in the shop file.
    """
    rolls = {camera.camera.id: _Roll() for camera in cameras}
    still: dict[str, Picture] = {}
    for time_s, picture, numbers in _moments(cameras, fps, duration_s):
        scene = simulation.scene(time_s)
        for camera in cameras:
            name = camera.camera.id
            number = numbers.get(camera.camera.fps)
            if not picture and number is None:
                continue
            turned = any(camera.state(time_s).nudge)  # of which the truth knows nothing
            wanted = number is not None and not turned
            shot = camera.shoot(scene, simulation.goods.fill, picture=picture, boxes=wanted)
            if number is not None:
                boxes = camera.unturned(scene) if turned else shot.boxes
                rolls[name].add(number / camera.camera.fps, number, boxes, _lying(scene, boxes))
            if picture:
                if shot.delivered or name not in still:
                    seen = shot.picture if shot.delivered else np.zeros_like(shot.picture)
                    still[name] = seen
                sinks[name](still[name])
        progress(time_s)
    simulation.run_until(duration_s)
    return Filmed({name: roll.seen(name) for name, roll in rolls.items()})


def _moments(
    cameras: Sequence[FilmedCamera], fps: float, duration_s: float
) -> Iterator[tuple[float, bool, dict[float, int]]]:
    """Every moment at which something is seen, in order: the time, whether it is a picture of the
    video, and, by rate, the number of the analysed frame that it is."""
    rates = {camera.camera.fps for camera in cameras}
    pictures = {round(n / fps, _PLACES): n for n in range(_count(duration_s, fps))}
    analysed = {
        rate: {round(n / rate, _PLACES): n for n in range(_count(duration_s, rate))}
        for rate in rates
    }
    for time_s in sorted(set(pictures).union(*analysed.values())):
        numbers = {rate: of[time_s] for rate, of in analysed.items() if time_s in of}
        yield time_s, time_s in pictures, numbers


def _count(duration_s: float, rate: float) -> int:
    return int(np.ceil(duration_s * rate - 1e-9))


@dataclass(slots=True)
class _Roll:
    """Boxes of one camera, moment by moment, and which of them lie."""

    parts: list[tuple[float, int, Boxes, NDArray[np.bool_]]] = field(default_factory=list)

    def add(self, time_s: float, number: int, boxes: Boxes, lying: NDArray[np.bool_]) -> None:
        if len(boxes.ids):
            self.parts.append((time_s, number, boxes, lying))

    def seen(self, camera: str) -> Seen:
        if not self.parts:
            return Seen(camera, TrackRows.empty(), np.empty(0))
        counts = [len(boxes.ids) for _, _, boxes, _ in self.parts]
        ids = np.concatenate([boxes.ids for _, _, boxes, _ in self.parts])
        rows = TrackRows(
            np.repeat([time_s for time_s, *_ in self.parts], counts),
            ids,
            np.concatenate([boxes.xyxy for _, _, boxes, _ in self.parts]),
            np.ones(len(ids)),
            np.repeat([number + 1 for _, number, *_ in self.parts], counts),
        )
        visibility = np.concatenate([boxes.visibility for _, _, boxes, _ in self.parts])
        lying = np.concatenate([lying for *_, lying in self.parts])
        return Seen(camera, rows, visibility, lying)


def _lying(scene: Scene, boxes: Boxes) -> NDArray[np.bool_]:
    """(N,) who of ``boxes`` lies on the floor in ``scene``."""
    return np.isin(boxes.ids, [one.id for one in scene.figures if one.posture == "fallen"])
