"""From the tracks of many cameras to the visits of one floor, online."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from miseban.space.fusion.affinity import Affinity
from miseban.space.fusion.book import Book
from miseban.space.fusion.doors import Doors
from miseban.space.fusion.ellipses import largest
from miseban.space.fusion.following import Following
from miseban.space.fusion.intake import Intake
from miseban.space.fusion.judging import Judge
from miseban.space.fusion.merging import Merging
from miseban.space.fusion.settings import FusionSettings
from miseban.space.fusion.shadows import Shadows
from miseban.space.fusion.sights import Sights
from miseban.space.fusion.table import Table
from miseban.space.fusion.telling import Telling
from miseban.space.fusion.trust.trouble import CameraTrouble
from miseban.vocabulary.floor import EndedVisit, FloorRows
from miseban.vocabulary.shop import Shop
from miseban.vocabulary.tracks import TrackRows

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_TIDY = 50  # steps between two times at which what is over is forgotten


class FloorFusion:
    """Feed it the rows of every camera with ``update`` and then ``advance``: it tells where each
    visit was, on a common grid of ``step_s``, never more than ``lag_s`` late.

    Who is new must first prove to be somebody, for a second at a door and longer elsewhere, and who
    was lost must be known again: the rows of that time come when it is known, some seconds late.
    All others keep the lag. ``affinity`` may tell more of who is who.
    """

    def __init__(
        self,
        shop: Shop,
        settings: FusionSettings | None = None,
        *,
        affinity: Affinity | None = None,
    ) -> None:
        s = self._s = settings or FusionSettings()
        self._intake = Intake(shop, s)
        self.step_s, self._pieces = self._intake.step_s, self._intake.pieces
        floors = {name: lens.homography for name, lens in self._intake.lenses.items()}
        self._doors = Doors(shop, floors, s)
        self._table, self._merging = Table(), Merging(s)
        self._book = Book(self._intake.names)
        self._following = Following(s, self.step_s, self._table, self._pieces, self._book)
        self._judge = Judge(s, self._doors, self._intake.names, affinity)
        eyes = [lens.eye for lens in self._intake.lenses.values()]
        self._shadows = Shadows(np.reshape(eyes, (-1, 2)), s)
        self._step = 0  # the next to be worked on
        # Names may still become known for so many steps.
        self._doubt = int(np.floor((s.lag_s - s.hold_s) / self.step_s + 1e-6))
        self._telling = Telling(self.step_s, self._book.number_of)

    # --- In and out -------------------------------------------------------------------------------

    def update(self, camera: str, rows: TrackRows, until_s: float) -> None:
        """Rows of ``camera``'s frames up to ``until_s`` of its clock. Rows that are of no use are
        counted in ``dropped``."""
        after_s = (self._step - 0.5) * self.step_s
        self._intake.add(camera, rows, until_s, after_s)

    def frames(self, camera: str, time_s: Floats) -> None:
        """Frames of ``camera`` came at ``time_s`` (N,) of its clock, with or without people."""
        self._intake.trust.frames(camera, time_s)

    @property
    def dropped(self) -> dict[str, int]:
        """How many rows were of no use, by reason."""
        return self._intake.dropped

    def advance(self, until_s: float) -> FloorRows:
        """What is certain, all cameras having told what they saw up to ``until_s``: all up to
        ``until_s`` less the lag."""
        self._intake.trust.advance(until_s)
        self._work(until_s - self._s.hold_s)
        return self._telling.told()

    def finish(self, end_s: float) -> FloorRows:
        """The rest; all visits end."""
        self._work(end_s)
        self._telling.settle(self._step)
        rows, t = self._telling.told(), self._table
        for at in t.used().tolist():
            self._end(at, at_door=True)
        return rows

    def ended(self) -> list[EndedVisit]:
        """Visits that are over since the last call. Of two visits that turned out to be one, the
        younger is over with a certainty of 0."""
        return self._book.ended()

    def tracks_of(self, visit: int) -> list[tuple[str, int]]:
        """The camera and the number of each track, seen within the last seconds, that is of the
        visit of that number now; none of a visit that is over, or is not known yet."""
        (at,) = np.nonzero((self._table.number == visit) & (self._table.uid >= 0))
        if visit < 0 or not len(at):
            return []
        return [(self._intake.names[k], track) for k, track in self._pieces.of(int(at[0]))]

    def outages(self) -> list[tuple[str, float, float]]:
        """The camera, from and to, of outages found beside the others since the last call."""
        return self._intake.trust.outages()

    def troubles(self) -> list[CameraTrouble]:
        """What became wrong, or right again, with a camera since the last call."""
        return self._intake.trust.troubles()

    # --- One step after another -------------------------------------------------------------------

    def _work(self, until_s: float) -> None:
        last = int(np.floor(until_s / self.step_s + 1e-6))
        if last < self._step:
            return
        nobody = Sights.concatenate([])
        idle = int(np.ceil(self._following.longest_s / self.step_s))
        for step, sights in [*self._intake.steps(self._step, last), (last + 1, nobody)]:
            # After a while without any sight nothing happens but that visits end.
            for empty in range(self._step, min(step, self._step + idle + 2)):
                self._one(empty, nobody)
            if step <= last:
                self._one(step, sights)
            elif self._step < step:
                self._let_go(last * self.step_s)
            self._step = step + 1 if step <= last else step
        self._telling.settle(last - self._doubt)

    def _one(self, step: int, sights: Sights) -> None:
        s, t, now_s = self._s, self._table, step * self.step_s
        self._let_go(now_s - self.step_s)
        active = self._following.predict(now_s)
        if len(sights):
            row, place = self._following.take(now_s, sights, active)
            camera = sights.camera[row]
            for older, younger in self._merging.look(step, self.step_s, t, camera, place):
                self._merge(older, younger)
            self._shade(now_s, sights)
        self._decide(now_s)
        used = t.used()
        there = used[now_s - t.seen_s[used] <= s.coast_s + 1e-9]
        if len(there):
            spread = np.sqrt(largest(t.p[there, :2, :2]))
            self._telling.note(step, t.uid[there], t.x[there, :2].copy(), spread, t.cameras[there])
        self._telling.settle(step - self._doubt)
        if step % _TIDY == 0:
            self._pieces.forget(now_s - 20.0)
            self._shadows.forget(now_s)
            self._book.prune(self._telling.waited_for())
            used = t.used()
            self._telling.forget(set(t.uid[used].tolist()), set(t.number[used].tolist()))

    # --- Who is who -------------------------------------------------------------------------------

    def _decide(self, now_s: float) -> None:
        t = self._table
        fresh = now_s - self._intake.first_s.min(initial=np.inf) <= self._s.grace_s
        verdict = self._judge.look(now_s, t, self._book, fresh=fresh)
        for new, lost, chance in verdict.found:
            self._book.join(int(t.uid[new]), int(t.uid[lost]), chance)
            t.inherit(new, lost)
            self._pieces.release(lost, new)
            t.free(lost)
        if verdict.born:
            at_door = self._doors.at(t.born_xy[verdict.born]).tolist()
            for at, door in zip(verdict.born, at_door, strict=True):
                t.number[at] = self._book.name(int(t.uid[at]), at_door=fresh or door)

    def _shade(self, now_s: float, sights: Sights) -> None:
        """Who may be somebody else, seen wrongly, is nobody for as long as that goes on."""
        place = self._pieces.holder[sights.piece]
        held = place >= 0
        shadows = self._shadows.look(now_s, self._table, sights.camera[held], place[held])
        self._table.again(shadows, now_s)
        for uid in self._table.uid[shadows].tolist():
            self._telling.drop(uid)

    def _merge(self, a: int, b: int) -> None:
        """The visit that is known longer goes on, and the other's pieces are its own."""
        t = self._table
        if t.uid[a] < 0 or t.uid[b] < 0:
            return
        ranks = [(t.number[k] < 0, t.number[k], t.uid[k]) for k in (a, b)]
        kept, gone = (a, b) if ranks[0] <= ranks[1] else (b, a)
        if t.seen_s[gone] > t.seen_s[kept]:
            for column in (t.x, t.p, t.seen_s, t.seen_x, t.seen_m2):
                column[kept] = column[gone]
        t.cameras[kept] += t.cameras[gone]
        self._book.join(int(t.uid[kept]), int(t.uid[gone]), 1.0)
        self._pieces.release(gone, kept)
        t.free(gone)

    def _let_go(self, now_s: float) -> None:
        s, t = self._s, self._table
        used = t.used()
        unseen = now_s - t.seen_s[used]
        known = t.number[used] >= 0
        for at in used[~known & (unseen > s.tentative_s)].tolist():
            self._book.forget(int(t.uid[at]))
            self._pieces.release(at)
            t.free(at)
        waits = used[known & (unseen > s.gone_s)]
        if not len(waits):
            return
        where, speed = t.seen_x[waits, :2], t.seen_x[waits, 2:]
        over = now_s - t.seen_s[waits] > self._doors.wait_s(where, speed)
        at_door = self._doors.leaving(where, speed)
        for at, door in zip(waits[over].tolist(), at_door[over].tolist(), strict=True):
            self._end(at, at_door=door)

    def _end(self, at: int, *, at_door: bool) -> None:
        self._book.end(int(self._table.uid[at]), at_door=at_door)
        self._pieces.release(at)
        self._table.free(at)
