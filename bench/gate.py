"""The motion gate on rendered konbini views: what it saves, and what it does to the tracks.

A busy and a quiet stretch of the day are played through the three cameras, once with every frame
given to the detector and once behind the gate; both follow the same pictures and the same
detections, so the gate is all that differs. Processor time is that of the whole loop with the real
detector, with gate and health and without both: over a stretch of night without anybody, played
over and over and measured once the start is over, and over one of noon.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import numpy as np

from bench.material import ROOT, YOLOX_NANO, need
from bench.result import CannotRunError, Result
from miseban.camera.analysis import analyse
from miseban.insight.score.overlap import Boxes
from miseban.insight.score.tracking import score_tracks
from miseban.sim.faults import FaultSchedule
from miseban.sim.filming import FilmedCamera, Shot
from miseban.sim.scenario.file import beside, load_scenario
from miseban.sim.stage import Stage
from miseban.sim.world.simulation import Simulation
from miseban.vision.detectors import open_detector
from miseban.vision.detectors.detection import Detections, Detector
from miseban.vision.gate import MotionGate
from miseban.vision.health import ViewHealth
from miseban.vision.pixels import Frame, Image
from miseban.vision.sources.source import Gap, Source, SourceInfo
from miseban.vision.tracker import Tracker
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.shop import Shop, load_shop
from miseban.vocabulary.tracks import TrackRows

SEEDS = (1, 2)
HOURS = {"busy": 5.2, "quiet": 15.5}
"""Since the scenario's start at seven: noon and half past ten at night."""
STRETCH_S = 30.0
COST_S = 20.0
BUSY, EMPTY = 5.2, 20.5  # noon, and half past three at night
WARM_S, STEADY_S = 130.0, 90.0
"""In the first two minutes the background is learnt five times as often; then a detection comes
every thirty seconds."""
CALLS, POINTS, EMPTY_SHARE = 0.50, 0.01, 0.05
START = datetime(2026, 4, 6, tzinfo=UTC)


@dataclass(slots=True)
class Played:
    """A source of pictures in memory, played over and over for ``seconds``."""

    info: SourceInfo
    pictures: list[Image]
    seconds: float
    incomplete: str = ""

    @property
    def gaps(self) -> list[Gap]:
        return []

    def frames(self) -> Iterator[Frame]:
        fps = self.info.fps or 5.0
        for number in range(round(self.seconds * fps)):
            time_s, picture = number / fps, self.pictures[number % len(self.pictures)]
            yield Frame(picture, number + 1, time_s, START + timedelta(seconds=time_s))

    def close(self) -> None:
        """Nothing is open."""

    def __enter__(self) -> Source:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()


def run(repeats: int) -> list[Result]:
    shop = load_shop(ROOT / "shops" / "konbini.toml")
    detector = open_detector(need(YOLOX_NANO), threads=1)
    try:
        results = _cost(shop, detector, min(3, repeats)) + _tracks(shop, detector)
    except BadInput as error:
        raise CannotRunError(str(error)) from None
    detector.close()
    return results


class _Film:
    """The shop's cameras at work from one stretch to the next."""

    def __init__(self, shop: Shop, seed: int) -> None:
        path = ROOT / "shops" / "konbini.toml"
        scenario = load_scenario(beside(path), shop)
        self.simulation = Simulation(shop, scenario, seed, remember=False)
        stage, none = Stage(shop, scenario), FaultSchedule((), seed)
        self.cameras = [FilmedCamera(stage, camera.id, none) for camera in shop.cameras]

    def shots(
        self, from_s: float, seconds: float, fps: float
    ) -> Iterator[tuple[float, list[Shot]]]:
        for number in range(round(seconds * fps)):
            scene = self.simulation.scene(from_s + number / fps)
            fill = self.simulation.goods.fill
            yield from_s + number / fps, [c.shoot(scene, fill) for c in self.cameras]


class _Side:
    """One camera's tracks, with the gate or without."""

    def __init__(self, gate: MotionGate | None) -> None:
        self.gate, self.tracker = gate, Tracker(rng=random.Random(1))
        self.rows: list[TrackRows] = []
        self.calls = 0

    def see(self, frame: Frame, found: Detections) -> None:
        wanted = self.gate is None or self.gate.wants(frame) is not None
        self.calls += wanted
        if wanted:
            self.rows.append(self.tracker.update(frame.time_s, frame.number, found))
        else:
            self.rows.append(self.tracker.again(frame.time_s, frame.number))
        if self.gate is not None:
            self.gate.followed(frame, found if wanted else None, self.tracker)


