"""Goods that seemed gone while a hand was before them."""

from __future__ import annotations

import numpy as np
import pytest

from miseban.space.hands import Handling, Touched
from miseban.vocabulary.hands import HandsLook, ShelfChange


def played(changes: list[ShelfChange], *, late_s: float = 0.6) -> list[Touched]:
    """Five looks a second for 20 s, somebody in front of three facings; changes are seen
    ``late_s`` after they came."""
    handling, told = Handling([4, 4, 4]), []
    for step in range(100):
        fresh = [one for one in changes if round(5 * (one.until_s + late_s)) == step]
        told += handling.see(HandsLook(step / 5, [], fresh, np.zeros(3), somebody=True))
    return told + handling.finish()


def seen(
    number: int, at_s: float, undoes: int | None = None, *, more: float = 0.02, sure: float = 0.6,
    facing: int = 1, track: int | None = 7, since_s: float = 0.2,
) -> ShelfChange:  # fmt: skip
    return ShelfChange(
        number, at_s - since_s, at_s, {facing: 0.2}, undoes, -0.5, track, more=more, sure=sure
    )


def again(number: int, at_s: float, undoes: int, sure: float = 0.97) -> ShelfChange:
    return seen(number, at_s, undoes, more=0.99, sure=sure)


def kinds(told: list[Touched]) -> list[tuple[int, str]]:
    return [(one.facing, one.kind) for one in told]


@pytest.mark.parametrize("sure", [0.6, 0.94])
def test_goods_that_are_there_again_at_once_were_reached_for(sure: float) -> None:
    (one,) = played([seen(1, 4.0, sure=sure), again(2, 5.8, 1)])
    assert (one.facing, one.kind, one.track) == (1, "reach", 7)
    assert one.time_s == pytest.approx(4.9)


def test_so_were_those_that_seemed_to_lie_there_otherwise() -> None:
    """Nobody knew the moment they changed that it may be goods."""
    first, second = seen(1, 4.0, more=0.5, sure=0.0), seen(2, 5.8, 1, more=0.5, sure=0.0)
    assert kinds(played([first, second])) == [(1, "reach")]


def test_a_piece_that_surely_went_was_taken() -> None:
    told = played([seen(1, 4.0, sure=0.99), again(2, 5.8, 1)])
    assert kinds(told) == [(1, "pick_up"), (1, "put_back")]


def test_a_piece_that_is_looked_at_is_put_back() -> None:
    told = played([seen(1, 4.0, sure=0.96), again(2, 6.8, 1)])
    assert kinds(told) == [(1, "pick_up"), (1, "put_back")]


def test_what_was_seen_gone_long_after_it_went_may_be_put_back() -> None:
    told = played([seen(1, 4.0, since_s=9.0, more=0.5, sure=0.0), again(2, 5.8, 1)])
    assert (1, "put_back") in kinds(told)


@pytest.mark.parametrize("at_s", [3.2, 6.6, 7.0])
@pytest.mark.parametrize(("more", "sure"), [(0.02, 0.99), (0.02, 0.9), (0.5, 0.0)])
def test_who_holds_a_piece_before_goods_has_not_reached_for_them(
    at_s: float, more: float, sure: float
) -> None:
    """Whenever it is known what the piece was: of one that is less sure after three seconds."""
    deed = seen(3, at_s, more=more, sure=sure, facing=2, track=9)
    told = played(sorted([deed, seen(1, 4.0), again(2, 5.8, 1)], key=lambda one: one.until_s))
    assert kinds(told) == [(2, "pick_up")]
