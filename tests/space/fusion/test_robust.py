"""What may go wrong with cameras and rows, and what else is asked of the fusion."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from miseban.space.fusion import FloorFusion, FusionSettings
from miseban.vocabulary.floor import FloorRows
from miseban.vocabulary.tracks import TrackRows
from tests.space.fusion.floors import (
    EAST,
    MIDDLE,
    SHOP,
    THROUGH,
    WEST,
    Floats,
    Walker,
    camera,
    far,
    floor,
    fuse,
    seen,
    stand,
    walk,
    whose,
)


def test_a_camera_that_leaves_and_one_that_joins_break_nothing() -> None:
    people = [THROUGH, Walker(walk((1, 1, 6), (20, 15, 6)), 1.0, 20.0)]

    def hidden(name: str, n: int, time_s: Floats) -> NDArray[np.bool_]:
        return (time_s > 8) if name == "west" else (time_s < 7) & (name == "middle")

    rows, _ = fuse(SHOP, seen(SHOP, people, hidden=hidden))
    found = whose(rows.take(rows.time_s > 3), people)
    assert [len(visits) for visits in found] == [1, 1]
    assert found[0] != found[1]


def test_a_camera_that_lies_does_not_move_those_whom_others_see() -> None:
    rows = seen(SHOP, [THROUGH])
    middle = rows["middle"]
    lie = np.tile([150.0, 0.0], 2)
    wrong = TrackRows(middle.time_s, middle.track, middle.xyxy + lie, middle.score, middle.frame)
    told, _ = fuse(SHOP, {**rows, "middle": wrong})
    both = told.take((told.visit == 1) & (told.time_s < 8))
    assert far(both, THROUGH) < 0.2
    assert whose(told, [THROUGH])[0] >= {1}


def _sorted(rows: FloorRows) -> FloorRows:
    """By time: when the first rows of somebody new are told depends on when one asks."""
    return rows.take(np.lexsort((rows.visit, rows.time_s)))


def test_the_order_of_cameras_and_the_cuts_change_nothing() -> None:
    people = [THROUGH, Walker(walk((2, 0.5, 6), (18, 15, 2)), 2.0, 18.0), Walker(stand(8, 6))]
    rows = seen(SHOP, people)
    first, ended = fuse(SHOP, rows)
    for every_s, order in (
        (0.2, ["east", "west", "middle"]),
        (1.0, ["middle", "east", "west"]),
        (0.6, None),
    ):
        told, over = fuse(SHOP, rows, every_s=every_s, order=order)
        # The last frame belongs to the next second: only some cuts hand it over.
        one, other = (_sorted(rows.take(rows.time_s < 19.5)) for rows in (told, first))
        np.testing.assert_array_equal(one.visit, other.visit)
        np.testing.assert_array_equal(one.time_s, other.time_s)
        np.testing.assert_allclose(one.xy, other.xy)
        assert sorted(v.number for v in over) == sorted(v.number for v in ended)


def test_rows_of_one_update_may_stand_in_any_order() -> None:
    rows = seen(SHOP, [THROUGH])
    first, _ = fuse(SHOP, rows, every_s=1.0)
    mixed = {
        name: part.take(np.random.default_rng(3).permutation(len(part)))
        for name, part in rows.items()
    }
    told, _ = fuse(SHOP, mixed, every_s=1.0)
    np.testing.assert_allclose(told.xy, first.xy)


@settings(max_examples=15)
@given(
    ys=st.lists(st.integers(2, 9), min_size=1, max_size=4, unique=True),
    speed=st.floats(0.4, 1.4),
    seed=st.integers(0, 99),
)
def test_a_lone_camera_gives_one_visit_for_each_clean_track(
    ys: list[int], speed: float, seed: int
) -> None:
    shop = floor([camera("only", (10.0, -4.0, 4.0), (10.0, 5.0))])
    people = [Walker(walk((0, 3, y), (12, 3 + 12 * speed, y)), 0, 12) for y in ys]
    rows = seen(shop, people, noise=0.01, seed=seed)
    told, ended = fuse(shop, rows, end_s=14)
    tracks = {
        t for t, n in zip(*np.unique(rows["only"].track, return_counts=True), strict=True) if n > 10
    }
    assert len(set(told.visit.tolist())) == len(tracks)
    assert all(visit.pieces == 1 for visit in ended)


def test_what_is_of_no_use_is_counted_and_harms_nobody() -> None:
    shop = floor(
        [WEST, MIDDLE, EAST, {"id": "blind", "source": "sim:blind", "resolution": [640, 360]}]
    )
    rows = seen(floor([WEST, MIDDLE, EAST]), [THROUGH])
    clean, _ = fuse(shop, rows)
    west = rows["west"]
    bad = west.take(np.arange(6))
    bad = TrackRows(
        np.array([np.nan, 1.0, 1.0, 1e7, 1.0, 1.0]),
        np.array([7, 7, -1, 7, 7, 7]),
        np.where(np.arange(6)[:, None] == 1, np.nan, bad.xyxy),
        bad.score,
        bad.frame,
    )
    bad.xyxy[4:] = [0.0, -900.0, 4.0, -880.0]  # above the horizon
    fusion = FloorFusion(shop)
    fusion.update("west", bad, 0.2)
    fusion.update("blind", west, 0.2)
    told, _ = fuse(shop, rows, fusion=fusion)
    np.testing.assert_allclose(told.xy, clean.xy)
    assert fusion.dropped["not a number"] == 2
    assert fusion.dropped["ahead of the clock"] == 1
    assert fusion.dropped["the camera has no floor points"] == len(west)
    assert fusion.dropped["no place on the floor"] >= 2


def test_a_clock_that_jumps_far_ahead_takes_no_time() -> None:
    fusion = FloorFusion(SHOP)
    rows = seen(SHOP, [THROUGH])
    told, _ = fuse(SHOP, rows, fusion=fusion, end_s=12)
    later = {
        name: TrackRows(
            part.time_s + 3_600.0, part.track + 50_000, part.xyxy, part.score, part.frame
        )
        for name, part in rows.items()
    }
    for k in range(1, 100):
        until_s = 3_600.0 + k * 0.2
        for name, part in later.items():
            now = (part.time_s > until_s - 0.2 - 1e-6) & (part.time_s <= until_s - 1e-6)
            fusion.update(name, part.take(now), until_s)
        told = FloorRows.concatenate([told, fusion.advance(until_s)])
    assert len(set(told.visit.tolist())) == 2


def test_times_told_twice_are_no_second_person() -> None:
    rows = {
        name: TrackRows.concatenate([part, part]) for name, part in seen(SHOP, [THROUGH]).items()
    }
    rows = {name: part.take(np.argsort(part.time_s, kind="stable")) for name, part in rows.items()}
    told, ended = fuse(SHOP, rows)
    assert set(told.visit.tolist()) == {1}
    assert len(ended) == 1


def test_a_new_track_told_late_is_told_within_the_lag() -> None:
    """A track's first rows come when it is confirmed, here 0.4 s after they were seen."""
    fusion = FloorFusion(SHOP)
    rows = seen(SHOP, [THROUGH])["west"]
    first = []
    for k in range(1, 40):
        until_s = k * 0.2
        now = (rows.time_s > until_s - 0.6 - 1e-6) & (rows.time_s <= until_s - 0.4 - 1e-6)
        fusion.update("west", rows.take(now), until_s)
        first.append(fusion.advance(until_s))
    told = FloorRows.concatenate(first)
    assert len(told) > 15


