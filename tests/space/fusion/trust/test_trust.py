"""Cameras that look at one room, and what goes wrong with one of them."""

from __future__ import annotations

import numpy as np
import pytest

from miseban.space.fusion.trust import CameraTrouble
from tests.space.fusion.trust.room import FOCAL_PX, play, three


def of(found: list[CameraTrouble]) -> list[tuple[str, str, str]]:
    return [(t.camera, t.state, t.phase) for t in found]


def test_nothing_is_told_of_cameras_that_are_right() -> None:
    trust, found = play(three(), seed=5, seconds=400)
    assert found == []
    for camera in trust.cameras:
        assert abs(trust.clock_s(camera)) < 0.05
        assert trust.shift_px(camera) == (0.0, 0.0)
        assert trust.weight(camera) == 1.0
        assert trust.lost(camera) == []


@pytest.mark.parametrize("ahead_s", [0.7, -0.7, 2.5, -4.0])
def test_a_clock_that_jumps_is_told_within_five_minutes(ahead_s: float) -> None:
    eyes = three()
    eyes[1].ahead_s, eyes[1].from_s = ahead_s, 100.0
    trust, found = play(eyes, seed=2)
    assert of(found) == [("west", "clock", "begins")]
    assert found[0].time_s <= 400
    assert found[0].clock_s == pytest.approx(ahead_s, abs=0.25)
    assert trust.clock_s("west") == pytest.approx(ahead_s, abs=0.1)
    assert abs(trust.clock_s("north")) < 0.1


def test_a_clock_that_was_off_from_the_start_is_told() -> None:
    eyes = three()
    eyes[2].ahead_s = 3.0
    trust, found = play(eyes, seed=3, seconds=250)
    assert of(found) == [("south", "clock", "begins")]
    assert trust.clock_s("south") == pytest.approx(3.0, abs=0.1)


def test_of_two_clocks_nobody_can_tell_which_is_off() -> None:
    eyes = three()[:2]
    eyes[0].ahead_s = 1.0
    trust, found = play(eyes, seed=4, seconds=250)
    assert {t.camera for t in found} == {"north", "west"}
    assert all("cannot be told" in t.reason for t in found)
    assert trust.clock_s("north") - trust.clock_s("west") == pytest.approx(1.0, abs=0.1)


def test_a_camera_that_was_turned_is_told_and_its_places_mended() -> None:
    eyes = three()
    eyes[0].yaw, eyes[0].from_s = 20 / FOCAL_PX, 100.0
    trust, found = play(eyes, seed=6)
    assert of(found) == [("north", "moved", "begins")]
    assert found[0].time_s <= 400
    assert found[0].dx_px == pytest.approx(20, abs=3)
    assert found[0].dy_px == pytest.approx(0, abs=3)
    assert trust.weight("north") < 1
    spots = np.array([(3.0, 3.0), (9.0, 5.0)])
    seen = eyes[0].pixels(spots, turned=True)
    right = eyes[0].pixels(spots, turned=False)
    assert np.abs(trust.unturned("north", seen) - right).max() < 4


def test_a_camera_that_comes_and_goes_is_told_and_what_it_lost() -> None:
    eyes = three()
    eyes[2].away = [(100.0, 112.0), (140.0, 149.0), (170.0, 185.0), (220.0, 231.0)]
    trust, found = play(eyes, seed=7, seconds=300)
    assert of(found) == [("south", "flapping", "begins")]
    assert found[0].since_s == pytest.approx(100, abs=1)
    lost = trust.lost("south")
    assert len(lost) == 4
    for (from_s, to_s), (begin_s, end_s) in zip(lost, eyes[2].away, strict=True):
        assert from_s == pytest.approx(begin_s, abs=0.6)
        assert to_s == pytest.approx(end_s, abs=0.6)


def test_frame_times_tell_of_outages_in_an_empty_room() -> None:
    eyes = three()
    eyes[0].away = [(20.0, 26.0), (50.0, 57.0), (80.0, 88.0)]
    trust, found = play(eyes, seed=8, people=1, seconds=150, frames=True)
    assert ("north", "flapping", "begins") in of(found)
    assert len(trust.lost("north")) == 3
    assert trust.lost("west") == []


def test_a_camera_that_sees_ghosts_is_told_and_not_believed() -> None:
    eyes = three()
    eyes[1].ghosts, eyes[1].from_s = 14, 150.0
    trust, found = play(eyes, seed=9, people=4)
    assert of(found) == [("west", "disagrees", "begins")]
    assert found[0].time_s <= 400
    assert trust.weight("west") < 0.1
    assert trust.weight("north") == 1.0


def test_a_camera_that_misses_people_is_told_and_what_it_sees_believed() -> None:
    eyes = three()
    eyes[1].blind_part, eyes[1].from_s = 0.9, 150.0
    trust, found = play(eyes, seed=11, people=8)
    assert of(found) == [("west", "disagrees", "begins")]
    assert "it sees" in found[0].reason
    assert trust.weight("west") == 1.0


def test_the_same_rows_give_the_same_however_they_are_cut() -> None:
    eyes = three()
    eyes[1].ahead_s = 0.5
    first, told = play(eyes, seed=10, seconds=150)
    again, told_again = play(eyes, seed=10, seconds=150)
    assert told == told_again
    assert first.clock_s("west") == again.clock_s("west")
