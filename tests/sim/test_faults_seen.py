"""What faults do to tracks without pixels, and what the product makes of those."""

from __future__ import annotations

import math
from collections import Counter
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from miseban.camera.result import Analysis
from miseban.sim.faults import FaultSchedule
from miseban.sim.faults.eye import SPOILING, FaultyEye
from miseban.sim.faults.turned import ASSUMED_FOV_DEG, turned_view, turning
from miseban.sim.projection import FloorView
from miseban.sim.render import Lens, Pose
from miseban.sim.render.lens import stage as on_stage
from miseban.sim.scenario.fault_option import parse_fault
from miseban.sim.scenario.faults import FaultKind
from miseban.sim.seen.detector import Detector, DetectorModel
from miseban.sim.seen.tracks import Stretch, sightings
from miseban.sim.seen.views import PosedView
from miseban.sim.stage import Stage
from miseban.sim.truth.events import truth
from miseban.sim.truth.files import TracksFile
from miseban.sim.world.simulation import Simulation
from miseban.vocabulary.events import Event, LineCrossed, VisitEnded, ZoneLeft, ZoneOccupancy
from miseban.vocabulary.tracks import TrackRows
from tests.sim.apart import replay_apart
from tests.sim.eyes import PERFECT
from tests.sim.konbini import NOON, shop, simulated

MINUTES = 60
SEED = 1
SHOP = shop()
NAMES = [camera.id for camera in SHOP.cameras]


@cache
def hour() -> tuple[Simulation, Stage, list[Event]]:
    """An hour of the konbini from noon, where its cameras hang, and the truth about it."""
    world = simulated(SEED, MINUTES, NOON)
    known = truth(world.shop, world.people, world.start, MINUTES * 60, SEED)
    return world, Stage(world.shop, world.scenario), known.events


@cache
def stretches(with_poses: bool = True) -> list[Stretch]:
    """What the cameras would see of it, were nothing wrong."""
    world, stage, _ = hour()
    place = stage if with_poses else None
    return list(sightings(world.people, SHOP.cameras, MINUTES * 60, place))


def planned(*texts: str) -> FaultSchedule:
    return FaultSchedule([parse_fault(text) for text in texts], SEED)


def everywhere(fault: str) -> list[str]:
    return [f"{name}:{fault}" for name in NAMES]


def looked(
    camera: str, *texts: str, model: DetectorModel | None = None, with_poses: bool = True
) -> TrackRows:
    """What the eye behind that camera makes of the hour."""
    world, stage, _ = hour()
    number = NAMES.index(camera)
    posed = PosedView(stage, SHOP.cameras[number]) if with_poses else None
    eye = FaultyEye(model or DetectorModel(), SHOP.cameras[number], planned(*texts), posed)
    parts = [eye.look(s, s.seen[number], world.people) for s in stretches(with_poses)]
    return TrackRows.concatenate(parts)


def there(camera: str, with_poses: bool = True) -> TrackRows:
    """Who is in the picture of that camera, whether found or not."""
    number = NAMES.index(camera)
    return TrackRows.concatenate([s.seen[number].rows for s in stretches(with_poses)])


def same(one: TrackRows, other: TrackRows) -> bool:
    return all(
        np.array_equal(getattr(one, name), getattr(other, name))
        for name in ("time_s", "track", "xyxy", "score", "frame")
    )


def test_without_faults_the_eye_is_the_plain_detector() -> None:
    camera = SHOP.cameras[1]
    plain = Detector(DetectorModel(), camera.resolution, SEED, camera.id)
    rows = [plain.look(s.seen[1], camera.fps, s.from_s, s.to_s) for s in stretches()]
    assert same(looked("aisle"), TrackRows.concatenate(rows))
    # What befalls another camera changes nothing here.
    assert same(looked("aisle", "door:drop=0.5", "till:dark=1"), looked("aisle"))


@pytest.mark.parametrize("fault", ["drop=0.3", "flap=20:from=300:to=1500"])
def test_lost_frames_have_no_rows(fault: str) -> None:
    schedule = planned(f"aisle:{fault}")
    model = DetectorModel(false_per_s=0.5)  # boxes of nobody need a frame too
    rows = looked("aisle", f"aisle:{fault}", model=model)
    assert schedule.delivered("aisle", rows.time_s).all()
    exact = looked("aisle", f"aisle:{fault}", model=PERFECT)
    wanted = there("aisle")
    arrived = schedule.delivered("aisle", wanted.time_s)
    assert 0.02 < 1 - arrived.mean() < 0.35
    assert np.array_equal(exact.frame, wanted.frame[arrived])
    assert np.allclose(np.sort(exact.xyxy[:, 0]), np.sort(wanted.xyxy[arrived, 0]))


