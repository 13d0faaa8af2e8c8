"""That nothing is told on the word of one person, or of the sights on which a suspicion rests."""

from __future__ import annotations

import numpy as np
import pytest

from miseban.space.fusion.trust.agreeing import ONE_S, Agreeing
from miseban.space.fusion.trust.believing import LEAST_S
from miseban.space.fusion.trust.clocks import CREEP_S, Clocks, decided
from miseban.space.fusion.trust.telling import EITHER_S, Telling


def test_one_person_alone_is_never_enough_to_doubt_a_camera() -> None:
    agreeing = Agreeing(2, (10.0, 10.0), [(0, 1)])
    asked = np.zeros(1)
    for _ in range(60):  # ten minutes in which one person stands there
        part = agreeing._part_of_each((0, 1), np.array([7]), np.array([10]))
        asked += part * 10
    assert asked[0] <= ONE_S + 1e-9 < LEAST_S
    many = agreeing._part_of_each((0, 1), np.arange(8, 16), np.full(8, 10))
    assert many.tolist() == [1.0] * 8


@pytest.mark.parametrize("wait", [False, True])
def test_which_of_two_clocks_is_off_is_waited_for_where_a_third_may_tell(*, wait: bool) -> None:
    telling = Telling(["a", "b"])
    told_s = None
    for now_s in np.arange(10.0, 200.0, 10.0).tolist():
        telling.clock(now_s, 0, 0.35, 0.05, (1, 0.7), wait=wait)
        if told_s is None and telling.taken():
            told_s = now_s
    assert told_s == pytest.approx(20.0 + EITHER_S if wait else 20.0, abs=10.0)


def test_a_clock_that_may_be_either_changes_nothing_that_was_decided() -> None:
    found = Clocks(np.array([0.35, -0.35, 0.9, 0.1]), np.full(4, 0.05), {0: (1, 0.7), 1: (0, -0.7)})
    before = np.zeros(4)
    assert decided(found, before, 0.3).tolist() == [0.0, 0.0, 0.9, CREEP_S]
    assert not before.any()
