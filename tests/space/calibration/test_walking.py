"""People who walk by calibrate a camera, and too few or too orderly people are refused."""

from __future__ import annotations

import numpy as np
import pytest

from miseban.space.calibration.aligning import onto_plan
from miseban.space.calibration.overlap import register
from miseban.space.calibration.people import Beliefs, feet_of, heights_of
from miseban.space.calibration.solving import Clicks, Places
from miseban.space.calibration.trails import trails_of
from miseban.space.calibration.walkers import walkers
from miseban.space.calibration.walking import from_walkers
from miseban.vocabulary.errors import BadInput
from tests.space.calibration.views import SIZE, boxes, camera, off_cm, spots_of, tracks, walks


def test_feet_and_heights_are_read_off_boxes_by_the_true_camera() -> None:
    lens = camera()
    _, places = spots_of(lens, 40)
    tall = np.linspace(1.5, 1.9, len(places))
    xyxy = boxes(lens, places, tall)
    feet = feet_of(lens, xyxy, "upright")
    off = np.linalg.norm(lens.to_floor(feet) - places, axis=1)
    assert np.median(off) < 0.1
    assert np.abs(heights_of(lens, xyxy, feet) / tall - 1).max() < 0.06


@pytest.mark.parametrize(
    ("tilt", "focal", "height_m"), [(0.45, 0.55, 3.2), (0.7, 0.45, 2.9), (0.3, 0.9, 3.5)]
)
def test_people_who_walk_by_calibrate_a_camera(tilt: float, focal: float, height_m: float) -> None:
    true = camera(tilt=tilt, focal=focal, height_m=height_m)
    seen = walkers(tracks(true, walks(1, 45)), SIZE)
    clicks = Clicks(*spots_of(true, 2, seed=8))
    free = from_walkers(seen, SIZE, "tracks", anchor="upright")
    start = onto_plan(
        free.camera, free.camera.to_floor(clicks.pixels), clicks.floor_m, "points", 0.3
    )
    found = from_walkers(seen, SIZE, "tracks", anchor="upright", start=start, clicks=clicks)
    error = off_cm(found.camera, true)
    assert error < 40
    assert found.residual_cm < 100
    assert error < 3 * found.residual_cm + 5  # it does not flatter itself
    assert found.camera.height_m == pytest.approx(height_m, rel=0.12)
    assert found.people > 20


def test_a_known_lens_makes_it_surer() -> None:
    true = camera()
    seen = walkers(tracks(true, walks(2, 40)), SIZE)
    plain = from_walkers(seen, SIZE, "tracks", anchor="upright")
    known = Beliefs(focal_widths=true.focal_px / SIZE[0], focal_sd=0.01)
    sure = from_walkers(seen, SIZE, "tracks", anchor="upright", beliefs=known)
    assert sure.camera.focal_px == pytest.approx(true.focal_px, rel=0.03)
    assert sure.residual_cm < plain.residual_cm


def test_too_few_people_are_refused() -> None:
    seen = walkers(tracks(camera(), walks(3, 5)), SIZE)
    with pytest.raises(BadInput, match="8 or more people who walk in full view, found 5"):
        from_walkers(seen, SIZE, "tracks", anchor="upright")


def test_people_who_all_walked_one_line_are_refused() -> None:
    seen = walkers(tracks(camera(), walks(4, 30, line=True)), SIZE)
    with pytest.raises(BadInput, match=r"on one line of the picture, \[\d+, \d+\] to \[\d+, \d+\]"):
        from_walkers(seen, SIZE, "tracks", anchor="upright")


def test_a_camera_is_laid_beside_one_that_sees_the_same_people_with_another_clock() -> None:
    true = camera(x=3.0, heading=1.2)
    people = walks(6, 40, spread_s=4.0)
    rows = tracks(true, people, later_s=-1.5)
    free = from_walkers(walkers(rows, SIZE), SIZE, "tracks", anchor="upright")
    there = free.camera.to_floor(feet_of(free.camera, rows.xyxy, "upright"))
    chance = np.random.default_rng(1)
    times = np.concatenate([t for t, _, _ in people])
    names = np.concatenate([np.full(len(t), n) for n, (t, _, _) in enumerate(people)])
    known = np.concatenate([p for _, p, _ in people])
    near = known[:, 1] > 3.0  # the other camera sees this part of the floor
    known = known + chance.normal(0, 0.08, known.shape)
    one = trails_of(rows.time_s, rows.track, there)
    other = trails_of(times[near], names[near], known[near])
    met = register(one, other, "tracks")
    assert met.later_s == pytest.approx(1.5, abs=0.26)
    start = free.camera.moved(met.turn, met.shift)
    places = Places(rows.xyxy[met.rows], met.floor_m)
    found = from_walkers(
        walkers(rows, SIZE), SIZE, "tracks", anchor="upright", start=start, places=places
    )
    assert off_cm(found.camera, true) < 25
    assert met.people > 12


def test_strangers_are_no_overlap() -> None:
    true = camera()
    rows = tracks(true, walks(6, 30))
    there = true.to_floor(feet_of(true, rows.xyxy, "upright"))
    others = walks(77, 30)
    times = np.concatenate([t for t, _, _ in others])
    names = np.concatenate([np.full(len(t), n) for n, (t, _, _) in enumerate(others)])
    other = trails_of(times, names, np.concatenate([p for _, p, _ in others]))
    with pytest.raises(BadInput, match="see"):
        register(trails_of(rows.time_s, rows.track, there), other, "tracks")


def test_two_spots_that_contradict_peoples_heights_are_refused() -> None:
    lens = camera()
    pixels, places = spots_of(lens, 2, seed=8)
    with pytest.raises(BadInput, match="m apart, as on the plan, found"):
        onto_plan(lens, lens.to_floor(pixels), places * 2.5, "points", 0.3)


def test_a_mirrored_plan_is_refused() -> None:
    lens = camera()
    pixels, places = spots_of(lens, 5, seed=3)
    with pytest.raises(BadInput, match="mirrored"):
        onto_plan(lens, lens.to_floor(pixels), places * [1.0, -1.0], "points", 0.3)
