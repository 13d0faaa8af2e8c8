"""From arms and changes to touches."""

from __future__ import annotations

import numpy as np
import pytest

from miseban.space.hands import Handling, Touched
from miseban.vocabulary.hands import ArmSeen, HandsLook, ShelfChange

OPEN = np.zeros(3)


def played(
    changes: list[ShelfChange],
    *,
    until_s: float = 8.0,
    arm: tuple[float, float] = (1.0, 3.0),
    hidden: float = 0.0,
    facing: int = 1,
    rests_s: float = 0.0,
    track: int | None = 7,
) -> list[Touched]:
    """Ten looks a second; the arm of ``track`` is at ``facing`` from and until ``arm``, and what is
    at its hand has been there for ``rests_s`` when it is first seen."""
    handling, told = Handling([4, 4, 4]), []
    for step in range(round(until_s * 10)):
        now_s = step / 10
        there = arm[0] <= now_s <= arm[1]
        rested_s = rests_s + now_s - arm[0]
        arms = [ArmSeen(facing, 0.5, 0.5, 0.4, 50.0, track, rested_s)] if there else []
        fresh = [one for one in changes if round(10 * (one.until_s + 0.5)) == step]
        told += handling.see(HandsLook(now_s, arms, fresh, np.full(3, hidden)))
    return told + handling.finish()


def change(number: int, at_s: float, undoes: int | None = None, facing: int = 1) -> ShelfChange:
    return ShelfChange(
        number, at_s - 0.1, at_s, {facing: 0.2}, undoes, -0.1 - 0.4 * (number % 2), 7
    )


def kinds(told: list[Touched]) -> list[tuple[int, str]]:
    return [(one.facing, one.kind) for one in told]


def test_a_hand_that_changes_nothing_only_reached() -> None:
    (one,) = played([])
    assert (one.facing, one.kind, one.track) == (1, "reach", 7)
    assert abs(one.time_s - 2.0) < 0.11


def test_a_piece_that_is_gone_was_picked_up() -> None:
    (one,) = played([change(1, 2.0)])
    assert (one.facing, one.kind, one.track) == (1, "pick_up", 7)
    assert 1.8 <= one.time_s <= 2.1


def test_what_looks_as_before_was_put_back() -> None:
    told = played([change(1, 2.0), change(2, 5.0, undoes=1)])
    assert kinds(told) == [(1, "pick_up"), (1, "put_back")]


def test_a_body_in_front_is_no_hand() -> None:
    assert played([], hidden=0.9) == []


def test_what_lay_there_before_is_no_hand() -> None:
    """It only looks like an arm since somebody stands beside it."""
    assert played([], rests_s=1.5) == []
    assert kinds(played([change(1, 2.0)], rests_s=1.5)) == [(1, "pick_up")]


def test_a_hand_that_only_passes_by_is_none() -> None:
    assert played([], arm=(1.0, 1.2)) == []


def test_one_piece_seen_in_parts_is_one_touch() -> None:
    told = played([change(1, 2.0), ShelfChange(3, 1.9, 2.1, {1: 0.1, 2: 0.05}, None, 0.5, 7)])
    assert kinds(told) == [(1, "pick_up")]


def test_a_shadow_is_no_touch() -> None:
    faint = ShelfChange(1, 5.9, 6.0, {0: 0.05}, None, 0.05, 7)
    assert kinds(played([faint])) == [(1, "reach")]


def test_what_changes_with_nobody_near_is_no_touch() -> None:
    alone = ShelfChange(1, 5.9, 6.0, {0: 0.3}, None, 0.9, None)
    assert kinds(played([alone], arm=(9.0, 9.0))) == []


def seen_at_once(
    number: int, at_s: float, *, more: float, share: float = 0.2, undoes: int | None = None
) -> HandsLook:
    one = ShelfChange(
        number, at_s - 0.2, at_s, {1: share}, undoes, -0.3, 7, more=more, sure=0.99
    )  # fmt: skip
    return HandsLook(at_s + 0.6, [], [one], OPEN)


def test_what_was_seen_when_it_came_is_told_without_an_arm() -> None:
    handling = Handling([4, 4, 4])
    (one,) = handling.see(seen_at_once(1, 2.0, more=0.1))
    assert one == Touched(1, "pick_up", 2.0, 7, 0.99)
    (other,) = handling.see(seen_at_once(2, 6.0, more=0.9, undoes=1))
    assert (other.kind, other.time_s) == ("put_back", 6.0)


def test_what_is_taken_back_at_once_was_the_hand() -> None:
    handling = Handling([4, 4, 4])
    assert len(handling.see(seen_at_once(1, 2.0, more=0.1))) == 1
    assert handling.see(seen_at_once(2, 3.0, more=0.9, undoes=1)) == []


def test_what_is_far_less_than_a_piece_is_none() -> None:
    assert Handling([4, 4, 4]).see(seen_at_once(1, 2.0, more=0.1, share=0.05)) == []


def test_the_rest_of_a_piece_that_was_hidden_is_no_other() -> None:
    handling = Handling([4, 4, 4])
    assert len(handling.see(seen_at_once(1, 2.0, more=0.1))) == 1
    later = ShelfChange(2, 1.5, 6.0, {1: 0.2}, None, 0.9, 7)
    assert handling.see(HandsLook(6.5, [], [later], OPEN)) == []


def test_what_only_brushes_a_facing_does_not_hide_what_is_done_there() -> None:
    handling = Handling([4, 4, 4])
    mine = ShelfChange(1, 1.8, 2.0, {0: 0.5, 1: 0.01}, None, -0.3, 7, more=0.1, sure=0.99)
    yours = ShelfChange(2, 2.0, 2.2, {1: 0.4}, None, -0.3, 8, more=0.1, sure=0.99)
    assert kinds(handling.see(HandsLook(2.6, [], [mine], OPEN))) == [(0, "pick_up")]
    assert kinds(handling.see(HandsLook(2.8, [], [yours], OPEN))) == [(1, "pick_up")]


def test_an_arm_does_not_tell_when_a_change_came_that_nobody_saw_for_long() -> None:
    late = ShelfChange(1, 1.0, 13.5, {1: 0.2}, None, -0.5, 7)
    assert kinds(played([late], arm=(12.5, 14.5), until_s=20.0)) == [(1, "reach")]
    soon = ShelfChange(1, 12.0, 13.5, {1: 0.2}, None, -0.5, 7)
    assert kinds(played([soon], arm=(12.5, 14.5), until_s=20.0)) == [(1, "pick_up")]


@pytest.mark.parametrize("end_s", [2.4, 2.6, 3.2])
def test_the_arm_that_takes_a_piece_less_surely_has_not_reached_meanwhile(end_s: float) -> None:
    took = ShelfChange(1, 2.1, 2.3, {1: 0.2}, None, -0.3, 7, more=0.1, sure=0.9)
    assert kinds(played([took], arm=(1.6, end_s))) == [(1, "pick_up")]


def test_an_arm_that_hangs_on_nobody_has_not_reached() -> None:
    """What crosses the picture with no box is told of by what it changes, and by nothing else."""
    assert played([], track=None) == []
    assert kinds(played([change(1, 2.0)], track=None)) == [(1, "pick_up")]
