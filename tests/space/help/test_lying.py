"""Bodies of a camera without a floor, of which only boxes are known."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miseban.space.help.bodies import Body
from miseban.space.help.lying import Lying
from miseban.space.help.people import Person
from miseban.space.help.postures import MOST
from miseban.space.help.settings import HelpSettings
from miseban.space.help.signs import Sign
from miseban.space.help.usual import Usual


def body(track: int, box_px: float = 300.0, aspect: float = 0.4, u: float = 500.0) -> Body:
    return Body(
        camera="c", track=track, xy=(u, 600.0), tall=math.nan, broad=math.nan, rows=5,
        steep=0.5, whole=True, box_px=box_px, aspect=aspect,
        foot=(u, 600.0),
    )  # fmt: skip


def test_nothing_of_whoever_is_gone_is_remembered() -> None:
    lying = Lying(HelpSettings(), 1.0, on_floor=False)
    for second in range(2000):
        list(lying.look(float(second), [(body(second // 5), None)], []))
    assert len(lying._boxes) <= HelpSettings().gone_s


def test_who_was_upright_and_is_low_and_broad_at_once_is_told_of() -> None:
    lying = Lying(HelpSettings(), 1.0, on_floor=False)
    for second in range(10):
        assert not list(lying.look(float(second), [(body(1), None)], []))
    told = [
        sign
        for second in range(10, 20)
        for sign in lying.look(float(second), [(body(1, 120.0, 2.2), None)], [])
    ]
    assert {sign.kind for sign in told} == {"fall"}


def test_two_without_a_floor_who_lie_apart_have_names_of_their_own() -> None:
    lying, told = Lying(HelpSettings(), 1.0, on_floor=False), set[str]()
    for second in range(60):
        low = [second >= at for at in (10, 30)]
        sights = [
            (body(n, *((80.0, 2.0) if lies else (200.0, 0.4)), u=300.0 + 300.0 * n), None)
            for n, lies in enumerate(low)
            if n or second < 30  # the first is not found any more
        ]
        told |= {sign.who for sign in lying.look(float(second), sights, [])}
    assert len(told) == 2


def flat_body(xy: tuple[float, float]) -> Body:
    """As nobody looks who is upright."""
    return Body(
        camera="c", track=1, xy=xy, tall=0.5, broad=3.0, rows=5, steep=0.3, whole=True,
        box_px=80.0, aspect=2.0, foot=xy, flat=(4.0, 2.0, 0.5, 0.5), middle=xy,
    )  # fmt: skip


def test_a_breadth_that_nobody_can_tell_lets_people_be_upright() -> None:
    upright = Body(
        camera="c", track=1, xy=(1.0, 1.0), tall=1.7, broad=math.nan, rows=5, steep=0.3,
        whole=True, box_px=300.0, aspect=0.4, foot=(1.0, 1.0),
        flat=(60.0, 50.0, 40.0, 30.0), middle=(1.0, 1.0),
    )  # fmt: skip
    usual = Usual()
    for _ in range(40):
        usual.add("c", 1.0)
    lying = Lying(HelpSettings(), 1.0, usual)
    assert not list(lying.look(0.0, [(upright, None)], []))
    kinds = {
        sign.kind
        for second in range(1, 9)
        for sign in lying.look(float(second), [(flat_body((1.0, 1.0)), None)], [])
    }
    assert kinds == {"fall"}  # and not `on_floor`: somebody was upright here


def person(key: int, *, staff: bool = False) -> Person:
    one = Person(key, f"v{key}", 0.0, 0.0, (5.0, 5.0))
    one.own_m, one.staff = 1.7, staff
    return one


Sights = list[tuple[Body, Person | None]]


def signs_of(
    sights: Callable[[int], Sights], seconds: int, waits: float = 1.0
) -> list[tuple[int, Sign]]:
    """All that is told, each with its second; who is in a second's sights is seen in it."""
    lying, told = Lying(HelpSettings(), waits), list[tuple[int, Sign]]()
    for second in range(seconds):
        now = sights(second)
        for _, one in now:
            if one is not None:
                one.last_s = float(second)
        told += [(second, sign) for sign in lying.look(float(second), now, [])]
    return told


def told_of(sights: Callable[[int], Sights], seconds: int) -> list[str]:
    """The kinds that are told, in order, each once a name."""
    told = dict[str, str]()
    for _, sign in signs_of(sights, seconds):
        told.setdefault(sign.who, sign.kind)
    return list(told.values())


