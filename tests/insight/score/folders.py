"""Result folders made of events, and ways to spoil them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path

from miseban.insight.summary import summarise
from miseban.journal.events_table import write_events
from miseban.vocabulary.events import CameraHealth, Event, VisitEnded
from miseban.vocabulary.summary import LineSummary
from tests.insight.sample import START, ZONES, Maker

DURATION_S = 10_800.0  # 13:07:30 to 16:07:30 in Tokyo: four clock hours begun
Spoiling = Callable[[list[Event]], list[Event]]


def shop_day() -> list[Event]:
    """A made-up day whose numbers are round: 100 people a direction, one stay of 10 s to 109 s
    for each, a queue of 0 to 2 people, and trails that wander over the floor.

    Person n comes in at 60 n + 30 s, stays from 60 n + 35 s on, and leaves 200 s after coming.
    """
    maker = Maker()
    for n in range(100):
        at, visit = 60.0 * n + 30, f"v{n:03}"
        maker.cross(at, visit, "in")
        maker.stay(at + 5, 10.0 + n, visit, "sandwiches")
        maker.occupancy(60.0 * (n + 1) - 30, "sandwiches", 30.0, 1)  # START is at half a minute
        maker.cross(at + 200, visit, "out")
        maker.visit(at, at + 200, visit, ("sandwiches",))
        maker.queue(at + 20, 1 + n % 2)
        maker.stay(at + 20, 30.0, visit, "queue-1")
        maker.queue(at + 50, 0)
    return [wandering(event) if isinstance(event, VisitEnded) else event for event in maker.events]


def wandering(event: VisitEnded) -> VisitEnded:
    n = int(event.visit[1:])
    t = tuple(float(second) for second in range(20))
    x = tuple(100.0 + 16 * ((second * (1 + n % 3)) % 12) for second in range(20))
    return event.model_copy(update={"t": t, "x": x, "y": tuple(40.0 + 16 * (n % 5) for _ in t)})


def write(
    folder: Path,
    events: Sequence[Event],
    *,
    shop: str = "kawaguchi",
    camera: str | None = "door",
    lines: tuple[str, ...] = ("entrance",),
    zones: dict[str, str] = ZONES,
    late_s: float = 0.0,
    duration_s: float = DURATION_S,
    told: Mapping[str, LineSummary] | None = None,
) -> Path:
    """A folder as ``replay`` leaves it, less pictures and report. ``told`` are lines with other
    intervals than that of the count alone."""
    folder.mkdir(parents=True, exist_ok=True)
    events = sorted(events, key=lambda event: event.time)
    summary = summarise(
        events,
        shop_id=shop,
        camera=camera,
        start=START + timedelta(seconds=late_s),
        duration_s=duration_s,
        frames=1000,
        analysed_fps=5.0,
        incomplete="",
        lines=lines,
        zones=zones,
        tills=(),
        model="tracks",
        versions={},
        uncovered_s=sum(e.gap_s for e in events if isinstance(e, CameraHealth)),
    )
    if told is not None:
        summary = summary.model_copy(update={"lines": {**summary.lines, **told}})
    write_events(folder / "events.parquet", events)
    (folder / "summary.json").write_text(summary.model_dump_json(by_alias=True), "utf-8")
    return folder


def moved(event: Event, by_s: float) -> Event:
    return event.model_copy(update={"time": event.time + timedelta(seconds=by_s)})


def longer_stays(events: list[Event], by_s: float) -> list[Event]:
    return [
        moved(e, by_s).model_copy(update={"dwell_s": e.dwell_s + by_s})
        if e.type == "zone.left"
        else e
        for e in events
    ]
