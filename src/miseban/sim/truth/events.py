"""The exact events of a simulated stretch of time, from the trails alone.

What counts is defined in ``docs/simulation.md`` and computed here without any rule or code of
``space``: the truth must not share the mistakes of what it judges.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, TypedDict

import numpy as np

from miseban.sim.truth.drawings import Drawn, Floats, on_floor, passages, times_inside
from miseban.sim.truth.occupancy import minutes, queue_changes
from miseban.sim.world.people import Person
from miseban.vocabulary.events import (
    Event,
    LineCrossed,
    QueueState,
    VisitEnded,
    ZoneEntered,
    ZoneLeft,
    ZoneOccupancy,
)
from miseban.vocabulary.identifiers import EventIds, VisitIds
from miseban.vocabulary.shop import Shop, Zone

STEP_OUT_S = 1.0
"""Whoever is back in a zone before this has not left it."""
SWAY_M = 0.25
"""Two opposite crossings of a line without getting this far from it in between are none."""

Stay = tuple[float, float, str]
"""From and to second, and whose."""


class _Stamp(TypedDict):
    id: str
    time: datetime
    shop: str
    camera: str | None


@dataclass(frozen=True, slots=True)
class Truth:
    """``events`` in order of time; ``visits`` the visit id of every person seen, by person id."""

    events: list[Event]
    visits: dict[int, str]

    def joined(self, more: list[Event]) -> Truth:
        """With ``more`` events, of goods or of help."""
        events = sorted([*self.events, *more], key=lambda event: (event.time, event.id))
        return Truth(events, self.visits)


def truth(
    shop: Shop,
    people: list[Person],
    start: datetime,
    duration_s: float,
    seed: int,
    *,
    trail_s: float = 1.0,
) -> Truth:
    """What happened to ``people`` in the first ``duration_s`` seconds after ``start`` (UTC); of a
    visit's way there is a place every ``trail_s``.

    Everybody counts, staff too, in every zone and at every line, whether a camera sees it or
    not. Raises ``BadInput`` when a line's or zone's place on the floor is not known.
    """
    ids = EventIds(random.Random(f"{seed}/events"))
    names = VisitIds(random.Random(f"{seed}/visits"))
    return _Recorder(shop, start, duration_s, ids, seed, trail_s).record(people, names)


class _Recorder:
    def __init__(
        self,
        shop: Shop,
        start: datetime,
        duration_s: float,
        ids: EventIds,
        seed: int,
        trail_s: float,
    ) -> None:
        self._seed, self._trail_s = seed, trail_s
        self._shop, self._start, self._duration_s, self._ids = shop, start, duration_s, ids
        self._lines, self._zones = on_floor(shop)
        self._events: list[Event] = []

    def record(self, people: list[Person], names: VisitIds) -> Truth:
        visits: dict[int, str] = {}
        stays: dict[str, list[Stay]] = {zone.id: [] for zone in self._zones}
        for person in sorted(people, key=lambda one: one.id):
            visit = names.next()  # drawn for all, so that a longer run changes none
            if len(person.trail.t) and person.trail.start_s < self._duration_s:
                visits[person.id] = visit
                self._follow(person, visit, stays)
        for zone in self._zones:
            self._occupy(zone, stays[zone.id])
        self._events.sort(key=lambda event: (event.time, event.id))
        return Truth(self._events, visits)

    def _follow(self, person: Person, visit: str, stays: dict[str, list[Stay]]) -> None:
        t, xy = person.trail.knots(self._duration_s)
        end_s = self._duration_s
        if person.gone:
            end_s = min(end_s, person.trail.end_s)
        if t[-1] < end_s:  # stands there until the end
            t, xy = np.append(t, end_s), np.concatenate([xy, xy[-1:]])
        for line in self._lines:
            for time_s, sign in _real(passages(t, xy, line.points), t, xy, line.points):
                way: Literal["in", "out"] = "in" if sign > 0 else "out"
                stamp = self._stamp(time_s, line.camera)
                self._events.append(LineCrossed(**stamp, line=line.id, direction=way, visit=visit))
        areas: list[tuple[float, str]] = []
        for zone in self._zones:
            for from_s, to_s in _stays(times_inside(t, xy, zone.points), _least_s(zone)):
                stays[zone.id].append((from_s, to_s, visit))
                areas.append((from_s, zone.id))
                stamp = self._stamp(from_s, zone.camera)
                self._events.append(ZoneEntered(**stamp, zone=zone.id, visit=visit))
                stamp = self._stamp(to_s, zone.camera)
                left = ZoneLeft(
                    **stamp, zone=zone.id, visit=visit, dwell_s=to_s - from_s, stitched=1
                )
                self._events.append(left)
        self._end(person, visit, t, xy, areas)

    def _end(
        self, person: Person, visit: str, t: Floats, xy: Floats, areas: list[tuple[float, str]]
    ) -> None:
        """The whole visit with its trail."""
        start_s, end_s, step_s = float(t[0]), float(t[-1]), self._trail_s
        times = np.arange((np.floor(start_s / step_s) + 1) * step_s, end_s + 1e-9, step_s)
        times = np.concatenate([[start_s], times])
        self._events.append(
            VisitEnded(
                **self._stamp(end_s, None),
                visit=visit,
                started=self._utc(start_s),
                t=tuple(times.tolist()),
                x=tuple(np.interp(times, t, xy[:, 0]).tolist()),
                y=tuple(np.interp(times, t, xy[:, 1]).tolist()),
                unit="m",
                areas=tuple(zone for _, zone in sorted(areas)),
                stitched=1,
                role="staff" if person.staff else "shopper",
                group=None if person.staff else self._group(person),
            )
        )

    def _group(self, person: Person) -> str:
        """A random id for all who came with ``person``, the same however long the run."""
        return VisitIds(random.Random(f"{self._seed}/came-together/{person.group}")).next()

    def _occupy(self, zone: Drawn, stays: list[Stay]) -> None:
        start_unix = self._start.timestamp()
        for minute in minutes(stays, start_unix, self._duration_s):
            self._events.append(
                ZoneOccupancy(
                    **self._stamp(minute.end_s, zone.camera),
                    zone=zone.id,
                    people=minute.people,
                    people_max=minute.people_max,
                    person_s=minute.person_s,
                    period_s=minute.end_s - minute.start_s,
                    coverage=1.0,
                )
            )
        if isinstance(zone.thing, Zone) and zone.thing.kind == "queue":
            for time_s, length, waiting_s in queue_changes(stays):
                stamp = self._stamp(time_s, zone.camera)
                state = QueueState(**stamp, zone=zone.id, length=length, waiting_s=waiting_s)
                self._events.append(state)

    def _utc(self, time_s: float) -> datetime:
        return self._start + timedelta(seconds=time_s)

    def _stamp(self, time_s: float, camera: str | None) -> _Stamp:
        return {
            "id": self._ids.at(self._start.timestamp() + time_s),
            "time": self._utc(time_s),
            "shop": self._shop.shop.id,
            "camera": camera,
        }


def _least_s(zone: Drawn) -> float:
    return zone.thing.min_stay_s if isinstance(zone.thing, Zone) else 0.0


def _stays(inside: list[tuple[float, float]], least_s: float) -> Iterator[tuple[float, float]]:
    """Intervals joined over short steps outside, those of at least ``least_s``."""
    joined: list[tuple[float, float]] = []
    for from_s, to_s in inside:
        if joined and from_s - joined[-1][1] < STEP_OUT_S:
            joined[-1] = joined[-1][0], to_s
        else:
            joined.append((from_s, to_s))
    return ((from_s, to_s) for from_s, to_s in joined if to_s - from_s >= least_s)


def _real(
    crossings: list[tuple[float, int]], t: Floats, xy: Floats, line: Floats
) -> list[tuple[float, int]]:
    """Crossings without those that only sway over the line and back."""
    kept: list[tuple[float, int]] = []
    for time_s, sign in crossings:
        if kept and kept[-1][1] == -sign:
            between = (t > kept[-1][0]) & (t < time_s)
            if not (_distance(xy[between], line) >= SWAY_M).any():
                kept.pop()
                continue
        kept.append((time_s, sign))
    return kept


def _distance(points: Floats, line: Floats) -> Floats:
    """(N,) from each of (N, 2) points to the line (M, 2)."""
    a, d = line[:-1], np.diff(line, axis=0)
    to = points[:, None, :] - a
    along = np.clip((to * d).sum(-1) / (d * d).sum(-1), 0.0, 1.0)
    away: Floats = np.hypot(*np.moveaxis(to - along[..., None] * d, -1, 0))
    return np.asarray(away.min(axis=1, initial=np.inf), np.float64)
