"""Two visits that turn out to be one person."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from miseban.space.fusion.settings import FusionSettings
from miseban.space.fusion.table import Table

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(slots=True)
class _Pair:
    """Two who were near each other ``steps`` times of late; ``way`` is the mean from one to the
    other, in metres."""

    steps: int
    way: Floats
    last: int


class Merging:
    """Watches who goes with whom. Two people who walk side by side keep their distance, and a
    camera that sees both at once makes them two: that is a veto for a while."""

    def __init__(self, settings: FusionSettings) -> None:
        self._s = settings
        self._pairs: dict[tuple[int, int], _Pair] = {}
        self._vetoes: dict[tuple[int, int], int] = {}

    def look(
        self, step: int, step_s: float, t: Table, camera: Ints, place: Ints
    ) -> list[tuple[int, int]]:
        """Places in the table (older, younger) that are one person, after a step in which
        ``camera`` (N,) saw those at ``place`` (N,)."""
        s = self._s
        used = t.used()
        near = used[step * step_s - t.seen_s[used] <= s.follow_s + 1e-6]
        if len(near) < 2:
            return []
        xy = t.x[near, :2]
        way = xy[None] - xy[:, None]
        i, j = np.nonzero(np.triu(np.square(way).sum(axis=2) < s.near_m**2, 1))
        if not len(i):
            return []
        seen: dict[int, set[int]] = {}
        for at, k in zip(place.tolist(), camera.tolist(), strict=True):
            seen.setdefault(at, set()).add(k)
        found = []
        for a, b, d in zip(near[i].tolist(), near[j].tolist(), way[i, j], strict=True):
            key = (int(t.uid[a]), int(t.uid[b]))
            if key[0] > key[1]:
                a, b, d, key = b, a, -d, (key[1], key[0])
            if seen.get(a, set()) & seen.get(b, set()):
                self._vetoes[key] = step
                self._pairs.pop(key, None)
                continue
            pair = self._pairs.get(key)
            if pair is None or (step - pair.last) * step_s > 1.0:
                pair = self._pairs[key] = _Pair(0, np.zeros(2), step)
            pair.steps, pair.last = pair.steps + 1, step
            pair.way += (d - pair.way) / min(pair.steps, 10)
            known = t.number[a] >= 0 and t.number[b] >= 0
            least_s = s.merge_s if known else s.absorb_s
            if key in self._vetoes and (step - self._vetoes[key]) * step_s < s.veto_s:
                continue
            if pair.steps * step_s >= least_s and float(np.hypot(*pair.way)) < s.same_m:
                found.append((a, b))
        if step % 100 == 0:
            self._forget(step - round(s.veto_s / step_s))
        return found

    def _forget(self, before: int) -> None:
        self._pairs = {key: pair for key, pair in self._pairs.items() if pair.last >= before}
        self._vetoes = {key: last for key, last in self._vetoes.items() if last >= before}
