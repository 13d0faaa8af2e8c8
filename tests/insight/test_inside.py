"""People inside the shop: conserved, never negative, drift shown (counting rule 10)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from miseban.insight.inside import empty_moments, people_inside
from miseban.vocabulary.events import LineCrossed

START = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


def passages(text: str, line: str = "door") -> list[LineCrossed]:
    """``i`` in, ``o`` out, one a second."""
    return [
        LineCrossed(
            id=f"{n}",
            time=START + timedelta(seconds=n),
            shop="s",
            camera="c",
            line=line,
            direction="in" if letter == "i" else "out",
            visit="v",
        )
        for n, letter in enumerate(text)
    ]


def test_balance_of_a_day_that_comes_out_even() -> None:
    found = people_inside(passages("iioioo"), {"door"})
    assert found is not None
    assert (found.entered, found.left, found.people_end, found.people_max) == (3, 3, 0, 2)
    assert found.drift == 0
    assert not found.corrections


def test_leaving_an_empty_shop_is_drift_not_a_negative_number() -> None:
    found = people_inside(passages("oio"), {"door"})
    assert found is not None
    assert (found.people_end, found.drift) == (0, -1)
    assert [(c.time, c.people) for c in found.corrections] == [(START, -1)]


def test_known_empty_hours_take_the_drift_off_and_show_it() -> None:
    empty = START + timedelta(seconds=2.5)
    found = people_inside(passages("iiiio"), {"door"}, [empty])
    assert found is not None
    assert [(c.time, c.people) for c in found.corrections] == [(empty, 3)]
    assert (found.people_end, found.drift) == (0, 3)


def test_lines_inside_the_shop_do_not_count() -> None:
    events = passages("ii") + passages("iii", line="inner")
    found = people_inside(events, {"door"})
    assert found is not None
    assert found.people_end == 2
    assert people_inside(events, set()) is None


@given(st.text("io", max_size=60), st.lists(st.integers(0, 60), max_size=4))
def test_in_less_out_is_inside_plus_drift(text: str, empty: list[int]) -> None:
    moments = [START + timedelta(seconds=s + 0.5) for s in empty]
    found = people_inside(passages(text), {"door"}, moments)
    assert found is not None
    assert found.entered - found.left == found.people_end + found.drift
    assert found.people_end >= 0
    assert found.drift == sum(c.people for c in found.corrections)
    assert found.people_max >= found.people_end


def test_empty_hours_are_local_and_may_pass_midnight() -> None:
    found = empty_moments(["23:00-01:00", "02:00-05:00"], "Asia/Tokyo", START, 86_400)
    assert found == [
        datetime(2026, 3, 2, 15, 0, tzinfo=UTC),  # midnight in Tokyo
        datetime(2026, 3, 2, 18, 30, tzinfo=UTC),  # 03:30 in Tokyo
    ]
    assert empty_moments(["02:00-05:00"], "Asia/Tokyo", START, 3600) == []
