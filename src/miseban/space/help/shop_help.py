"""Help in a whole shop: the floor that cameras see together, and each camera by itself."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from miseban.space.help.bodies import Body, BodyLens
from miseban.space.help.calls import Calls
from miseban.space.help.people import Glimpse
from miseban.space.help.settings import HelpSettings
from miseban.space.help.signs import KnowsObjects
from miseban.space.help.watch import HelpWatch
from miseban.space.laying import laid, views_of
from miseban.space.layout import Layout
from miseban.space.now import HoldsTracks, Seen
from miseban.space.polygons import Polygons
from miseban.space.staff import StaffJudge
from miseban.vocabulary.events import Event
from miseban.vocabulary.floor import FloorRows
from miseban.vocabulary.identifiers import EventIds, VisitIds
from miseban.vocabulary.shop import Shop
from miseban.vocabulary.tracks import TrackRows

Floats = NDArray[np.float64]
Pair = tuple[float, float]
FLOOR_LAG_S = 1.0
"""The rows of a second of the floor have come so long after it."""
LATELY_S = 3.0
OUTSIDE_M = 0.2
"""So far before a door somebody is not in the shop yet, or not any more."""


class TellsNow(Protocol):
    """The floor of several cameras."""

    def now(self, since_s: float) -> list[Seen]:
        """Who was seen from ``since_s`` on."""
        ...


class ShopHelp:
    """Feed it rows, ask it after each step. Without ``[help]`` in the shop file it does nothing."""

    def __init__(
        self,
        shop: Shop,
        fused: Sequence[str],
        alone: Sequence[str],
        start: datetime,
        events: EventIds,
        names: VisitIds,
        *,
        objects: KnowsObjects | None = None,
    ) -> None:
        self._lenses: dict[str, BodyLens] = {}
        self._floor: _Floor | None = None
        self._alone: dict[str, _Alone] = {}
        if shop.help is None:
            return
        opens = partial(opened, shop, start, events, names)
        if fused:
            self._lenses = {name: BodyLens(shop, name) for name in fused}
            watch = HelpWatch(shop, partial(opens, None, True), objects=objects)
            self._floor = _Floor(watch, self._lenses, Layout(shop))
        for name in alone:
            self._lenses[name] = lens = BodyLens(shop, name)
            watch = HelpWatch(
                shop, partial(opens, name, lens.on_floor), on_floor=lens.on_floor, follows=False,
                objects=objects,
            )  # fmt: skip
            self._alone[name] = _Alone(watch, lens, shop)

    def saw(self, camera: str, rows: TrackRows) -> None:
        """Rows of one camera's frames, as they come."""
        if camera in self._lenses:
            self._lenses[camera].saw(rows)

    def alone(self, camera: str, until_s: float, visit_of: Mapping[int, str]) -> list[Event]:
        """All rows of a camera by itself up to ``until_s`` have come; ``visit_of`` tells whose its
        tracks are."""
        found = self._alone.get(camera)
        return found.advance(until_s, visit_of) if found is not None else []

    def together(
        self, rows: FloorRows, until_s: float, floor: TellsNow, fusion: HoldsTracks
    ) -> list[Event]:
        """``rows`` of the floor, and all rows of its cameras up to ``until_s``, have come."""
        if self._floor is None:
            return []
        return self._floor.advance(rows, until_s, floor, fusion)

    def finish(self, end_s: float) -> list[Event]:
        """The session ended at ``end_s``."""
        watches = [self._floor.watch] if self._floor is not None else []
        watches += [one.watch for one in self._alone.values()]
        return [event for watch in watches for event in watch.finish(end_s)]


class _Floor:
    """The visits of the floor, second by second."""

    def __init__(self, watch: HelpWatch, lenses: Mapping[str, BodyLens], layout: Layout) -> None:
        self.watch, self._layout = watch, layout
        self._lenses = dict(lenses)
        self._waiting = FloorRows.empty()
        self._next_s: float | None = None

    def advance(
        self, rows: FloorRows, until_s: float, floor: TellsNow, fusion: HoldsTracks
    ) -> list[Event]:
        rows = rows.take(rows.cameras > 0)
        if len(rows):
            self._waiting = FloorRows.concatenate([self._waiting, rows])
        if self._next_s is None:
            self._next_s = math.floor(until_s) - 2.0
        told: list[Event] = []
        while self._next_s + 1.0 + FLOOR_LAG_S <= until_s:
            told += self._second(self._next_s, floor, fusion)
            self._next_s += 1.0
        return told

    def _second(self, now_s: float, floor: TellsNow, fusion: HoldsTracks) -> list[Event]:
        bodies = {
            (body.camera, body.track): body
            for lens in self._lenses.values()
            for body in lens.second(now_s, now_s + 1.0)
        }
        rows = self._waiting
        mine = rows.take((rows.time_s >= now_s) & (rows.time_s < now_s + 1.0))
        self._waiting = rows.take(rows.time_s >= now_s + 1.0)
        if not len(mine):
            return self.watch.second(now_s, {}, list(bodies.values()))
        known = {one.visit: one for one in floor.now(now_s - LATELY_S)}
        visits, at = np.unique(mine.visit, return_inverse=True)
        n = np.bincount(at)
        xy = np.stack([np.bincount(at, mine.xy[:, i]) / n for i in (0, 1)], axis=1)
        waits = self._layout.within("queue", xy) | self._layout.within("counter", xy)
        outside = self._layout.depth_m(xy) < -OUTSIDE_M
        seen: dict[Hashable, Glimpse] = {}
        for i, visit in enumerate(visits.tolist()):
            one = known.get(visit)
            own = [bodies.pop(t) for t in fusion.tracks_of(visit) if t in bodies]
            seen[visit] = Glimpse(
                (float(xy[i, 0]), float(xy[i, 1])), own, one.name if one else None,
                one is not None and one.staff, bool(waits[i]), bool(outside[i]),
            )  # fmt: skip
        return self.watch.second(now_s, seen, list(bodies.values()))