@pytest.mark.parametrize("fault", ["skew=60", "skew=-300:from=600", "jump=30:from=900:to=1800"])
def test_times_are_the_cameras_clock(fault: str) -> None:
    true, told = looked("aisle"), looked("aisle", f"aisle:{fault}")
    assert np.array_equal(told.time_s, planned(f"aisle:{fault}").clock("aisle", true.time_s))
    assert np.array_equal(told.xyxy, true.xyxy)
    assert np.abs(told.time_s - true.time_s).max() > 20


@pytest.mark.parametrize("kind", SPOILING)
def test_a_bad_picture_costs_what_it_is_said_to_cost(kind: FaultKind) -> None:
    wanted = there("aisle")
    counts, shaking = [], []
    for amount in (0.0, 0.5, 1.0):
        text = f"aisle:{kind}={amount}"
        counts.append(len(looked("aisle", text, model=DetectorModel(false_per_s=0.0))))
        model = DetectorModel(false_per_s=0.0, size_jitter=0.0, jitter=0.02)
        rows = looked("aisle", text, model=model)
        # Feet apart from the nearest true feet of that frame, in heights: shaking makes them stray.
        shaking.append(stray(rows, wanted))
    left = [count / counts[0] for count in counts]
    spoiling = SPOILING[kind]
    assert left == pytest.approx([1, (1 + spoiling.found) / 2, spoiling.found], abs=0.03)
    more = [s / shaking[0] for s in shaking]
    assert more == pytest.approx([1, (1 + spoiling.shaking) / 2, spoiling.shaking], rel=0.1)


def stray(rows: TrackRows, wanted: TrackRows) -> float:
    """Mean height above or below the nearest true feet of the same frame, in box heights."""
    by_frame: dict[int, list[int]] = {}
    for i, frame in enumerate(wanted.frame.tolist()):
        by_frame.setdefault(frame, []).append(i)
    off = []
    for box, frame in zip(rows.xyxy, rows.frame.tolist(), strict=True):
        others = wanted.xyxy[by_frame[frame]]
        if len(others) == 1:
            off.append(abs(box[3] - others[0, 3]) / (others[0, 3] - others[0, 1]))
    assert len(off) > 300
    return float(np.mean(off))


def test_bad_pictures_add_up() -> None:
    both = len(looked("aisle", "aisle:dark=1", "aisle:dirt=1"))
    alone = len(looked("aisle"))
    assert both / alone == pytest.approx(SPOILING["dark"].found * SPOILING["dirt"].found, abs=0.04)


@pytest.mark.parametrize("right_deg", [-20.0, 3.0, 15.0])
def test_turning_is_what_the_lenses_say(right_deg: float) -> None:
    """The homography against the renderer's own lens, on points in space."""
    pose = Pose((5.5, 4.4, 2.9), (5.0, 1.0, 0.3), 92.0, 7.0)
    before, after = Lens(pose, (640, 360)), Lens(pose.nudged(right_deg, 4.0, -3.0), (640, 360))
    points = on_stage(np.random.default_rng(1).random((200, 3)) * (11.0, 9.0, 2.5))
    (one, near), (other, far) = before.project(points), after.project(points)
    kept = (near > 0.2) & (far > 0.2)
    assert 80 < kept.sum() < 200
    mapped = np.column_stack([one, np.ones(200)])[kept] @ turning(before, after).T
    assert np.abs(mapped[:, :2] / mapped[:, 2:] - other[kept]).max() < 1e-6
    assert np.abs(mapped[:, 2] * near[kept] - far[kept]).max() < 1e-9


