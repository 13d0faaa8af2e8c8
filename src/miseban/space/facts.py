"""Writes the events: ids, times in UTC, and the minute-by-minute facts of each zone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from miseban.space.faced import FacedWatch
from miseban.space.fusion.trust.trouble import CameraTrouble
from miseban.space.ground import Ground
from miseban.space.stays import Stay
from miseban.space.timeline import Period, ZoneTimeline
from miseban.space.visit import Visit
from miseban.vocabulary.events import (
    CameraHealth,
    Event,
    LineCrossed,
    QueueState,
    Role,
    VisitEnded,
    VisitLabelled,
    ZoneEntered,
    ZoneLeft,
    ZoneOccupancy,
)
from miseban.vocabulary.identifiers import EventIds
from miseban.vocabulary.shop import Shop, Zone
from miseban.vocabulary.stretches import length_s

MANY_GAPS = 100
"""Of a camera that comes and goes; from here on those of long ago are forgotten."""

Floats = NDArray[np.float64]
_OnPeriod = Callable[[Period], None]
_OnChange = Callable[[float, dict[str, float]], None]


class _Stamp(TypedDict):
    """What every event carries."""

    id: str
    time: datetime
    shop: str
    camera: str | None


class FactWriter:
    """Collects the events of one ground. Occupancy and queues follow behind, when no earlier entry
    or exit can turn up any more: a lost person is waited for ``delay_s``, longer while hidden, and
    what was seen of people is in doubt for ``doubt_s``."""

    def __init__(
        self,
        view: Ground,
        shop: Shop,
        camera: str | None,
        start: datetime,
        ids: EventIds,
        period_s: float,
        *,
        doubt_s: float,
        delay_s: float,
    ) -> None:
        self._view = view
        self._shop, self._camera = shop.shop.id, camera
        self._start, self._start_unix = start, start.timestamp()
        self._ids = ids
        self._faced = FacedWatch(shop, ids)
        self._period_s = period_s
        self._doubt_s, self._delay_s = doubt_s, delay_s
        self._held_s: dict[str | None, float] = {}
        self._gaps: dict[str | None, list[tuple[float, float]]] = defaultdict(list)
        self._events: list[Event] = []
        self._timelines = [
            ZoneTimeline(
                boundary=self._next_boundary,
                changed=self._queue_writer(zone) if zone.kind == "queue" else _ignore,
                finished=self._occupancy_writer(zone),
            )
            for zone in view.zones
        ]

    def taken(self) -> list[Event]:
        """The events written since the last call."""
        events, self._events = self._events, []
        return events

    def advance(self, until_s: float, seen_s: float | Floats) -> list[Event]:
        """Goes on to ``until_s``; ``seen_s`` is when the longest missing was last seen, of all
        zones or of each (Z,)."""
        held_s = min(self._held_s.values(), default=float("inf"))
        known_s = np.minimum(until_s - self._delay_s, np.broadcast_to(seen_s, len(self._timelines)))
        for timeline, certain_s in zip(
            self._timelines, np.minimum(known_s - self._doubt_s, held_s).tolist(), strict=True
        ):
            timeline.advance(certain_s)
        return self.taken()

    def finish(self, end_s: float) -> list[Event]:
        for timeline in self._timelines:
            timeline.finish(end_s)
        return self.taken()

    def crossed(self, visit: Visit, line: int, time_s: float, sign: int) -> None:
        drawn = self._view.lines[line]
        self._events.append(
            LineCrossed(
                **self._stamp(time_s, self._view.camera_of(drawn)),
                line=drawn.id,
                direction="in" if sign > 0 else "out",
                visit=visit.id,
            )
        )

    def entered(self, visit: Visit, z: int, stay: Stay) -> None:
        zone = self._view.zones[z]
        visit.areas.append((stay.entered_s, zone.id))
        self._timelines[z].entered(stay.entered_s, visit.id)
        stamp = self._stamp(stay.entered_s, self._view.camera_of(zone))
        self._events.append(ZoneEntered(**stamp, zone=zone.id, visit=visit.id))

    def left(self, visit: Visit, z: int, stay: Stay, ended_s: float) -> None:
        ended_s = max(ended_s, stay.entered_s)
        self._timelines[z].left(ended_s, visit.id, stay.entered_s)
        zone = self._view.zones[z]
        self._events.append(
            ZoneLeft(
                **self._stamp(ended_s, self._view.camera_of(zone)),
                zone=zone.id,
                visit=visit.id,
                dwell_s=ended_s - stay.entered_s,
                stitched=visit.pieces_of(stay, ended_s),
            )
        )

    def ended(
        self,
        visit: Visit,
        last_s: float,
        *,
        pieces: int | None = None,
        role: Role | None = None,
        group: str | None = None,
        certainty: float | None = None,
    ) -> None:
        event = VisitEnded(
            **self._stamp(last_s, self._camera),
            visit=visit.id,
            started=self._utc(visit.started_s),
            t=tuple(visit.t),
            x=tuple(visit.x),
            y=tuple(visit.y),
            unit=self._view.unit,
            areas=tuple(zone for _, zone in sorted(visit.areas)),
            stitched=pieces or visit.pieces,
            role=role,
            group=group,
            certainty=certainty,
        )
        self._events += [event, *self._faced.of(event)]

    def labelled(
        self, visit: str, time_s: float, role: Role | None, group: str | None, certainty: float
    ) -> None:
        stamp = self._stamp(time_s, self._camera)
        told = VisitLabelled(**stamp, visit=visit, role=role, group=group, certainty=certainty)
        self._events.append(told)

    def gap(self, start_s: float, end_s: float, reason: str, camera: str | None = None) -> None:
        camera = camera or self._camera
        self._lost(camera, start_s, end_s)
        self._events.append(
            CameraHealth(
                **self._stamp(end_s, camera),
                state="gap",
                fps=0.0,
                gap_s=max(0.0, end_s - start_s),
                reason=reason,
            )
        )

    def trouble(self, found: CameraTrouble) -> None:
        """What only shows beside other cameras. It is told when it was sure."""
        self._events.append(
            CameraHealth(
                **self._stamp(found.time_s, found.camera),
                state=found.state,
                fps=0.0,
                reason=found.reason,
                phase=found.phase,
                since=self._utc(found.since_s),
                dx_px=found.dx_px,
                dy_px=found.dy_px,
                clock_s=found.clock_s,
            )
        )

    def blind(self, start_s: float, end_s: float, camera: str | None = None) -> None:
        """Nothing could be seen from ``start_s`` to ``end_s``, of which other events tell."""
        self._lost(camera or self._camera, start_s, end_s)

    def _lost(self, camera: str | None, start_s: float, end_s: float) -> None:
        gaps = self._gaps[camera]
        if gaps and gaps[-1][1] == start_s:
            start_s, _ = gaps.pop()
        gaps.append((start_s, end_s))
        if len(gaps) > MANY_GAPS:  # no period that is still open began before the last two
            open_s = min((line.now_s for line in self._timelines), default=end_s)
            open_s -= 2 * self._period_s
            self._gaps[camera] = [gap for gap in gaps if gap[1] > open_s]

    def hold(self, from_s: float, camera: str | None = None) -> None:
        """Minutes that reach beyond ``from_s`` are not closed until this is told again."""
        self._held_s[camera or self._camera] = from_s

    def _utc(self, time_s: float) -> datetime:
        return self._start + timedelta(seconds=time_s)

    def _stamp(self, time_s: float, camera: str | None) -> _Stamp:
        return {
            "id": self._ids.at(self._start_unix + time_s),
            "time": self._utc(time_s),
            "shop": self._shop,
            "camera": camera,
        }

    def _next_boundary(self, after_s: float) -> float:
        """The next whole period of wall-clock time, so that all cameras share their minutes."""
        unix = self._start_unix + after_s
        edge = (unix // self._period_s + 1) * self._period_s - self._start_unix
        # Near 1970 the sum is rounded, and a boundary could be found to follow itself.
        return edge if edge > after_s else edge + self._period_s

    def _occupancy_writer(self, zone: Zone) -> _OnPeriod:
        camera, watchers = self._view.camera_of(zone), self._view.watchers(zone)

        def write(period: Period) -> None:
            length = period.end_s - period.start_s
            if length <= 0:
                return
            lost = [length_s(self._gaps[c], period.start_s, period.end_s) for c in watchers]
            lost_s = sum(lost) / max(1, len(lost))
            self._events.append(
                ZoneOccupancy(
                    **self._stamp(period.end_s, camera),
                    zone=zone.id,
                    people=period.people,
                    people_max=period.people_max,
                    person_s=period.person_s,
                    period_s=length,
                    coverage=min(1.0, max(0.0, 1.0 - lost_s / length)),
                )
            )

        return write

    def _queue_writer(self, zone: Zone) -> _OnChange:
        camera = self._view.camera_of(zone)

        def write(time_s: float, inside: dict[str, float]) -> None:
            first_s = min(inside.values(), default=time_s)
            self._events.append(
                QueueState(
                    **self._stamp(time_s, camera),
                    zone=zone.id,
                    length=len(inside),
                    waiting_s=time_s - first_s,
                )
            )

        return write


def _ignore(time_s: float, inside: dict[str, float]) -> None:
    """Zones that are no queue have nothing to say at each change."""
