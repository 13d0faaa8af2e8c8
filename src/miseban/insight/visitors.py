"""Visitors: how many passed by, came in, with whom, how far they went, and how many bought.

Terms are the field's: traffic, capture rate, conversion, bounce. A *visitor* is somebody who does
not work here and was inside the shop, once for each time of coming in; a *passer-by* never was.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np

from miseban.insight.durations import spread
from miseban.insight.labels import Labels, labels
from miseban.space.layout import Layout
from miseban.vocabulary.events import Event, LineCrossed, TillReceipt, VisitEnded, ZoneEntered
from miseban.vocabulary.summary import GroupSize, Passages, Reach, VisitorSummary

BOUNCE_S = 60.0
"""Who is out again so soon after coming in, without having queued or been at a counter, bounced.
The field sets such a limit by the shop, from ten seconds to a few minutes; a minute is too
short to buy anything at a till."""
AT_START_S = 60.0
"""Who is inside within this time of the beginning was there before."""
BACK_S = 5.0
"""Who is in again so soon after going out has not left: some let others through the door. Later it
is another coming in, as for any counter at a door."""
INSIDE_S = 3
"""So many seconds of a trail lie inside before somebody is held to be there: places err."""
_BUYING = frozenset({"queue", "counter"})
_DOORSTEP = frozenset({"entrance", "signage"})
"""Zones of these kinds lie before the door as well as behind it."""


@dataclass(slots=True)
class Inside:
    """A time in the shop of one visit: ``since`` it came in or was first seen inside, ``until`` it
    went out or was last seen; whether the beginning and the end are passages of an entrance.
    ``first`` in its visit is all but who went out and came in again."""

    visit: str
    since: datetime
    until: datetime
    came_in: bool = False
    went_out: bool = False
    first: bool = True
    areas: set[str] = field(default_factory=set)


def inside_of(
    events: Sequence[Event], entrances: Set[str], layout: Layout | None, zones: Mapping[str, str]
) -> tuple[list[Inside], set[str]]:
    """All times inside; and the visits that never were there.

    Who passed an entrance line or stayed in a zone was inside (but for ``zones``, id to kind, that
    may lie before the door), and so was who has ``INSIDE_S`` seconds of a trail there, where
    ``layout`` tells where that is. Who comes in was outside until then, whatever zones are drawn
    there. ``events`` are in order of time.
    """
    found: dict[str, list[Inside]] = {}
    before: defaultdict[str, set[str]] = defaultdict(set)
    back = timedelta(seconds=BACK_S)

    def begin(event: LineCrossed | ZoneEntered, *, came_in: bool = False) -> Inside:
        times = found.setdefault(event.visit, [])
        times.append(Inside(event.visit, event.time, event.time, came_in, first=not times))
        times[-1].areas |= before.pop(event.visit, set())
        return times[-1]

    for event in events:
        if isinstance(event, LineCrossed) and event.line in entrances:
            last = found[event.visit][-1] if event.visit in found else None
            if event.direction == "out":
                now = begin(event) if last is None or last.went_out else last
                now.until, now.went_out = event.time, True
            elif last is not None and last.went_out and event.time - last.until <= back:
                last.went_out = False
            elif last is not None and not last.came_in and not last.went_out:
                last.since, last.came_in = event.time, True
            else:
                begin(event, came_in=True)
        elif isinstance(event, ZoneEntered):
            if event.visit in found:
                found[event.visit][-1].areas.add(event.zone)
            else:
                before[event.visit].add(event.zone)
                if zones.get(event.zone) not in _DOORSTEP:
                    begin(event)
    outside = set()
    for event in events:
        if not isinstance(event, VisitEnded):
            continue
        times = found.get(event.visit)
        if times is None and _was_inside(event, layout):
            times = found[event.visit] = [Inside(event.visit, event.started, event.time)]
            times[0].areas |= before.pop(event.visit, set())
        if times is None:
            outside.add(event.visit)
            continue
        if not times[0].came_in:
            times[0].since = min(times[0].since, event.started)
        if not times[-1].went_out:
            times[-1].until = max(times[-1].until, event.time)
    return [one for times in found.values() for one in times], outside


def apart(events: Sequence[Event], entrances: Set[str]) -> tuple[list[Event], list[Event]]:
    """Events of all visits that tell who is inside; and of the others. Where cameras share a floor,
    whom a camera beside them counts by itself is there too, under another name: that visit
    tells nothing more, unless it passed an entrance, which only that camera may see."""
    ended = [event for event in events if isinstance(event, VisitEnded)]
    others: set[str] = set()
    if any(event.camera is None for event in ended):
        others = {event.visit for event in ended if event.camera is not None}
        others -= {e.visit for e in events if isinstance(e, LineCrossed) and e.line in entrances}
    telling = [event for event in events if getattr(event, "visit", None) not in others]
    return telling, [event for event in events if getattr(event, "visit", None) in others]


def present(
    events: Sequence[Event], entrances: Set[str], layout: Layout, zones: Mapping[str, str]
) -> list[tuple[datetime, datetime]]:
    """From when to when each visit of a shopper was inside, for ``people_inside``. Empty where
    people are not followed over a whole floor."""
    ended = [event for event in events if isinstance(event, VisitEnded)]
    if not any(event.camera is None and event.unit == "m" for event in ended):
        return []
    telling, _ = apart(sorted(events, key=lambda event: event.time), entrances)
    inside, _ = inside_of(telling, entrances, layout, zones)
    staff = labels(events).staff
    return [(one.since, one.until) for one in inside if one.visit not in staff]


def _was_inside(visit: VisitEnded, layout: Layout | None) -> bool:
    if layout is None or not layout.has_doors or visit.unit != "m" or not visit.t:
        return False
    depth = layout.depth_m(np.stack([visit.x, visit.y], axis=1))
    return int((depth > 0).sum()) >= min(INSIDE_S, len(depth))


def summarise_visitors(
    events: Sequence[Event],
    known: Labels,
    *,
    entrances: Set[str],
    zones: Mapping[str, str],
    start: datetime,
    layout: Layout | None = None,
) -> VisitorSummary | None:
    """None where no line leads into the shop. ``events`` in order of time, ``zones`` id to kind;
    without ``layout`` only passages and stays tell who was inside."""
    if not entrances:
        return None
    telling, beside = apart(events, entrances)
    inside, outside = inside_of(telling, entrances, layout, zones)
    stayed, _ = inside_of(beside, entrances, layout, zones)
    staff = known.staff
    shoppers = [one for one in inside if one.visit not in staff]
    early = start + timedelta(seconds=AT_START_S)
    visitors = [one for one in shoppers if one.came_in or one.since <= early]
    passing = len(outside - staff)
    buying = {zone for zone, kind in zones.items() if kind in _BUYING}
    whole = [one for one in visitors if one.came_in and one.went_out]
    bounced = sum(
        (one.until - one.since).total_seconds() <= BOUNCE_S and not one.areas & buying
        for one in whole
    )
    sizes = _groups(visitors, known) if known.groups else None
    groups = sum(size.groups for size in sizes) if sizes is not None else None
    receipts = sum(isinstance(event, TillReceipt) for event in events) or None
    n = len(visitors)
    return VisitorSummary(
        visitors=n,
        begun_inside=len(shoppers) - n,
        staff=len(staff) if known.roles else None,
        passages=_passages(events, entrances, staff),
        passers_by=passing,
        capture_rate=_share(n, n + passing),
        groups=groups,
        group_sizes=sizes or [],
        bounced=bounced,
        bounce_rate=_share(bounced, n),
        stay_s=spread([(one.until - one.since).total_seconds() for one in whole]),
        reach=_reach([*shoppers, *stayed], n, zones),
        receipts=receipts,
        conversion=_share(receipts, n) if receipts is not None else None,
        group_conversion=_share(receipts, groups) if receipts is not None and groups else None,
    )


def _groups(visitors: Iterable[Inside], known: Labels) -> list[GroupSize]:
    """Those of whom no group is known came alone, and so did who comes in again."""
    sizes: Counter[str] = Counter()
    for number, one in enumerate(visitors):
        group = known.groups.get(one.visit) if one.first else None
        sizes[group if group is not None else f"alone/{number}"] += 1
    return [GroupSize(people=k, groups=n) for k, n in sorted(Counter(sizes.values()).items())]


def _reach(shoppers: Iterable[Inside], visitors: int, zones: Mapping[str, str]) -> dict[str, Reach]:
    """Of every zone but the crew's. Who was lost and found again is counted where the visit went
    on, so pieces count here; not more than all can have been somewhere."""
    stayed = Counter(zone for one in shoppers for zone in one.areas)
    return {
        zone: Reach(
            visitors=min(stayed[zone], visitors),
            share=min(stayed[zone], visitors) / visitors if visitors else None,
        )
        for zone, kind in zones.items()
        if kind not in ("crew", "private")
    }


def _passages(events: Iterable[Event], entrances: Set[str], staff: Set[str]) -> Passages:
    ways = Counter(
        (event.direction, event.visit in staff)
        for event in events
        if isinstance(event, LineCrossed) and event.line in entrances
    )
    return Passages(
        shoppers_in=ways["in", False],
        shoppers_out=ways["out", False],
        staff_in=ways["in", True],
        staff_out=ways["out", True],
    )


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
