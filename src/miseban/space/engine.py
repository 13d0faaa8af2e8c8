"""One camera's tracks become facts: the engine drives lines, zones, visits and heat.

The same rows give the same facts however they are cut into calls: frame by frame beside a lens,
or thousands at a time in a replay.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from datetime import datetime
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from miseban.space.facts import FactWriter
from miseban.space.geometry import CameraGeometry
from miseban.space.heat import HeatMap
from miseban.space.passages import Passage
from miseban.space.polygons import INSIDE
from miseban.space.segments import Crossing
from miseban.space.settings import SpaceSettings
from miseban.space.stays import Stay
from miseban.space.steps import Steps
from miseban.space.visits import Visit, VisitBook
from miseban.vocabulary.events import Event
from miseban.vocabulary.identifiers import EventIds, VisitIds
from miseban.vocabulary.shop import Shop
from miseban.vocabulary.tracks import TrackRows

LATE_S = 2.0
"""Rows of a track may be handed over this long after later rows of others (confirmation)."""


class CameraSpace:
    """Facts of one camera's view: feed rows in order of time, take events out.

    ``heat`` is the heat map on the picture, ``floor_heat`` the one on the floor (None without
    floor points). ``rejected`` counts rows that were not used, by reason.
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
        self._view = view = CameraGeometry(shop, camera)
        doors = tuple(i for i, zone in enumerate(view.zones) if zone.kind == "entrance")
        self._book = VisitBook(len(view.zones), view.size, s, visit_ids or VisitIds(), doors)
        longest = max([s.enter_most_s, *(zone.min_stay_s for zone in view.zones)])
        self._facts = FactWriter(
            view, shop, camera, start, event_ids or EventIds(), s.period_s,
            delay_s=s.stitch_s + LATE_S + longest + s.longest_doubt_s,
        )  # fmt: skip
        self.heat = HeatMap(*view.size, s.heat_cell_px)
        self.floor_heat = (
            HeatMap(*view.floor_size, s.heat_cell_m) if view.floor_size is not None else None
        )
        self.rejected: dict[str, int] = defaultdict(int)
        self._watched: set[tuple[int, int]] = set()  # stays that wait for time to pass
        self._pending: set[tuple[int, int]] = set()  # passages that wait to settle

    def update(self, rows: TrackRows, until_s: float) -> list[Event]:
        """Takes rows of frames up to ``until_s`` seconds; returns the facts now certain.

        An event's ``time`` is when it happened; it may be returned some seconds later.
        """
        if len(rows):
            self._walk(self._view.steps_of(self._accepted(rows)))
        self._expire(until_s - self._settings.stitch_s - LATE_S)
        return self._facts.advance(until_s)

    def gap(self, start_s: float, end_s: float, reason: str) -> list[Event]:
        """The camera saw nothing from ``start_s`` to ``end_s`` (rule 12)."""
        self._facts.gap(start_s, end_s, reason)
        return self._facts.taken()

    def finish(self, end_s: float) -> list[Event]:
        """The session ended at ``end_s``: everything still open is closed where it was last
        seen. Returns the remaining facts."""
        self._expire(np.inf)
        return self._facts.finish(end_s)

    def _accepted(self, rows: TrackRows) -> TrackRows:
        """Confirmed, finite rows in order of time, without those that cannot be trusted."""

        def without(rows: TrackRows, bad: NDArray[np.bool_], reason: str) -> TrackRows:
            if not bad.any():
                return rows
            self.rejected[reason] += int(bad.sum())
            return rows.take(~bad)

        rows = without(rows, rows.track < 0, "unconfirmed")
        ok = np.isfinite(rows.time_s) & np.isfinite(rows.xyxy).all(axis=1)
        rows = without(rows, ~ok, "not_a_number")
        order = np.lexsort((rows.time_s, rows.track))
        track, time_s = rows.track[order], rows.time_s[order]
        twice = (track[1:] == track[:-1]) & (time_s[1:] == time_s[:-1])
        if twice.any():
            # One id on two people at once says nothing about either (rule 1).
            shared = np.zeros(len(rows), bool)
            shared[order[1:][twice]] = shared[order[:-1][twice]] = True
            rows = without(rows, shared, "shared_id")
        rows = without(rows, self._view.private(rows), "private_zone")
        by_track = self._book.by_track
        slots = np.array([by_track.get(t, -1) for t in rows.track.tolist()], np.int64)
        known = slots >= 0
        late = known.copy()
        late[known] = rows.time_s[known] <= self._book.last_s[slots[known]]
        rows = without(rows, late, "late")
        if len(rows) > 1 and (rows.time_s[1:] < rows.time_s[:-1]).any():
            rows = rows.take(np.argsort(rows.time_s, kind="stable"))
        return rows

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
        book, limit_s = self._book, self._settings.stitch_s
        now_s = float(steps.time_s[at])
        unknown, busy = [], set()
        for i, track in zip(range(at, end), steps.track[at:end].tolist(), strict=True):
            slot = book.by_track.get(track)
            if slot is not None and now_s - book.last_s[slot] > limit_s:
                self._close(slot)  # too long ago to be the same visit
                slot = None
            if slot is None:
                unknown.append(i)
            else:
                busy.add(slot)
        for i in unknown:
            track = int(steps.track[i])
            slot, former = book.begin(track, now_s, steps.xy[i], steps.xyxy[i], busy)
            busy.add(slot)
            if former is not None:
                # Should the former track show up again, it starts anew from there.
                later = np.flatnonzero(steps.track[end:] == former)
                if len(later):
                    heapq.heappush(starts, float(steps.time_s[end + later[0]]))

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
            base=s.jump_base_heights,
            speed=s.jump_speed_heights,
        )
        seconds = steps.time_s - steps.from_s
        self.heat.add(steps.from_xy, steps.xy, seconds)
        if self.floor_heat is not None:
            self.floor_heat.add(steps.from_floor, steps.floor, seconds)

        slot_of = {slot: (a, b + 1) for slot, a, b in zip(
            slots.tolist(), firsts.tolist(), lasts.tolist(), strict=True)}  # fmt: skip
        slot_by_step = np.repeat(slots, lasts - firsts + 1)
        if len(view.zones):
            self._zones(steps, slots, slot_by_step, slot_of)
        if len(view.lines):
            self._lines(steps, slot_by_step, slot_of)
        self._trails(steps, slot_by_step)

        book.last_s[slots] = steps.time_s[lasts]
        book.last_xy[slots] = steps.xy[lasts]
        book.last_floor[slots] = steps.floor[lasts]
        book.last_box[slots] = steps.xyxy[lasts]
        book.observations[slots] += lasts - firsts + 1

    def _zones(
        self,
        steps: Steps,
        slots: NDArray[np.int64],
        slot_by_step: NDArray[np.int64],
        slot_of: dict[int, tuple[int, int]],
    ) -> None:
        codes = self._view.codes(steps)
        before = np.empty_like(codes)
        before[1:] = codes[:-1]
        before[steps.firsts] = self._book.codes[slots]
        self._book.codes[slots] = codes[steps.lasts]
        changes: dict[tuple[int, int], list[int]] = {
            pair: [] for pair in self._watched if pair[0] in slot_of
        }
        at, zones = np.nonzero(codes != before)
        for i, z in zip(at.tolist(), zones.tolist(), strict=True):
            changes.setdefault((int(slot_by_step[i]), z), []).append(i)
        for (slot, z), edges in changes.items():
            a, b = slot_of[slot]
            self._stay(slot, z, [a, *edges, b], codes, steps)

    def _stay(
        self, slot: int, z: int, edges: list[int], codes: NDArray[np.int8], steps: Steps
    ) -> None:
        """Walks one visit's runs of equal codes in one zone; ``edges`` are where runs begin."""
        visit = self._book.at(slot)
        stay = visit.stays.get(z)
        for a, b in pairwise(edges):
            if a == b:
                continue
            code = int(codes[a, z])
            if stay is not None and code != stay.code:
                stay = self._turned(visit, z, stay, code, a, steps)
            if stay is None:
                if code != INSIDE:
                    continue
                entered_s = self._view.border_s(steps, a, z, entering=True)
                least_s = self._view.zones[z].min_stay_s
                stay = visit.stays[z] = Stay(least_s, self._settings, entered_s, visit.pieces)
            was = stay.confirmed
            over = stay.observed(float(steps.time_s[b - 1]), b - a)
            if stay.confirmed and not was:
                self._facts.entered(visit, z, stay)
            if over:
                self._end_stay(visit, z, stay)
                stay = None
        if stay is not None and not stay.settled:
            self._watched.add((slot, z))
        else:
            self._watched.discard((slot, z))

    def _turned(
        self, visit: Visit, z: int, stay: Stay, code: int, i: int, steps: Steps
    ) -> Stay | None:
        """The person's code in zone ``z`` changes during step ``i``; None if that ended the stay,
        before the change."""
        time_s = float(steps.time_s[i])
        if INSIDE in (code, stay.code):
            time_s = self._view.border_s(steps, i, z, entering=code == INSIDE)
        was, before = stay.confirmed, stay.ended_s
        over = stay.turned(code, time_s)
        if stay.confirmed and not was:
            self._facts.entered(visit, z, stay)
        if not over:
            return stay
        self._end_stay(visit, z, stay, before)
        return None

    def _end_stay(self, visit: Visit, z: int, stay: Stay, ended_s: float | None = None) -> None:
        del visit.stays[z]
        if stay.confirmed:
            self._facts.left(visit, z, stay, stay.ended_s if ended_s is None else ended_s)

    def _lines(
        self, steps: Steps, slot_by_step: NDArray[np.int64], slot_of: dict[int, tuple[int, int]]
    ) -> None:
        crossings: dict[tuple[int, int], list[Crossing]] = {
            pair: [] for pair in self._pending if pair[0] in slot_of
        }
        for crossing in self._view.crossings(steps):
            key = (int(slot_by_step[crossing.step]), crossing.line)
            crossings.setdefault(key, []).append(crossing)
        for (slot, line), found in crossings.items():
            self._passage(slot, line, found, slot_of[slot], steps)

    def _passage(
        self, slot: int, line: int, found: list[Crossing], span: tuple[int, int], steps: Steps
    ) -> None:
        """Walks one visit's steps at one line from its first crossing on."""
        visit, view = self._book.at(slot), self._view
        passage = visit.passages.get(line)
        if passage is None:
            passage = visit.passages[line] = Passage(self._settings)
        queue = iter(found)
        crossing = next(queue, None)
        i = span[0]
        while i < span[1]:
            if not passage.pending:
                if crossing is None:
                    break
                i = crossing.step
            while crossing is not None and crossing.step == i:
                passed_s = float(
                    steps.from_s[i] + crossing.fraction * (steps.time_s[i] - steps.from_s[i])
                )
                passage.crossed(passed_s, crossing.sign)
                crossing = next(queue, None)
            if passage.pending:
                counted = passage.observed(
                    float(steps.time_s[i]), *view.line_distance(steps, i, line)
                )
                if counted is not None:
                    self._facts.crossed(visit, line, *counted)
            i += 1
        if passage.pending:
            self._pending.add((slot, line))
        else:
            self._pending.discard((slot, line))

    def _trails(self, steps: Steps, slot_by_step: NDArray[np.int64]) -> None:
        """Samples each path at whole seconds."""
        second = np.floor(steps.time_s)
        place, from_place = (
            (steps.xy, steps.from_xy)
            if self._view.homography is None
            else (steps.floor, steps.from_floor)
        )
        began = steps.from_s == steps.time_s
        for i in np.flatnonzero((second > np.floor(steps.from_s)) | began).tolist():
            visit = self._book.at(int(slot_by_step[i]))
            from_s, to_s = float(steps.from_s[i]), float(steps.time_s[i])
            if began[i]:
                times = [to_s]
            else:
                times = [float(k) for k in range(int(np.floor(from_s)) + 1, int(second[i]) + 1)]
            for t in times:
                part = 1.0 if began[i] else (t - from_s) / (to_s - from_s)
                x, y = (from_place[i] + part * (place[i] - from_place[i])).tolist()
                if x == x and y == y:  # not above the horizon
                    visit.t.append(t)
                    visit.x.append(x)
                    visit.y.append(y)
            x, y = steps.xy[i].tolist()
            visit.marks = (visit.marks[1], (to_s, x, y))

    def _expire(self, before_s: float) -> None:
        for slot in self._book.silent(before_s):
            self._close(slot)

    def _close(self, slot: int) -> None:
        """Ends a visit where it was last seen (rule 7: no grace time is added)."""
        last_s = float(self._book.last_s[slot])
        band = self._view.last_band(self._book.last_box[slot])
        visit = self._book.close(slot)
        for line, passage in visit.passages.items():
            self._pending.discard((slot, line))
            counted = passage.ended(band[line])
            if counted is not None:
                self._facts.crossed(visit, line, *counted)
        for z, stay in list(visit.stays.items()):
            self._watched.discard((slot, z))
            stay.last_s = last_s
            self._end_stay(visit, z, stay)
        self._facts.ended(visit, last_s)
