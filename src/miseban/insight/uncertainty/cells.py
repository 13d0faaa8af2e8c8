"""The time of a recording, cut where a camera's condition changes: what was counted in each part.

A cell is a stretch within one clock hour in which a line's camera was in one condition: well, in
some trouble, or away (a gap). Rates hold for a condition, so this is what they are applied to.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from itertools import pairwise
from typing import Literal, get_args

import numpy as np

from miseban.insight.intervals import gaps_s
from miseban.vocabulary.events import CameraHealth, Event
from miseban.vocabulary.events.device import Trouble
from miseban.vocabulary.stretches import Stretch, joined, without

HOUR_S = 3600.0
TROUBLES: tuple[Trouble, ...] = get_args(Trouble)
Condition = Literal["well", "gap"] | Trouble


@dataclass(frozen=True, slots=True)
class Cell:
    """From ``from_s`` to ``to_s`` seconds since the start, in the clock hour number ``hour`` of
    the recording, in one ``condition``."""

    hour: int
    from_s: float
    to_s: float
    condition: Condition

    @property
    def minutes(self) -> float:
        return (self.to_s - self.from_s) / 60


def cells_of(
    events: Iterable[Event],
    start: datetime,
    duration_s: float,
    zone: tzinfo | None,
    camera: str | None,
    watchers: Sequence[str] = (),
) -> list[Cell]:
    """The cells of ``camera``'s recording, in order of time. Without a camera (a line on the floor
    plan, which ``watchers`` see) only what the events tell of the shop as a whole counts, and the
    times in which every one of the watchers was away."""
    health = [e for e in events if isinstance(e, CameraHealth)]
    events = [e for e in health if e.camera == camera]
    gaps = joined((a, b) for a, b, _ in gaps_s(events, start))
    if camera is None and watchers:
        away = [gaps_s([e for e in health if e.camera == name], start) for name in watchers]
        gaps = joined([*gaps, *_all_at_once([joined((a, b) for a, b, _ in own) for own in away])])
    edges = hour_edges(start, duration_s, zone)
    found = []
    for hour, (from_s, to_s) in enumerate(pairwise(edges)):
        parts: list[tuple[Stretch, Condition]] = [
            ((max(a, from_s), min(b, to_s)), "gap") for a, b in gaps if a < to_s and b > from_s
        ]
        left = without((from_s, to_s), gaps)
        for trouble, stretches in troubles_s(events, start, duration_s):
            for a, b in stretches:
                hit = [(max(a, x), min(b, y)) for x, y in left if a < y and b > x]
                parts += [(stretch, trouble) for stretch in hit]
                left = [rest for whole in left for rest in without(whole, hit)]
        parts += [(stretch, "well") for stretch in left]
        found += [Cell(hour, a, b, condition) for (a, b), condition in sorted(parts) if b > a]
    return found


def _all_at_once(each: Sequence[Sequence[Stretch]]) -> list[Stretch]:
    """When stretches of every one of ``each`` meet."""
    common = list(each[0])
    for other in each[1:]:
        common = [(max(a, x), min(b, y)) for a, b in common for x, y in other if a < y and x < b]
    return common


def hour_edges(start: datetime, duration_s: float, zone: tzinfo | None) -> list[float]:
    """Where clock hours of ``zone`` begin and end, in seconds since the start, with the ends."""
    local = start.astimezone(zone) if zone is not None else start
    lead_s = local.minute * 60 + local.second + local.microsecond / 1e6
    inner = np.arange(HOUR_S - lead_s, duration_s, HOUR_S)
    return [0.0, *(float(edge) for edge in inner), max(duration_s, 0.0)]


def hour_starts(start: datetime, duration_s: float, zone: tzinfo | None) -> list[datetime]:
    """The clock hours that the cells lie in."""
    local = start.astimezone(zone) if zone is not None else start
    first = local - timedelta(
        minutes=local.minute, seconds=local.second, microseconds=local.microsecond
    )
    return [first + timedelta(hours=n) for n in range(len(hour_edges(start, duration_s, zone)) - 1)]


def troubles_s(
    events: Sequence[Event], start: datetime, duration_s: float
) -> list[tuple[Trouble, list[Stretch]]]:
    """When the camera was in each trouble, in seconds since ``start``; the gravest first."""
    found: dict[Trouble, list[Stretch]] = {}
    open_: dict[Trouble, float] = {}
    for event in sorted(events, key=lambda event: event.time):
        if not isinstance(event, CameraHealth) or event.state == "ok" or event.state == "gap":
            continue
        since = event.since or event.time
        from_s = max(0.0, (since - start).total_seconds())
        if event.phase == "ends":
            begun = open_.pop(event.state, from_s)
            until_s = (event.time - start).total_seconds()
            found.setdefault(event.state, []).append((begun, until_s))
        else:
            open_.setdefault(event.state, from_s)
    for state, begun in open_.items():
        found.setdefault(state, []).append((begun, duration_s))
    return [(trouble, joined(found[trouble])) for trouble in GRAVEST_FIRST if trouble in found]


GRAVEST_FIRST: tuple[Trouble, ...] = (
    *("blocked", "frozen", "moved", "disagrees", "dark", "blurred", "glare", "flapping", "slow"),
    "clock",
)
"""Where several troubles meet, the first of these is the cell's condition."""
