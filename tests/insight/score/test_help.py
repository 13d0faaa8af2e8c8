"""Calls for help: found, in time, and for nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from miseban.insight.score import score_folders
from miseban.insight.score.figures import HelpScore
from tests.insight.score.floor import Floor
from tests.insight.score.folders import DURATION_S, write


def scored(tmp_path: Path, truth: Floor, result: Floor) -> HelpScore:
    score = score_folders(
        write(tmp_path / "truth", truth.events), write(tmp_path / "result", result.events)
    )
    assert score.help is not None
    return score.help


# A fall at 100 s, over at 200 s: the call's second, its metres to the side, found, in time.
CALLS = {
    "at once": (100.0, 0.0, 1, 1),
    "within ten seconds": (110.0, 0.0, 1, 1),
    "later": (110.5, 0.0, 1, 0),
    "before it is over": (200.0, 0.0, 1, 0),
    "after it was over": (200.5, 0.0, 0, 0),
    "by a clock that is fast": (98.0, 0.0, 1, 1),
    "before it happened": (97.5, 0.0, 0, 0),
    "two metres away": (105.0, 2.0, 1, 1),
    "somewhere else": (105.0, 2.1, 0, 0),
}


@pytest.mark.parametrize("name", CALLS)
def test_one_fall_and_one_call(name: str, tmp_path: Path) -> None:
    at_s, away_m, found, in_time = CALLS[name]
    truth, result = Floor(), Floor()
    truth.help(100, until_s=200)
    result.help(at_s, x=5.0 + away_m)
    score = scored(tmp_path, truth, result)
    assert score.kinds == {"fall": score.all}
    one = score.all
    assert (one.matched, one.in_time, one.truth, one.result) == (found, in_time, 1, 1)
    assert one.recall_in_time == in_time
    assert one.delay_s_median == (pytest.approx(at_s - 100) if found else None)
    assert one.false_per_day == pytest.approx((1 - found) * 86_400 / DURATION_S)


def test_a_short_need_has_ten_seconds_too(tmp_path: Path) -> None:
    truth, result = Floor(), Floor()
    truth.help(100, until_s=103)
    result.help(109)
    assert scored(tmp_path, truth, result).all.matched == 1


def test_a_need_that_is_not_over_lasts_to_the_end(tmp_path: Path) -> None:
    truth, result = Floor(), Floor()
    truth.help(100)
    result.help(DURATION_S - 1)
    one = scored(tmp_path, truth, result).all
    assert (one.matched, one.in_time, one.delay_s_median) == (1, 0, DURATION_S - 101)


def test_places_in_pixels_cannot_be_compared(tmp_path: Path) -> None:
    truth, result = Floor(), Floor()
    truth.help(100, until_s=200)
    result.help(105, x=300.0, unit="px")
    assert scored(tmp_path, truth, result).all.matched == 1


def test_kinds_are_kept_apart(tmp_path: Path) -> None:
    """A fall called a long search is a fall missed and a search called for nothing. A second call
    for the same fall is for nothing too; the nearer in time is taken."""
    truth, result = Floor(), Floor()
    truth.help(100, "fall", until_s=200)
    truth.help(1000, "fall", until_s=1100)
    truth.help(2000, "long_search", until_s=2300)
    result.help(108, "fall")
    result.help(104, "fall")
    result.help(1001, "long_search")
    result.help(2030, "long_search")
    score = scored(tmp_path, truth, result)
    fall, search = score.kinds["fall"], score.kinds["long_search"]
    assert (fall.matched, fall.truth, fall.result, fall.in_time) == (1, 2, 2, 1)
    assert fall.delay_s_median == 4.0
    assert fall.false_per_day == 8.0  # one in three hours
    assert (search.matched, search.truth, search.result, search.in_time) == (1, 1, 2, 0)
    assert search.delay_s_median == 30.0
    both = score.all
    assert (both.matched, both.truth, both.result, both.in_time) == (2, 3, 4, 1)
    assert both.precision == 0.5
    assert both.recall == pytest.approx(2 / 3)
    assert both.recall_in_time == pytest.approx(1 / 3)
    assert both.delay_s_median == 17.0
    assert both.false_per_day == 16.0


def test_as_many_needs_as_possible_are_found(tmp_path: Path) -> None:
    """The late call fits the long need only, so the early one is left to the short one."""
    truth, result = Floor(), Floor()
    truth.help(100, until_s=300)
    truth.help(100, until_s=150)
    result.help(120)
    result.help(250)
    one = scored(tmp_path, truth, result).all
    assert one.matched == 2
    assert one.delay_s_median == (20 + 150) / 2
