"""A summary with its intervals: every count of what was seen gets the ends of what was there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from miseban.insight.labels import labels
from miseban.insight.uncertainty.accuracy import Accuracy
from miseban.insight.uncertainty.balance import people_end_range
from miseban.insight.uncertainty.counts import Span, line_summaries
from miseban.insight.uncertainty.stays import stay_ranges
from miseban.insight.uncertainty.watchers import watchers_of
from miseban.vocabulary.events import CameraHealth, Event, LineCrossed, ZoneEntered, ZoneLeft
from miseban.vocabulary.shop import Shop
from miseban.vocabulary.summary import LineSummary, Range, Summary, VisitorSummary


def with_intervals(
    summary: Summary,
    events: Sequence[Event],
    shop: Shop,
    accuracy: Accuracy,
    empty: Iterable[datetime] = (),
    present: Sequence[tuple[datetime, datetime]] = (),
) -> Summary:
    """``summary``, which was made from ``events``, with the intervals that ``accuracy`` gives.

    ``empty`` are moments in which nobody was in the shop, ``present`` the times in which visits
    were known to be. No count is changed.
    """
    staff = labels(events).staff
    health = [event for event in events if isinstance(event, CameraHealth)]
    seen = [event for event in events if isinstance(event, LineCrossed | ZoneEntered | ZoneLeft)]
    zone = ZoneInfo(shop.shop.timezone)
    span = Span(
        [*health, *seen], summary.start, summary.duration_s, zone, watchers_of(shop, summary)
    )
    # Lines are everybody's; what is told of shoppers only is uncertain by what they did.
    shopping = [event for event in seen if event.visit not in staff]
    shoppers = replace(span, events=[*health, *shopping]) if staff else span
    # What is drawn on the plan is counted by the one camera there is, or by all together.
    line_camera = {line.id: line.camera or summary.camera for line in shop.lines}
    zone_camera = {zone.id: zone.camera or summary.camera for zone in shop.zones}
    lines = {line: line_camera.get(line, summary.camera) for line in summary.lines}
    doors = [line.id for line in shop.lines if line.entrance and line.id in lines]
    found, together = line_summaries(span, lines, doors, accuracy)
    zones = dict(summary.zones)
    for name, told in zones.items():
        ranges = stay_ranges(shoppers, name, zone_camera.get(name, summary.camera), accuracy)
        if ranges is not None:
            zones[name] = told.model_copy(
                update={
                    "visits_95": ranges.visits,
                    "dwell_mean_95": ranges.dwell_mean_s,
                    "occupancy_mean_95": ranges.people_mean,
                }
            )
    inside = summary.inside
    if inside is not None:
        through = {line: lines[line] for line in doors}
        end = people_end_range(shoppers, through, empty, inside.people_end, accuracy, present)
        inside = inside.model_copy(update={"people_end_95": end})
    changed: dict[str, object] = {
        "lines": found,
        "entrances": together,
        "zones": zones,
        "inside": inside,
    }
    if summary.visitors is not None and doors and accuracy.learned is not None:
        _, came = line_summaries(shoppers, lines, doors, accuracy) if staff else (found, together)
        changed["visitors"] = _sure_visitors(summary.visitors, came)
    return summary.model_copy(update=changed)


def _sure_visitors(visitors: VisitorSummary, entrances: LineSummary | None) -> VisitorSummary:
    """As many more or fewer visitors as there may have been passages in."""
    if entrances is None:
        return visitors
    came = entrances.in_
    low, high = (max(0, visitors.visitors + end - came.count) for end in (came.low, came.high))
    return visitors.model_copy(update={"visitors_95": Range(low=low, high=high)})
