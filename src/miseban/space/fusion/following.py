"""Whose each sight is, and where that puts the visit: one step of the filter for all."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from miseban.space.fusion.assigning import assign
from miseban.space.fusion.book import Book
from miseban.space.fusion.filter import Motion, correct, distance2, inverse
from miseban.space.fusion.pieces import Pieces
from miseban.space.fusion.settings import FusionSettings
from miseban.space.fusion.sights import Sights
from miseban.space.fusion.table import Table

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Following:
    """Moves all visits of ``table`` by a step of ``step_s`` and gives them their sights."""

    def __init__(
        self, settings: FusionSettings, step_s: float, table: Table, pieces: Pieces, book: Book
    ) -> None:
        s = self._s = settings
        self.step_s, self.table, self.pieces, self._book = step_s, table, pieces, book
        self._motion = Motion(step_s, s.turn_s, s.push)
        self.longest_s = max(s.own_s, s.coast_s, s.tentative_s, s.follow_still_s)
        """So long unseen is nobody followed."""

    def predict(self, now_s: float) -> Ints:
        """The places in the table of those who are followed, moved to ``now_s``."""
        s, t = self._s, self.table
        used = t.used()
        active = used[now_s - t.seen_s[used] <= self.longest_s + self.step_s / 2]
        still = (now_s - t.seen_s[active] > 1.5 * self.step_s) & (
            np.square(t.seen_x[active, 2:]).sum(axis=1) < s.still_mps**2
        )
        moving = active[~still]
        t.x[moving], t.p[moving] = self._motion.predict(t.x[moving], t.p[moving])
        self._motion.rest(t.x, t.p, active[still])
        t.cameras[used] = 0
        return active

    def take(self, now_s: float, sights: Sights, active: Ints) -> tuple[Ints, Ints]:
        """Gives ``sights`` to those at the places ``active``, or to somebody who may be new. Rows
        of the sights that were given, and to which places."""
        late_s = sights.time_s - now_s
        row, place = self._match(now_s, sights, late_s, active)
        self._correct(now_s, sights, late_s, row, place)
        self._begin(now_s, sights, np.setdiff1d(np.arange(len(sights)), row))
        return row, place

    def _match(
        self, now_s: float, sights: Sights, late_s: Floats, active: Ints
    ) -> tuple[Ints, Ints]:
        """Rows of ``sights`` and the places in the table of whom they show."""
        s, t = self._s, self.table
        x = t.x[active]
        far = sights.xy[:, None] - x[None, :, :2]
        row, column = np.nonzero(np.square(far).sum(axis=2) < s.reach_m**2)
        place = active[column]
        rest = far[row, column] - late_s[row, None] * x[column, 2:]
        square, volume = distance2(rest, sights.spread[row] + t.p[place, :2, :2])
        own = self.pieces.holder[sights.piece[row]] == place
        stood = np.square(t.seen_x[place, 2:]).sum(axis=1) < s.still_mps**2
        longest_s = np.where(stood, s.follow_still_s, s.follow_s)
        followed = now_s - t.seen_s[place] <= longest_s + self.step_s / 2
        own &= now_s - t.seen_s[place] <= s.own_s + self.step_s / 2
        gate = np.where(own, s.gate_own, np.where(followed, s.gate, 0.0))
        cost = square + volume - s.own_bonus * own - s.known_bonus * (t.number[place] >= 0)
        # Each sight of somebody is better than none: as many as can be are taken.
        cost = np.where(square < gate, cost - 1000.0, np.inf)
        chosen = assign(row, column, cost, sights.camera[row])
        return row[chosen], place[chosen]

    def _correct(
        self, now_s: float, sights: Sights, late_s: Floats, row: Ints, place: Ints
    ) -> None:
        t = self.table
        if not len(row):
            return
        weight = inverse(sights.spread[row])
        xy = sights.xy[row] - late_s[row, None] * t.x[place, 2:]
        who, at = np.unique(place, return_inverse=True)
        pull = (weight @ xy[:, :, None])[:, :, 0]
        total = np.zeros((len(who), 2, 2))
        for i, j in ((0, 0), (0, 1), (1, 1)):
            total[:, i, j] = np.bincount(at, weight[:, i, j])
        total[:, 1, 0] = total[:, 0, 1]
        pulled = np.stack([np.bincount(at, pull[:, k]) for k in (0, 1)], axis=1)
        spread = inverse(total)
        mean = (spread @ pulled[:, :, None])[:, :, 0]
        # Errors of one camera go on from frame to frame: a sight tells half of what it seems.
        t.x[who], t.p[who] = correct(t.x[who], t.p[who], mean - t.x[who, :2], 2 * spread)
        t.saw(who, now_s, np.bincount(at))
        t.measured(who, at, sights.stature[row])
        piece = sights.piece[row]
        self.pieces.misfits[piece] = 0
        for k in np.flatnonzero(self.pieces.holder[piece] != place).tolist():
            self._attach(sights, int(row[k]), int(place[k]))

    def _attach(self, sights: Sights, row: int, at: int) -> None:
        piece = sights.piece[row]
        self.pieces.holder[piece], self.pieces.misfits[piece] = at, 0
        entry = self._book.entry(int(self.table.uid[at]))
        entry.pieces += 1
        entry.last = int(sights.camera[row]), int(sights.track[row])
        entry.cameras.add(entry.last[0])

    def _begin(self, now_s: float, sights: Sights, rows: Ints) -> None:
        """Sights of nobody: of somebody who may be new."""
        s, t, pieces = self._s, self.table, self.pieces
        started: list[int] = []
        for i in rows.tolist():
            piece = int(sights.piece[i])
            if pieces.holder[piece] >= 0:
                pieces.misfits[piece] += 1
                if pieces.misfits[piece] < s.doubts:
                    continue
                pieces.holder[piece] = -1
            at = -1
            for other in started:
                rest = sights.xy[i : i + 1] - t.x[other, :2]
                square, _ = distance2(rest, sights.spread[i : i + 1] + t.p[other, :2, :2])
                if square[0] < s.gate:
                    at = other
                    break
            if at < 0:
                at = t.add(sights.xy[i], sights.spread[i], now_s)
                t.steps[at] = 1
                t.measured(np.array([at]), np.zeros(1, np.int64), sights.stature[i : i + 1])
                started.append(at)
            t.cameras[at] += 1
            self._attach(sights, i, at)
