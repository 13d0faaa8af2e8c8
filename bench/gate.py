"""The motion gate on rendered konbini views: what it saves, and what it does to the tracks.

Stretches of several hours of the day are played through the three cameras, once with every frame
given to the detector and once behind the gate; both follow the same pictures and the same
detections, so the gate is all that differs. Processor time is that of the whole loop with the real
detector, over a stretch of night without anybody and one of noon.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

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
from miseban.vision.pixels import Frame, Image
from miseban.vision.sources.source import Gap, Source, SourceInfo
from miseban.vision.tracker import Tracker
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.shop import Shop, load_shop
from miseban.vocabulary.tracks import TrackRows

SEEDS = (1,)
HOURS = (0.5, 2.5, 5.5, 9.5, 11.5, 15.5, 18.5, 21.5)
"""Since the scenario's start at seven: morning, rush, noon, afternoon, evening and night."""
STRETCH_S = 20.0
COST_S = 20.0
BUSY, EMPTY = 5.2, 20.5  # noon, and half past three at night
CALLS, POINTS, EMPTY_SHARE = 0.50, 0.01, 0.05
START = datetime(2026, 4, 6, tzinfo=UTC)


@dataclass(slots=True)
class Played:
    """A source of pictures in memory."""

    info: SourceInfo
    pictures: list[Image]
    incomplete: str = ""

    @property
    def gaps(self) -> list[Gap]:
        return []

    def frames(self) -> Iterator[Frame]:
        for number, picture in enumerate(self.pictures):
            time_s = number / (self.info.fps or 5.0)
            yield Frame(picture.copy(), number + 1, time_s, START + timedelta(seconds=time_s))

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
        results = _tracks(shop, detector) + _cost(shop, detector, max(3, repeats // 3))
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
        names = [camera.camera.id for camera in film.cameras]
        sides = {
            n: {k: _Side(_gate(shop, n) if k == "gate" else None) for k in hota} for n in names
        }
        truth: dict[str, list[np.ndarray]] = {name: [] for name in names}
        number = 0
        for hour in HOURS:
            for time_s, shots in film.shots(hour * 3600, STRETCH_S, shop.cameras[0].fps):
                number += 1
                for name, shot in zip(names, shots, strict=True):
                    utc = START + timedelta(seconds=time_s)
                    frame = Frame(shot.picture, number, time_s, utc)
                    found = detector.detect(frame)
                    for side in sides[name].values():
                        side.see(frame, found)
                    seen = shot.boxes.visibility > 0
                    ids = shot.boxes.ids[seen] + 1_000_000 * int(hour)  # a stretch, a story
                    at = np.full(len(ids), number)
                    truth[name].append(np.column_stack([at, ids, shot.boxes.xyxy[seen]]))
        for name in names:
            table = np.concatenate(truth[name])
            true = _boxes(table[:, 0], table[:, 1], table[:, 2:])
            scores = {}
            for kind, side in sides[name].items():
                rows = TrackRows.concatenate(side.rows)
                scores[kind] = score_tracks(true, _boxes(rows.frame, rows.track, rows.xyxy)).hota
                hota[kind].append(scores[kind])
            share = sides[name]["gate"].calls / number
            shares.append(share)
            lines.append(
                f"{name}, seed {seed}: {scores['full']:.3f} to {scores['gate']:.3f} at {share:.2f}"
            )
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
            f"mean over cameras and seeds; the worst of them loses {worst:.3f}",
            POINTS,
        ),
    ]


def _gate(shop: Shop, camera: str) -> MotionGate:
    return MotionGate(*shop.camera(camera).resolution)


def _boxes(moment: np.ndarray, track: np.ndarray, xyxy: np.ndarray) -> Boxes:
    ltwh = np.concatenate([xyxy[:, :2], xyxy[:, 2:] - xyxy[:, :2]], axis=1)
    return Boxes(moment.astype(np.int64), track.astype(np.int64), ltwh.astype(np.float64))


def _cost(shop: Shop, detector: Detector, repeats: int) -> list[Result]:
    """Milliseconds of processor time a frame, of the whole loop from the picture on."""
    film, door = _Film(shop, SEEDS[0]), shop.cameras[0]
    played = {}
    for name, hour in (("busy", BUSY), ("empty", EMPTY)):
        shots = film.shots(hour * 3600, COST_S, door.fps)
        pictures = [shot[0].picture for _, shot in shots]
        info = SourceInfo(f"sim:{door.id}", *door.resolution, door.fps, len(pictures), False, START)
        played[name] = Played(info, pictures)

    def ms(name: str, *, gate: bool) -> float:
        source = played[name]
        began = time.process_time()
        analyse(source, detector, shop, door.id, gate=gate)
        return (time.process_time() - began) * 1000 / len(source.pictures)

    results = []
    for name in played:
        ms(name, gate=True)
        pairs = [(ms(name, gate=True), ms(name, gate=False)) for _ in range(repeats)]
        share = statistics.median(own / full for own, full in pairs)
        own, full = (statistics.median(side) for side in zip(*pairs, strict=True))
        note = (
            f"processor time with the gate: {own:.2f} ms a frame against {full:.2f}, {name} scene"
        )
        bar = EMPTY_SHARE if name == "empty" else None
        results.append(Result(f"gate-{name}", share, "of full", note, bar))
    return results
