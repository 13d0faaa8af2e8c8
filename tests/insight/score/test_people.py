"""Shoppers, staff and groups: over visits that are known by place and time."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from miseban.insight.score import Score, score_folders
from miseban.insight.score.trails import Trails, same_visits
from miseban.vocabulary.events import Event, Role, VisitEnded, VisitLabelled
from tests.insight.sample import START
from tests.insight.score.floor import Floor
from tests.insight.score.folders import write


def scored(tmp_path: Path, truth: list[Event], result: list[Event]) -> Score:
    return score_folders(write(tmp_path / "truth", truth), write(tmp_path / "result", result))


def whys(score: Score) -> dict[str, str]:
    return {gap.what: gap.why for gap in score.missing}


def crowd(prefix: str = "t") -> list[VisitEnded]:
    """Twelve people, 3 m from each other: two clerks, a family of four and three couples."""
    floor = Floor()
    for n in range(12):
        group = "family" if 2 <= n < 6 else f"couple{n // 2}" if n >= 6 else None
        floor.walk(
            10 * n,
            f"{prefix}{n}",
            y=3.0 * n,
            role="staff" if n < 2 else "shopper",
            group=f"{prefix}-{group}" if group else None,
        )
    return [event for event in floor.events if isinstance(event, VisitEnded)]


def test_the_same_people_under_other_names(tmp_path: Path) -> None:
    score = scored(tmp_path, list(crowd()), list(crowd("r")))
    assert score.shoppers is not None
    assert (score.shoppers.truth, score.shoppers.result) == (10, 10)
    assert score.visits is not None
    assert (score.visits.matched, score.visits.f1) == (12, 1.0)
    assert score.staff is not None
    assert (score.staff.matched, score.staff.truth, score.staff.result) == (2, 2, 2)
    assert score.groups is not None
    assert (score.groups.matched, score.groups.truth, score.groups.result) == (9, 9, 9)


def test_a_clerk_taken_for_a_shopper(tmp_path: Path) -> None:
    """One of two found, none wrongly; and one shopper too many."""
    found = crowd("r")
    found[0] = found[0].model_copy(update={"role": "shopper"})
    score = scored(tmp_path, list(crowd()), list(found))
    assert score.staff is not None
    assert (score.staff.precision, score.staff.recall) == (1.0, 0.5)
    assert score.shoppers is not None
    assert score.shoppers.error == 1


def test_a_family_split_in_two(tmp_path: Path) -> None:
    """Of its six pairs two are left, and the couples' three: 5 of 9, none wrong. Two couples taken
    for one group would be four pairs too many."""
    found = crowd("r")
    split = [
        e.model_copy(update={"group": "half"}) if 2 <= i < 4 else e for i, e in enumerate(found)
    ]
    groups = scored(tmp_path, list(crowd()), list(split)).groups
    assert groups is not None
    assert (groups.matched, groups.truth, groups.result) == (5, 9, 5)
    assert groups.precision == 1.0
    assert groups.recall == pytest.approx(5 / 9)
    one = [
        e.model_copy(update={"group": "four"}) if 6 <= i < 10 else e for i, e in enumerate(found)
    ]
    groups = scored(tmp_path, list(crowd()), list(one)).groups
    assert groups is not None
    assert (groups.matched, groups.truth, groups.result) == (9, 9, 13)


def test_people_who_were_not_seen(tmp_path: Path) -> None:
    """A clerk and one of a couple: the clerk is missed, the couple's pair is not judged. A clerk
    whom nobody saw in truth is a false one."""
    found = [event for i, event in enumerate(crowd("r")) if i not in (0, 11)]
    ghost = Floor()
    ghost.walk(10, "ghost", y=90.0, role="staff")
    score = scored(tmp_path, list(crowd()), [*found, *ghost.events])
    assert score.visits is not None
    assert (score.visits.matched, score.visits.truth, score.visits.result) == (10, 12, 11)
    assert score.staff is not None
    assert (score.staff.matched, score.staff.truth, score.staff.result) == (1, 2, 2)
    assert score.groups is not None
    assert (score.groups.matched, score.groups.truth, score.groups.result) == (8, 8, 8)


# A visit of a minute in truth against one that is moved by metres, begins later, is of so many
# seconds: whether it is the same.
OTHERS = {
    "a metre to the side": (1.0, 0, 60, True),
    "farther": (1.01, 0, 60, False),
    "begins half-way": (0.0, 30, 30, True),
    "a piece of it": (0.0, 20, 5, True),
    "shares less than half of the shorter": (0.0, 45, 60, False),
    "at another time": (0.0, 70, 60, False),
}


@pytest.mark.parametrize("name", OTHERS)
def test_who_can_be_the_same(name: str, tmp_path: Path) -> None:
    y, late_s, seconds, same = OTHERS[name]
    truth, result = Floor(), Floor()
    truth.walk(100, "a", role="staff")
    result.walk(100 + late_s, "b", seconds, y=y, role="staff")
    # Whoever begins later walks where the true one is by then.
    (walk,) = result.events
    assert isinstance(walk, VisitEnded)
    moved = walk.model_copy(update={"x": tuple(x + late_s / 2 for x in walk.x)})
    visits = scored(tmp_path, truth.events, [moved]).visits
    assert visits is not None
    assert visits.matched == int(same)


def test_one_visit_told_by_two_cameras_is_one(tmp_path: Path) -> None:
    truth, result = Floor(), Floor()
    truth.walk(100, "a", role="staff")
    result.walk(100, "b", role="staff")
    (whole,) = result.events
    assert isinstance(whole, VisitEnded)
    halves = [
        whole.model_copy(
            update={"id": name, "t": whole.t[part], "x": whole.x[part], "y": whole.y[part]}
        )
        for name, part in (("2", slice(30, None)), ("1", slice(0, 30)))
    ]
    visits = scored(tmp_path, truth.events, list(halves)).visits
    assert visits is not None
    assert (visits.matched, visits.truth, visits.result) == (1, 1, 1)


def test_a_result_that_began_later_has_trails_of_its_own_time(tmp_path: Path) -> None:
    truth, result = Floor(), Floor()
    truth.walk(100, "a", role="staff")
    result.walk(100, "b", role="staff")
    (walk,) = result.events
    assert isinstance(walk, VisitEnded)
    own = walk.model_copy(update={"t": tuple(t - 50 for t in walk.t)})
    folders = (
        write(tmp_path / "truth", truth.events),
        write(tmp_path / "result", [own], late_s=50.0),
    )
    visits = score_folders(*folders).visits
    assert visits is not None
    assert visits.matched == 1


SILENT = {
    "no role": ("role", "shoppers, staff", "the result tells the role of nobody"),
    "no group": ("group", "groups", "the result tells the group of nobody"),
}


@pytest.mark.parametrize("case", SILENT)
def test_a_result_that_does_not_say(case: str, tmp_path: Path) -> None:
    label, what, why = SILENT[case]
    silent = [event.model_copy(update={label: None}) for event in crowd("r")]
    score = scored(tmp_path, list(crowd()), list(silent))
    assert whys(score)[what] == why
    assert (score.staff is None) == (label == "role")
    assert (score.shoppers is None) == (label == "role")
    assert (score.groups is None) == (label == "group")


def test_trails_in_pixels_have_no_common_ground(tmp_path: Path) -> None:
    drawn = [event.model_copy(update={"unit": "px"}) for event in crowd("r")]
    score = scored(tmp_path, list(crowd()), list(drawn))
    assert score.shoppers is not None
    assert (score.staff, score.groups, score.visits) == (None, None, None)
    assert whys(score)["staff, groups"].startswith("trails of the result are in px")


def test_one_camera_has_not_seen_everybody(tmp_path: Path) -> None:
    truth = write(tmp_path / "truth", crowd(), camera=None)
    score = score_folders(truth, write(tmp_path / "result", crowd("r")))
    assert (score.shoppers, score.staff, score.groups) == (None, None, None)
    told = "the truth tells of the whole shop, the result of door"
    assert whys(score)["shoppers, staff, groups"] == told


def trails_of(rng: np.random.Generator, people: int, spread: float) -> Trails:
    seconds = rng.integers(1, 30, people)
    steps = rng.normal(0, 0.5, (int(seconds.sum()), 2))
    row = np.cumsum(seconds) - seconds
    starts = np.repeat(rng.uniform(0, spread, (people, 2)), seconds, axis=0)
    names = [f"{n}" for n in range(people)]
    return Trails(names, rng.integers(0, 40, people), seconds, row, starts + steps)


@settings(max_examples=60)
@given(seed=st.integers(0, 2**32 - 1), people=st.integers(0, 12), spread=st.floats(0.1, 6))
def test_looking_coarsely_first_changes_nothing(seed: int, people: int, spread: float) -> None:
    """Pairs taken are near enough by a plain loop, and none that is near enough lies idle."""
    rng = np.random.default_rng(seed)
    truth, result = trails_of(rng, people, spread), trails_of(rng, people, spread)
    near = set()
    for i in range(people):
        for j in range(people):
            low = max(truth.first[i], result.first[j])
            high = min(truth.first[i] + truth.seconds[i], result.first[j] + result.seconds[j])
            if high <= low or high - low < min(truth.seconds[i], result.seconds[j]) / 2:
                continue
            a = truth.xy[truth.row[i] + low - truth.first[i] :][: high - low]
            b = result.xy[result.row[j] + low - result.first[j] :][: high - low]
            if np.hypot(*(a - b).T).mean() <= 1:
                near.add((str(i), str(j)))
    pairs = same_visits(truth, result)
    assert set(pairs) <= near
    used = {a for a, _ in pairs}, {b for _, b in pairs}
    assert len(used[0]) == len(used[1]) == len(pairs)
    assert not [(a, b) for a, b in near if a not in used[0] and b not in used[1]]


def test_a_day_of_work_in_pieces_is_judged_piece_by_piece(tmp_path: Path) -> None:
    """One clerk, told as four visits, one of them as a shopper; and a shopper told as staff."""
    truth, result = Floor(), Floor()
    truth.walk(0, "clerk", 400, role="staff")
    truth.walk(0, "a", 100, y=5.0, role="shopper")
    truth.walk(0, "b", 100, y=9.0, role="shopper")
    for n in range(4):
        role: Role = "shopper" if n == 3 else "staff"
        result.walk(100 * n, f"piece{n}", 99, x=50.0 * n, role=role)
    result.walk(0, "x", 100, y=5.2, role="staff")
    result.walk(0, "y", 100, y=9.2, role="shopper")
    score = scored(tmp_path, truth.events, result.events)
    one, by_time = score.staff_pieces, score.staff_seconds
    assert one is not None
    assert by_time is not None
    assert (one.matched, one.truth, one.result) == (3, 4, 4)
    assert by_time.recall == pytest.approx(0.75, abs=0.02)
    assert by_time.precision == pytest.approx(0.75, abs=0.02)


def test_what_became_known_later_is_what_is_scored(tmp_path: Path) -> None:
    truth, result = Floor(), Floor()
    truth.walk(0, "clerk", 60, role="staff")
    truth.walk(0, "a", 60, y=5.0, role="shopper")
    result.walk(0, "w", 60, role="shopper")
    result.walk(0, "x", 60, y=5.0, role="shopper")
    known = {"id": "later", "time": START + timedelta(seconds=90), "shop": "kawaguchi"}
    later = VisitLabelled.model_validate(known | {"visit": "w", "role": "staff"})
    score = scored(tmp_path, truth.events, [*result.events, later])
    assert score.staff is not None
    assert (score.staff.matched, score.staff.truth, score.staff.result) == (1, 1, 1)
    assert score.shoppers is not None
    assert score.shoppers.error == 0
    assert not any("visit.labelled" in gap.what for gap in score.missing)
