"""The numbers of one recording, made from its events alone.

Everything a person reads (summary, report, charts) is added up from the same events, so totals
and parts always agree (counting rule 11).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence, Set
from datetime import datetime, timedelta

from miseban.insight.durations import spread
from miseban.insight.labels import Labels, labels
from miseban.insight.queues import summarise_queue
from miseban.insight.shoppers import shoppers_only
from miseban.insight.visitors import summarise_visitors
from miseban.space.layout import Layout
from miseban.vocabulary.events import (
    AttributeSummary,
    Event,
    LineCrossed,
    VisitEnded,
    ZoneEntered,
    ZoneLeft,
    ZoneOccupancy,
    plain,
)
from miseban.vocabulary.summary import (
    AttributeCell,
    CameraSummary,
    Count,
    InsideSummary,
    LineSummary,
    PathSummary,
    Summary,
    ZoneSummary,
)


def summarise(
    events: Sequence[Event],
    *,
    shop_id: str,
    camera: str | None,
    start: datetime,
    duration_s: float,
    frames: int,
    analysed_fps: float,
    incomplete: str,
    lines: Sequence[str],
    zones: Mapping[str, str],
    tills: Sequence[tuple[str, str]],
    model: str,
    versions: dict[str, str],
    uncovered_s: float,
    inside: InsideSummary | None = None,
    rejected: Mapping[str, int] | None = None,
    model_note: str = "",
    detected: float | None = None,
    cameras: Mapping[str, CameraSummary] | None = None,
    entrances: Set[str] = frozenset(),
    layout: Layout | None = None,
) -> Summary:
    """Adds up ``events`` of one recording.

    ``start`` (aware) and ``duration_s`` bound the recording, ``uncovered_s`` of which the camera
    did not see; ``lines`` ids and ``zones`` id to kind name what must appear even when nothing
    happened there; ``tills`` are pairs of a queue zone and its service zone. Events may come in
    any order; ``inside`` is the balance at the entrances, where there are any. Lines and zones
    that only events know are added. ``rejected`` counts rows of tracks not used, by reason;
    ``detected`` is the part of the frames that a detector looked at; ``cameras`` are several that
    saw the recording; ``entrances`` are the lines
    that lead into the shop, ``layout`` tells what is inside.

    Whoever works here is in ``people`` and ``lines`` only, which are everybody's. Intervals are
    those of a truth: nothing wide.
    """
    # Help is for helping: no figure comes from a call.
    events = sorted(plain(events), key=lambda event: event.time)
    coverage = 1.0 - min(1.0, max(0.0, uncovered_s) / duration_s) if duration_s > 0 else 0.0
    end = start + timedelta(seconds=duration_s)
    kinds = dict(zones)
    for event in events:
        if isinstance(event, ZoneEntered | ZoneLeft | ZoneOccupancy):
            kinds.setdefault(event.zone, "area")
    known = labels(events)
    shopping = shoppers_only(events, known.staff)
    queues = [z for z, kind in kinds.items() if kind == "queue"]
    queues += [queue for queue, _ in tills if queue not in queues]
    return Summary(
        shop=shop_id,
        camera=camera,
        cameras=dict(cameras or {}),
        start=start,
        duration_s=duration_s,
        frames=frames,
        analysed_fps=analysed_fps,
        detected=detected,
        coverage=coverage,
        incomplete=incomplete,
        people=_people(events),
        lines=_lines(events, lines),
        inside=inside,
        visitors=summarise_visitors(
            events, known, entrances=entrances, zones=kinds, start=start, layout=layout
        ),
        rejected=dict(rejected or {}),
        zones={
            zone: _zone(shopping, zone, kind, _of_staff(events, zone, known))
            for zone, kind in kinds.items()
        },
        queues={
            queue: summarise_queue(
                shopping, queue, {s for q, s in tills if q == queue and s in kinds}, start, end
            )
            for queue in dict.fromkeys(queues)
        },
        paths=_paths(shopping),
        attributes=[
            AttributeCell(
                zone=event.zone,
                end=event.time,
                k=event.k,
                visitors=event.visitors,
                attributes=list(event.attributes),
            )
            for event in events
            if isinstance(event, AttributeSummary)
        ],
        model=model,
        model_note=model_note,
        versions=versions,
    )


def _people(events: Sequence[Event]) -> int:
    """Visits of which an event tells. Where cameras share a floor, its visits alone (they name no
    camera): a camera that counts by itself sees the same people."""
    on_floor = {e.visit for e in events if isinstance(e, VisitEnded) and e.camera is None}
    return len(on_floor or {getattr(event, "visit", None) for event in events} - {None})


def _lines(events: Sequence[Event], known: Sequence[str]) -> dict[str, LineSummary]:
    """What was counted; how right that is, ``uncertainty`` works out."""
    passed: Counter[tuple[str, str]] = Counter(
        (event.line, event.direction) for event in events if isinstance(event, LineCrossed)
    )
    names = dict.fromkeys([*known, *(line for line, _ in passed)])
    return {
        line: LineSummary.model_validate({way: _exact(passed[line, way]) for way in ("in", "out")})
        for line in names
    }


def _exact(count: int) -> Count:
    return Count(count=count, low=count, high=count)


def _of_staff(events: Sequence[Event], zone: str, known: Labels) -> list[float]:
    """Seconds of the stays in ``zone`` that are left out."""
    staff = known.staff
    left = (e for e in events if isinstance(e, ZoneLeft) and e.zone == zone)
    return [event.dwell_s for event in left if event.visit in staff]


def _zone(events: Sequence[Event], zone: str, kind: str, staff: Sequence[float]) -> ZoneSummary:
    visits, dwell, person_s, covered_s, fullest = 0, [], 0.0, 0.0, 0
    for event in events:
        if isinstance(event, ZoneEntered) and event.zone == zone:
            visits += 1
        elif isinstance(event, ZoneLeft) and event.zone == zone:
            dwell.append(event.dwell_s)
        elif isinstance(event, ZoneOccupancy) and event.zone == zone:
            person_s += event.person_s
            covered_s += event.period_s * event.coverage
            fullest = max(fullest, event.people_max)
    return ZoneSummary(
        kind=kind,
        visits=visits,
        dwell_s=spread(dwell),
        occupancy_mean=person_s / covered_s if covered_s > 0 else 0.0,
        occupancy_max=fullest,
        staff_visits=len(staff),
        staff_s=sum(staff),
    )


def _paths(events: Sequence[Event]) -> list[PathSummary]:
    """Each visit counts once for a pair of zones, however often it went that way."""
    people: Counter[tuple[str, str]] = Counter()
    for event in events:
        if isinstance(event, VisitEnded):
            steps = zip(event.areas, event.areas[1:], strict=False)
            people.update({(a, b) for a, b in steps if a != b})
    ranked = sorted(people.items(), key=lambda item: (-item[1], item[0]))
    return [PathSummary(from_zone=a, to_zone=b, people=n) for (a, b), n in ranked]