STANDS = replace(flat_body((5.0, 5.0)), tall=1.7, broad=1.0, flat=(60.0, 50.0, 40.0, 30.0))
LIES = replace(STANDS, tall=0.6, xy=(5.0, 5.3), flat=(14.0, 5.0, 0.5, 0.5))
SQUATS = replace(STANDS, tall=1.15, track=2, middle=(5.0, 4.6), flat=(14.0, 5.0, 0.5, 0.5))


def test_who_lies_is_who_the_track_was_of_though_the_fusion_goes_on_with_staff() -> None:
    fell, helper = person(1), person(2, staff=True)
    sights: list[tuple[Body, Person | None]] = [(STANDS, fell), (LIES, helper)]
    assert told_of(lambda second: [sights[second >= 10]], 40) == ["fall"]


def test_staff_who_squat_are_not_told_of_and_keep_nobody_from_it() -> None:
    fell, helper = person(1), person(2, staff=True)

    def sights(second: int) -> list[tuple[Body, Person | None]]:
        mine = LIES if second >= 20 else STANDS
        return [(mine, fell), (SQUATS, helper)] if second >= 5 else [(mine, fell)]

    assert told_of(sights, 20) == []
    assert told_of(sights, 60) == ["fall"]


def test_a_customer_who_squats_beside_somebody_who_lies_is_not_told_of() -> None:
    fell, helper = person(1), person(2)
    upright = replace(STANDS, track=2)

    def sights(second: int) -> list[tuple[Body, Person | None]]:
        mine = SQUATS if second >= 15 else upright
        return [(LIES if second >= 10 else STANDS, fell), (mine, helper)]

    assert told_of(sights, 100) == ["fall"]


def test_who_is_low_above_the_horizon_of_bodies_is_not_judged_by_what_cannot_be() -> None:
    """Of a box that reaches far above a low camera nobody knows how it would look lying."""
    whole = replace(STANDS, tall=2.1, flat=(), middle=None)
    tall = person(1)
    tall.own_m = 2.6
    assert told_of(lambda second: [(STANDS if second < 10 else whole, tall)], 60) == []


SITS = replace(SQUATS, track=1, tall=0.9, flat=(50.0, 40.0, 30.0, 30.0))
MAY_LIE = replace(SQUATS, track=1)


@pytest.mark.parametrize("low", [SITS, MAY_LIE])
@pytest.mark.parametrize("waits", [1.0, 2.0])
def test_who_sits_or_lies_is_told_of_for_as_long_as_that_lasts(low: Body, waits: float) -> None:
    one = person(1)
    told = signs_of(lambda second: [(STANDS if second < 10 else low, one)], 300, waits)
    assert told[0][0] == pytest.approx(10 + 30 * waits, abs=1)
    assert told[-1][0] == 299
    assert len({sign.who for _, sign in told}) == 1


