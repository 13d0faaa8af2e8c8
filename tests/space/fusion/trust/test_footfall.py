"""One camera that nobody else looks beside: whether its own map tells that it was turned."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from miseban.space.fusion.trust import CameraTrouble, CameraTrust
from miseban.space.fusion.trust.footfall import Footfall
from miseban.space.fusion.trust.swivels import swivels
from tests.space.fusion.trust.room import FOCAL_PX, FPS, Eye, shop, three
from tests.space.fusion.trust.test_lens import lens

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

Ways = Sequence[Sequence[tuple[float, float]]]
AISLES: Ways = [[(2, 1), (2, 7), (9, 7)], [(5, 1), (5, 6), (10, 6)], [(9, 1), (9, 4), (11, 4)]]
OTHERS: Ways = [[(3.5, 1), (3.5, 5), (7, 5)], [(7, 1), (7, 3.5), (10, 3.5)]]


def walks(seed: int, seconds: float, ways: Callable[[float], Ways], every_s: float = 6.0) -> Floats:
    """(N, 4) time, track and place of people who come in and walk along one of ``ways`` at that
    time, each a little beside it."""
    rng = np.random.default_rng(seed)
    rows = []
    for track, begin_s in enumerate(np.cumsum(rng.exponential(every_s, int(seconds / every_s)))):
        line = ways(begin_s)
        way = np.array(line[int(rng.integers(len(line)))], np.float64) + rng.normal(0, 0.2, 2)
        speed = rng.uniform(0.7, 1.3)
        at_s = np.append(0.0, np.cumsum(np.hypot(*np.diff(way, axis=0).T))) / speed
        t = np.arange(0, at_s[-1], 1 / FPS)
        place = [np.interp(t, at_s, way[:, k]) for k in (0, 1)]
        rows.append(np.column_stack([begin_s + t, np.full(len(t), track), *place]))
    found = np.concatenate(rows)
    return found[np.argsort(found[:, 0], kind="stable")]


def watch(
    eye: Eye, rows: Floats, turned: Sequence[tuple[float, float]], seed: int = 0
) -> list[tuple[float, Floats]]:
    """What the map of ``eye`` tells, which is turned between the moments ``turned``; what it tells
    is taken: (time_s, turn)."""
    rng = np.random.default_rng(seed)
    straight, aslant = eye.pixels(rows[:, 2:], turned=False), eye.pixels(rows[:, 2:], turned=True)
    now = np.array([any(a <= t < b for a, b in turned) for t in rows[:, 0]])
    pixel = np.where(now[:, None], aslant, straight) + rng.normal(0, 2.0, straight.shape)
    footfall, told = Footfall(lens(eye)), []
    for to_s in np.arange(10, rows[-1, 0], 10).tolist():
        part = (rows[:, 0] >= to_s - 10) & (rows[:, 0] < to_s)
        found = footfall.look(to_s, rows[part, 1].astype(np.int64), pixel[part])
        if found is not None:
            told.append((to_s, found[0]))
            footfall.take(found[0])
    return told


@pytest.mark.parametrize(("yaw", "pitch"), [(1, 0), (-1, 0), (0, 1), (0, -1)])
def test_a_turn_is_told_within_five_minutes_and_how_far(yaw: int, pitch: int) -> None:
    eye = three()[1]
    eye.yaw, eye.pitch = yaw * 20 / FOCAL_PX, pitch * 20 / FOCAL_PX
    told = watch(eye, walks(3, 1800, lambda _: AISLES), [(1000.0, np.inf)])
    assert told
    assert 1000 < told[0][0] <= 1300
    assert told[-1][1][:2] == pytest.approx([yaw * 20, pitch * 20], abs=5)


def test_a_camera_that_is_turned_back_is_right_again() -> None:
    eye = three()[0]
    eye.yaw = 30 / FOCAL_PX
    told = watch(eye, walks(4, 2700, lambda _: AISLES), [(1000.0, 1800.0)])
    assert told[0][0] <= 1300
    assert told[-1][0] > 1800
    assert not told[-1][1].any()


@pytest.mark.parametrize("number", range(3))
def test_nothing_is_told_of_a_camera_that_hangs_as_it_hung(number: int) -> None:
    assert watch(three()[number], walks(number, 7200, lambda _: AISLES), []) == []


@pytest.mark.parametrize("number", range(3))
def test_other_ways_are_no_turn(number: int) -> None:
    """Half of the people leave the usual aisles for others from some time on."""
    rows = walks(number, 3600, lambda t: AISLES if t < 1200 else [*AISLES[:2], *OTHERS])
    assert watch(three()[number], rows, []) == []


def test_it_is_told_of_a_camera_alone_and_when_it_is_right_again() -> None:
    eye = three()[2]
    eye.yaw = -20 / FOCAL_PX
    rows = walks(7, 2400, lambda _: AISLES)
    aslant = (rows[:, 0] >= 1000) & (rows[:, 0] < 1700)
    feet, heads = (
        np.where(
            aslant[:, None],
            eye.pixels(rows[:, 2:], turned=True, up_m=up_m),
            eye.pixels(rows[:, 2:], turned=False, up_m=up_m),
        )
        for up_m in (0.0, 1.6)
    )
    boxes = np.column_stack([feet[:, 0] - 15, heads[:, 1], feet[:, 0] + 15, feet[:, 1]])
    trust = CameraTrust(shop([eye]))
    found: list[CameraTrouble] = []
    shift_px = []
    for to_s in np.arange(1, rows[-1, 0]).tolist():
        part = (rows[:, 0] >= to_s - 1) & (rows[:, 0] < to_s)
        track = rows[part, 1].astype(np.int64)
        trust.raw("south", rows[part, 0], track, feet[part], boxes[part])
        trust.advance(to_s)
        found += trust.troubles()
        shift_px.append(trust.shift_px("south")[0])
    begins, ends = found
    assert (begins.camera, begins.state, begins.phase) == ("south", "moved", "begins")
    assert (ends.camera, ends.state, ends.phase) == ("south", "moved", "ends")
    assert 1000 < begins.time_s <= 1300
    assert 1700 < ends.time_s <= 2000
    assert begins.dx_px == pytest.approx(-20, abs=5)
    assert "in its picture" in begins.reason
    assert shift_px[1650] == pytest.approx(-20, abs=5)
    assert shift_px[-1] == 0.0


@pytest.mark.parametrize("number", range(3))
def test_a_pan_leaves_the_plumb_line_where_it_is(number: int) -> None:
    view = lens(three()[number])
    assert view.focal_px is not None
    middle = np.array(view.size) / 2
    down = np.append(view.plumb[:2] * view.focal_px + view.plumb[2] * middle, view.plumb[2])
    pans = [turn for turn in swivels(view) if abs(turn[0]) > 1e-9 and abs(turn[1]) < 1e-6]
    assert len(pans) == 8
    for turn in pans:
        after = view.turning(turn) @ down
        assert np.cross(after, down) == pytest.approx(0, abs=1e-6 * float(down @ down))
