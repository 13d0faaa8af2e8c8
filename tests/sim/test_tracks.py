"""What cameras see: boxes, visibility, and the imperfect eye."""

from __future__ import annotations

import numpy as np
import pytest

from miseban.sim.projection import FloorView
from miseban.sim.seen.detector import Detector, DetectorModel
from miseban.sim.seen.tracks import Seen, Stretch, sightings, visibility
from miseban.sim.seen.views import boxes
from miseban.space.homography import Homography
from miseban.vocabulary.shop import Camera
from miseban.vocabulary.tracks import TrackRows
from tests.sim.eyes import PERFECT
from tests.sim.konbini import NOON, shop, simulated

HOUR: list[Stretch] = []


def stretches() -> list[Stretch]:
    """Forty minutes of the konbini from noon, simulated once."""
    if not HOUR:
        world = simulated(1, 40, NOON)
        HOUR.extend(sightings(world.people, world.shop.cameras, 2400))
    return HOUR


@pytest.mark.parametrize("camera", shop().cameras, ids=lambda c: c.id)
def test_feet_are_where_the_product_looks_for_them(camera: Camera) -> None:
    """The product's own homography takes the bottom's middle back to the place on the floor."""
    points = camera.floor_points
    product = Homography.from_points([p.pixel for p in points], [p.floor_m for p in points])
    view = FloorView(camera)
    low = np.min([p.floor_m for p in points], axis=0)
    place = low + np.random.default_rng(1).random((50, 2)) * (3.0, 1.5)
    found = boxes(view, place, np.full(50, 1.7))
    feet = np.stack([(found[:, 0] + found[:, 2]) / 2, found[:, 3]], axis=1)
    assert np.abs(product.to_floor(feet) - place).max() < 2e-3
    assert np.abs(view.to_floor(view.to_pixel(place)) - place).max() < 1e-9


def pinhole(pitch: float, height_m: float) -> Camera:
    """A camera ``height_m`` above the floor that looks down by ``pitch`` degrees along +y up the
    plan, 500 px focal length."""
    sin, cos = np.sin(np.radians(pitch)), np.cos(np.radians(pitch))

    def pixel(x: float, y: float, z: float) -> tuple[float, float]:
        forward, up = 10.0 - y, z - height_m
        depth = forward * cos - up * sin
        return 640 + 500 * (x - 5) / depth, 360 - 500 * (up * cos + forward * sin) / depth

    spots = [(3.0, 6.0), (7.0, 6.0), (3.0, 2.0), (7.0, 2.0)]
    return Camera.model_validate(
        {
            "id": "c",
            "source": "sim:c",
            "resolution": (1280, 720),
            "floor_points": [{"pixel": pixel(x, y, 0.0), "floor_m": (x, y)} for x, y in spots],
        }
    )


@pytest.mark.parametrize("pitch", [20.0, 35.0, 50.0])
def test_heights_are_about_those_of_a_pinhole_camera(pitch: float) -> None:
    """For people 5 m away, the box is as tall as the lens would draw it, within a quarter."""
    camera = pinhole(pitch, 3.0)
    (box,) = boxes(FloorView(camera), np.array([[5.0, 5.0]]), np.array([1.7]))
    sin, cos = np.sin(np.radians(pitch)), np.cos(np.radians(pitch))

    def row(z: float) -> float:
        up = z - 3.0
        return float(360 - 500 * (up * cos + 5 * sin) / (5 * cos - up * sin))

    assert box[3] == pytest.approx(row(0.0), abs=1e-6)
    assert (box[3] - box[1]) / (row(0.0) - row(1.7)) == pytest.approx(1.0, abs=0.25)


BOXES: dict[str, tuple[list[list[float]], list[float]]] = {
    "alone": ([[10, 10, 20, 40]], [1.0]),
    "half out of the picture": ([[-5, 10, 5, 40]], [0.5]),
    "half behind somebody": ([[10, 10, 20, 40], [15, 10, 25, 41]], [0.5, 1.0]),
    "the order says nothing": ([[15, 10, 25, 41], [10, 10, 20, 40]], [1.0, 0.5]),
    "the one that covers most": (
        [[10, 10, 20, 40], [18, 10, 28, 41], [5, 10, 14, 42]],
        [0.6, 1.0, 1.0],
    ),
    "apart": ([[10, 10, 20, 40], [50, 10, 60, 41]], [1.0, 1.0]),
}


