"""All that pairs of cameras told of late, and what explains it best."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from miseban.space.fusion.trust.beside import Evidence

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

BEND = 4.0
"""From so many times the expected square on, a trail is doubted more and more (Cauchy's weight)."""
CLOCK_PRIOR_S, TURN_PRIOR_PX = 3.0, 25.0
"""One standard deviation of what is known beforehand: nearly nothing."""
FEW_S = 0.6
"""A clock told by one person alone errs by so much more, by two by half of it, and so on: they may
be two people."""
MOST_GAIN = 12.0
"""One person alone makes a turn likelier by so much at most."""
BACKS = 2.0
"""Whose sights a turn makes likelier by so much, speaks for it."""
_MANY = 1 << 40
_TURN = slice(1, 4)
ENOUGH, LONGEST_S = 16, 300.0


class EvidenceBank:
    """The evidence of the last ``window_s`` seconds between C cameras."""

    def __init__(self, cameras: int, window_s: float) -> None:
        self.cameras = cameras
        self.window_s = window_s
        self._time = np.empty(0)
        self._pair = np.empty((0, 2), np.int64)
        self._a = np.empty((0, 8, 8))
        self._g = np.empty((0, 8))
        self._c = np.empty(0)
        self._n = np.empty(0)
        self._who = np.empty(0, np.int64)

    def __len__(self) -> int:
        return len(self._time)

    def add(self, time_s: float, a: int, b: int, found: Evidence) -> None:
        """What was found at ``time_s`` between the cameras of numbers ``a`` and ``b``."""
        good = found.count > 0
        n = int(good.sum())
        self._time = np.concatenate([self._time, np.full(n, time_s)])
        self._pair = np.concatenate([self._pair, np.tile([a, b], (n, 1))])
        self._a = np.concatenate([self._a, found.a[good]])
        self._g = np.concatenate([self._g, found.g[good]])
        self._c = np.concatenate([self._c, found.c[good]])
        self._n = np.concatenate([self._n, found.count[good]])
        self._who = np.concatenate([self._who, found.who[good]])

    def forget(self, now_s: float) -> None:
        """Keeps the last ``window_s``, and before that, up to ``LONGEST_S``, what is needed to have
        ``ENOUGH`` trails of every two cameras."""
        number = self._pair[:, 0] * self.cameras + self._pair[:, 1]
        order = np.lexsort((-self._time, number))
        of_pair = number[order]
        rank = np.empty(len(order), np.int64)
        rank[order] = np.arange(len(order)) - np.searchsorted(of_pair, of_pair)
        age_s = now_s - self._time
        self._keep((age_s <= self.window_s) | ((rank < ENOUGH) & (age_s <= LONGEST_S)))

    def forget_pair(self, a: int, b: int, before_s: float) -> None:
        """Drops what was found between two cameras before ``before_s``."""
        self._keep((self._pair != (a, b)).any(axis=1) | (self._time >= before_s))

    def forget_camera(self, camera: int, before_s: float) -> None:
        """Drops what was found beside ``camera`` before ``before_s``."""
        self._keep((self._pair != camera).all(axis=1) | (self._time >= before_s))

    def since(self, from_s: float) -> EvidenceBank:
        """A bank of what was found from ``from_s`` on."""
        part = EvidenceBank(self.cameras, self.window_s)
        part.__dict__.update(self.__dict__)
        part._keep(self._time >= from_s)
        return part

    def _keep(self, rows: NDArray[np.bool_]) -> None:
        if rows.all():
            return
        self._time, self._pair, self._a = self._time[rows], self._pair[rows], self._a[rows]
        self._g, self._c, self._n = self._g[rows], self._c[rows], self._n[rows]
        self._who = self._who[rows]

    def counts(self) -> Ints:
        """(C, C) how many trails two cameras have had in common."""
        result = np.zeros((self.cameras, self.cameras), np.int64)
        np.add.at(result, (self._pair[:, 0], self._pair[:, 1]), 1)
        return result + result.T

    def _misfit(self, x: Floats) -> Floats:
        """(S,) the square per expected one that ``x`` (S, 8) leaves."""
        square = np.einsum("si,sij,sj->s", x, self._a, x) - 2 * (x * self._g).sum(axis=1) + self._c
        result: Floats = np.maximum(square, 0.0) / self._n
        return result

    def _of(self, theta: Floats) -> Floats:
        return theta[self._pair].reshape(len(self._time), 8)

    def clocks(self, theta: Floats, rounds: int = 6) -> PairClocks:
        """By how much the clocks of every two cameras are apart, the turns being those of ``theta``
        (C, 4). Least squares, reweighted; the errors are those of the sandwich estimator over
        trails (P. Huber, 1967), since sights of one trail err together."""
        pairs, which = np.unique(self._pair, axis=0, return_inverse=True)
        which = which.reshape(-1)
        count = len(pairs)
        x = self._of(theta)
        x[:, [0, 4]] = 0.0
        rest = self._g[:, 0] - np.einsum("sj,sj->s", self._a[:, 0], x)
        own = self._a[:, 0, 0]
        found: Floats = np.zeros(count)
        weight: Floats = np.ones(len(self))
        normal: Floats = np.ones(count)
        for _ in range(rounds):
            x[:, 0] = found[which]
            weight = 1 / (1 + self._misfit(x) / BEND)
            own_sum = np.bincount(which, weight * own, count)
            normal = np.asarray(own_sum + CLOCK_PRIOR_S**-2, np.float64)
            found = np.asarray(np.bincount(which, weight * rest, count) / normal, np.float64)
        score = np.square(weight * (rest - own * found[which]))
        # Two stretches of the same two trails tell little more than one.
        people = np.unique(np.column_stack([which, self._who])[weight > 0.3], axis=0)[:, 0]
        trails = np.bincount(people, minlength=count).astype(np.float64)
        error = np.sqrt(np.bincount(which, score, count)) / normal + normal**-0.5
        error += FEW_S / np.maximum(trails, 0.5)
        return PairClocks(pairs, found, error, trails)

    def turns(self, theta: Floats, rounds: int = 5) -> TurnFit:
        """For each camera: the turn that explains best what is left, were it the only one that was
        turned beyond ``theta`` (C, 4)."""
        count, n = self.cameras, len(self)
        gain, error = np.zeros(count), np.full(count, np.inf)
        people = np.zeros(count, np.int64)
        found: Floats = theta[:, _TURN].copy()
        if not n:
            return TurnFit(found, error, gain, people)
        camera = np.concatenate([self._pair[:, 0], self._pair[:, 1]])
        full = self._of(theta)
        before = self._loss(np.concatenate([self._misfit(full)] * 2))
        x = np.concatenate([full, full])
        rows = np.arange(2 * n)
        mine = np.where(rows < n, 1, 5)[:, None] + np.arange(3)  # its turn's places among the 8
        a, g = np.concatenate([self._a] * 2), np.concatenate([self._g] * 2)
        block = a[rows[:, None, None], mine[:, :, None], mine[:, None, :]]
        other = x.copy()
        np.put_along_axis(other, mine, 0.0, axis=1)
        rest = np.take_along_axis(g - np.einsum("sij,sj->si", a, other), mine, axis=1)
        ridge = np.eye(3) * TURN_PRIOR_PX**-2
        for _ in range(rounds):
            np.put_along_axis(x, mine, found[camera], axis=1)
            misfit = np.concatenate([self._misfit(x[:n]), self._misfit(x[n:])])
            weight = 1 / (1 + misfit / BEND)
            normal, right = np.tile(ridge, (count, 1, 1)), np.zeros((count, 3))
            np.add.at(normal, camera, weight[:, None, None] * block)
            np.add.at(right, camera, weight[:, None] * rest)
            found = np.asarray(np.linalg.solve(normal, right[:, :, None])[:, :, 0], np.float64)
        np.put_along_axis(x, mine, found[camera], axis=1)
        after = self._loss(np.concatenate([self._misfit(x[:n]), self._misfit(x[n:])]))
        # However long two people stand there who are taken for one, they are one case.
        who, one = np.unique(camera * _MANY + np.tile(self._who % _MANY, 2), return_inverse=True)
        cases = np.minimum(np.bincount(one.reshape(-1), before - after), MOST_GAIN)
        np.add.at(gain, who // _MANY, cases)
        people = np.bincount(who // _MANY, minlength=count)
        score = weight[:, None] * (rest - np.einsum("sij,sj->si", block, found[camera]))
        spread = np.zeros((count, 3, 3))
        np.add.at(spread, camera, score[:, :, None] * score[:, None, :])
        inverse = np.linalg.inv(normal)
        covariance = inverse @ spread @ inverse
        error = np.sqrt(np.maximum(covariance[:, 0, 0] + covariance[:, 1, 1], 0.0))
        error += np.sqrt(inverse[:, 0, 0] + inverse[:, 1, 1])
        return TurnFit(found, error, gain, people)

    def borne_out(self, theta: Floats, camera: int, turn: Floats) -> tuple[float, int]:
        """By how much ``turn`` (3,) of ``camera`` beyond ``theta`` (C, 4) makes all in this bank
        likelier, nothing being fitted to it, as in ``TurnFit``; and how many people say so."""
        other = theta.copy()
        other[camera, _TURN] = turn
        with_it, without = self._misfit(self._of(other)), self._misfit(self._of(theta))
        gain = BEND * self._n * (np.log1p(without / BEND) - np.log1p(with_it / BEND))
        mine = (self._pair == camera).any(axis=1)
        _, one = np.unique(self._who[mine], return_inverse=True)
        cases = np.clip(np.bincount(one.reshape(-1), gain[mine]), -MOST_GAIN, MOST_GAIN)
        return float(cases.sum()), int((cases >= BACKS).sum())

    def _loss(self, misfit: Floats) -> Floats:
        n = np.concatenate([self._n, self._n])
        result: Floats = BEND * n * np.log1p(misfit / BEND)
        return result


@dataclass(frozen=True, slots=True)
class TurnFit:
    """For each of C cameras: ``turn`` (C, 3) pixels, ``error_px`` (C,) of its shift, ``gain`` (C,)
    by how much it makes what was seen likelier (in squares of standard deviations), from ``people``
    (C,) seen by others too."""

    turn: Floats
    error_px: Floats
    gain: Floats
    people: Ints


@dataclass(frozen=True, slots=True)
class PairClocks:
    """For each of P pairs of cameras (P, 2): ``ahead_s`` (P,) by how much the first's clock is
    ahead of the second's, ``error_s`` (P,) one standard deviation, from ``trails`` (P,) seen by
    both."""

    pairs: Ints
    ahead_s: Floats
    error_s: Floats
    trails: Floats

    def changed(self, of_late: PairClocks) -> list[tuple[int, int]]:
        """The pairs whose clocks were surely otherwise ``of_late``."""
        found = []
        late = {(a, b): k for k, (a, b) in enumerate(of_late.pairs.tolist())}
        for k, (a, b) in enumerate(self.pairs.tolist()):
            n = late.get((a, b))
            if n is None or of_late.trails[n] < 3:
                continue
            apart_s = abs(float(of_late.ahead_s[n] - self.ahead_s[k]))
            if apart_s > max(0.15, 3 * float(of_late.error_s[n])):
                found.append((a, b))
        return found