def test_who_may_lie_where_he_stood_is_told_of_though_the_tracks_break() -> None:
    one = person(1)

    def sights(second: int) -> Sights:
        return [(STANDS if second < 10 else replace(MAY_LIE, track=second // 3), one)]

    told = signs_of(sights, 60)
    assert {sign.kind for _, sign in told} == {"fall"}
    assert told[0][0] == pytest.approx(40, abs=1)


def test_who_is_as_low_where_somebody_else_stood_may_be_a_child() -> None:
    one = person(1)

    def sights(second: int) -> Sights:
        return [(STANDS, one)] if second < 10 else [(replace(MAY_LIE, track=3), None)]

    assert told_of(sights, 60) == []


def test_who_may_lie_elsewhere_than_anybody_stood_is_not_told_of() -> None:
    one = person(1)
    away = replace(MAY_LIE, track=3, xy=(5.6, 5.0), middle=(5.6, 4.6))
    assert told_of(lambda second: [(STANDS if second < 10 else away, one)], 60) == []


@pytest.mark.parametrize(("u", "told"), [(320.0, ["fall"]), (10.0, [])])
def test_who_lies_across_the_lower_edge_of_the_picture_is_told_of(
    u: float, told: list[str]
) -> None:
    """Not who is cut off at its side, too: that alone makes narrow."""
    usual = Usual()
    for _ in range(40):
        usual.add("c", 1.0)
    lying, one = Lying(HelpSettings(), 1.0, usual, widths={"c": 640}), person(1)
    cut = replace(LIES, tall=1.6, broad=0.2, whole=False, foot=(u, 370.0), box_px=110.0, aspect=0.3)
    kinds = dict[str, str]()
    for second in range(30):
        one.last_s = float(second)
        sights: Sights = [(cut if second >= 10 else STANDS, one)]
        kinds.update((sign.who, sign.kind) for sign in lying.look(float(second), sights, []))
    assert list(kinds.values()) == told


def walking(key: int, xy: tuple[float, float], at_s: int) -> Person:
    """At ``xy`` in that second, a metre from where a second before."""
    one = person(key)
    one.way.extend((at_s - n, xy[0] - n, xy[1]) for n in (2.0, 1.0, 0.0))
    one.xy, one.last_s = xy, float(at_s)
    return one


def test_who_walked_and_fell_is_told_of_though_the_fusion_lost_the_visit() -> None:
    lying, told = Lying(HelpSettings(), 1.0), list[int]()
    fell = walking(1, (5.0, 5.0), 9)
    for second in range(10):
        list(lying.look(float(second), [(STANDS, fell)], []))
    for second in range(10, 20):  # never seen again under that visit
        told += [second for _ in lying.look(float(second), [(LIES, fell)], [])]
    assert told[0] <= 13


def test_who_walks_about_as_the_visit_of_who_lies_does_not_hide_it() -> None:
    lying, told = Lying(HelpSettings(), 1.0), list[int]()
    fell = person(1)
    for second in range(60):
        fell.last_s = float(second)
        if second >= 10:  # the fusion goes on with a helper who is elsewhere
            fell.way.clear()
            fell.way.extend((second - n, 9.0 - n, 9.0) for n in (2.0, 1.0, 0.0))
            fell.xy = (9.0, 9.0)
        sights: Sights = [(LIES if second >= 10 else STANDS, fell)]
        told += [second for _ in lying.look(float(second), sights, [])]
    assert told[0] <= 13
    assert told[-1] == 59


def test_somebody_beside_for_a_moment_does_not_silence_who_may_lie() -> None:
    one, other = person(1), person(2)
    beside = replace(LIES, track=7, xy=(6.3, 5.3), middle=(6.3, 5.0))

    def sights(second: int) -> Sights:
        mine: Sights = [(STANDS if second < 10 else MAY_LIE, one)]
        return [*mine, (beside, other)] if 20 <= second < 22 else mine

    assert told_of(sights, 45) == []  # who helps gets up before long
    assert told_of(sights, 60) == ["fall"]


@pytest.mark.parametrize("order", [1, -1])
def test_which_camera_is_asked_first_changes_nothing(order: int) -> None:
    one = person(1)
    of_two: Sights = [(MAY_LIE, one), (replace(SITS, camera="d"), one)]
    upright: Sights = [(STANDS, one), (replace(STANDS, camera="d"), one)]
    assert told_of(lambda s: (upright if s < 10 else of_two)[::order], 60) == ["fall"]


def test_under_a_camera_without_a_lens_two_who_lie_apart_are_two() -> None:
    """From straight above nothing is known of heights; places are metres all the same."""
    above = replace(STANDS, camera="top", tall=math.nan, broad=math.nan, flat=(), middle=None)
    stands = replace(above, box_px=300.0, aspect=0.5)
    lies = replace(above, box_px=100.0, aspect=2.0)

    def sights(second: int) -> Sights:
        return [
            (replace(lies if second >= at else stands, track=track, xy=xy), person(track))
            for track, xy, at in ((1, (3.0, 3.0), 20), (2, (17.0, 9.0), 50))
        ]

    assert told_of(sights, 90) == ["fall", "fall"]


def test_a_box_of_nobody_is_over_sooner_than_it_is_told() -> None:
    ghost = replace(LIES, track=9, rows=1)
    shows: list[tuple[Body, Person | None]] = [
        (STANDS, person(1)), (replace(STANDS, track=3), person(2)), (ghost, None)
    ]  # fmt: skip
    assert told_of(lambda second: shows[: 2 + (10 <= second < 13)], 40) == []


@pytest.mark.parametrize(("every_s", "kinds"), [(25, ["fall"]), (35, [])])
def test_looks_between_those_who_stand_in_front_add_up_for_half_a_minute(
    every_s: int, kinds: list[str]
) -> None:
    def sights(second: int) -> Sights:
        if second < 10:
            return [(STANDS, person(1))]
        return [(replace(LIES, track=second), None)] if second % every_s == 10 else []

    assert told_of(sights, 150) == kinds


@given(st.lists(st.integers(0, 2), max_size=60))
def test_the_sum_is_never_below_zero_and_no_second_tells_more_than_the_most(
    seen: list[int],
) -> None:
    lying, who = Lying(HelpSettings(), 1.0), person(1)
    for second, which in enumerate(seen):
        mine = (STANDS, LIES, None)[which]
        list(lying.look(float(second), [(mine, who)] if mine is not None else [], []))
        for one in lying._low:
            assert 0.0 <= one.odds <= MOST * one.seen
