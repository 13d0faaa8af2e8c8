"""Cameras that see nobody while others see people as always."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from miseban.space.fusion.trust import CameraTrust
from miseban.space.fusion.trust.silent import HISTORY_S, LEAST_S, LONGER, Silences
from tests.space.fusion.trust.room import shop, three

STEP_S = 10.0


def watch(seen: list[list[float]]) -> list[list[float]]:
    """For how long each camera was silent, stretch after stretch."""
    silences = Silences(len(seen[0]))
    told = []
    for k, people in enumerate(seen):
        silences.look(np.array(people), (k + 1) * STEP_S, STEP_S)
        told.append([silences.silent_s(n) for n in range(len(people))])
    return told


USUAL = [[2.0, 3.0, 2.0]] * round(HISTORY_S / STEP_S)


def test_who_goes_silent_alone_is_told_and_only_that_one() -> None:
    told = watch([*USUAL, *[[2.0, 0.0, 2.0]] * 12, [2.0, 3.0, 2.0]])
    late = told[len(USUAL) :]
    first = next(k for k, row in enumerate(late) if row[1] > 0)
    assert (first + 1) * STEP_S == pytest.approx(LEAST_S)
    assert all(row[0] == row[2] == 0 for row in told)
    assert late[-1] == [0, 0, 0]


def test_nothing_is_told_when_the_shop_is_empty() -> None:
    assert not any(any(row) for row in watch([*USUAL, *[[0.0, 0.0, 0.0]] * 100]))
    assert not any(any(row) for row in watch([*USUAL, *[[0.5, 0.0, 0.4]] * 100]))


def test_nothing_is_told_before_a_camera_is_known() -> None:
    assert not any(any(row) for row in watch([[2.0, 3.0, 2.0], *[[2.0, 0.0, 2.0]] * 80]))


@settings(max_examples=25)
@given(st.integers(1, 12), st.integers(1, 40))
def test_a_camera_that_is_often_silent_is_told_only_much_later(usual: int, silent: int) -> None:
    rhythm = [[3.0, 1.0, 3.0], *[[3.0, 0.0, 3.0]] * usual]
    before = rhythm * (round(HISTORY_S / STEP_S) // len(rhythm) + 1)
    told = watch([*before, [3.0, 1.0, 3.0], *[[3.0, 0.0, 3.0]] * silent])
    late = silent * STEP_S >= max(LEAST_S, LONGER * usual * STEP_S)
    assert (told[-1][1] > 0) == late


@pytest.mark.parametrize("frames", [False, True])
def test_a_silent_camera_is_told_unless_its_frames_come(*, frames: bool) -> None:
    trust, end_s, away_s = CameraTrust(shop(three())), 1180.0, (950.0, 1120.0)
    eyes, spots = three(), np.array([(4.0, 3.0), (8.0, 5.0)])
    told = []
    for from_s in np.arange(0.0, end_s, 10.0).tolist():
        times = from_s + np.arange(0, 10, 0.5)
        for eye in eyes:
            if frames:
                trust.frames(eye.name, times)
            if eye.name == "west" and away_s[0] <= from_s < away_s[1]:
                continue
            feet = eye.pixels(spots, turned=False)
            for track, place in enumerate(feet):
                pixel = np.tile(place, (len(times), 1))
                box = np.column_stack([pixel - np.array([10, 80]), pixel + np.array([10, 0])])
                trust.raw(eye.name, times, np.full(len(times), track), pixel, box)
        trust.advance(from_s + 10.0)
        told += [t for t in trust.troubles() if t.state == "flapping"]
    assert [t.camera for t in told] == ([] if frames else ["west"])
    if not frames:
        assert told[0].time_s <= away_s[0] + 120
        assert told[0].since_s == pytest.approx(away_s[0], abs=15)
        assert trust.lost("west")[0] == pytest.approx(away_s, abs=15)