def test_without_a_pose_the_picture_shifts() -> None:
    camera = SHOP.camera("aisle")
    width, height = camera.resolution
    middle = np.array([[width / 2, height / 2]])
    plain, view = FloorView(camera), turned_view(camera, 2.0)
    place = plain.to_floor(middle)
    moved = view.to_pixel(place) - middle
    focal = width / 2 / math.tan(math.radians(ASSUMED_FOV_DEG / 2))
    assert moved == pytest.approx(np.array([[-focal * math.tan(math.radians(2)), 0.0]]))
    spots = np.random.default_rng(1).random((300, 2)) * (11.0, 10.0)
    there = np.isfinite(view.to_pixel(spots)).all(axis=1)
    assert 50 < there.sum() < 300  # the others are behind it
    assert np.abs(view.to_floor(view.to_pixel(spots[there])) - spots[there]).max() < 1e-6


@pytest.mark.parametrize("with_poses", [True, False], ids=["pose", "no pose"])
def test_a_nudge_moves_boxes_in_its_time_only(with_poses: bool) -> None:
    camera = SHOP.camera("door")
    rows = looked("door", "door:nudge=10:from=1200:to=2000", model=PERFECT, with_poses=with_poses)
    wanted = there("door", with_poses)
    within = (wanted.time_s >= 1200) & (wanted.time_s < 2000)
    now = (rows.time_s >= 1200) & (rows.time_s < 2000)
    assert np.array_equal(rows.frame[~now], wanted.frame[~within])
    assert np.allclose(np.sort(rows.xyxy[~now], axis=0), np.sort(wanted.xyxy[~within], axis=0))
    # Turned to the right, everything moves to the left, and there are others in view.
    feet = np.stack([(rows.xyxy[:, 0] + rows.xyxy[:, 2]) / 2, rows.xyxy[:, 3]], axis=1)[now]
    assert now.sum() > 300
    assert ((feet >= -1e-6) & (feet <= np.array(camera.resolution) + 1e-6)).all()
    if with_poses:
        pose = hour()[1].poses["door"].nudged(10.0, 0.0)
        place = Lens(pose, camera.resolution).floor(feet)
    else:
        place = turned_view(camera, 10.0).to_floor(feet)
    plain = FloorView(camera).to_pixel(np.asarray(place, np.float64))
    assert (plain[:, 0] - feet[:, 0]).min() > 25
    assert (plain[:, 0] > camera.width).any()
    people = [p for p in hour()[0].people if p.trail.t]
    for i in range(0, len(place), 50):
        time_s = float(rows.time_s[now][i])
        spots = [
            [np.interp(time_s, p.trail.t, p.trail.x), np.interp(time_s, p.trail.t, p.trail.y)]
            for p in people
            if p.trail.start_s <= time_s <= p.trail.end_s
        ]
        assert np.linalg.norm(np.array(spots) - place[i], axis=1).min() < 0.01


# What the product makes of it: ``replay`` of detections of all three cameras, each by itself.


@cache
def told(*texts: str) -> Analysis:
    world, stage, _ = hour()
    schedule = planned(*texts)
    eyes = [
        FaultyEye(DetectorModel(), camera, schedule, PosedView(stage, camera))
        for camera in SHOP.cameras
    ]
    path = TMP[0] / "detected.csv"
    with TracksFile(path, visibility=False) as file:
        for s in stretches():
            rows = [e.look(s, seen, world.people) for e, seen in zip(eyes, s.seen, strict=True)]
            file.write([(seen.camera, r, None) for seen, r in zip(s.seen, rows, strict=True)])
    return replay_apart(path, SHOP, world.start)


TMP: list[Path] = []


@pytest.fixture(autouse=True, scope="module")
def _folder(tmp_path_factory: pytest.TempPathFactory) -> None:
    TMP.append(tmp_path_factory.mktemp("faults"))


def passages(events: list[Event]) -> Counter[str]:
    return Counter(e.direction for e in events if isinstance(e, LineCrossed))


def stays(events: list[Event], zone: str) -> list[tuple[datetime, float]]:
    found = [e for e in events if isinstance(e, ZoneLeft) and e.zone == zone]
    return sorted((e.time - timedelta(seconds=e.dwell_s), e.dwell_s) for e in found)


EVERY = [
    "drop=0.3",
    "drop=0.9",
    "flap=2",
    "flap=20",
    "skew=300",
    "skew=-300",
    "jump=30:from=1800:to=2400",
    "jump=-30:from=1800:to=2400",
    "jump=-30.07:from=1800",
    "jump=-2.3:from=1800:to=2400",
    "nudge=5:from=600",
    "dark=1",
    "glare=1",
    "dirt=1",
]


