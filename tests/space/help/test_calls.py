"""Each cause, on one camera: told once, where and when it is, and over when it is over."""

from __future__ import annotations

import math
from datetime import UTC, datetime

import pytest

from miseban.vocabulary.errors import BadInput
from tests.space.help.scenes import (
    START,
    Actor,
    along,
    at_s,
    calls,
    ends,
    passers,
    seen,
    shop,
    upright,
)

AREA = """
[[zone]]
id = "play"
kind = "area"
polygon = [[8, 4], [12, 4], [12, 8], [8, 8]]
"""


def falls(at: float, up: float, x: float = 10.0, y: float = 6.0) -> Actor:
    """Walks in, falls at ``at``, gets up at ``up`` and walks on."""

    def shape(now: float) -> tuple[float, float]:
        return (0.5, 1.5) if at <= now < up else (1.7, 0.5)

    return Actor(
        along((at - 7, 4, y), (at - 1, x, y), (up + 2, x, y), (up + 8, 16, y)),
        at - 7,
        up + 8,
        shape,
    )


def squats(at: float, for_s: float, tall: float = 1.15) -> Actor:
    def shape(now: float) -> tuple[float, float]:
        return (tall, 0.6) if at <= now < at + for_s else (1.7, 0.5)

    way = along((at - 7, 4, 6), (at - 1, 10, 6), (at + for_s + 1, 10, 6), (at + for_s + 7, 16, 6))
    return Actor(way, at - 7, at + for_s + 7, shape)


def test_a_fall_is_told_once_soon_and_ends() -> None:
    events = seen([falls(20, 60)])
    (call,) = calls(events)
    assert call.kind == "fall"
    assert 21 <= at_s(call) <= 25
    assert math.dist(call.place, (10, 6)) < 0.5
    assert (call.unit, call.camera, call.zone) == ("m", "c", None)
    assert call.visit is not None
    (end,) = ends(events)
    assert end.help == call.help
    assert 63 <= at_s(end) <= 68


def test_two_who_fall_at_once_are_told_of_both() -> None:
    events = seen([falls(20, 60), falls(20, 60, 14.0, 3.0)])
    assert sorted(call.kind for call in calls(events)) == ["fall", "fall"]


def test_who_has_risen_and_falls_again_is_told_again() -> None:
    def shape(now: float) -> tuple[float, float]:
        return (0.5, 1.5) if 20 <= now < 60 or 75 <= now < 160 else (1.7, 0.5)

    way = along((13, 4, 6), (19, 10, 6), (162, 10, 6), (168, 16, 6))
    first, again = calls(seen([Actor(way, 13, 168, shape)]))
    assert (first.kind, again.kind) == ("fall", "fall")
    assert 21 <= at_s(first) <= 25
    assert 76 <= at_s(again) <= 80


@pytest.mark.parametrize(
    ("at", "x"), [(80.0, 10.0), (100.0, 11.6), (30.0, 11.5), (22.0, 11.5)]
)  # fmt: skip
def test_another_who_falls_there_or_beside_is_told_of(at: float, x: float) -> None:
    """A while after the first has risen, or while he or she lies."""
    first, other = calls(seen([falls(20, 40), falls(at, at + 60, x)]))
    assert (first.kind, other.kind) == ("fall", "fall")
    assert at + 1 <= at_s(other) <= at + 5


@pytest.mark.parametrize("for_s", [3.0, 20.0, 90.0])
def test_a_squat_before_a_shelf_is_no_fall(for_s: float) -> None:
    assert not calls(seen([squats(20, for_s)]))


def test_a_stumble_is_no_fall() -> None:
    assert not calls(seen([falls(20, 21.6)]))


def test_who_sits_on_the_floor_for_long_is_told_of() -> None:
    assert [call.kind for call in calls(seen([squats(20, 80, tall=0.92)]))] == ["on_floor"]
    assert not calls(seen([squats(20, 15, tall=0.92)]))


def wheelchair(from_s: float, tall: float = 1.3, wide: float = 0.75) -> Actor:
    return Actor(
        along((from_s, 5, 6), (from_s + 14, 15, 6)), from_s, from_s + 14, lambda _: (tall, wide)
    )


def test_a_wheelchair_is_told_once() -> None:
    (call,) = calls(seen([*passers(12), wheelchair(80)]))
    assert call.kind == "wheelchair"
    assert 80 <= at_s(call) <= 94


