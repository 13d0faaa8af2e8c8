"""A summary with its intervals: every count of what was seen gets the ends of what was there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from miseban.insight.uncertainty.accuracy import Accuracy
from miseban.insight.uncertainty.balance import people_end_range
from miseban.insight.uncertainty.counts import Span, line_summaries
from miseban.insight.uncertainty.stays import stay_ranges
from miseban.vocabulary.events import CameraHealth, Event, LineCrossed, ZoneEntered, ZoneLeft
from miseban.vocabulary.shop import Shop
from miseban.vocabulary.summary import Summary


def with_intervals(
    summary: Summary,
    events: Sequence[Event],
    shop: Shop,
    accuracy: Accuracy,
    empty: Iterable[datetime] = (),
) -> Summary:
    """``summary``, which was made from ``events``, with the intervals that ``accuracy`` gives.

    ``empty`` are moments in which nobody was in the shop. No count is changed.
    """
    of_use = LineCrossed | ZoneEntered | ZoneLeft | CameraHealth
    events = [event for event in events if isinstance(event, of_use)]
    span = Span(events, summary.start, summary.duration_s, ZoneInfo(shop.shop.timezone))
    # What is drawn on the plan is counted by the one camera there is, or by all together.
    line_camera = {line.id: line.camera or summary.camera for line in shop.lines}
    zone_camera = {zone.id: zone.camera or summary.camera for zone in shop.zones}
    lines = {line: line_camera.get(line, summary.camera) for line in summary.lines}
    doors = [line.id for line in shop.lines if line.entrance and line.id in lines]
    found, together = line_summaries(span, lines, doors, accuracy)
    zones = dict(summary.zones)
    for name, zone in zones.items():
        ranges = stay_ranges(span, name, zone_camera.get(name, summary.camera), accuracy)
        if ranges is not None:
            changed = {
                "visits_95": ranges.visits,
                "dwell_mean_95": ranges.dwell_mean_s,
                "occupancy_mean_95": ranges.people_mean,
            }
            zones[name] = zone.model_copy(update=changed)
    inside = summary.inside
    if inside is not None:
        through = {line: lines[line] for line in doors}
        end = people_end_range(span, through, empty, inside.people_end, accuracy)
        inside = inside.model_copy(update={"people_end_95": end})
    return summary.model_copy(
        update={"lines": found, "entrances": together, "zones": zones, "inside": inside}
    )