class _Alone:
    """One camera by itself. Who works here is judged by where people are, as on the floor."""

    def __init__(self, watch: HelpWatch, lens: BodyLens, shop: Shop) -> None:
        self.watch, self._lens = watch, lens
        self._layout = Layout(shop) if lens.on_floor else None
        self._staff = StaffJudge(shop) if lens.on_floor else None
        self._numbers: dict[str, int] = {}
        self._next_s: float | None = None
        self._count = 0

    def advance(self, until_s: float, visit_of: Mapping[int, str]) -> list[Event]:
        if self._next_s is None:
            self._next_s = max(0.0, math.floor(until_s) - 1.0)
            self._next_s = min(self._next_s, self._lens.first_s())
        told: list[Event] = []
        while self._next_s + 1.0 <= until_s:
            told += self._second(self._next_s, visit_of)
            self._next_s += 1.0
        return told

    def _second(self, now_s: float, visit_of: Mapping[int, str]) -> list[Event]:
        own: dict[str, list[Body]] = defaultdict(list)
        strays = []
        for body in self._lens.second(now_s, now_s + 1.0):
            visit = visit_of.get(body.track)
            if visit is None:
                strays.append(body)
            else:
                own[visit].append(body)
        if not own:
            return self.watch.second(now_s, {}, strays)
        xy = np.array([np.mean([b.xy for b in bodies], axis=0) for bodies in own.values()])
        waits = outside = np.zeros(len(xy), bool)
        if self._layout is not None:
            outside = self._layout.depth_m(xy) < -OUTSIDE_M
            waits = self._layout.within("queue", xy) | self._layout.within("counter", xy)
        staff = self._judged(now_s, list(own), xy)
        seen: dict[Hashable, Glimpse] = {
            visit: Glimpse(
                (float(x), float(y)), bodies, visit, visit in staff, bool(wait), bool(out)
            )
            for (visit, bodies), (x, y), wait, out in zip(
                own.items(), xy, waits, outside, strict=True
            )
        }
        return self.watch.second(now_s, seen, strays)

    def _judged(self, now_s: float, visits: list[str], xy: Floats) -> set[str]:
        """Those of ``visits`` who work here."""
        if self._staff is None:
            return set()
        numbers = []
        for visit in visits:
            if visit not in self._numbers:
                self._count += 1
                self._numbers[visit] = self._count
            numbers.append(self._numbers[visit])
        n = len(visits)
        rows = FloorRows(
            np.full(n, now_s), np.array(numbers), xy, np.full(n, 0.2), np.ones(n, np.int64)
        )
        self._staff.update(rows)
        if len(self._numbers) > 500:  # of who is long gone nothing is asked any more
            for visit in list(self._numbers)[:250]:
                if visit not in visits:
                    self._staff.forget(self._numbers.pop(visit))
        return {
            visit
            for visit, number in zip(visits, numbers, strict=True)
            if self._staff.role(number)[0] == "staff"
        }


def opened(
    shop: Shop,
    start: datetime,
    events: EventIds,
    names: VisitIds,
    camera: str | None,
    on_floor: bool,
    settings: HelpSettings,
) -> Calls:
    """The calls of one ground, with its zones."""
    assert shop.help is not None  # noqa: S101 - who opens this has looked
    places: list[tuple[str, Floats]] = []
    if on_floor:
        views = views_of(shop)
        drawn = [(zone, laid(zone, views)) for zone in shop.zones if zone.kind != "private"]
        places = [(zone.id, points) for zone, points in drawn if points is not None]
    elif camera is not None:
        mine = [zone for zone in shop.zones_of(camera) if zone.kind != "private"]
        places = [(zone.id, np.array(zone.polygon, np.float64)) for zone in mine]
    polygons, off = Polygons([points for _, points in places]), set(shop.help.off)

    def zone_of(xy: Pair) -> tuple[str | None, bool]:
        inside = polygons.inside(np.array([xy]))[0].tolist()
        names_here = [name for (name, _), there in zip(places, inside, strict=True) if there]
        return (names_here[0] if names_here else None), any(n in off for n in names_here)

    return Calls(shop, start, camera, on_floor, zone_of, settings, events, names)
