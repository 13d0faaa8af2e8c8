"""The chain of trust: what ``replay`` says of simulated tracks, beside the truth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from miseban.camera.replay import replay
from miseban.camera.result import Analysis
from miseban.insight.queues import length_steps
from miseban.insight.score.stays import same_stays, score_durations, stays
from miseban.sim.seen.detector import Detector, DetectorModel
from miseban.sim.seen.shapes import is_plain
from miseban.sim.seen.tracks import sightings
from miseban.sim.stage import Stage
from miseban.sim.truth.events import truth
from miseban.sim.truth.files import TracksFile
from miseban.sim.world.people import Person
from miseban.vocabulary.events import Event, LineCrossed, VisitEnded
from miseban.vocabulary.shop import Shop
from tests.sim.apart import replay_apart
from tests.sim.konbini import NOON, shop, simulated

MINUTES = 120
Replay = Callable[[Path, Shop, datetime], Analysis]


@dataclass(frozen=True)
class Told:
    start: datetime
    truth: list[Event]
    found: list[Event]


def chain(
    folder: Path,
    seed: int,
    model: DetectorModel | None,
    minutes: int = MINUTES,
    replayed: Replay = replay_apart,
    wanted: Callable[[Person], bool] = lambda _: True,
) -> Told:
    """From noon on, replayed: each camera by itself, or as ``replayed`` has it; of those people who
    are ``wanted``."""
    world = simulated(seed, minutes, NOON)
    people = [one for one in world.people if wanted(one)]
    known = truth(world.shop, people, world.start, minutes * 60, seed)
    cameras = world.shop.cameras
    eyes = [Detector(model, c.resolution, seed, c.id) if model else None for c in cameras]
    path = folder / f"{seed}.csv"
    stage = Stage(world.shop, world.scenario)
    with TracksFile(path, visibility=False) as file:
        for stretch in sightings(people, cameras, minutes * 60, stage):
            rows = [
                eye.look(seen, camera.fps, stretch.from_s, stretch.to_s) if eye else seen.rows
                for eye, seen, camera in zip(eyes, stretch.seen, cameras, strict=True)
            ]
            file.write([(s.camera, r, None) for s, r in zip(stretch.seen, rows, strict=True)])
    return Told(world.start, known.events, replayed(path, shop(), world.start).events)


def counts(events: list[Event]) -> Counter[tuple[str, str]]:
    return Counter((e.line, e.direction) for e in events if isinstance(e, LineCrossed))


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
    same = lengths(told.truth, told.start) == lengths(told.found, told.start)
    assert same.mean() >= 0.99
    assert lengths(told.truth, told.start).max() >= 2
    # Boxes of who sits in a wheelchair or leans on a frame say less surely where they are.
    told = chain(tmp_path, seed, None, wanted=is_plain)
    for zone in shop().zones:
        one, other = stays(told.truth, zone.id), stays(told.found, zone.id)
        pairs = same_stays(one, other)
        errors = np.abs(one[pairs[:, 0], 2] - other[pairs[:, 1], 2])
        assert not len(errors) or errors.mean() <= 0.5
        # Boxes that lean say within 5 cm where somebody stands: a stay about as long as the least
        # that is told may be told or not.
        assert zone.camera is not None
        apart = [np.delete(side, pairs[:, k], axis=0) for k, side in enumerate((one, other))]
        most_s = 2 * zone.min_stay_s if shop().camera(zone.camera).anchor == "upright" else 0.0
        assert all((side[:, 2] < most_s).all() for side in apart), zone.id


@pytest.mark.parametrize("seed", [4, 5])
def test_the_default_eye_costs_little(seed: int, tmp_path: Path) -> None:
    """The bars of the project's design; docs/accuracy.md lists ten seeds."""
    told = chain(tmp_path, seed, DetectorModel())
    true, found = counts(told.truth), counts(told.found)
    assert set(true) == {("entrance", "in"), ("entrance", "out")}
    for way, count in true.items():
        assert abs(found[way] - count) <= 0.05 * count
    for zone in shop().zones:
        one, other = stays(told.truth, zone.id), stays(told.found, zone.id)
        if not len(one):
            continue  # till 2 is closed
        dwell = score_durations(one, other, same_stays(one, other))
        assert dwell is not None
        assert dwell.relative_bias is not None
        assert abs(dwell.relative_bias) < 0.03, zone.id
        # A stay about as long as the least that is told may be told or not.
        longer = [np.count_nonzero(side[:, 2] >= 2 * zone.min_stay_s) for side in (one, other)]
        assert abs(longer[1] - longer[0]) <= max(2, 0.05 * longer[0]), zone.id


@pytest.mark.parametrize("seed", [4, 5])
def test_rule_9_three_cameras_are_one_floor(seed: int, tmp_path: Path) -> None:
    """Whoever is seen by three is one: about as many visits as people, the same passages, and stays
    as long as they were."""
    told = chain(tmp_path, seed, DetectorModel(), 10, replay)
    people = [e for e in told.truth if isinstance(e, VisitEnded)]
    visits = [e for e in told.found if isinstance(e, VisitEnded)]
    assert {(e.camera, e.unit) for e in visits} == {(None, "m")}
    assert abs(len(visits) - len(people)) <= max(2, 0.1 * len(people))
    for way, count in counts(told.truth).items():
        assert abs(counts(told.found)[way] - count) <= max(1, 0.05 * count)
    true, found = (
        [sum(float(s[2]) for s in stays(side, zone.id)) for zone in shop().zones]
        for side in (told.truth, told.found)
    )
    for zone, one, other in zip(shop().zones, true, found, strict=True):
        assert other == pytest.approx(one, rel=0.1, abs=10.0), zone.id
    told_areas = sum(len(e.areas) for e in visits)
    entered = sum(e.type == "zone.entered" for e in told.found)
    assert told_areas == entered  # rule 11