class _Says:
    """Knows of two tracks that they are one person's."""

    def __init__(self, pair: set[int]) -> None:
        self._pair, self.asked = pair, 0

    def affinity(self, camera_a: str, track_a: int, camera_b: str, track_b: int) -> float | None:
        self.asked += 1
        assert {camera_a, camera_b} <= {"west", "middle", "east"}
        return 8.0 if {track_a, track_b} == self._pair else -8.0 if track_a > 1000 else None


@pytest.mark.parametrize("crossed", [False, True])
def test_looks_decide_where_places_cannot(crossed: bool) -> None:
    """Two are hidden at equal distances from where one of them appears."""
    shop = floor([WEST])
    people = [
        Walker(stand(6, 4.0), 0, 10),
        Walker(stand(6, 7.0), 0, 10),
        Walker(stand(6, 5.5), 16, 24),
    ]
    says = _Says({1002, 1001 if crossed else 1000})
    fusion = FloorFusion(shop, affinity=says)
    told, _ = fuse(shop, seen(shop, people), end_s=25, fusion=fusion)
    assert says.asked > 0
    late = set(told.visit[told.time_s > 18].tolist())
    assert late == whose(told.take(told.time_s < 9), people)[int(crossed)]


def test_the_grid_is_that_of_the_fastest_camera() -> None:
    assert FloorFusion(SHOP).step_s == pytest.approx(0.2)
    assert FloorFusion(floor([{**WEST, "fps": 30.0}])).step_s == pytest.approx(0.1)
    assert FloorFusion(floor([{**WEST, "fps": 1.0}])).step_s == pytest.approx(0.5)
    assert FloorFusion(SHOP, FusionSettings(step_s=0.25)).step_s == pytest.approx(0.25)
