"""What happened where: areas, queues, shelves, tills."""

from __future__ import annotations

import math
from collections import defaultdict
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from miseban.insight.digest.asking import Asking
from miseban.insight.digest.report import (
    Area,
    Bought,
    Facing,
    Queue,
    Shelves,
    Waiting,
    WaitingHour,
)
from miseban.insight.digest.span import Span
from miseban.insight.digest.tables import Row, row_of, rows

AREAS: Final = frozenset({"area", "signage"})
"""Kinds of zones that are used more or less; people do not choose to be in a queue."""
LEAST_WAITING: Final = 10
"""An hour in which fewer waited is not called the one of the longest waits."""
STANDS_OUT: Final = 1.2
"""Nor is one in which people waited hardly longer than over the whole time."""


def areas_of(asking: Asking, since: datetime, until: datetime) -> tuple[Area, ...]:
    """Zones by the time spent in them, most first; those of which that is not told are last."""
    zones = {zone.id: zone.name for zone in asking.shop.zones if zone.kind in AREAS}
    if not zones:
        return ()
    found = rows(asking("dwell", since, until, by="whole", zones=tuple(zones)))
    spent = [value for row in found if (value := row.value("total_s")) is not None]
    together_s = math.fsum(spent)
    areas = [_area(row, zones[row.place], together_s) for row in found]
    return tuple(sorted(areas, key=lambda one: (one.total_s is None, -(one.total_s or 0.0))))


def _area(row: Row, name: str, together_s: float) -> Area:
    total_s = row.value("total_s")
    stays = row.figure("stays")
    if row.coverage is None and not stays.value:  # nothing tells that it was seen
        total_s, stays = None, stays.model_copy(update={"value": None})
    return Area(
        zone=row.place,
        name=name,
        stays=stays,
        mean_s=row.figure("mean_s"),
        median_s=row.value("median_s"),
        total_s=total_s,
        share=total_s / together_s if total_s is not None and together_s > 0 else None,
    )


def waiting_of(asking: Asking, span: Span, until: datetime) -> Waiting | None:
    """None where the shop has no queue."""
    names = {zone.id: zone.name for zone in asking.shop.zones}
    found = rows(asking("queues", span.since, until, by="whole"))
    if not found:
        return None
    queues = [
        Queue(
            zone=row.place,
            name=names.get(row.place, row.place),
            waited=row.figure("waited"),
            mean_s=row.figure("waiting_mean_s"),
            median_s=row.value("waiting_median_s"),
            p90_s=row.value("waiting_p90_s"),
            length_max=row.value("length_max"),
        )
        for row in found
    ]
    by_hour = rows(asking("queues", span.since, until, by="hour"))
    return Waiting(queues=tuple(queues), longest=_longest(by_hour, span.timezone))


def _longest(by_hour: list[Row], timezone: str) -> WaitingHour | None:
    """Over all queues and days: each hour's mean wait, weighted by how many waited."""
    zone = ZoneInfo(timezone)
    waited: dict[int, int] = defaultdict(int)
    total_s: dict[int, float] = defaultdict(float)
    for row in by_hour:
        mean_s, base = row.value("waiting_mean_s"), row.base("waiting_mean_s")
        if row.start is not None and mean_s is not None and base:
            hour = row.start.astimezone(zone).hour
            waited[hour] += base
            total_s[hour] += mean_s * base
    means = {hour: total_s[hour] / n for hour, n in waited.items() if n >= LEAST_WAITING}
    if len(means) < 2:  # the longest of one is nothing
        return None
    hour = max(means, key=lambda one: (means[one], -one))
    if means[hour] < STANDS_OUT * sum(total_s.values()) / sum(waited.values()):
        return None
    return WaitingHour(hour=hour, mean_s=means[hour], base=waited[hour])


def shelves_of(asking: Asking, since: datetime, until: datetime) -> Shelves | None:
    """None where the shop has no shelves."""
    names = {
        f"{shelf.id}/{facing.id}": (shelf, facing)
        for shelf in asking.shop.shelves
        for facing in shelf.facings
    }
    if not names:
        return None
    found = rows(asking("stock", since, until, by="whole"))
    seen = [row for row in found if row.coverage]
    empty = []
    for row in seen:
        empty_min = row.value("empty_min")
        if empty_min and row.place in names:
            shelf, facing = names[row.place]
            empty.append(
                Facing(
                    shelf=shelf.id,
                    facing=facing.id,
                    name=facing.name,
                    shelf_name=shelf.name,
                    empty_min=empty_min,
                    emptied=row.value("emptied"),
                    low_min=row.value("low_min"),
                    fill=row.value("fill"),
                    coverage=row.coverage,
                )
            )
    empty.sort(key=lambda one: (-one.empty_min, one.shelf, one.facing))
    return Shelves(known=len(names), seen=len(seen), empty=tuple(empty))


def bought_of(asking: Asking, since: datetime, until: datetime) -> Bought | None:
    """None where no receipts are known."""
    row = row_of(asking("conversion", since, until, by="whole"))
    receipts = None if row is None else row.value("receipts")
    if row is None or not receipts:
        return None
    return Bought(receipts=receipts, conversion=row.figure("conversion"))
