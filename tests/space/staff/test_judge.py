"""Who works in a shop is told by place, rhythm and time, and by no sign of who it is."""

from __future__ import annotations

import numpy as np
import pytest

from miseban.space.staff import StaffJudge
from miseban.vocabulary.floor import FloorRows
from tests.space.crowds import cut, shop, shopping, together, walk

CLERK = (11.3, 5.2)  # behind the till
LONG_S = 3600.0


def clerk(visit: int, until_s: float = LONG_S) -> FloorRows:
    return walk(visit, [(0.0, *CLERK), (until_s, *CLERK)], noise_m=0.15)


def stocker(visit: int, until_s: float = LONG_S) -> FloorRows:
    """From the back to a shelf, minutes there, and on, and back again."""
    rng = np.random.default_rng(visit)
    knots, now_s = [(0.0, 1.0, 1.0)], 0.0
    while now_s < until_s:
        x, y = rng.uniform((1.0, 1.0), (7.0, 6.0))
        stays_s = rng.uniform(90, 240)
        knots += [(now_s + 10, x, y), (now_s + 10 + stays_s, x, y)]
        now_s += 10 + stays_s
    return walk(visit, knots)


def day(*more: FloorRows) -> FloorRows:
    """A shopper every two minutes for an hour, and whoever else."""
    return together([*(shopping(100 + n, 10 + 120.0 * n) for n in range(27)), *more])


def roles(judge: StaffJudge, rows: FloorRows) -> dict[int, str | None]:
    return {visit: judge.role(visit)[0] for visit in np.unique(rows.visit).tolist()}


@pytest.mark.parametrize("crew", [True, False], ids=["drawn", "not drawn"])
def test_clerk_and_stocker_work_here_and_nobody_else(crew: bool) -> None:
    rows = day(clerk(1), stocker(2))
    judge = StaffJudge(shop(crew))
    judge.update(rows)
    found = roles(judge, rows)
    assert {visit for visit, role in found.items() if role == "staff"} == {1, 2}
    role, certainty = judge.role(1)
    assert role == "staff"
    assert certainty > 0.9


def test_a_short_piece_behind_the_till_is_staff_by_its_place() -> None:
    """The clerk is lost every ninety seconds, for ten: each piece is too short for a rhythm."""
    rows = day(cut(clerk(1), 90.0, 10.0, first=1000))
    judge = StaffJudge(shop())
    judge.update(rows)
    pieces = [role for visit, role in roles(judge, rows).items() if visit >= 1000]
    assert len(pieces) == 40
    assert pieces.count("staff") >= 38
    assert not any(role == "staff" for visit, role in roles(judge, rows).items() if visit < 1000)


def taken_over(before: FloorRows, after: FloorRows, at_s: float, visit: int = 1) -> FloorRows:
    """The cameras take the second for the first from ``at_s`` on: one visit, two people."""
    one, other = before.take(before.time_s < at_s), after.take(after.time_s >= at_s)
    rows = together([one, other])
    same = np.full(len(rows), visit)
    return FloorRows(rows.time_s, same, rows.xy, rows.spread_m, rows.cameras)


@pytest.mark.parametrize("crew", [True, False], ids=["drawn", "not drawn"])
def test_whoever_is_taken_for_a_shopper_who_came_in_is_staff_by_the_greater_part(
    crew: bool,
) -> None:
    rows = day(taken_over(shopping(1, 305.0), stocker(2, 1600.0), 400.0))
    judge = StaffJudge(shop(crew))
    judge.update(rows)
    assert judge.role(1)[0] == "staff"


@pytest.mark.parametrize("crew", [True, False], ids=["drawn", "not drawn"])
def test_a_few_minutes_behind_the_till_are_outvoted_by_a_long_way_through_the_shop(
    crew: bool,
) -> None:
    """A clerk is lost, and the cameras go on with a shopper whose door nobody saw."""
    aisles = [(n * 30.0, 1.0 + n % 4, 1.0 + n % 5) for n in range(61)]
    rows = day(clerk(1), taken_over(clerk(2), walk(3, aisles), 180.0, visit=2))
    judge = StaffJudge(shop(crew))
    judge.update(rows.take(rows.time_s < 180.0))
    early = judge.role(2)[0]
    judge.update(rows.take(rows.time_s >= 180.0))
    assert judge.role(2)[0] == "shopper"
    assert judge.role(1)[0] == "staff"
    if crew:
        assert early == "staff"


def test_a_role_is_revised_and_told_of() -> None:
    rows = day(clerk(1))
    judge = StaffJudge(shop())
    early = rows.time_s < 8.0
    judge.update(rows.take(early))
    before, _ = judge.role(1)
    assert judge.changed() == []
    judge.update(rows.take(~early))
    assert judge.changed() == ([1] if before == "shopper" else [])
    assert judge.role(1)[0] == "staff"
    assert judge.changed() == []


def test_what_is_not_known_is_not_told() -> None:
    judge = StaffJudge(shop())
    assert judge.role(5) == (None, 0.0)
    judge.update(FloorRows.empty())
    judge.forget(5)
    assert judge.role(5) == (None, 0.0)


def test_nothing_is_left_of_who_is_forgotten() -> None:
    rows = day(clerk(1))
    judge = StaffJudge(shop())
    judge.update(rows)
    for visit in np.unique(rows.visit).tolist():
        assert judge.role(visit)[0] is not None
        judge.forget(visit)
        assert judge.role(visit) == (None, 0.0)
    assert judge.changed() == []


class Clothes:
    """A colour that says who works here, rightly or not."""

    def __init__(self, told: dict[int, float]) -> None:
        self.told = told

    def uniform(self, visit: int) -> float | None:
        return self.told.get(visit)


def test_a_uniform_helps_where_place_says_little() -> None:
    """Somebody of unknown beginning, who stood at a shelf for a minute."""
    unknown = walk(1, [(3000.0, 3.0, 3.0), (3060.0, 3.0, 3.0)])
    told = {}
    others = {100 + n: -4.0 for n in range(27)}
    for name, clothes in (("none", Clothes({})), ("staff", Clothes({**others, 1: 4.0}))):
        judge = StaffJudge(shop(), uniform=clothes)
        judge.update(day(unknown))
        role, certainty = judge.role(1)
        told[name] = certainty if role == "staff" else 1 - certainty
    assert told["staff"] > told["none"]


def test_a_uniform_alone_makes_nobody_staff() -> None:
    """A shopper in the colour of the house comes in, queues, pays and leaves."""
    judge = StaffJudge(shop(), uniform=Clothes({103: 50.0}))
    judge.update(day())
    assert judge.role(103)[0] == "shopper"


def test_how_the_rows_are_cut_changes_nothing() -> None:
    rows = day(clerk(1), stocker(2))
    whole, parts = StaffJudge(shop()), StaffJudge(shop())
    whole.update(rows)
    for begin in range(0, len(rows), 997):
        parts.update(rows.take(slice(begin, begin + 997)))
    for visit in np.unique(rows.visit).tolist():
        assert whole.role(visit) == parts.role(visit)