@pytest.mark.parametrize("fault", EVERY)
def test_no_fault_makes_time_run_backwards(fault: str) -> None:
    result = told(*everywhere(fault))
    start = result.start
    end = start + timedelta(seconds=result.duration_s, milliseconds=1)
    assert len(result.events) > 500
    for event in result.events:
        assert start <= event.time <= end
        if isinstance(event, ZoneLeft):
            assert 0 <= event.dwell_s <= result.duration_s
        if isinstance(event, VisitEnded):
            assert start <= event.started <= event.time
            assert list(event.t) == sorted(set(event.t))
        if isinstance(event, ZoneOccupancy):
            assert 0 <= event.person_s <= event.people_max * event.period_s + 1e-6
    for zone in SHOP.zones:  # who came went, at the end at the latest
        came = sum(e.type == "zone.entered" and e.zone == zone.id for e in result.events)
        assert came == len(stays(result.events, zone.id))


def test_three_of_ten_frames_lost_cost_few_passages() -> None:
    well, found = passages(told().events), passages(told(*everywhere("drop=0.3")).events)
    assert sum(well.values()) > 100
    assert abs(sum(found.values()) - sum(well.values())) <= 0.05 * sum(well.values())


@pytest.mark.parametrize("by_s", [30, -30, -30.07, 7.3, -7.3])
def test_a_clock_that_jumps_makes_no_stay_longer(by_s: float) -> None:
    """The stays of those who were there when the clock jumped may come in pieces; each lies within
    one that there was, or would have been told, and is no longer. Counts stand."""
    well = told()
    result = told(*everywhere(f"jump={by_s}:from=1800:to=2400"))
    for way, count in passages(well.events).items():
        assert abs(passages(result.events)[way] - count) <= 2
    off = (timedelta(0), timedelta(seconds=by_s))
    second = timedelta(seconds=1)
    for zone in SHOP.zones:
        whole = stays(hour()[2], zone.id) + stays(well.events, zone.id)
        pieces = stays(result.events, zone.id)
        for came, dwell_s in pieces:
            left = came + timedelta(seconds=dwell_s)
            assert any(
                dwell_s <= was_s + 1
                and any(came - by >= began - second for by in off)
                and any(left - by <= began + timedelta(seconds=was_s) + second for by in off)
                for began, was_s in whole
            ), (zone.id, came, dwell_s)
        assert sum(s for _, s in pieces) <= sum(s for _, s in stays(well.events, zone.id)) + 5


def test_a_skewed_clock_shifts_times_by_what_it_says() -> None:
    """Two minutes an hour: events are late by that part of their time, and no more."""
    well, late = told(), told(*everywhere("skew=120"))
    assert passages(late.events) == passages(well.events)

    def moments(result: Analysis) -> list[float]:
        lines = [e for e in result.events if isinstance(e, LineCrossed)]
        return sorted((e.time - result.start).total_seconds() for e in lines)

    shifts = np.array(moments(late)) - np.array(moments(well)) * (1 + 120 / 3600)
    assert np.abs(shifts).max() < 0.5
    assert moments(late)[-1] - moments(well)[-1] > 100


@pytest.mark.parametrize("fault", ["dark", "glare", "dirt"])
def test_a_bad_picture_never_adds_people(fault: str) -> None:
    true = sum(passages(hour()[2]).values())
    found = [sum(passages(told(*everywhere(f"{fault}={a}")).events).values()) for a in (0.5, 1)]
    assert max(found) <= 1.02 * true
    assert found[1] <= 1.02 * found[0]


def test_the_dark_costs_passages() -> None:
    true = sum(passages(hour()[2]).values())
    dark = sum(passages(told(*everywhere("dark=1")).events).values())
    assert 0.5 * true < dark < 0.95 * true


def test_a_flapping_camera_misses_what_it_did_not_see_and_adds_nothing() -> None:
    """Away half of the time: about half of the passages. A tracks file cannot say that frames were
    lost (nobody there leaves no row either), so ``replay`` calls every minute covered."""
    true = sum(passages(hour()[2]).values())
    result = told(*everywhere("flap=20"))
    assert 0.3 * true < sum(passages(result.events).values()) < 0.7 * true
    covered = [e.coverage for e in result.events if isinstance(e, ZoneOccupancy)]
    assert set(covered) == {1.0}
    assert result.uncovered_s == 0.0