@pytest.mark.parametrize("hidden_s", [3, 8, 25])
def test_a_wheelchair_that_is_hidden_for_a_while_is_told_of_once(hidden_s: int) -> None:
    def rolls(from_s: float, x: float) -> Actor:
        way = along((from_s, x, 5), (from_s + 25, x + 7.5, 5))
        return Actor(way, from_s, from_s + 25, lambda _: (1.3, 1.2))

    events = seen([*passers(9), rolls(65, 4), rolls(90 + hidden_s, 12)])
    assert [call.kind for call in calls(events)] == ["wheelchair"]


def test_two_who_walk_slowly_minutes_apart_are_two() -> None:
    one = Actor(along((5, 5, 5), (35, 14, 5)), 5, 35, upright(1.6))
    other = Actor(along((100, 6, 8), (270, 6, 8), (310, 18, 8)), 100, 310, upright(1.72))
    assert [call.kind for call in calls(seen([one, other]))] == ["slow_walk"] * 2


def test_where_few_were_seen_nobody_is_broader_than_usual() -> None:
    """Those few may all be slim."""
    assert not calls(seen([*passers(3), wheelchair(26)]))


def test_a_child_is_no_wheelchair() -> None:
    mother = Actor(along((80, 5, 5), (94, 15, 5)), 80, 94)
    child = Actor(along((80, 5, 6), (94, 15, 6)), 80, 94, upright(1.25))
    assert not calls(seen([*passers(12), mother, child]))


def slow(from_s: float, mps: float, wide: float = 0.5) -> Actor:
    to_s = from_s + 10 / mps
    return Actor(
        along((from_s, 5, 6), (to_s, 15, 6)), from_s, to_s, lambda _: (1.6, wide * 1.6 / 1.7)
    )


@pytest.mark.parametrize(
    ("mps", "wide", "kinds"),
    [
        (0.33, 0.5, ["slow_walk"]),
        (0.55, 0.5, []),
        (0.55, 0.75, ["walking_aid"]),
        (1.0, 0.75, []),
    ],
)
def test_pace_and_shape_tell_slow_walks_and_frames(
    mps: float, wide: float, kinds: list[str]
) -> None:
    """A broad shape that walks at an ordinary pace pushes a cart."""
    assert [call.kind for call in calls(seen([*passers(12), slow(80, mps, wide)]))] == kinds


def test_company_of_who_is_slow_is_not_told_of() -> None:
    beside = Actor(along((80, 5, 7), (80 + 10 / 0.33, 15, 7)), 80, 80 + 10 / 0.33)
    found = calls(seen([*passers(12), slow(80, 0.33), beside]))
    assert [call.kind for call in found] == ["slow_walk"]


def test_what_shows_from_the_side_is_told_after_a_slow_walk() -> None:
    """Towards the camera a frame does not show, and its owner is slow."""
    way = along((80, 10, 2), (95, 10, 6.5), (111, 16, 6.5))

    def leans(at_s: float) -> tuple[float, float]:
        return 1.55, 0.46 if at_s < 95 else 0.8

    found = calls(seen([*passers(12), Actor(way, 80, 111, leans)]))
    assert [call.kind for call in found][-1:] == ["walking_aid"]
    assert {call.kind for call in found} <= {"slow_walk", "walking_aid"}


def test_a_child_alone_that_wanders_is_told_of_and_one_that_waits_is_not() -> None:
    wanders = along((0, 4, 4), (14, 15, 4), (28, 4, 7), (42, 15, 3), (56, 4, 5))
    (call,) = calls(seen([Actor(wanders, 0, 56, upright(1.15))]))
    assert call.kind == "lost_child"
    waits = along((0, 5, 4), (4, 9, 5), (80, 9, 5))
    assert not calls(seen([Actor(waits, 0, 80, upright(1.15))]))
    parent = Actor(lambda now: (wanders(now)[0], wanders(now)[1] + 1.0), 0, 56)
    assert not calls(seen([Actor(wanders, 0, 56, upright(1.15)), parent]))
    strangers = [
        Actor(along((0, x, y), (56, x, y)), 0, 56, upright(1.7))
        for x in (6, 10, 14)
        for y in (4, 6)
    ]
    (call,) = calls(seen([Actor(wanders, 0, 56, upright(1.15)), *strangers]))
    assert call.kind == "lost_child"