@pytest.mark.parametrize("name", BOXES)
def test_visibility(name: str) -> None:
    xyxy, wanted = BOXES[name]
    frame = np.zeros(len(xyxy), np.int64)
    assert np.allclose(visibility(frame, np.array(xyxy, float), (100, 100)), wanted, atol=1e-9)


def test_people_in_other_frames_hide_nobody() -> None:
    xyxy = np.array([[10, 10, 20, 40], [10, 10, 20, 41]], float)
    assert (visibility(np.array([1, 2]), xyxy, (100, 100)) == 1).all()


def test_sightings_are_in_order_and_in_the_picture() -> None:
    for stretch in stretches():
        for seen, camera in zip(stretch.seen, shop().cameras, strict=True):
            rows = seen.rows
            assert len(rows) == len(seen.visibility) > 100
            assert (np.diff(rows.frame) >= 0).all()
            assert (rows.time_s >= stretch.from_s).all()
            assert (rows.time_s < stretch.to_s).all()
            x, y = (rows.xyxy[:, 0] + rows.xyxy[:, 2]) / 2, rows.xyxy[:, 3]
            assert (x >= 0).all()
            assert (x <= camera.width).all()
            assert (y <= camera.height).all()
            assert len(set(zip(rows.frame.tolist(), rows.track.tolist(), strict=True))) == len(rows)


def looked(model: DetectorModel, seed: int = 1) -> list[tuple[Seen, TrackRows]]:
    camera = shop().cameras[1]
    eye = Detector(model, camera.resolution, seed, camera.id)
    return [
        (stretch.seen[1], eye.look(stretch.seen[1], camera.fps, stretch.from_s, stretch.to_s))
        for stretch in stretches()
    ]


def test_an_eye_without_faults_changes_nothing_but_the_names() -> None:
    for seen, rows in looked(PERFECT):
        by_place = np.lexsort((seen.rows.xyxy[:, 0], seen.rows.frame))
        again = np.lexsort((rows.xyxy[:, 0], rows.frame))
        assert np.allclose(rows.xyxy[again], seen.rows.xyxy[by_place])
        names = set(
            zip(seen.rows.track[by_place].tolist(), rows.track[again].tolist(), strict=True)
        )
        assert len(names) == len(set(seen.rows.track.tolist()))


def test_the_eye_misses_shakes_and_breaks_as_often_as_said() -> None:
    model = DetectorModel()
    looks = looked(model)
    eye = Detector(model, (640, 360), 1, "aisle")
    wanted = sum(float(eye.chance(seen.rows, seen.visibility).sum()) for seen, _ in looks)
    real = [rows.take(rows.score > -1) for _, rows in looks]
    unconfirmed = sum(int((rows.track < 0).sum()) for rows in real)
    found = sum(len(rows) for rows in real) - unconfirmed
    assert found == pytest.approx(wanted, rel=0.02)
    assert unconfirmed == pytest.approx(model.false_per_s * 2400 * (1 - model.ghost), rel=0.5)
    people = sum(len(set(seen.rows.track.tolist())) for seen, _ in looks)
    tracks = sum(len(set(rows.track[rows.track >= 0].tolist())) for rows in real)
    assert people < tracks < 3 * people


def test_same_seed_same_tracks_and_another_seed_others() -> None:
    def flat(seed: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
        return np.concatenate([rows.xyxy for _, rows in looked(DetectorModel(), seed)])

    assert np.array_equal(flat(1), flat(1))
    assert not np.array_equal(flat(1)[:100], flat(2)[:100])


def test_the_smaller_and_the_more_hidden_the_less_is_seen() -> None:
    eye = Detector(DetectorModel(), (640, 360), 1, "c")
    tall = np.array([10.0, 30, 50, 100])
    xyxy = np.stack([np.zeros(4), np.zeros(4), tall / 3, tall], axis=1)
    rows = TrackRows(np.zeros(4), np.arange(4), xyxy, np.ones(4), np.zeros(4, np.int64))
    assert (np.diff(eye.chance(rows, np.ones(4))) > 0).all()
    hidden = [float(eye.chance(rows, np.full(4, v))[3]) for v in (0.1, 0.4, 0.6, 0.9)]
    assert hidden == sorted(hidden)
    assert hidden[0] == 0
    assert hidden[-1] == DetectorModel().found
