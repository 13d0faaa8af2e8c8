"""Whether somebody who appears was lost before, is new, or is nobody."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from miseban.space.fusion.affinity import Affinity
from miseban.space.fusion.book import Book
from miseban.space.fusion.doors import Doors
from miseban.space.fusion.handover import direction, likelihood, tallness
from miseban.space.fusion.settings import FusionSettings
from miseban.space.fusion.table import Table

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Verdict:
    """``found`` are (new, lost, chance): places in the table and how sure; ``born`` the places of
    those who are new."""

    found: list[tuple[int, int, float]]
    born: list[int]


class Judge:
    """Looks at all who may be somebody at once, so that the best pairs are made."""

    def __init__(
        self,
        settings: FusionSettings,
        doors: Doors,
        names: list[str],
        affinity: Affinity | None,
    ) -> None:
        self._s, self._doors = settings, doors
        self._names, self._affinity = names, affinity

    def look(self, now_s: float, t: Table, book: Book, *, fresh: bool) -> Verdict:
        """``fresh``: the cameras have just begun to look, and everybody is new."""
        s = self._s
        used = t.used()
        new = used[t.number[used] < 0]
        if not len(new):
            return Verdict([], [])
        age, steps = now_s - t.born_s[new] + 1e-6, t.steps[new]
        coming = self._doors.coming(t.born_xy[new], t.seen_x[new])
        proven = (age >= s.born_s) & (steps >= s.born_steps)
        if fresh:
            log_new = np.full(len(new), np.log(s.birth_door))
        else:
            log_new = self._doors.birth(coming)
            long = (age >= s.middle_s) & (steps >= s.middle_steps)
            proven &= long | coming
        lost = used[(t.number[used] >= 0) & (now_s - t.seen_s[used] > s.follow_s)]
        waits = np.zeros(len(new), bool)
        found = []
        if len(lost):
            chance = self._chances(t, book, new, lost) - log_new[:, None]
            gain = np.maximum(chance, 0.0)
            for r, c in zip(*linear_sum_assignment(-gain), strict=True):
                if gain[r, c] <= 0:
                    continue
                share = 1 / float(np.exp(np.append(chance[r], 0.0) - chance[r, c]).sum())
                waits[r] = True
                if steps[r] >= s.look_steps and (share >= s.sure or age[r] >= s.look_s):
                    found.append((int(new[r]), int(lost[c]), share))
        return Verdict(found, new[proven & ~waits].tolist())

    def _chances(self, t: Table, book: Book, new: Ints, lost: Ints) -> Floats:
        """(N, L) logarithms of the likelihood that the new ones are those who were lost."""
        s = self._s
        i, j = (side.ravel() for side in np.indices((len(new), len(lost))))
        a, b = new[i], lost[j]
        gap = t.born_s[a] - t.seen_s[b]
        error_m2 = t.seen_m2[b] + (t.p[a, 0, 0] + t.p[a, 1, 1]) / 2
        way = t.born_xy[a] - t.seen_x[b, :2]
        chance = likelihood(way, t.seen_x[b, 2:], np.maximum(gap, 0.0), error_m2, s)
        chance += direction(way, t.x[a, 2:])
        chance[gap < -1.0] = -np.inf
        tall = [np.where(t.tall_n[side] > 0, t.tall[side], np.nan) for side in (a, b)]
        error = [s.stature_error_m / np.sqrt(np.maximum(t.tall_n[k], 1)) for k in (a, b)]
        chance += tallness(tall[0], error[0], tall[1], error[1])
        if self._affinity is not None:
            for k in np.flatnonzero(np.isfinite(chance)).tolist():
                chance[k] += self._alike(book, int(t.uid[a[k]]), int(t.uid[b[k]]))
        return chance.reshape(len(new), len(lost))

    def _alike(self, book: Book, one: int, other: int) -> float:
        (camera_a, track_a), (camera_b, track_b) = book.entry(one).last, book.entry(other).last
        if self._affinity is None or camera_a < 0 or camera_b < 0:
            return 0.0
        names = self._names
        found = self._affinity.affinity(names[camera_a], track_a, names[camera_b], track_b)
        return 0.0 if found is None or not np.isfinite(found) else float(found)
