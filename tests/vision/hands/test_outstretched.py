"""What is remembered of who took a piece, and boxes that are nobody's."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from miseban.vision.hands import HandsWatch
from miseban.vision.hands.outstretched import Outstretched
from miseban.vision.hands.region import Region
from miseban.vision.hands.surface import Surface
from miseban.vocabulary.hands import HandSeen, HandsLook

WIDTH, HEIGHT = 640, 480
FACING = [(10.0, 10.0), (160.0, 10.0), (160.0, 160.0), (10.0, 160.0)]
BOX = [30.0, 20.0, 60.0, 200.0]
NAN = float("nan")


def unsure(numbers: NDArray[np.float32], hands: Sequence[HandSeen]) -> NDArray[np.float32]:
    return np.zeros(len(hands), np.float32)


def look(hands: Outstretched, time_s: float, tracks: list[int]) -> None:
    root = np.zeros((32, 32), bool)
    hands.look(time_s, [], root, [], np.array([BOX] * len(tracks)).reshape(-1, 4), tracks, 60.0)


def test_who_took_a_piece_and_left_is_forgotten() -> None:
    region = Region.of([FACING], WIDTH, HEIGHT)
    hands = Outstretched(region, Surface(), unsure)
    most = 0
    for track in range(1000):
        hands.took(track, 2.0 * track, more=False)
        look(hands, 2.0 * track, [track])
        most = max(most, hands.remembered)
    assert most <= 6


def test_who_took_a_piece_and_stays_is_remembered() -> None:
    region = Region.of([FACING], WIDTH, HEIGHT)
    hands = Outstretched(region, Surface(), unsure)
    hands.took(7, 0.0, more=True)
    for second in range(60):
        look(hands, float(second), [7])
    assert hands.remembered == 1
    for second in range(60, 70):
        look(hands, float(second), [])
    assert hands.remembered == 0


def played(boxes: list[list[float]], tracks: list[int]) -> list[HandsLook]:
    """Something grows on a facing behind ``boxes``."""
    watch = HandsWatch([FACING], WIDTH, HEIGHT)
    people, told = np.array(boxes).reshape(-1, 4), []
    for step in range(30):
        small = np.full((*watch.region.facing.shape, 3), 100.0, np.float32)
        if step > 4:
            small[5:30, 5:12] = 200.0 + step
        told.append(watch.look_at(small, 0.2 * step, people, people, tracks))
    return told


@pytest.mark.parametrize(
    "bad",
    [[20.0, 20.0, 20.0, 20.0], [60.0, 20.0, 30.0, 200.0], [NAN] * 4, [30.0, 20.0, np.inf, 200.0]],
)
def test_a_box_that_is_none_changes_nothing(bad: list[float]) -> None:
    assert played([bad], [3])[-1].somebody is False
    for with_it, without in zip(played([bad, BOX], [3, 7]), played([BOX], [7]), strict=True):
        assert with_it.somebody
        assert with_it.changes == without.changes
        assert with_it.hands == without.hands
        assert [arm.track for arm in with_it.arms] == [arm.track for arm in without.arms]
        assert (with_it.hidden == without.hidden).all()
