"""One camera's tracks become facts: the engine drives lines, zones, visits and heat.

The same rows give the same facts however they are cut into calls: frame by frame beside a lens,
or thousands at a time in a replay.
"""

from __future__ import annotations

import heapq
from datetime import datetime

import numpy as np

from miseban.space.facts import FactWriter
from miseban.space.geometry import CameraGeometry
from miseban.space.heat import HeatMap
from miseban.space.line_walk import LineWalk
from miseban.space.now import Seen, seen_alone
from miseban.space.settings import SpaceSettings
from miseban.space.sieve import Sieve, in_order
from miseban.space.steps import Steps
from miseban.space.trails import extend_trails
from miseban.space.visits import VisitBook
from miseban.space.zone_walk import ZoneWalk
from miseban.vocabulary.events import Event
from miseban.vocabulary.identifiers import EventIds, VisitIds
from miseban.vocabulary.shop import Shop
from miseban.vocabulary.tracks import TrackRows

LATE_S = 2.0
"""Rows of a track may be handed over this long after later rows of others (confirmation)."""
MOST_TRACKS = 10_000
"""Of so many tracks it is remembered whose visit they were."""


class CameraSpace:
    """Facts of one camera's view: feed rows in order of time, take events out.

    ``heat`` is the heat map on the picture, ``floor_heat`` the one on the floor (None without
    floor points). ``rejected`` counts rows that were not used, by reason. ``visit_of`` tells, in
    memory only, whose visit each track is or lately was.
    """

    def __init__(
        self,
        shop: Shop,
        camera: str,
        start: datetime,
        *,
        settings: SpaceSettings | None = None,
        event_ids: EventIds | None = None,
        visit_ids: VisitIds | None = None,
    ) -> None:
        self._settings = s = settings or SpaceSettings()
        self._view = view = CameraGeometry(shop, camera, s)
        doors = tuple(i for i, zone in enumerate(view.zones) if zone.kind == "entrance")
        self._book = VisitBook(len(view.zones), view.size, s, visit_ids or VisitIds(), doors)
        longest = max([s.enter_most_s, *(zone.min_stay_s for zone in view.zones)])
        self._facts = FactWriter(
            view, shop, camera, start, event_ids or EventIds(), s.period_s,
            doubt_s=longest + s.longest_doubt_s, delay_s=s.stitch_s + LATE_S,
        )  # fmt: skip
        self.heat = HeatMap(*view.size, s.heat_cell_px)
        self.floor_heat = (
            HeatMap(*view.floor_size, s.heat_cell_m) if view.floor_size is not None else None
        )
        self._sieve = Sieve()
        self.rejected = self._sieve.rejected
        self.visit_of: dict[int, str] = {}
        self._zone_walk = ZoneWalk(view, self._book, self._facts, s)
        self._line_walk = LineWalk(view, self._book, self._facts, s)

    def update(self, rows: TrackRows, until_s: float) -> list[Event]:
        """Takes rows of frames up to ``until_s`` seconds; returns the facts now certain.

        An event's ``time`` is when it happened; it may be returned some seconds later.
        """
        if len(rows):
            self._walk(self._view.steps_of(self._accepted(rows)))
        self._expire(until_s - self._settings.stitch_s - LATE_S)
        # An exit may yet be told from when somebody was last seen on.
        return self._facts.advance(until_s, float(self._book.last_s.min()))

    def gap(self, start_s: float, end_s: float, reason: str) -> list[Event]:
        """The camera saw nothing from ``start_s`` to ``end_s`` (rule 12)."""
        self._facts.gap(start_s, end_s, reason)
        return self._facts.taken()

    def blind(self, start_s: float, end_s: float) -> None:
        """The camera delivered pictures in which nothing could be seen: lost coverage too. Parts of
        one stretch are told as they pass."""
        self._facts.blind(start_s, end_s)

    def hold(self, from_s: float) -> None:
        """From ``from_s`` on it may turn out that nothing could be seen (infinite: no longer):
        occupancy and queues wait there until that is known."""
        self._facts.hold(from_s)

    def finish(self, end_s: float) -> list[Event]:
        """The session ended at ``end_s``: everything still open is closed where it was last
        seen. Returns the remaining facts."""
        self._expire(np.inf)
        return self._facts.finish(end_s)

    def now(self, since_s: float) -> list[Seen]:
        """Who was seen from ``since_s`` on; nobody without floor points."""
        return seen_alone(self._book, self._view.homography, since_s)

    def _accepted(self, rows: TrackRows) -> TrackRows:
        """Confirmed, finite rows in order of time, without those that cannot be trusted."""
        sieve = self._sieve
        rows = sieve.confirmed(rows)
        rows = sieve.without(rows, self._view.private(rows), "private_zone")
        by_track = self._book.by_track
        slots = np.array([by_track.get(t, -1) for t in rows.track.tolist()], np.int64)
        known = slots >= 0
        late = known.copy()
        late[known] = rows.time_s[known] <= self._book.last_s[slots[known]]
        return in_order(sieve.without(rows, late, "late"))

    def _walk(self, steps: Steps) -> None:
        """Cuts the steps where an unknown track begins, so that each new track finds the others
        as they stood at that moment, and walks part after part."""
        n, limit_s = len(steps), self._settings.stitch_s
        if not n:
            return
        starts = steps.beginnings(self._book.by_track, self._book.last_s, limit_s)
        heapq.heapify(starts)
        at = 0
        while at < n:
            now_s = float(steps.time_s[at])
            while starts and starts[0] <= now_s:
                heapq.heappop(starts)
            beginning = int(np.searchsorted(steps.time_s, now_s, side="right"))
            self._begin(steps, at, beginning, starts)
            end = int(np.searchsorted(steps.time_s, starts[0])) if starts else n
            self._part(steps.part(at, max(end, beginning)))
            at = max(end, beginning)

    def _begin(self, steps: Steps, at: int, end: int, starts: list[float]) -> None:
        """Opens visits for the unknown tracks among the steps ``at`` to ``end``, all of one
        moment."""
        book = self._book
        now_s = float(steps.time_s[at])
        unknown, busy = [], set()
        for i, track in zip(range(at, end), steps.track[at:end].tolist(), strict=True):
            slot = book.by_track.get(track)
            if slot is not None and now_s > book.awaited_s(slot):
                self._close(slot)  # too long ago to be the same visit
                slot = None
            if slot is None:
                unknown.append(i)
            else:
                busy.add(slot)
        # First those who come back to their visits: whoever took one then begins anew.
        unknown.sort(key=lambda i: not book.has_been(int(steps.track[i])))
        for i in unknown:
            track = int(steps.track[i])
            slot, former = book.begin(track, now_s, steps.xy[i], steps.xyxy[i], busy)
            busy.add(slot)
            self._remember(track, book.at(slot).id)
            if former is not None:
                # Should the former track show up again, it starts anew from there.
                here = np.flatnonzero(steps.track[at:end] == former)
                unknown.extend((at + here).tolist())
                later = np.flatnonzero(steps.track[end:] == former)
                if len(later):
                    heapq.heappush(starts, float(steps.time_s[end + later[0]]))

    def _remember(self, track: int, visit: str) -> None:
        """Whose visit ``track`` is; of those who are gone, only the latest are remembered."""
        if len(self.visit_of) >= MOST_TRACKS:
            gone = [t for t in self.visit_of if t not in self._book.by_track]
            for one in gone[: MOST_TRACKS // 2]:
                del self.visit_of[one]
        self.visit_of[track] = visit

    def _part(self, steps: Steps) -> None:
        """Walks steps in which no unknown track begins."""
        book, s, view = self._book, self._settings, self._view
        steps = steps.by_track()
        firsts, lasts = steps.firsts, steps.lasts
        slots = np.array([book.by_track[t] for t in steps.track[firsts].tolist()], np.int64)
        fresh = book.observations[slots] == 0
        steps.connect(
            np.where(fresh, steps.time_s[firsts], book.last_s[slots]),
            np.where(fresh[:, None], steps.xy[firsts], book.last_xy[slots]),
            np.where(fresh[:, None], steps.floor[firsts], book.last_floor[slots]),
            np.where(fresh, 0.0, book.last_box[slots, 3] - book.last_box[slots, 1]),
            base=s.jump_base_heights,
            speed=s.jump_speed_heights,
        )
        seconds = steps.time_s - steps.from_s
        book.interval_s = min(book.interval_s, float(seconds[seconds > 0].min(initial=np.inf)))
        self.heat.add(steps.from_xy, steps.xy, seconds)
        if self.floor_heat is not None:
            self.floor_heat.add(steps.from_floor, steps.floor, seconds)

        steps.belong_to(slots)
        self._zone_walk.walk(steps)
        self._line_walk.walk(steps)
        extend_trails(steps, book, on_floor=view.homography is not None)

        book.last_s[slots] = steps.time_s[lasts]
        book.last_xy[slots] = steps.xy[lasts]
        book.last_floor[slots] = steps.floor[lasts]
        book.last_box[slots] = steps.xyxy[lasts]
        book.observations[slots] += lasts - firsts + 1
        book.cover(steps.time_s, steps.xyxy, steps.slot_by_step)

    def _expire(self, before_s: float) -> None:
        for slot in self._book.silent(before_s):
            self._close(slot)

    def _close(self, slot: int) -> None:
        """Ends a visit where it was last seen (rule 7: no grace time is added)."""
        last_s = float(self._book.last_s[slot])
        seen = int(self._book.observations[slot])
        visit = self._book.at(slot)
        self._line_walk.close(slot, visit)
        self._zone_walk.close(slot, visit, last_s)
        self._book.close(slot)
        if seen > 1:  # one sight is no person
            self._facts.ended(visit, last_s)
