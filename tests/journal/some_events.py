"""Strategies: events of a few days of a shop, in all their kinds, near each other in time."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from miseban.vocabulary.events import EVENTS, Event, VisitEnded
from miseban.vocabulary.identifiers import EventIds
from tests.journal.shop import SHOP

DAYS = 3
CLOCKS = [
    ("Asia/Tokyo", date(2026, 4, 6)),
    ("Europe/Berlin", date(2026, 10, 24)),  # the middle day has 25 hours
    ("America/New_York", date(2026, 3, 7)),  # 23 hours
    ("Australia/Lord_Howe", date(2026, 4, 4)),  # 24.5 hours
    ("Asia/Kathmandu", date(2026, 4, 6)),  # hours begin at a quarter past those of UTC
]
clocks = st.sampled_from(CLOCKS)
_visits = st.sampled_from([f"{n:016x}" for n in range(5)])
_zones = st.sampled_from(["milk", "bread", "queue"])
_cameras = st.sampled_from([None, "door", "aisle"])
_long_s = st.sampled_from([0.0, 0.4, 1.0, 7.5, 61.0, 600.0, 4000.25, 9000.0])


def _of(type_: str, /, **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({"type": st.just(type_), **fields})


_ALL = st.one_of(
    _of(
        "line.crossed",
        line=st.just("door"),
        direction=st.sampled_from(["in", "out"]),
        visit=_visits,
    ),
    _of("zone.left", zone=_zones, visit=_visits, dwell_s=_long_s, stitched=st.just(1)),
    _of(
        "zone.occupancy",
        zone=_zones,
        camera=_cameras,
        people=st.just(1),
        people_max=st.integers(1, 9),
        person_s=st.floats(0, 500),
        period_s=st.sampled_from([60.0, 30.0]),
        coverage=st.sampled_from([0.0, 0.5, 1.0]),
    ),
    _of(
        "queue.state",
        zone=st.just("queue"),
        camera=_cameras,
        length=st.integers(0, 9),
        waiting_s=_long_s,
    ),
    _of(
        "visit.ended",
        camera=_cameras,
        visit=_visits,
        ago=_long_s,
        t=st.just([]),
        x=st.just([]),
        y=st.just([]),
        unit=st.just("m"),
        areas=st.lists(_zones, max_size=5),
        stitched=st.just(1),
        role=st.sampled_from([None, "staff", "shopper"]),
    ),
    _of("visit.labelled", visit=_visits, role=st.sampled_from([None, "staff", "shopper"])),
    _of(
        "shelf.touched",
        shelf=st.just("milk"),
        facing=st.sampled_from(["a", "b"]),
        visit=st.none() | _visits,
        kind=st.sampled_from(["reach", "pick_up", "put_back"]),
        confidence=st.just(1.0),
    ),
    _of(
        "shelf.faced",
        shelf=st.just("milk"),
        facing=st.sampled_from(["a", "b"]),
        visit=_visits,
        dwell_s=_long_s,
    ),
    _of(
        "shelf.state",
        shelf=st.just("milk"),
        facing=st.sampled_from(["a", "b"]),
        fill=st.sampled_from([0.0, 0.3, 1.0]),
        state=st.sampled_from(["full", "low", "empty"]),
        confidence=st.just(1.0),
    ),
    _of(
        "camera.health",
        camera=st.sampled_from(["door", "aisle"]),
        fps=st.sampled_from([0.0, 5.0]),
        gap_s=_long_s,
        state=st.sampled_from(["ok", "gap", "dark"]),
        phase=st.sampled_from([None, "begins", "lasts", "ends"]),
        since_ago=st.none() | _long_s,
    ),
    _of(
        "till.receipt",
        till=st.sampled_from(["till-1", "till-2"]),
        receipt=st.just("1"),
        currency=st.just("JPY"),
        lines=st.sampled_from(
            [
                [{"gtin": "4901", "quantity": 1, "price": 120}],
                [
                    {"gtin": g, "quantity": n, "price": 20}
                    for g, n in (("7", 2), ("8", 1), ("7", 3))
                ],
            ]
        ),
        total=st.just(120),
    ),
    _of(
        "alert.step",
        alert=st.sampled_from(["a", "b"]),
        rule=st.just("long-queue"),
        about=st.just("queue"),
        step=st.sampled_from(["raised", "accepted", "done"]),
    ),
    _of(
        "help.step",
        alert=st.just("h"),
        help=st.just("h"),
        rule=st.just("help"),
        zone=st.none() | _zones,
        step=st.sampled_from(["raised", "accepted"]),
    ),
    _of(
        "help.needed",
        help=st.just("h"),
        kind=st.just("fall"),
        place=st.just([1.0, 2.0]),
        unit=st.just("m"),
        confidence=st.just(1.0),
        zone=st.none() | _zones,
    ),
)


@st.composite
def day_of_events(
    draw: st.DrawFn, first: date, zone: str, most: int = 40, least: int = 0
) -> list[Event]:
    """Events of ``DAYS`` days of the shop's clock from ``first`` on, in any order."""
    start = datetime.combine(first, time(), ZoneInfo(zone)).astimezone(UTC)
    ids = EventIds(random.Random(draw(st.integers(0, 2**32))))
    moments = st.integers(0, DAYS * 86_400) | st.sampled_from(
        [86_400, 86_399, 86_401, 82_800, 90_000, 2 * 86_400, 2 * 86_400 - 1]
    )
    told = draw(st.lists(st.tuples(moments, _ALL), min_size=least, max_size=most))
    events = []
    for seconds, fields in told:
        when = start + timedelta(seconds=seconds, milliseconds=draw(st.sampled_from([0, 250])))
        made = {"id": ids.at(when.timestamp()), "time": when, "shop": SHOP, **fields}
        if "ago" in made:
            made["started"] = when - timedelta(seconds=made.pop("ago"))
        if "since_ago" in made:
            ago = made.pop("since_ago")
            made["since"] = None if ago is None else when - timedelta(seconds=ago)
        events.append(EVENTS.validate_python({k: v for k, v in made.items() if v is not None}))
    return _of_possible_visits(events)


def _of_possible_visits(events: list[Event]) -> list[Event]:
    """With visits that started no later than the first that is told of them: what ended on the next
    day tells of a day where it started there, and a visit cannot do anything before it starts."""
    first: dict[str, datetime] = {}
    for event in events:
        visit = getattr(event, "visit", None)
        if visit is not None:
            began = event.time - timedelta(seconds=getattr(event, "dwell_s", 0.0))
            first[visit] = min(began, first.get(visit, began))
    return [
        event.model_copy(update={"started": min(event.started, first[event.visit])})
        if isinstance(event, VisitEnded)
        else event
        for event in events
    ]
