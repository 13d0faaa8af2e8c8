"""Who was told of has risen only if it is he or she who stands there."""

from __future__ import annotations

from dataclasses import replace

import pytest

from miseban.space.help.bodies import Body
from miseban.space.help.lying import Lying
from miseban.space.help.people import Person
from miseban.space.help.settings import HelpSettings
from tests.space.help.test_lying import LIES, STANDS, person, told_of

Sights = list[tuple[Body, Person | None]]
MINUTES_S = 600


def beside(tall: float, track: int, x: float = 5.5) -> Body:
    return replace(STANDS, tall=tall, track=track, xy=(x, 5.0), middle=(x, 4.0))


@pytest.mark.parametrize("tall", [1.1, 1.7])
@pytest.mark.parametrize("known", [True, False])
def test_who_stands_beside_is_not_the_fallen_one_risen(tall: float, *, known: bool) -> None:
    """Helpers come, hide who lies, walk off and come back, and the fusion takes one of them for
    the fallen one, or for nobody."""
    fell = person(1)

    def sights(second: int) -> Sights:
        if second < 10:
            return [(STANDS, fell)]
        found: Sights = [(LIES, fell)] if second < 20 or second % 60 < 20 else []
        if 15 <= second % 60 < 58:
            x = 5.5 if second % 60 < 50 else 5.5 + 0.9 * (second % 60 - 49)
            helper = beside(tall, 2 + second // 60, x)
            found.append((helper, fell if known else None))
        return found

    assert told_of(sights, MINUTES_S) == ["fall"]


def test_who_walks_up_while_nobody_finds_who_lies_is_not_either() -> None:
    fell = person(1)

    def sights(second: int) -> Sights:
        if second < 10:
            return [(STANDS, fell)]
        if second % 40 < 20:
            return [(LIES, fell)]
        x = max(5.2, 10.0 - 0.9 * (second % 40 - 20))
        return [(beside(1.7, 2 + second // 40, x), fell)]

    assert told_of(sights, MINUTES_S) == ["fall"]


@pytest.mark.parametrize("track", [1, 7])
def test_who_rises_and_falls_again_is_told_of_again(track: int) -> None:
    """On the same track, or on a new one that begins there, and with a helper beside all along."""
    fell, helper = person(1), person(2)

    def sights(second: int) -> Sights:
        low = 10 <= second < 40 or second >= 60
        mine = LIES if low else replace(STANDS, track=track if second >= 40 else 1)
        return [(mine, fell), (beside(1.7, 2), helper)]

    assert told_of(sights, 100) == ["fall", "fall"]


def test_nothing_of_tracks_that_are_gone_is_remembered() -> None:
    lying = Lying(HelpSettings(), 1.0)
    for second in range(1000):
        list(lying.look(float(second), [(replace(STANDS, track=second // 5), None)], []))
    assert len(lying._rises._since) <= 13


@pytest.mark.parametrize(("camera", "kinds"), [("c", ["fall"]), ("d", [])])
def test_who_stands_beside_in_the_same_picture_is_not_the_one_who_is_seen_low_now_and_then(
    camera: str, kinds: list[str]
) -> None:
    """In another camera's picture it may be: then who looks low there may be upright."""
    neighbour = replace(beside(1.7, 2), camera=camera)

    def sights(second: int) -> Sights:
        if second < 10:
            return [(STANDS, person(1)), (neighbour, None)]
        now_and_then: Sights = [(replace(LIES, track=second), None)] if second % 6 == 0 else []
        return [*now_and_then, (neighbour, None)]

    assert told_of(sights, 60) == kinds
