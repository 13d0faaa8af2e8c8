"""The chain of trust: what ``replay`` says of simulated tracks, beside the truth."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from miseban.camera.replay import replay
from miseban.insight.queues import length_steps
from miseban.sim.seen.detector import Detector, DetectorModel
from miseban.sim.seen.tracks import sightings
from miseban.sim.truth.events import truth
from miseban.sim.truth.files import TracksFile
from miseban.vocabulary.events import Event, LineCrossed, ZoneLeft
from tests.sim.konbini import NOON, shop, simulated

MINUTES = 120


@dataclass(frozen=True)
class Told:
    start: datetime
    truth: list[Event]
    found: list[Event]


def chain(folder: Path, seed: int, model: DetectorModel | None) -> Told:
    """Two hours from noon, replayed."""
    world = simulated(seed, MINUTES, NOON)
    known = truth(world.shop, world.people, world.start, MINUTES * 60, seed)
    cameras = world.shop.cameras
    eyes = [Detector(model, c.resolution, seed, c.id) if model else None for c in cameras]
    path = folder / f"{seed}.csv"
    with TracksFile(path, visibility=False) as file:
        for stretch in sightings(world.people, cameras, MINUTES * 60):
            rows = [
                eye.look(seen, camera.fps, stretch.from_s, stretch.to_s) if eye else seen.rows
                for eye, seen, camera in zip(eyes, stretch.seen, cameras, strict=True)
            ]
            file.write([(s.camera, r, None) for s, r in zip(stretch.seen, rows, strict=True)])
    return Told(world.start, known.events, replay(path, shop(), world.start).events)


def counts(events: list[Event]) -> Counter[tuple[str, str]]:
    return Counter((e.line, e.direction) for e in events if isinstance(e, LineCrossed))


def stays(events: list[Event], zone: str) -> list[tuple[datetime, float]]:
    found = [e for e in events if isinstance(e, ZoneLeft) and e.zone == zone]
    return sorted((e.time - timedelta(seconds=e.dwell_s), e.dwell_s) for e in found)


def lengths(events: list[Event], start: datetime) -> NDArray[np.int64]:
    """The queue's length at each half second past a second."""
    seconds = np.arange(MINUTES * 60) + 0.5
    result = np.zeros(len(seconds), np.int64)
    end = start + timedelta(minutes=MINUTES)
    for from_s, to_s, length in length_steps(events, "queue", start, end):
        result[(seconds >= from_s) & (seconds < to_s)] = length
    return result


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_noise_free_tracks_give_the_truth(seed: int, tmp_path: Path) -> None:
    told = chain(tmp_path, seed, None)
    assert counts(told.truth) == counts(told.found)
    assert sum(counts(told.truth).values()) > 150
    for zone in shop().zones:
        one, other = stays(told.truth, zone.id), stays(told.found, zone.id)
        assert len(one) == len(other), zone.id
        errors = [abs(a[1] - b[1]) for a, b in zip(one, other, strict=True)]
        assert not errors or np.mean(errors) <= 0.5
    same = lengths(told.truth, told.start) == lengths(told.found, told.start)
    assert same.mean() >= 0.99
    assert lengths(told.truth, told.start).max() >= 2


@pytest.mark.parametrize("seed", [4, 5])
def test_the_default_eye_costs_little(seed: int, tmp_path: Path) -> None:
    """The bars of the project's design; docs/simulation.md lists ten seeds."""
    told = chain(tmp_path, seed, DetectorModel())
    true, found = counts(told.truth), counts(told.found)
    assert set(true) == {("entrance", "in"), ("entrance", "out")}
    for way, count in true.items():
        assert abs(found[way] - count) <= 0.05 * count
    for zone in ("drinks", "bento", "counter-1"):
        one = np.mean([dwell_s for _, dwell_s in stays(told.truth, zone)])
        other = np.mean([dwell_s for _, dwell_s in stays(told.found, zone)])
        assert abs(other / one - 1) < 0.03
