"""Hands that were seen at the goods, beside what was taken or brought."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from miseban.space.hands import Handling
from miseban.space.hands.stretch import Touched
from miseban.vocabulary.hands import HandSeen, HandsLook, ShelfChange

HAND = HandSeen(1, 2.0, 4.0, 7, 0.9)


def played(
    hands: list[HandSeen], changes: list[ShelfChange], *, hidden_from_s: float = 99.0,
    hidden_before: float = 0.0, hidden_after: float = 0.9,
) -> list[tuple[int, str, float]]:  # fmt: skip
    told = touches(
        hands, changes, hidden_from_s=hidden_from_s, hidden_before=hidden_before,
        hidden_after=hidden_after,
    )  # fmt: skip
    return [(one.facing, one.kind, one.time_s) for one in told]


def touches(
    hands: list[HandSeen], changes: list[ShelfChange], *, hidden_from_s: float = 99.0,
    hidden_before: float = 0.0, hidden_after: float = 0.9,
) -> list[Touched]:  # fmt: skip
    """Five looks a second for 40 s, somebody in front; hands are told when they are over, changes
    0.6 s after they came. From ``hidden_from_s`` on more or less of the facings is hidden."""
    handling, told = Handling([4, 4, 4]), []
    for step in range(200):
        now_s = step / 5
        over = [hand for hand in hands if round(5 * hand.until_s) == step]
        fresh = [one for one in changes if round(5 * (one.until_s + 0.6)) == step]
        hidden = np.full(3, hidden_after if now_s >= hidden_from_s else hidden_before)
        told += handling.see(HandsLook(now_s, [], fresh, hidden, over, somebody=True))
    return told + handling.finish()


def gone(number: int, at_s: float, track: int | None, share: float = 0.2) -> ShelfChange:
    return ShelfChange(
        number, at_s - 0.2, at_s, {1: share}, None, -0.5, track, more=0.1, sure=0.9
    )  # fmt: skip


def test_a_hand_after_which_all_is_as_before_reached() -> None:
    assert played([HAND], []) == [(1, "reach", 3.0)]


def test_what_is_likelier_no_hand_is_none() -> None:
    assert played([HandSeen(1, 2.0, 4.0, 7, 0.4)], []) == []


def test_a_hand_that_took_something_has_not_also_reached() -> None:
    assert [kind for _, kind, _ in played([HAND], [gone(1, 3.0, 7)])] == ["pick_up"]


def test_of_two_hands_and_one_piece_one_reached() -> None:
    other = HandSeen(1, 1.6, 4.4, 8, 0.8)
    told = played([HAND, other], [gone(1, 2.8, 7)])
    assert sorted(kind for _, kind, _ in told) == ["pick_up", "reach"]


def test_what_nobody_sees_again_is_not_told() -> None:
    assert played([HAND], [], hidden_from_s=2.0) == []


def test_who_stands_before_the_goods_all_the_while_has_reached() -> None:
    """Half of the facing is seen before the hand, and the same half after it."""
    told = played([HAND], [], hidden_from_s=2.0, hidden_before=0.5, hidden_after=0.5)
    assert told == [(1, "reach", 3.0)]


def test_who_stands_closer_after_a_hand_hides_what_it_did() -> None:
    assert played([HAND], [], hidden_from_s=2.0, hidden_before=0.1, hidden_after=0.5) == []
    assert played([HAND], [], hidden_from_s=2.0, hidden_before=0.8, hidden_after=0.8) == []


def test_a_small_change_counts_where_a_hand_was() -> None:
    """Less than a piece looks alone: the rest of it is hidden."""
    small = gone(1, 3.0, 7, share=0.04)
    assert [kind for _, kind, _ in played([HAND], [small])] == ["pick_up"]
    assert played([], [small]) == []


def test_very_little_counts_where_a_hand_was_just_then() -> None:
    """A facing that is half outside the picture."""
    little = ShelfChange(1, 2.9, 3.1, {1: 0.015}, None, 0.0, 7)
    assert [kind for _, kind, _ in played([HAND], [little])] == ["pick_up"]
    assert played([], [little]) == []


def test_nobody_takes_two_pieces_of_a_facing_in_a_moment() -> None:
    told = played([HAND], [gone(1, 3.0, 7), gone(2, 3.8, 7)])
    assert [kind for _, kind, _ in told] == ["pick_up"]


def test_a_hand_that_took_something_early_has_not_also_reached() -> None:
    """The piece is gone before the hand is at rest: by its middle, nobody took it."""
    hand = HandSeen(1, 2.0, 4.0, None, 0.9)
    early = ShelfChange(1, 1.2, 1.75, {1: 0.04}, None, -0.5, None, more=0.1, sure=0.9)
    assert [kind for _, kind, _ in played([hand], [early])] == ["pick_up"]


def test_who_stands_still_after_a_hand_has_not_reached_again() -> None:
    """The arm is back at 4 s; what is seen from then on is how the body stands without it."""
    back = HandSeen(1, 4.0, 5.2, 7, 0.7)
    assert played([HAND, back], []) == [(1, "reach", 3.0)]
    again = HandSeen(1, 5.2, 6.6, 7, 0.8)
    assert [at_s for _, _, at_s in played([HAND, back, again], [])] == [3.0, 5.9]


def test_one_body_holds_out_one_hand() -> None:
    assert played([HAND, HandSeen(1, 3.0, 4.2, 7, 0.7)], []) == [(1, "reach", 3.0)]
    assert len(played([HAND, HandSeen(1, 3.0, 4.2, 8, 0.7)], [])) == 2


def test_what_the_hand_hid_of_a_piece_is_no_other() -> None:
    """A corner of it is seen when the arm is back, a second later."""
    rest = ShelfChange(2, 3.8, 4.0, {1: 0.06}, 1, -0.5, 7)
    assert [kind for _, kind, _ in played([HAND], [gone(1, 3.0, 7), rest])] == ["pick_up"]


def test_what_is_hardly_likelier_goods_than_not_is_none() -> None:
    unsure = ShelfChange(1, 2.8, 3.0, {1: 0.2}, None, -0.5, 7, more=0.1, sure=0.6)
    assert [kind for _, kind, _ in played([HAND], [unsure])] == ["reach"]


def arm_back(sure: float, undoes: int | None = None) -> ShelfChange:
    """What changes just when HAND goes back."""
    return ShelfChange(2, 3.8, 4.0, {1: 0.2}, undoes, -0.5, 7, more=0.1, sure=sure)


def test_what_changes_when_a_hand_goes_back_is_its_arm() -> None:
    """What a hand takes changes while it is out."""
    assert [kind for _, kind, _ in played([HAND], [arm_back(0.9)])] == ["reach"]
    left = ShelfChange(1, 3.9, 4.0, {1: 0.02}, None, 0.0, 7)
    assert [kind for _, kind, _ in played([HAND], [left])] == ["reach"]


def test_goods_that_nobody_doubts_change_when_they_like() -> None:
    for sure in (arm_back(0.97), arm_back(0.9, undoes=1)):
        assert [kind for _, kind, _ in played([HAND], [sure])] == ["pick_up"]


def test_while_another_hand_is_still_out_the_arm_is_not_back() -> None:
    longer = HandSeen(1, 2.2, 4.4, 8, 0.9)
    assert "pick_up" in [kind for _, kind, _ in played([HAND, longer], [arm_back(0.9)])]


def test_whose_a_deed_was_the_hand_tells() -> None:
    """The piece was nearest to 8, but 7 took it; what 8 holds out next is no arm that is back."""
    told = played([HAND, HandSeen(2, 3.6, 5.0, 8, 0.9)], [gone(1, 3.0, 8)])
    assert [(facing, kind) for facing, kind, _ in told] == [(1, "pick_up"), (2, "reach")]


def test_while_the_hand_of_a_deed_is_out_it_is_not_on_its_way_back() -> None:
    """Parts of the piece were seen at the next facing, to which somebody else reaches."""
    hand = HandSeen(1, 2.0, 4.4, None, 0.9)
    piece = ShelfChange(1, 2.8, 3.0, {1: 0.2, 2: 0.05}, None, -0.5, None, more=0.1, sure=0.9)
    told = played([hand, HandSeen(2, 3.6, 5.0, 8, 0.9)], [piece])
    assert [(facing, kind) for facing, kind, _ in told] == [(1, "pick_up"), (2, "reach")]


def test_of_nobody_known_one_hand_is_at_a_facing() -> None:
    one, other = HandSeen(1, 2.0, 4.0, None, 0.9), HandSeen(1, 3.0, 4.2, None, 0.7)
    assert played([one, other], []) == [(1, "reach", 3.0)]
    assert len(played([one, HandSeen(2, 3.0, 4.2, None, 0.7)], [])) == 2


def test_who_stands_still_after_a_hand_may_be_known_only_then() -> None:
    hand, back = HandSeen(1, 2.0, 4.0, None, 0.9), HandSeen(1, 4.0, 5.2, 7, 0.7)
    assert played([hand, back], []) == [(1, "reach", 3.0)]


def test_an_arm_that_was_back_at_one_look_reaches_again() -> None:
    assert len(played([HAND, HandSeen(1, 4.2, 5.4, 7, 0.7)], [])) == 2


def test_a_hand_that_is_seen_twice_has_done_what_one_of_them_did() -> None:
    """The deed fits the less sure of them better."""
    twice = [HandSeen(1, 2.0, 4.2, 7, 0.8), HandSeen(1, 2.4, 4.2, 7, 0.9)]
    assert [kind for _, kind, _ in played(twice, [gone(1, 3.1, 7)])] == ["pick_up"]


def test_what_comes_and_goes_with_a_hand_and_is_nobodys_is_of_that() -> None:
    """At the next facing; what another body holds out there is another hand."""
    assert played([HAND, HandSeen(2, 2.0, 4.0, None, 0.7)], []) == [(1, "reach", 3.0)]
    assert len(played([HAND, HandSeen(2, 2.0, 4.0, 8, 0.7)], [])) == 2


@pytest.mark.parametrize("sure", [(0.6, 0.9), (0.9, 0.6), (0.9, 0.9)])
def test_a_reach_in_two_stages_is_told_once(sure: tuple[float, float]) -> None:
    first, then = HandSeen(1, 2.0, 2.6, 7, sure[0]), HandSeen(1, 2.7, 5.2, 7, sure[1])
    assert played([first, then], []) == [(1, "reach", 2.3)]


def test_a_hand_that_is_seen_twice_alike_is_told_once() -> None:
    assert played([HAND, replace(HAND)], []) == [(1, "reach", 3.0)]


def test_who_reaches_again_is_told_of_again() -> None:
    again = replace(HAND, since_s=8.0, until_s=9.5)
    assert [kind for _, kind, _ in played([HAND, again], [])] == ["reach", "reach"]


def test_a_piece_of_an_arm_is_of_whose_hand_comes_and_goes_with_it() -> None:
    (told,) = touches([replace(HAND, sure=0.7), replace(HAND, facing=2, track=None)], [])
    assert (told.facing, told.track) == (2, 7)


@pytest.mark.parametrize("sure", [0.6, 0.9])
def test_a_piece_between_two_hands_takes_the_place_of_neither(sure: float) -> None:
    hands = [HandSeen(0, 2.0, 4.0, 7, 0.7), HandSeen(2, 2.0, 4.0, 8, 0.7)]
    told = touches([*hands, HandSeen(1, 2.0, 4.0, None, sure)], [])
    assert {(one.facing, one.track) for one in told} == {(0, 7), (2, 8)}


def test_what_goes_when_the_hand_has_long_been_back_is_no_arm() -> None:
    kinds = [kind for _, kind, _ in played([HAND], [gone(1, 6.0, 7)])]
    assert sorted(kinds) == ["pick_up", "reach"]


def _change(number: int, at_s: float, undoes: int | None, more: float, sure: float) -> ShelfChange:
    return ShelfChange(number, at_s - 0.2, at_s, {1: 0.2}, undoes, 0.0, 7, more=more, sure=sure)


@pytest.mark.parametrize("back_s", [0.8, 1.6, 2.2])
def test_what_hardly_surely_goes_and_is_there_again_at_once_was_the_hand(back_s: float) -> None:
    went, came = _change(1, 2.6, None, 0.1, 0.9), _change(2, 2.6 + back_s, 1, 0.9, 0.9)
    assert played([HAND], [went, came]) == [(1, "reach", 3.0)]


def test_what_hardly_surely_goes_and_stays_away_was_taken() -> None:
    assert [kind for _, kind, _ in played([HAND], [_change(1, 2.6, None, 0.1, 0.9)])] == ["pick_up"]
    later = _change(2, 2.6 + 4.0, 1, 0.9, 0.9)
    told = played([HAND], [_change(1, 2.6, None, 0.1, 0.9), later])
    assert sorted(kind for _, kind, _ in told)[:2] == ["pick_up", "put_back"]


def test_what_surely_goes_is_told_whatever_the_hand_that_leaves_looks_like() -> None:
    went, leaves = _change(1, 2.6, None, 0.1, 0.99), _change(2, 3.6, 1, 0.9, 0.9)
    assert [kind for _, kind, _ in played([HAND], [went, leaves])] == ["pick_up"]


def test_of_two_that_may_be_one_piece_the_surer_is_told() -> None:
    """The arm comes, takes the piece and goes."""
    comes, takes = _change(1, 2.2, None, 0.1, 0.9), _change(2, 3.2, None, 0.1, 1.0)
    goes = _change(3, 4.2, 1, 0.9, 0.95)
    told = played([HAND], [comes, takes, goes])
    assert [(kind, at_s) for _, kind, at_s in told] == [("pick_up", 3.2)]


def test_what_waits_at_the_end_is_told() -> None:
    assert [kind for _, kind, _ in played([], [_change(1, 39.0, None, 0.1, 0.9)])] == ["pick_up"]


@pytest.mark.parametrize(
    ("share", "more"), [(0.05, 0.9), (0.2, 0.1)], ids=["a sliver", "even less"]
)
def test_what_is_not_there_again_undoes_nothing(share: float, more: float) -> None:
    went = _change(1, 2.6, None, 0.1, 0.9)
    back = replace(_change(2, 4.0, 1, more, 0.9), shares={1: share})
    assert [kind for _, kind, _ in played([HAND], [went, back])] == ["pick_up"]


@pytest.mark.parametrize("shares", [{1: 0.15}, {1: 0.1, 2: 0.12}])
def test_the_rest_of_a_piece_that_waits_is_no_other(shares: dict[int, float]) -> None:
    went = _change(1, 2.6, None, 0.1, 0.9)
    rest = ShelfChange(2, 3.4, 3.6, shares, None, -0.3, 7)
    for hands in ([], [HAND]):
        assert [kind for _, kind, _ in played(hands, [went, rest])] == ["pick_up"]