@pytest.mark.parametrize(("stands_s", "told"), [(10.0, 1), (25.0, 0)])
def test_a_child_that_stands_for_a_while_between_its_ways_is_not_lost(
    stands_s: float, told: int
) -> None:
    """Its family walks ahead or comes after, and stands with it."""
    knots, now = [(0.0, 4.0, 4.0)], 0.0
    for x, y in [(15, 4), (4, 7), (15, 3), (4, 5), (15, 6)]:
        knots += [(now + 11, x, y), (now + 11 + stands_s, x, y)]
        now += 11 + stands_s
    child = Actor(along(*knots), 0, now, upright(1.15))
    assert len(calls(seen([child]))) == told


def test_long_search() -> None:
    """Short stops all over, in a shop in which people stay for half a minute."""
    spots = [(5.0, 3.0), (14.0, 7.0), (6.0, 7.0), (13.0, 3.0), (5.0, 4.0), (14.0, 6.0)]

    def round_of(stay_s: float, from_s: float = 0.0) -> Actor:
        knots, now = [(from_s, 10.0, 2.0)], from_s
        for x, y in spots:
            now += math.dist((x, y), knots[-1][1:]) / 1.0
            knots += [(now, x, y), (now + stay_s, x, y)]
            now += stay_s
        return Actor(along(*knots, (now + 5, 10.0, 2.0)), from_s, now + 5)

    found = calls(seen([round_of(9.0)]))
    assert [call.kind for call in found] == ["long_search"]
    assert not calls(seen([round_of(35.0)]))
    searcher = round_of(9.0)
    beside = Actor(
        lambda at_s: (searcher.way(at_s)[0] + 0.9, searcher.way(at_s)[1]), 0.0, searcher.to_s
    )
    assert len(calls(seen([searcher, beside]))) == 1  # one call for who searches together


def test_a_stop_of_which_the_beginning_was_not_seen_says_nothing() -> None:
    """Tracks that break while somebody stands do not make short stops of a long one."""
    pieces = [
        Actor(along((t, x, 5.0), (t + 7.0, x, 5.0), (t + 8.5, x + 1.5, 5.0)), t, t + 8.5)
        for t, x in ((0.0, 4.0), (10.0, 8.5), (20.0, 13.0), (30.0, 8.5), (40.0, 4.0))
    ]
    assert not calls(seen(pieces))


def test_what_the_shop_file_says_is_done() -> None:
    assert not calls(seen([falls(20, 60)], shop("")))
    assert not calls(seen([falls(20, 60)], shop('[help]\nkinds = ["wheelchair"]')))
    assert not calls(seen([falls(20, 60)], shop('[help]\noff = ["play"]', AREA)))
    (call,) = calls(seen([falls(20, 60)], shop("[help]", AREA)))
    assert call.zone == "play"
    low, normal, high = (
        at_s(calls(seen([falls(20, 60)], shop(f'[help]\nsensitivity = "{word}"')))[0])
        for word in ("low", "normal", "high")
    )
    assert high <= normal < low


def test_in_quiet_hours_only_falls_are_told() -> None:
    quiet = shop('[help]\nquiet = ["22:00-06:00"]')
    night = datetime(2026, 4, 7, 15, 0, tzinfo=UTC)  # midnight in Tokyo
    assert [c.kind for c in calls(seen([falls(20, 60)], quiet, start=night))] == ["fall"]
    rolls = [*passers(12), wheelchair(80)]
    assert not calls(seen(rolls, quiet, start=night))
    assert len(calls(seen(rolls, quiet, start=START))) == 1


@pytest.mark.parametrize(
    ("table", "where", "found"),
    [
        ('off = ["plya"]', '[help] off', '"plya"'),
        ('off = ["play", "play"]', "[help] off", "again"),
        ('kinds = ["fal"]', "[help] kinds", '"fal"'),
        ('kinds = ["fall", "fall"]', "[help] kinds", "again"),
        ("kinds = []", "[help] kinds", ""),
        ('quiet = ["25:00-26:00"]', "[help] quiet", '"25:00-26:00"'),
        ('sensitivity = "some"', "[help] sensitivity", '"some"'),
        ("sensitive = true", "[help] sensitive", ""),
    ],
)  # fmt: skip
def test_bad_settings_are_named_and_refused(table: str, where: str, found: str) -> None:
    with pytest.raises(BadInput) as error:
        shop(f"[help]\n{table}", AREA)
    assert where in str(error.value)
    assert found in str(error.value)
