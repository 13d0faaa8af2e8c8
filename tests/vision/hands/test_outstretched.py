"""What is remembered of who took a piece, and boxes that are nobody's."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from miseban.vision.hands import HandsWatch
from miseban.vision.hands.movements import together
from miseban.vision.hands.outstretched import Outstretched
from miseban.vision.hands.pieces import NUMBERS, Piece
from miseban.vision.hands.region import Region
from miseban.vision.hands.surface import Surface
from miseban.vocabulary.hands import HandSeen, HandsLook

WIDTH, HEIGHT = 640, 480
FACING = [(10.0, 10.0), (160.0, 10.0), (160.0, 160.0), (10.0, 160.0)]
BOX = [30.0, 20.0, 60.0, 200.0]
NAN = float("nan")


def unsure(numbers: NDArray[np.float32], hands: Sequence[HandSeen]) -> NDArray[np.float32]:
    return np.zeros(len(hands), np.float32)


def seen() -> tuple[Region, Surface]:
    """A facing, and one picture of it."""
    region, surface = Region.of([FACING], WIDTH, HEIGHT), Surface()
    surface.take(np.zeros((*region.facing.shape, 3), np.float32), 0.0)
    return region, surface


def look(hands: Outstretched, time_s: float, tracks: list[int]) -> None:
    root = np.zeros((32, 32), bool)
    hands.look(time_s, [], root, [], np.array([BOX] * len(tracks)).reshape(-1, 4), tracks, 60.0)


def test_who_took_a_piece_and_left_is_forgotten() -> None:
    hands = Outstretched(*seen(), unsure)
    most = 0
    for track in range(1000):
        hands.took(track, 2.0 * track, more=False)
        look(hands, 2.0 * track, [track])
        most = max(most, hands.remembered)
    assert most <= 6


def test_who_took_a_piece_and_stays_is_remembered() -> None:
    hands = Outstretched(*seen(), unsure)
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


def piece(left: int, right: int, since_s: float = 2.0) -> Piece:
    which = np.zeros((32, 64), bool)
    which[10:14, left:right] = True
    return Piece(which, since_s, 1.8, None, 0, np.zeros(NUMBERS, np.float32))


def owners(pieces: list[Piece], boxes: list[list[float]]) -> list[tuple[int, int]]:
    """Whose, and how many pieces; the first box is of a track."""
    groups = together(pieces, np.array(boxes), [7], 32.0)
    return sorted((owner, len(those)) for owner, those in groups)


def test_an_arm_is_one_also_where_its_hand_is_far_from_the_body() -> None:
    body, hand_only = [0.0, 4.0, 10.0, 32.0], [40.0, 8.0, 52.0, 16.0]
    arm, hand = piece(10, 26), piece(27, 50)
    assert owners([arm, hand], [body, hand_only]) == [(0, 2)]
    assert owners([hand, arm], [body, hand_only]) == [(0, 2)]
    assert owners([arm, piece(27, 50, since_s=3.0)], [body, hand_only]) == [(0, 1), (1, 1)]


def test_what_nobody_holds_out_is_one_only_where_it_touches() -> None:
    away = [[0.0, 0.0, 1.0, 2.0]]
    assert owners([piece(30, 36), piece(50, 60)], away) == [(-1, 1), (-1, 1)]
    assert owners([piece(30, 36), piece(37, 60)], away) == [(-1, 2)]


def test_a_body_seen_twice_is_one() -> None:
    """By the detector, once as what a track follows."""
    body = [0.0, 4.0, 10.0, 32.0]
    assert owners([piece(11, 14)], [body, [0.0, 5.0, 12.0, 32.0]]) == [(0, 1)]


def test_where_no_body_shows_nothing_is_without_end() -> None:
    """A network that learnt numbers of some tenths takes 10**36 for anything but a hand."""
    seen: list[NDArray[np.float32]] = []

    def chances(numbers: NDArray[np.float32], hands: Sequence[HandSeen]) -> NDArray[np.float32]:
        seen.append(numbers)
        return unsure(numbers, hands)

    region, surface = Region.of([FACING], WIDTH, HEIGHT), Surface()
    shape = region.facing.shape
    surface.take(np.full((*shape, 3), 100.0, np.float32), 0.0)
    which = np.zeros(shape, bool)
    which[tuple(np.argwhere(region.facing == 0)[:20].T)] = True
    came = Piece(which, 0.0, 0.0, None, 0, np.zeros(NUMBERS, np.float32))
    hands, nobody, box = Outstretched(region, surface, chances), np.zeros(shape, bool), [BOX]
    for time_s, fresh in ((0.0, [came]), (0.2, [])):  # and it is gone at once
        hands.look(time_s, fresh, nobody, [], np.array(box), [7], 60.0)
    assert seen
    assert np.abs(np.concatenate(seen)).max() < 1000
