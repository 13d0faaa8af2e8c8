"""From the tracks of many cameras to the visits of one floor, online."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from miseban.space.fusion.assigning import assign
from miseban.space.fusion.doors import Doors
from miseban.space.fusion.ellipses import FloorLens, Sights, largest
from miseban.space.fusion.filter import Motion, correct, distance2, inverse
from miseban.space.fusion.handover import likelihood, tallness
from miseban.space.fusion.merging import Merging
from miseban.space.fusion.pieces import Pieces
from miseban.space.fusion.settings import FusionSettings
from miseban.space.fusion.table import Table
from miseban.space.fusion.trust.trouble import CameraTrouble
from miseban.space.fusion.trust.trust import CameraTrust
from miseban.vocabulary.floor import EndedVisit, FloorRows
from miseban.vocabulary.shop import Shop
from miseban.vocabulary.tracks import TrackRows

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(slots=True)
class _Known:
    """What is remembered of a visit: its pieces and cameras."""

    pieces: int = 0
    cameras: set[int] = field(default_factory=set)


class FloorFusion:
    """Fed the track rows of every camera, tells where each visit is, at most ``lag_s`` late."""

    def __init__(self, shop: Shop, settings: FusionSettings | None = None) -> None:
        s = self._s = settings or FusionSettings()
        cameras = [camera for camera in shop.cameras if camera.floor_points]
        self._names = [camera.id for camera in cameras]
        self._index = {name: k for k, name in enumerate(self._names)}
        self._lenses = [FloorLens(shop, name, s) for name in self._names]
        fastest = max((camera.fps for camera in cameras), default=5.0)
        self.step_s = s.step_s or float(np.clip(1 / fastest, s.shortest_step_s, s.longest_step_s))
        self._motion = Motion(self.step_s, s.turn_s, s.push)
        self._doors = Doors(
            shop, {n: lens.homography for n, lens in zip(self._names, self._lenses, strict=True)}, s
        )
        self._trust = CameraTrust(shop)
        self._table, self._pieces, self._merging = Table(), Pieces(), Merging(s)
        self._waiting: list[Sights] = []
        self._step = 0  # the next to be worked on
        self._told = 0  # the next to be told
        self._done: list[tuple[int, Ints, Floats, Floats, Ints]] = []
        self._numbers: dict[int, int] = {}  # uid to visit
        self._known: dict[int, _Known] = {}
        self._visits = 0
        self._ended: list[EndedVisit] = []
        self._first_s = np.full(len(cameras), np.inf)  # each camera's first sight
        self.dropped: dict[str, int] = {}

    # --- In and out -----------------------------------------------------------------------------

    def update(self, camera: str, rows: TrackRows, until_s: float) -> None:
        if camera not in self._index:
            self._drop("no floor points", len(rows))
            return
        k = self._index[camera]
        fit = rows.track >= 0
        fit &= np.isfinite(rows.time_s) & np.isfinite(rows.xyxy).all(axis=1)
        rows = rows.take(fit)
        if not len(rows):
            return
        rows = self._trusted(camera, rows)
        until_s -= self._trust.clock_s(camera)
        xy, spread, tall, good = self._lenses[k].look(rows)
        spread /= max(self._trust.weight(camera), 0.1) ** 2
        good &= rows.time_s > (self._step - 0.5) * self.step_s
        if not good.any():
            return
        piece = self._pieces.numbers(k, rows.track[good], until_s)
        time_s = rows.time_s[good]
        self._first_s[k] = min(self._first_s[k], float(time_s.min()))
        count = len(time_s)
        self._waiting.append(
            Sights(time_s, np.full(count, k), piece, xy[good], spread[good], tall[good])
        )

    def _trusted(self, camera: str, rows: TrackRows) -> TrackRows:
        """The rows by the shop's clock, and as the picture was before the camera was turned."""
        trust, feet = self._trust, self._lenses[self._index[camera]].feet(rows)
        trust.raw(camera, rows.time_s, rows.track, feet, rows.xyxy)
        clock_s, shift = trust.clock_s(camera), trust.shift_px(camera)
        if clock_s:
            rows = replace(rows, time_s=rows.time_s - clock_s)
        if shift != (0.0, 0.0):
            moved = trust.unturned(camera, feet) - feet
            rows = replace(rows, xyxy=rows.xyxy + np.tile(moved, 2))
        return rows

    def troubles(self) -> list[CameraTrouble]:
        """What became wrong, or right again, with a camera since the last call."""
        return self._trust.troubles()

    def advance(self, until_s: float) -> FloorRows:
        self._trust.advance(until_s)
        self._work(until_s - self._s.hold_s)
        return self._tell(until_s - self._s.lag_s)

    def finish(self, end_s: float) -> FloorRows:
        self._work(end_s)
        rows = self._tell(end_s)
        for at in self._table.used().tolist():
            self._end(at)
        return rows

    def ended(self) -> list[EndedVisit]:
        ended, self._ended = self._ended, []
        return ended

    def _drop(self, why: str, count: int) -> None:
        self.dropped[why] = self.dropped.get(why, 0) + count

    def _tell(self, until_s: float) -> FloorRows:
        parts = []
        while self._done and self._done[0][0] * self.step_s <= until_s + 1e-9:
            step, uid, xy, spread, cameras = self._done.pop(0)
            number = np.array([self._numbers.get(u, -1) for u in uid.tolist()], np.int64)
            # A visit found again may still have been reckoned on: the sight counts.
            order = np.lexsort((-cameras, number))
            order = order[number[order] >= 0]
            order = order[np.diff(number[order], prepend=-1) > 0]
            time_s = np.full(len(order), step * self.step_s)
            parts.append(FloorRows(time_s, number[order], xy[order], spread[order], cameras[order]))
        return FloorRows.concatenate(parts)

    # --- One step after another -----------------------------------------------------------------

    def _work(self, until_s: float) -> None:
        last = int(np.floor(until_s / self.step_s + 1e-6))
        if last < self._step:
            return
        sights = Sights.concatenate(self._waiting)
        number = np.floor(sights.time_s / self.step_s + 0.5).astype(np.int64)
        order = np.lexsort((sights.piece, sights.time_s, number))
        sights, number = sights.take(order), number[order]
        cut = np.searchsorted(number, np.arange(self._step, last + 2))
        for k, step in enumerate(range(self._step, last + 1)):
            self._one(step, _once(sights.take(slice(int(cut[k]), int(cut[k + 1])))))
        self._waiting = [sights.take(slice(int(cut[-1]), None))]
        self._step = last + 1

    def _one(self, step: int, sights: Sights) -> None:
        s, t, now_s = self._s, self._table, step * self.step_s
        used = t.used()
        active = used[now_s - t.seen_s[used] <= max(s.own_s, s.coast_s) + self.step_s / 2]
        t.x[active], t.p[active] = self._motion.predict(t.x[active], t.p[active])
        t.cameras[used] = 0
        late_s = sights.time_s - now_s
        row, place = self._match(now_s, sights, late_s, active)
        self._correct(now_s, sights, late_s, row, place)
        self._begin(now_s, sights, np.setdiff1d(np.arange(len(sights)), row))
        for older, younger in self._merging.look(step, self.step_s, t, sights.camera[row], place):
            self._merge(older, younger)
        self._judge(now_s)
        self._let_go(now_s)
        used = t.used()
        there = used[now_s - t.seen_s[used] <= s.coast_s + 1e-9]
        spread = np.sqrt(largest(t.p[there, :2, :2]))
        self._done.append((step, t.uid[there], t.x[there, :2].copy(), spread, t.cameras[there]))
        if step % 50 == 0:
            self._pieces.forget(now_s - 20.0)

    def _match(
        self, now_s: float, sights: Sights, late_s: Floats, active: Ints
    ) -> tuple[Ints, Ints]:
        """Rows of ``sights`` and the places in the table of whom they show."""
        s, t = self._s, self._table
        x = t.x[active]
        far = sights.xy[:, None] - x[None, :, :2]
        row, column = np.nonzero(np.square(far).sum(axis=2) < s.reach_m**2)
        place = active[column]
        rest = far[row, column] - late_s[row, None] * x[column, 2:]
        square, volume = distance2(rest, sights.spread[row] + t.p[place, :2, :2])
        own = self._pieces.holder[sights.piece[row]] == place
        followed = now_s - t.seen_s[place] <= s.follow_s + self.step_s / 2
        gate = np.where(own, s.gate_own, np.where(followed, s.gate, 0.0))
        cost = square + volume - np.log(0.15**4) - s.own_bonus * own
        cost -= s.known_bonus * (t.number[place] >= 0)
        cost = np.where(square < gate, cost - s.gate_own - 20.0, np.inf)
        chosen = assign(row, column, cost, sights.camera[row])
        return row[chosen], place[chosen]

    def _correct(
        self, now_s: float, sights: Sights, late_s: Floats, row: Ints, place: Ints
    ) -> None:
        t = self._table
        if len(row):
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
            t.seen_s[who], t.seen_x[who] = now_s, t.x[who]
            t.seen_m2[who] = (t.p[who, 0, 0] + t.p[who, 1, 1]) / 2
            t.steps[who] += 1
            t.cameras[who] = np.bincount(at)
            tall = sights.stature[row]
            known = np.isfinite(tall)
            count = np.bincount(at, known, len(who))
            total_m = np.bincount(at, np.where(known, tall, 0.0), len(who))
            n = t.tall_n[who] + count
            t.tall[who] += np.where(n > 0, (total_m - count * t.tall[who]) / np.maximum(n, 1), 0)
            t.tall_n[who] = np.minimum(n, 100)
        piece = sights.piece[row]
        new = self._pieces.holder[piece] != place
        self._pieces.misfits[piece] = 0
        for p, at, camera in zip(
            piece[new].tolist(), place[new].tolist(), sights.camera[row][new].tolist(), strict=True
        ):
            self._attach(p, at, camera)

    def _attach(self, piece: int, at: int, camera: int) -> None:
        self._pieces.holder[piece] = at
        self._pieces.misfits[piece] = 0
        known = self._known.setdefault(int(self._table.uid[at]), _Known())
        known.pieces += 1
        known.cameras.add(camera)

    def _begin(self, now_s: float, sights: Sights, rows: Ints) -> None:
        """Sights of nobody: of somebody who may be new."""
        s, t, pieces = self._s, self._table, self._pieces
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
                started.append(at)
            t.cameras[at] += 1
            self._attach(piece, at, int(sights.camera[i]))

    # --- Who is new, who was lost ---------------------------------------------------------------

    def _judge(self, now_s: float) -> None:
        """Whether those who may be new are somebody who was lost, or somebody new."""
        s, t = self._s, self._table
        used = t.used()
        new = used[t.number[used] < 0]
        if not len(new):
            return
        age, steps = now_s - t.born_s[new] + 1e-6, t.steps[new]
        door = self._doors.at(t.born_xy[new])
        log_new = np.log(np.where(door, s.birth_door, s.birth_middle))
        proven = (age >= s.born_s) & (steps >= s.born_steps)
        if self._fresh(now_s):
            log_new[:] = np.log(s.birth_door)
        else:
            proven &= door | ((age >= s.middle_s) & (steps >= s.middle_steps))
        lost = used[(t.number[used] >= 0) & (now_s - t.seen_s[used] > s.follow_s)]
        waits = np.zeros(len(new), bool)
        if len(lost):
            chance = self._chances(new, lost) - log_new[:, None]
            gain = np.maximum(chance, 0.0)
            for r, c in zip(*linear_sum_assignment(-gain), strict=True):
                if gain[r, c] <= 0:
                    continue
                share = 1 / float(np.exp(np.append(chance[r], 0.0) - chance[r, c]).sum())
                enough = steps[r] >= s.look_steps and (share >= s.sure or age[r] >= s.look_s)
                waits[r] = True
                if enough:
                    self._take_over(int(new[r]), int(lost[c]), share)
        for at in new[proven & ~waits].tolist():
            self._visits += 1
            t.number[at] = self._visits
            self._numbers[int(t.uid[at])] = self._visits

    def _chances(self, new: Ints, lost: Ints) -> Floats:
        """(N, L) logarithms of the likelihood that the new ones are those who were lost."""
        s, t = self._s, self._table
        i, j = (side.ravel() for side in np.indices((len(new), len(lost))))
        a, b = new[i], lost[j]
        gap = t.born_s[a] - t.seen_s[b]
        error_m2 = t.seen_m2[b] + (t.p[a, 0, 0] + t.p[a, 1, 1]) / 2
        way = t.born_xy[a] - t.seen_x[b, :2]
        chance = likelihood(way, t.seen_x[b, 2:], np.maximum(gap, 0.0), error_m2, s)
        error_a, error_b = (
            s.stature_error_m / np.sqrt(np.maximum(t.tall_n[side], 1)) for side in (a, b)
        )
        chance += tallness(
            np.where(t.tall_n[a] > 0, t.tall[a], np.nan),
            error_a,
            np.where(t.tall_n[b] > 0, t.tall[b], np.nan),
            error_b,
        )
        chance[gap < -s.look_s] = -np.inf
        return chance.reshape(len(new), len(lost))

    def _fresh(self, now_s: float) -> bool:
        return bool(now_s - self._first_s.min(initial=np.inf) <= self._s.grace_s)

    def _take_over(self, new: int, lost: int, chance: float) -> None:
        t = self._table
        t.number[new] = t.number[lost]
        self._numbers[int(t.uid[new])] = int(t.number[new])
        t.certainty[new] = t.certainty[lost] * chance
        n = t.tall_n[new] + t.tall_n[lost]
        if n > 0:
            t.tall[new] = (t.tall[new] * t.tall_n[new] + t.tall[lost] * t.tall_n[lost]) / n
        t.tall_n[new] = min(n, 100)
        mine = self._known[int(t.uid[new])]
        before = self._known.pop(int(t.uid[lost]), _Known())
        mine.pieces += before.pieces
        mine.cameras |= before.cameras
        self._pieces.release(lost, new)
        t.free(lost)

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
        self._pieces.release(gone, kept)
        if t.number[gone] >= 0:
            self._end(gone)
            return
        if t.number[kept] >= 0:
            self._numbers[int(t.uid[gone])] = int(t.number[kept])
        mine = self._known.setdefault(int(t.uid[kept]), _Known())
        before = self._known.pop(int(t.uid[gone]), _Known())
        mine.pieces += before.pieces
        mine.cameras |= before.cameras
        t.free(gone)

    def _let_go(self, now_s: float) -> None:
        s, t = self._s, self._table
        used = t.used()
        unseen = now_s - t.seen_s[used]
        tentative = t.number[used] < 0
        for at in used[tentative & (unseen > s.tentative_s)].tolist():
            self._pieces.release(at)
            self._known.pop(int(t.uid[at]), None)
            t.free(at)
        waits = used[~tentative & (unseen > s.gone_s)]
        if not len(waits):
            return
        over = self._doors.at(t.x[waits, :2]) | (now_s - t.seen_s[waits] > s.wait_s)
        for at in waits[over].tolist():
            self._end(at)

    def _end(self, at: int) -> None:
        t = self._table
        known = self._known.pop(int(t.uid[at]), _Known())
        if t.number[at] >= 0:
            cameras = tuple(sorted(self._names[k] for k in known.cameras))
            certainty = float(np.clip(t.certainty[at], 0.0, 1.0))
            self._ended.append(
                EndedVisit(int(t.number[at]), max(known.pieces, 1), cameras, certainty)
            )
        self._pieces.release(at)
        t.free(at)


def _once(sights: Sights) -> Sights:
    """The last sight of each piece: a camera may be faster than the grid."""
    if not len(sights):
        return sights
    last = len(sights) - 1 - np.unique(sights.piece[::-1], return_index=True)[1]
    return sights.take(np.sort(last))
