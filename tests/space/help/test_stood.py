"""What is known of who stood somewhere tells who lies there."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.space.help.test_lying import STANDS, Sights, person, told_of

ALONG = replace(STANDS, tall=1.25, xy=(5.0, 5.75), middle=(5.0, 5.1), flat=(8.0, 4.0, 1.0, 0.3))
"""Who lies along the line of sight looks as tall as a child who stands."""


def test_a_track_that_begins_where_who_lay_was_lost_is_not_of_whom_the_fusion_thinks() -> None:
    fell, child = person(1), person(2)
    child.own_m = 1.2
    along = replace(ALONG, track=2)

    def sights(second: int) -> Sights:
        if second < 10:
            return [(STANDS, fell)]
        if second < 12:
            return [(along, None)]
        return [(replace(along, track=3 + second // 3), child)] if second % 4 else []

    assert told_of(sights, 30) == ["fall"]


def test_a_child_who_stands_beside_an_adult_whom_nobody_sees_is_not_that_one_lying() -> None:
    adult, child = person(1), person(2)
    child.own_m = 1.05
    beside = replace(
        STANDS, track=2, tall=1.03, xy=(5.0, 6.0), middle=(5.0, 5.4), flat=(8.0, 4.0, 1.0, 0.3)
    )

    def sights(second: int) -> Sights:
        if second < 10:
            return [(STANDS, adult), (beside, child)]
        again = replace(beside, track=3 + second)  # its tracks break, too
        return [(again, None if second < 12 else child)]

    assert told_of(sights, 20) == []


@pytest.mark.parametrize(("low", "kinds"), [((1.85, 0.3), ["fall"]), ((1.1, 1.1), [])])
def test_from_above_who_stood_in_view_lies_who_looks_taller_and_narrower(
    low: tuple[float, float], kinds: list[str]
) -> None:
    """Who looks lower may be hidden in part."""
    one = person(1)
    one.own_m = 1.3
    stands = replace(STANDS, tall=1.27, broad=1.0, steep=0.58, middle=(5.0, 4.7))
    lies = replace(
        stands, xy=(5.0, 5.4), middle=(5.0, 5.05), tall=low[0], broad=low[1], steep=0.61,
        flat=(2.0, 0.4, 3.0, 6.0),
    )  # fmt: skip
    assert told_of(lambda second: [(stands if second < 10 else lies, one)], 30) == kinds


def test_where_who_lies_had_stood_stays_known_though_the_fusion_goes_on_elsewhere() -> None:
    """It goes on with somebody who stands farther away: that is then where that person stood."""
    fell = person(1)

    def sights(second: int) -> Sights:
        if second < 10:
            return [(STANDS, fell)]
        lies = (ALONG, fell)
        if second < 11:
            return [lies]
        other = replace(STANDS, camera="other", track=9, xy=(12.0, 9.0), middle=(12.0, 8.6))
        return [(other, fell), lies]

    assert told_of(sights, 30) == ["fall"]


@pytest.mark.parametrize(("hidden_s", "kinds"), [(8, ["fall"]), (1, [])])
def test_where_somebody_stood_whom_nobody_saw_go_is_known_though_the_fusion_is_elsewhere(
    hidden_s: int, kinds: list[str]
) -> None:
    """Who is elsewhere at once has walked there, and who is as low there is another."""
    fell = person(1)

    def sights(second: int) -> Sights:
        if second < 10:
            return [(STANDS, fell)]
        if second < 10 + hidden_s:
            return []
        x = 8.0 + 0.5 * (second - 10)
        fell.xy = (x, 9.0)
        fell.way.append((float(second), *fell.xy))
        other = replace(STANDS, camera="other", track=9, xy=fell.xy, middle=(x, 8.6))
        return [(other, fell), *([(replace(ALONG, track=second), None)] if second >= 22 else [])]

    assert told_of(sights, 40) == kinds
