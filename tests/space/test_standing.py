"""Where people stand by their heads: right where feet are seen, far better where not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from miseban.space.homography import Homography
from miseban.space.lens import Lens
from miseban.space.standing import Standing
from miseban.vocabulary.tracks import TrackRows
from tests.space.test_upright import SIZE, Pinhole

Floats = NDArray[np.float64]


def people(lens: Pinhole, place: Floats, tall_m: float, from_m: float = 0.0) -> Floats:
    """(N, 4) boxes of bodies half a metre broad at (N, 2), seen from ``from_m`` upwards."""
    ends = []
    for z in (from_m, tall_m):
        middle = lens.pixel(np.column_stack([place, np.full(len(place), z)]))
        far = np.column_stack([place, np.full(len(place), z)]) - (5.0, 5.0, 3.0)
        half = 0.3 * lens.focal / (far @ lens.forward)
        ends.append((middle, half))
    (foot, foot_half), (head, head_half) = ends
    return np.stack(
        [
            np.minimum(foot[:, 0] - foot_half, head[:, 0] - head_half),
            np.minimum(foot[:, 1], head[:, 1]),
            np.maximum(foot[:, 0] + foot_half, head[:, 0] + head_half),
            np.maximum(foot[:, 1], head[:, 1]),
        ],
        axis=1,
    )


def rows_of(xyxy: Floats, track: int = 1) -> TrackRows:
    n = len(xyxy)
    time_s = np.arange(n) / 5
    return TrackRows(time_s, np.full(n, track), xyxy, np.ones(n), np.arange(1, n + 1))


def standing(lens: Pinhole) -> tuple[Standing, Homography]:
    floor, pixels = lens.floor_points()
    homography = Homography.from_points(pixels, floor)
    found = Standing.of(homography, SIZE)
    assert found is not None
    return found, homography


WALK = np.stack([np.linspace(8.5, 11.0, 30), np.linspace(4.5, 5.5, 30)], axis=1)


@given(
    focal=st.floats(600, 1500),
    pitch=st.floats(15, 50),
    turn=st.floats(-180, 180),
    mirrored=st.booleans(),
)
def test_floor_points_tell_how_the_camera_hangs(
    focal: float, pitch: float, turn: float, mirrored: bool
) -> None:
    lens = Pinhole(focal, pitch, turn)
    floor, pixels = lens.floor_points()
    sign = np.array([1.0, -1.0 if mirrored else 1.0])  # a plan's y points down, as seen from above
    found = Lens.of(Homography.from_points(pixels, floor * sign), SIZE)
    assert found is not None
    assert found.focal == pytest.approx(focal, rel=1e-3)
    assert found.eye == pytest.approx([5.0, 5.0 * sign[1], 3.0], abs=0.01)
    high = np.column_stack([floor, np.full(len(floor), 1.2)])
    seen = lens.pixel(high)
    there = np.isfinite(seen).all(axis=1)
    places = (floor * sign)[there]
    assert found.height_over(seen[there], places) == pytest.approx(
        np.full(len(places), 1.2), abs=1e-3
    )
    assert found.at_height(seen[there], high[there, 2]) == pytest.approx(places, abs=1e-3)
    assert found.at_heights(seen[there], np.array([1.2]))[:, 0] == pytest.approx(places, abs=1e-3)
    assert found.to_pixel(np.column_stack([places, high[there, 2]])) == pytest.approx(
        seen[there], abs=0.1
    )


def test_a_camera_that_looks_straight_down_tells_no_heights() -> None:
    corners = np.array([[0.0, 0], [1280, 0], [1280, 720], [0, 720]])
    floor = corners / 200
    assert Standing.of(Homography.from_points(corners, floor), SIZE) is None


@pytest.mark.parametrize("tall_m", [1.5, 1.65, 1.8])
def test_who_is_seen_whole_stands_where_the_feet_are(tall_m: float) -> None:
    lens = Pinhole(900.0, 25.0)
    found = standing(lens)[0].places(rows_of(people(lens, WALK, tall_m)))
    assert np.linalg.norm(found.xy - WALK, axis=1).max() < 0.3
    assert (found.feet > 0.5).all()
    assert found.height_m[-1] == pytest.approx(tall_m, abs=0.08)


@pytest.mark.parametrize("hidden_m", [0.6, 0.9, 1.2])
def test_hidden_feet_cost_metres_by_the_box_and_little_by_the_head(hidden_m: float) -> None:
    lens = Pinhole(900.0, 25.0)
    boxes = people(lens, WALK, 1.66, hidden_m)
    where, homography = standing(lens)
    found = where.places(rows_of(boxes))
    bottom = homography.to_floor(np.stack([(boxes[:, 0] + boxes[:, 2]) / 2, boxes[:, 3]], axis=1))
    by_box = np.linalg.norm(bottom - WALK, axis=1)
    by_head = np.linalg.norm(found.xy - WALK, axis=1)
    assert np.median(by_box) > 0.8
    assert np.median(by_head) < 0.35
    assert (found.feet < 0.5).mean() > 0.9
    off = found.xy - WALK
    square = np.einsum("ni,nij,nj->n", off, np.linalg.inv(found.cov), off)
    assert np.median(square) < 4  # and it says how far it may be off


def test_below_the_lower_edge_feet_are_never_taken_for_seen() -> None:
    lens = Pinhole(900.0, 25.0)
    near = np.stack([np.linspace(6.6, 7.2, 10), np.full(10, 5.0)], axis=1)
    boxes = people(lens, near, 1.7)
    cut = boxes[:, 3] > SIZE[1]
    assert cut.any()
    boxes[:, 3] = np.minimum(boxes[:, 3], SIZE[1])
    found = standing(lens)[0].places(rows_of(boxes))
    assert (found.feet[cut] < 0.5).all()


def test_what_a_child_is_shows_on_its_way() -> None:
    lens = Pinhole(900.0, 25.0)
    way = np.concatenate([WALK, WALK[::-1], WALK, WALK[::-1], WALK])
    found = standing(lens)[0].places(rows_of(people(lens, way, 1.2)))
    assert found.height_m[-1] == pytest.approx(1.2, abs=0.1)
    assert np.linalg.norm(found.xy[-1] - way[-1]) < 0.3


@given(cut=st.integers(1, 29))
@settings(max_examples=10)
def test_it_does_not_matter_how_rows_are_handed_over(cut: int) -> None:
    lens = Pinhole(900.0, 25.0)
    one, other = people(lens, WALK, 1.7, 0.8), people(lens, WALK + 0.7, 1.5)
    n = len(WALK)
    rows = TrackRows(
        np.repeat(np.arange(n) / 5, 2), np.tile([7, 8], n),
        np.stack([one, other], axis=1).reshape(-1, 4), np.ones(2 * n), np.repeat(np.arange(n), 2),
    )  # fmt: skip
    whole = standing(lens)[0].places(rows)
    parts = standing(lens)[0]
    xy = [
        parts.places(rows.take(slice(0, 2 * cut))).xy,
        parts.places(rows.take(slice(2 * cut, None))).xy,
    ]
    assert np.concatenate(xy) == pytest.approx(whole.xy)


def test_many_tracks_are_told_apart_and_forgotten() -> None:
    lens = Pinhole(900.0, 25.0)
    where = standing(lens)[0]
    box = people(lens, WALK[:1], 1.7)
    for number in range(300):
        rows = rows_of(box, track=number)
        found = where.places(
            TrackRows(rows.time_s + number, rows.track, box, rows.score, rows.frame)
        )
        assert found.xy[0] == pytest.approx(WALK[0], abs=0.3)
    assert len(where.places(TrackRows.empty()).xy) == 0
