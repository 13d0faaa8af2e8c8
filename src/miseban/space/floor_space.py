"""The visits of a whole floor become facts: everything is counted once, in metres.

The same rows give the same facts however they are cut into calls.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

import numpy as np

from miseban.space.facts import FactWriter
from miseban.space.floor_book import FloorBook
from miseban.space.floor_geometry import FloorGeometry
from miseban.space.fusion.trust.trouble import CameraTrouble
from miseban.space.heat import HeatMap
from miseban.space.labels import REVISED_S, FindsGroups, JudgesStaff, Labels
from miseban.space.line_walk import LineWalk
from miseban.space.now import Seen, seen_together
from miseban.space.polygons import INSIDE, OUTSIDE, Codes
from miseban.space.settings import SpaceSettings
from miseban.space.trails import extend_trails
from miseban.space.zone_walk import ZoneWalk
from miseban.vocabulary.events import Event
from miseban.vocabulary.floor import EndedVisit, FloorRows
from miseban.vocabulary.identifiers import EventIds, VisitIds
from miseban.vocabulary.shop import Shop


class FloorSpace:
    """Facts of the floor that ``cameras`` see together: feed rows in order of time, take events.

    A place that is only reckoned counts for nothing by itself: the way from one sight to the next
    does. So the time between two sights inside a zone was spent there, and a visit that is lost
    ends where it was last seen (rule 7). Of who is not seen for more than ``hidden_s`` nobody knows
    the way: if the visit goes on elsewhere, its stays ended with the last sight, and no line was
    passed; if it goes on inside the same zone, so did the stay, but in a queue, whose length cannot
    wait for so long.

    ``heat`` is the heat map of the floor, None where the shop file does not tell its size;
    ``rejected`` counts rows that were not used, by reason. ``left_lines`` and ``left_zones``
    are ids of those that cannot be laid on the floor.
    """

    def __init__(
        self,
        shop: Shop,
        start: datetime,
        *,
        cameras: Sequence[str] | None = None,
        settings: SpaceSettings | None = None,
        event_ids: EventIds | None = None,
        visit_ids: VisitIds | None = None,
        staff: JudgesStaff | None = None,
        groups: FindsGroups | None = None,
    ) -> None:
        self._settings = s = settings or SpaceSettings()
        if cameras is None:
            cameras = [camera.id for camera in shop.cameras if camera.floor_points]
        self._ground = ground = FloorGeometry(shop, tuple(cameras), s)
        self.left_lines, self.left_zones = ground.left_lines, ground.left_zones
        ids = visit_ids or VisitIds()
        longest = max([s.enter_most_s, *(zone.min_stay_s for zone in ground.zones)])
        doubt_s = longest + s.longest_doubt_s
        self._book = FloorBook(len(ground.zones), ids, doubt_s)
        self._facts = FactWriter(
            ground, shop, None, start, event_ids or EventIds(), s.period_s,
            doubt_s=doubt_s, delay_s=0.0,
        )  # fmt: skip
        self._labels = Labels(staff, groups, ids)
        self.heat = HeatMap(*ground.size, s.heat_cell_m) if ground.size is not None else None
        self.rejected: dict[str, int] = defaultdict(int)
        self._zone_walk = ZoneWalk(ground, self._book, self._facts, s)
        self._line_walk = LineWalk(ground, self._book, self._facts, s)

    def update(self, rows: FloorRows, ended: Sequence[EndedVisit], until_s: float) -> list[Event]:
        """Takes all rows up to ``until_s`` that were not handed over yet, and the visits that are
        ``ended``; returns the facts now certain."""
        self._labels.update(rows)
        rows = self._accepted(rows)
        if len(rows):
            # Nobody may be missing and back within one part: it would be no loss.
            part = np.floor(rows.time_s / self._settings.hidden_s)
            edges = np.flatnonzero(np.diff(part, prepend=-1, append=-1))
            for a, b in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
                self._part(rows.take(slice(a, b)))
        for visit in ended:
            self._end(visit)
        self._let_go(until_s - self._settings.hidden_s)
        for visit_id, role, group, certainty in self._labels.changed(until_s):
            self._facts.labelled(visit_id, until_s, role, group, certainty)
        return self._facts.advance(until_s, self._book.waits_since_s())

    def gap(self, start_s: float, end_s: float, reason: str, camera: str) -> list[Event]:
        """``camera`` saw nothing from ``start_s`` to ``end_s`` (rule 12)."""
        self._facts.gap(start_s, end_s, reason, camera)
        return self._facts.taken()

    def troubles(self, found: Sequence[CameraTrouble]) -> list[Event]:
        """What became wrong, or right again, with cameras beside the others."""
        for one in found:
            self._facts.trouble(one)
        return self._facts.taken()

    def blind(self, start_s: float, end_s: float, camera: str) -> None:
        """``camera`` delivered pictures in which nothing could be seen: lost coverage too. Parts of
        one stretch are told as they pass."""
        self._facts.blind(start_s, end_s, camera)

    def hold(self, from_s: float, camera: str) -> None:
        """From ``from_s`` on it may turn out that ``camera`` could not see (infinite: no longer):
        occupancy and queues wait there until that is known."""
        self._facts.hold(from_s, camera)

    def finish(self, end_s: float) -> list[Event]:
        """The session ended at ``end_s``: what is still open is closed where it was last seen.
        Returns the remaining facts."""
        for number in list(self._book.by_number):
            self._end(EndedVisit(number, 0, (), 0.0), told=False)
        for visit_id, role, group, certainty in self._labels.changed(end_s + REVISED_S):
            self._facts.labelled(visit_id, end_s, role, group, certainty)
        return self._facts.finish(end_s)

    def now(self, since_s: float) -> list[Seen]:
        """Seen from ``since_s`` on."""
        return seen_together(self._book, self._labels, since_s)

    def _accepted(self, rows: FloorRows) -> FloorRows:
        """Sights in order of time: rows that a camera stands behind."""
        rows = rows.take(rows.cameras > 0)
        ok = np.isfinite(rows.time_s) & np.isfinite(rows.xy).all(axis=1)
        ok &= np.isfinite(rows.spread_m)
        if not ok.all():
            self.rejected["not_a_number"] += int((~ok).sum())
            rows = rows.take(ok)
        order = np.lexsort((rows.time_s, rows.visit))
        visit, time_s = rows.visit[order], rows.time_s[order]
        first = np.flatnonzero(np.diff(visit, prepend=-1))
        slots = [self._book.by_number.get(number) for number in visit[first].tolist()]
        seen_s = [-np.inf if slot is None else float(self._book.last_s[slot]) for slot in slots]
        last = np.repeat(np.array(seen_s, float), np.diff(first, append=len(visit)))
        same = visit[1:] == visit[:-1]
        last[1:][same] = np.maximum(last[1:], time_s[:-1])[same]
        late = np.zeros(len(rows), bool)
        late[order] = time_s <= last
        if late.any():
            self.rejected["late"] += int(late.sum())
            rows = rows.take(~late)
        if len(rows) > 1 and (rows.time_s[1:] < rows.time_s[:-1]).any():
            rows = rows.take(np.argsort(rows.time_s, kind="stable"))
        return rows

    def _part(self, rows: FloorRows) -> None:
        """Walks rows of less than ``hidden_s``."""
        book, s = self._book, self._settings
        steps = self._ground.steps_of(rows).by_track()
        firsts, lasts = steps.firsts, steps.lasts
        slots = np.empty(len(firsts), np.int64)
        for k, i in enumerate(firsts.tolist()):
            number, time_s = int(steps.track[i]), float(steps.time_s[i])
            slot = book.by_number.get(number)
            if slot is None:
                slot = book.begin(number, time_s, steps.xy[i])
            elif time_s - book.last_s[slot] > s.hidden_s:
                if book.awaited[slot]:
                    self._lost(slot)
                self._back(slot, self._ground.codes(steps.part(i, i + 1))[0])
            slots[k] = slot
        fresh = ~book.awaited[slots]
        steps.connect(
            np.where(fresh, steps.time_s[firsts], book.last_s[slots]),
            np.where(fresh[:, None], steps.xy[firsts], book.last_xy[slots]),
            np.where(fresh[:, None], steps.floor[firsts], book.last_xy[slots]),
            np.ones(len(firsts)),
            base=s.jump_base_m,
            speed=s.jump_speed_m,
        )
        steps.belong_to(slots)
        back = slots[fresh & (book.observations[slots] > 0)]
        seconds = steps.time_s - steps.from_s
        for i in np.flatnonzero(seconds > s.piece_s).tolist():
            slot = int(steps.slot_by_step[i])
            book.at(slot).joined_s.append(float(steps.time_s[i]))
            book.found(slot, float(steps.from_s[i]), float(steps.time_s[i]))
        for slot, i in zip(slots.tolist(), firsts.tolist(), strict=True):
            if slot in back:
                book.at(slot).joined_s.append(float(steps.time_s[i]))
        if self.heat is not None:
            self.heat.add(steps.from_xy, steps.xy, seconds)
        self._zone_walk.walk(steps)
        self._line_walk.walk(steps)
        extend_trails(steps, book, on_floor=True, longest_s=s.trail_gap_s)
        book.last_s[slots] = steps.time_s[lasts]
        book.last_xy[slots] = steps.xy[lasts]
        book.last_spread[slots] = steps.spread[lasts]
        book.observations[slots] += lasts - firsts + 1
        book.awaited[slots] = True

    def _let_go(self, before_s: float) -> None:
        for slot in self._book.silent(before_s):
            self._lost(slot)

    def _lost(self, slot: int) -> None:
        """Nobody knows any more where the visit is: its passages are closed where it was last seen,
        and its stays in queues."""
        visit, last_s = self._book.at(slot), float(self._book.last_s[slot])
        self._line_walk.close(slot, visit)
        visit.passages.clear()
        for z in [z for z in visit.stays if self._ground.zones[z].kind == "queue"]:
            self._zone_walk.close_one(slot, visit, z, last_s)
            self._book.codes[slot, z] = OUTSIDE
        self._book.awaited[slot] = False
        self._book.absent.add(slot)

    def _back(self, slot: int, codes: Codes) -> None:
        """A visit that was lost shows up, ``codes`` (Z,): in other zones it is no more."""
        visit, last_s = self._book.at(slot), float(self._book.last_s[slot])
        for z in [z for z in visit.stays if codes[z] != INSIDE]:
            self._zone_walk.close_one(slot, visit, z, last_s)
        self._book.codes[slot, codes != INSIDE] = OUTSIDE
        self._book.absent.discard(slot)

    def _end(self, ended: EndedVisit, *, told: bool = True) -> None:
        """Ends a visit where it was last seen (rule 7: no grace time is added). Without ``told``
        the fusion has said nothing about it."""
        slot = self._book.by_number.get(ended.number)
        if slot is None:  # never seen
            self._labels.forget(ended.number)
            return
        if self._book.awaited[slot]:
            self._lost(slot)
        visit, last_s = self._book.at(slot), float(self._book.last_s[slot])
        self._zone_walk.close(slot, visit, last_s)
        seen = int(self._book.observations[slot])
        self._book.close(ended.number)
        if seen < 2:  # one sight is no person
            self._labels.forget(ended.number)
            return
        role, group = self._labels.told(ended.number, visit.id, last_s)
        self._facts.ended(
            visit,
            last_s,
            pieces=ended.pieces if told else None,
            role=role,
            group=group,
            certainty=ended.certainty if told else None,
        )
