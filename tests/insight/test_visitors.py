"""Visitors, passers-by, groups, bounce and reach, from events alone; staff leave all of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miseban.insight.inside import people_inside
from miseban.insight.labels import labels
from miseban.insight.shoppers import shoppers_only
from miseban.insight.visitors import present, summarise_visitors
from miseban.space.layout import Layout
from miseban.vocabulary.events import (
    Event,
    LineCrossed,
    QueueState,
    ReceiptLine,
    Role,
    TillReceipt,
    VisitEnded,
    VisitLabelled,
    ZoneEntered,
    ZoneLeft,
    ZoneOccupancy,
)
from miseban.vocabulary.shop import Shop, parse_shop
from miseban.vocabulary.summary import VisitorSummary

START = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
ZONES = {"tea": "area", "queue": "queue", "till": "counter", "back": "crew", "porch": "entrance"}
SHOP = """
[shop]
id = "s"
timezone = "UTC"
policy = "strict"
floor = { width_m = 10.0, depth_m = 10.0 }

[[line]]
id = "door"
points = [[6.0, 8.0], [4.0, 8.0]]
"""


def stamp(time_s: float) -> dict[str, Any]:
    return {"id": f"{time_s}", "time": START + timedelta(seconds=time_s), "shop": "s"}


def passage(
    visit: str, time_s: float, direction: Literal["in", "out"], line: str = "door"
) -> Event:
    return LineCrossed(**stamp(time_s), line=line, direction=direction, visit=visit)


def stay(visit: str, zone: str, since_s: float, until_s: float) -> list[Event]:
    return [
        ZoneEntered(**stamp(since_s), zone=zone, visit=visit),
        ZoneLeft(**stamp(until_s), zone=zone, visit=visit, dwell_s=until_s - since_s, stitched=1),
    ]


def ended(
    visit: str,
    since_s: float,
    until_s: float,
    y: float = 5.0,
    role: Role | None = "shopper",
    group: str | None = None,
) -> Event:
    """A visit that stood at one place, ``y`` metres down; the door is at 8."""
    t = tuple(float(s) for s in range(int(since_s), int(until_s) + 1))
    return VisitEnded(
        **stamp(until_s), visit=visit, started=START + timedelta(seconds=since_s), t=t,
        x=(5.0,) * len(t), y=(y,) * len(t), unit="m", areas=(), stitched=1, role=role, group=group,
    )  # fmt: skip


def came(visit: str, since_s: float, until_s: float, **told: Any) -> list[Event]:
    """In by the door and out again."""
    return [
        passage(visit, since_s, "in"),
        passage(visit, until_s, "out"),
        ended(visit, since_s - 2, until_s + 2, **told),
    ]


def shop() -> Shop:
    return parse_shop(SHOP, "shop.toml")


def of(events: Iterable[Event]) -> VisitorSummary:
    events = sorted(events, key=lambda event: event.time)
    found = summarise_visitors(
        events, labels(events), entrances={"door"}, zones=ZONES, start=START, layout=Layout(shop())
    )
    assert found is not None
    return found


def test_who_comes_in_is_a_visitor_and_who_walks_past_is_not() -> None:
    found = of([*came("a", 100, 400), ended("b", 50, 60, y=9.5), ended("c", 70, 80, y=9.5)])
    assert (found.visitors, found.passers_by) == (1, 2)
    assert found.capture_rate == pytest.approx(1 / 3)


@pytest.mark.parametrize(("away_s", "visitors"), [(3, 1), (50, 2)])
def test_who_comes_in_again_is_another_visitor_as_at_any_door(away_s: int, visitors: int) -> None:
    """But for who only lets somebody through."""
    twice = [passage("a", 100, "in"), passage("a", 200, "out"), passage("a", 200 + away_s, "in")]
    found = of([*twice, ended("a", 90, 600, group="g")])
    assert found.visitors == visitors == found.groups
    assert found.passages.shoppers_in == 2
    assert found.begun_inside == 0


def test_a_piece_that_begins_inside_is_nobody_new() -> None:
    """Whoever was lost and found again has been counted at the door."""
    found = of([*came("a", 100, 400), ended("b", 300, 500)])
    assert (found.visitors, found.begun_inside, found.passers_by) == (1, 1, 0)


def test_who_was_there_at_the_beginning_is_a_visitor() -> None:
    assert of([ended("a", 3, 500)]).visitors == 1


def test_staff_are_in_no_figure_but_their_own() -> None:
    crew = [*came("w", 500, 900, role="staff"), *stay("w", "tea", 510, 800)]
    alone = of(came("a", 100, 400))
    found = of([*came("a", 100, 400), *crew])
    assert found.staff == 1
    assert (found.passages.staff_in, found.passages.staff_out) == (1, 1)
    assert found.model_dump(exclude={"staff", "passages"}) == alone.model_dump(
        exclude={"staff", "passages"}
    )


def test_where_nobody_tells_roles_or_groups_none_are_told() -> None:
    found = of(came("a", 100, 400, role=None))
    assert (found.staff, found.groups, found.group_conversion) == (None, None, None)


def test_a_later_label_stands_for_the_whole_visit() -> None:
    later = VisitLabelled(**stamp(2000), visit="a", role="staff", group=None, certainty=0.9)
    events = [*came("a", 100, 400, group="g"), later]
    assert labels(events).staff == {"a"}
    assert labels(events).groups == {}
    assert labels(events[::-1]).staff == {"a"}
    assert of(events).visitors == 0


def test_groups_are_counted_and_so_are_their_sizes() -> None:
    events = [*came("a", 100, 400, group="g"), *came("b", 101, 401, group="g")]
    events += came("c", 200, 500, group="h")
    found = of(events)
    assert found.groups == 2
    assert [(one.people, one.groups) for one in found.group_sizes] == [(1, 1), (2, 1)]


def test_bounce_is_a_short_visit_without_a_till() -> None:
    events = [*came("a", 100, 140), *came("b", 200, 300), *came("c", 300, 350)]
    events += stay("c", "till", 310, 340)
    found = of(events)
    assert (found.visitors, found.bounced) == (3, 1)
    assert found.bounce_rate == pytest.approx(1 / 3)


@pytest.mark.parametrize("porch", ["porch", "tea"])
def test_a_zone_before_the_door_is_not_inside(porch: str) -> None:
    """Nor does it part those who come together, whatever its kind."""
    events = [
        *(ZoneEntered(**stamp(s), zone=porch, visit=v) for s, v in ((95, "a"), (96, "b"))),
        *came("a", 100, 400, group="g"),
        *came("b", 101, 401, group="g"),
    ]
    found = of(events)
    assert (found.visitors, found.begun_inside, found.groups) == (2, 0, 1)
    assert found.reach[porch].visitors == 2


def test_who_only_stands_before_the_door_passes_by() -> None:
    found = of([*stay("a", "porch", 100, 150), ended("a", 95, 155, y=9.5)])
    assert (found.visitors, found.begun_inside, found.passers_by) == (0, 0, 1)


def alone(events: Iterable[Event]) -> list[Event]:
    """As a camera tells them that is not fused with the others."""
    return [event.model_copy(update={"camera": "till", "unit": "px"}) for event in events]


def test_a_camera_beside_the_floor_sees_nobody_new() -> None:
    beside = [e for k in range(3) for e in alone([ended(f"t{k}", 150 + 60 * k, 190 + 60 * k)])]
    beside += alone([*stay("t9", "queue", 200, 300), ended("t9", 190, 310)])
    events = sorted([*came("a", 100, 400), *beside], key=lambda event: event.time)
    found = of(events)
    assert (found.visitors, found.begun_inside, found.passers_by) == (1, 0, 0)
    assert found.reach["queue"].visitors == 1
    assert len(present(events, {"door"}, Layout(shop()), ZONES)) == 1


def test_a_door_that_only_a_camera_beside_sees_leads_in() -> None:
    found = of([*alone(came("t", 100, 140)), ended("a", 120, 400)])
    assert (found.visitors, found.begun_inside, found.passers_by) == (1, 1, 0)


def test_reach_is_the_part_of_visitors_who_stayed() -> None:
    events = [*came("a", 100, 400), *came("b", 200, 500), *stay("a", "tea", 150, 200)]
    events += stay("a", "tea", 250, 300)
    found = of(events)
    assert found.reach["tea"].visitors == 1
    assert found.reach["tea"].share == 0.5
    assert found.reach["till"].share == 0.0
    assert "back" not in found.reach


def test_conversion_is_receipts_through_visitors_and_groups() -> None:
    line = ReceiptLine(gtin="40000015", quantity=1, price=100)
    sale = TillReceipt(
        **stamp(390), till="till", receipt="1", currency="JPY", lines=(line,), total=100
    )
    events = [*came("a", 100, 400, group="g"), *came("b", 100, 400, group="g"), sale]
    found = of(events)
    assert (found.receipts, found.conversion, found.group_conversion) == (1, 0.5, 1.0)
    assert of(came("a", 100, 400)).conversion is None


def test_occupancy_and_queue_are_told_without_staff() -> None:
    crew = [*stay("w", "queue", 10, 50), ended("w", 0, 60, role="staff")]
    minute = ZoneOccupancy(
        **stamp(60), zone="queue", people=1, people_max=2, person_s=70, period_s=60, coverage=1
    )
    states = [
        QueueState(**stamp(s), zone="queue", length=n, waiting_s=w)
        for s, n, w in ((10, 1, 0), (30, 2, 20), (50, 1, 20))
    ]
    events = [*crew, *stay("a", "queue", 30, 200), minute, *states]
    kept = shoppers_only(events, {"w"})
    (told,) = [event for event in kept if isinstance(event, ZoneOccupancy)]
    assert (told.people, told.people_max, told.person_s) == (1, 1, 30)
    lengths = [(e.length, e.waiting_s) for e in kept if isinstance(e, QueueState)]
    assert lengths == [(0, 0), (1, 0), (1, 20)]
    assert not any(getattr(event, "visit", None) == "w" for event in kept)
    assert shoppers_only(events, set()) == events


def test_people_inside_are_shoppers() -> None:
    events = [*came("a", 100, 4000), passage("w", 50, "in"), ended("w", 40, 5000, role="staff")]
    found = people_inside(events, {"door"})
    assert found is not None
    assert (found.entered, found.people_max) == (1, 1)


def test_whoever_is_followed_inside_puts_the_balance_right() -> None:
    """One came in unseen: the balance would go below nothing only when both have left."""
    events = [*came("a", 100, 400), ended("b", 200, 900)]
    layout = Layout(shop())
    found = people_inside(events, {"door"}, present=present(events, {"door"}, layout, ZONES))
    assert found is not None
    assert [(c.time, c.people) for c in found.corrections] == [(START + timedelta(seconds=260), -1)]
    assert (found.people_max, found.entered - found.left) == (2, found.people_end + found.drift)


@given(
    st.lists(
        st.tuples(
            st.integers(61, 4000),
            st.integers(1, 900),
            st.sampled_from(["shopper", "staff"]),
            st.integers(0, 5),
        ),
        max_size=20,
    )
)
def test_parts_add_up_whatever_happens(
    drawn: list[tuple[int, int, Role, int]],
) -> None:
    events: list[Event] = []
    for visit, (since_s, lasts_s, role, group) in enumerate(drawn):
        events += came(f"{visit}", since_s, since_s + lasts_s, role=role, group=f"g{group}")
    found = of(events)
    shoppers = set(labels(events).roles) - labels(events).staff
    assert found.visitors == len(shoppers)
    assert sum(size.people * size.groups for size in found.group_sizes) == found.visitors
    assert found.bounced <= found.visitors
    assert found.groups is None or found.groups <= found.visitors
    told = found.passages
    passed = [event for event in events if isinstance(event, LineCrossed)]
    assert told.shoppers_in + told.staff_in == sum(e.direction == "in" for e in passed)