def _tracks(shop: Shop, detector: Detector) -> list[Result]:
    hota: dict[str, list[float]] = {"full": [], "gate": []}
    shares, lines = [], []
    for seed in SEEDS:
        film = _Film(shop, seed)
        for hour_name, hour in HOURS.items():
            told = []
            for name, (sides, true) in _stretch(film, hour, shop, detector).items():
                calls, frames = (sides[kind].calls for kind in ("gate", "full"))
                shares.append(calls / frames)
                if not len(true):
                    continue
                scores = {}
                for kind, side in sides.items():
                    rows = TrackRows.concatenate(side.rows)
                    found = _boxes(rows.frame, rows.track, rows.xyxy)
                    scores[kind] = score_tracks(true, found).hota
                    hota[kind].append(scores[kind])
                told.append(
                    f"{name} {scores['full']:.3f} to {scores['gate']:.3f} at {calls / frames:.2f}"
                )
            lines.append(f"{hour_name}, seed {seed}: {', '.join(told)}")
    worst = max(f - g for f, g in zip(hota["full"], hota["gate"], strict=True))
    return [
        Result(
            "gate-calls",
            statistics.mean(shares),
            "of all",
            f"detections with the gate; HOTA without and with it: {'; '.join(lines)}",
            CALLS,
        ),
        Result(
            "gate-hota",
            statistics.mean(hota["full"]) - statistics.mean(hota["gate"]),
            "lost",
            f"mean over stretches, cameras and seeds; the worst of them loses {worst:.3f}",
            POINTS,
        ),
    ]


def _stretch(
    film: _Film, hour: float, shop: Shop, detector: Detector
) -> dict[str, tuple[dict[str, _Side], Boxes]]:
    """By camera: both sides' tracks of one stretch, and the true boxes."""
    names = [camera.camera.id for camera in film.cameras]
    sides = {n: {"full": _Side(None), "gate": _Side(_gate(shop, n))} for n in names}
    truth: dict[str, list[np.ndarray]] = {name: [] for name in names}
    stretch = film.shots(hour * 3600, STRETCH_S, shop.cameras[0].fps)
    for number, (time_s, shots) in enumerate(stretch, start=1):
        for name, shot in zip(names, shots, strict=True):
            frame = Frame(shot.picture, number, time_s, START + timedelta(seconds=time_s))
            found = detector.detect(frame)
            for side in sides[name].values():
                side.see(frame, found)
            seen = shot.boxes.visibility > 0
            ids = shot.boxes.ids[seen]
            at = np.full(len(ids), number)
            truth[name].append(np.column_stack([at, ids, shot.boxes.xyxy[seen]]))
    tables = {name: np.concatenate(parts) for name, parts in truth.items()}
    return {n: (sides[n], _boxes(t[:, 0], t[:, 1], t[:, 2:])) for n, t in tables.items()}


def _gate(shop: Shop, camera: str) -> MotionGate:
    return MotionGate(*shop.camera(camera).resolution)


def _boxes(moment: np.ndarray, track: np.ndarray, xyxy: np.ndarray) -> Boxes:
    ltwh = np.concatenate([xyxy[:, :2], xyxy[:, 2:] - xyxy[:, :2]], axis=1)
    return Boxes(moment.astype(np.int64), track.astype(np.int64), ltwh.astype(np.float64))


def _cost(shop: Shop, detector: Detector, repeats: int) -> list[Result]:
    """Milliseconds of processor time a frame, of the whole loop from the picture on."""
    film, door = _Film(shop, SEEDS[0]), shop.cameras[0]
    results = []
    for name, hour, warm_s, measured_s in (
        ("busy", BUSY, 0.0, COST_S),
        ("empty", EMPTY, WARM_S, STEADY_S),
    ):
        shots = film.shots(hour * 3600, COST_S, door.fps)
        pictures = [shot[0].picture for _, shot in shots]
        info = SourceInfo(f"sim:{door.id}", *door.resolution, door.fps, None, False, START)
        source = Played(info, pictures, warm_s + measured_s)
        pairs = []
        for _ in range(repeats):
            own = _ms(source, detector, shop, door.id, warm_s, gate=True)
            with patch.object(ViewHealth, "look", return_value=[]):
                full = _ms(source, detector, shop, door.id, warm_s, gate=False)
            pairs.append((own, full))
        share = statistics.median(own / full for own, full in pairs)
        own, full = (statistics.median(side) for side in zip(*pairs, strict=True))
        note = (
            f"processor time with gate and health: {own:.2f} ms a frame against {full:.2f} without "
            f"both, {name} scene"
        )
        bar = EMPTY_SHARE if name == "empty" else None
        results.append(Result(f"gate-{name}", share, "of full", note, bar))
    return results


def _ms(
    source: Played, detector: Detector, shop: Shop, camera: str, warm_s: float, *, gate: bool
) -> float:
    """Of one frame, from ``warm_s`` on."""
    marks: list[float] = []

    def progress(time_s: float) -> None:
        if time_s >= warm_s:
            marks.append(time.process_time())

    analyse(source, detector, shop, camera, gate=gate, progress=progress)
    return (marks[-1] - marks[0]) * 1000 / (len(marks) - 1)
