"""A uniform says as much as this shop's people make it say, and alone makes nobody staff."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from miseban.space.layout import Layout
from miseban.space.seconds import Second
from miseban.space.staff import StaffJudge, StaffSettings
from miseban.space.staff.presences import Presences
from miseban.space.staff.uniform import Wearing
from tests.space.crowds import shop, shopping, together, walk

SURE = 3.0


class Told:
    """What is told of each visit, at any time."""

    def __init__(self, told: dict[int, float | None]) -> None:
        self.told = told

    def uniform(self, visit: int) -> float | None:
        return self.told.get(visit)


class Floor:
    """Visits that stand apart for some seconds, of whom the rest of the evidence says ``own``."""

    def __init__(self, told: dict[int, float | None]) -> None:
        self.settings = StaffSettings()
        self.presences = Presences(Layout(shop()), self.settings)
        self.wearing = Wearing(Told(told), self.settings, self.presences)
        self._now_s = 0.0

    def stand(self, own: dict[int, float], seconds: int = 240) -> dict[int, float]:
        """What the clothes add at the end, by visit."""
        visit = np.array(sorted(own))
        xy = np.stack([0.5 + 0.6 * (visit % 16), 0.5 + 0.4 * (visit // 16)], axis=1)
        odds = np.zeros(len(visit))
        for _ in range(seconds):
            second = Second(self._now_s, visit, xy)
            at = self.presences.add(second)
            odds = self.wearing.odds(second, at, np.array([own[v] for v in visit.tolist()]))
            self._now_s += 1.0
        return dict(zip(visit.tolist(), odds.tolist(), strict=True))


def crowd(staff_wear: float, others_wear: float) -> Floor:
    """Ten who surely work here and fifty who surely do not; so many of each wear the uniform."""
    worn = {n: SURE if n < 10 * staff_wear else -SURE for n in range(10)}
    worn |= {n: SURE if n - 10 < 50 * others_wear else -SURE for n in range(10, 60)}
    return Floor(dict(worn))


def learned(floor: Floor) -> dict[int, float]:
    return floor.stand({n: 2.0 if n < 10 else -2.0 for n in range(60)})


def test_a_colour_that_no_shopper_wears_says_much_and_one_that_half_of_them_wear_little() -> None:
    rare, common = crowd(1.0, 0.0), crowd(1.0, 0.5)
    rarely, commonly = learned(rare), learned(common)
    assert rare.wearing.parts == pytest.approx((0.967, 0.033), abs=0.01)
    assert common.wearing.parts == pytest.approx((0.967, 0.45), abs=0.02)
    assert rarely[0] > 2.2
    assert 0.0 < commonly[0] < 0.8
    assert rarely[59] < -1.5


def test_a_wrong_colour_in_the_shop_file_says_nothing_once_that_is_known() -> None:
    wrong = crowd(0.0, 0.5)
    told = learned(wrong)
    assert told[15] == pytest.approx(0.0, abs=0.01)
    assert told[5] == pytest.approx(0.0, abs=0.01)


def test_of_whom_nobody_is_sure_nothing_is_learned() -> None:
    floor = crowd(1.0, 1.0)
    before = floor.wearing.parts
    floor.stand(dict.fromkeys(range(60), 0.0))
    assert floor.wearing.parts == pytest.approx(before)


def test_everybody_counts_once_however_long_they_stay_and_as_what_they_turn_out_to_be() -> None:
    floor = Floor(dict.fromkeys(range(3), SURE))
    floor.stand({0: -2.0, 1: -2.0, 2: -2.0}, 300)
    after = floor.wearing.parts
    floor.stand({0: -2.0, 1: -2.0, 2: -2.0}, 600)
    assert floor.wearing.parts == pytest.approx(after, abs=0.02)
    assert after[1] == pytest.approx((2.0 + 3.0) / 13.0, abs=0.02)
    floor.stand({0: 2.0, 1: 2.0, 2: 2.0}, 2000)
    assert floor.wearing.parts[1] == pytest.approx(0.2, abs=0.01)
    assert floor.wearing.parts[0] > 0.9


def test_what_was_seen_long_ago_fades() -> None:
    floor = Floor({0: SURE})
    fresh = floor.stand({0: -1.0}, 20)[0]
    floor.wearing._cue = Told({})
    assert floor.stand({0: -1.0}, 60)[0] > 0.5 * fresh
    assert floor.stand({0: -1.0}, 1200)[0] == pytest.approx(0.0, abs=0.02)


@settings(max_examples=40)
@given(
    st.lists(
        st.tuples(st.none() | st.floats(allow_nan=True), st.floats(-50, 50)),
        min_size=1,
        max_size=20,
    ),
    st.integers(1, 30),
)
@example([(1.7e308, 0.0), (-1.7e308, 0.0)], 3)  # the sum of a few such is no number
def test_the_cue_is_bounded_and_says_nothing_of_whom_nothing_is_known(
    people: list[tuple[float | None, float]], seconds: int
) -> None:
    floor = Floor({n: told for n, (told, _) in enumerate(people)})
    found = floor.stand({n: own for n, (_, own) in enumerate(people)}, seconds)
    for n, (told, _) in enumerate(people):
        assert abs(found[n]) <= floor.settings.uniform_most
        if told is None or not math.isfinite(told):
            assert found[n] == pytest.approx(0.0, abs=1e-9)
        elif told > 0:
            assert found[n] >= -1e-9
        else:
            assert found[n] <= 1e-9
    p, q = floor.wearing.parts
    assert 0.0 < q <= p < 1.0


def test_nobody_is_staff_by_the_uniform_alone() -> None:
    """Shoppers come, walk about, queue, pay and leave, all in the colour of the house or one."""
    rows = together([shopping(100 + n, 10 + 120.0 * n) for n in range(15)])
    for told in (dict.fromkeys(range(100, 115), SURE), {107: SURE}):
        everyone: dict[int, float | None] = {**dict.fromkeys(range(100, 115), -SURE), **told}
        judge = StaffJudge(shop(), uniform=Told(everyone))
        judge.update(rows)
        assert {judge.role(visit)[0] for visit in range(100, 115)} == {"shopper"}


def test_a_cue_of_nobody_changes_nothing() -> None:
    rows = together([shopping(1, 10.0), walk(2, [(0.0, 3.0, 3.0), (300.0, 3.0, 3.0)])])
    plain, blind = StaffJudge(shop()), StaffJudge(shop(), uniform=Told({}))
    plain.update(rows)
    blind.update(rows)
    assert [plain.role(v) for v in (1, 2)] == [blind.role(v) for v in (1, 2)]
