"""Cameras that see nobody for longer than they ever did while others see people as always."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

HISTORY_S, REMEMBERED_S = 900.0, 3600.0
"""So long a camera must have been watched, and so much of the past counts."""
LEAST_S, LONGER = 60.0, 3.0
"""Silent is who saw nobody for so long, and for so many times the longest time before."""
BUSY, BUSY_PEOPLE = 0.5, 3.0
"""Nothing is said while the others see less than this part of what they usually do, or fewer people
at once: the shop may be empty. Nor is a time counted among the longest that was as quiet."""


class Silences:
    """C cameras, of each of which it is known how many people it saw in each stretch."""

    def __init__(self, cameras: int) -> None:
        self._usual = np.zeros(cameras)
        self._watched_s = 0.0
        self._seen = np.zeros(cameras, bool)
        self._silent_s = np.zeros(cameras)
        self._before: list[list[tuple[float, float]]] = [[] for _ in range(cameras)]
        self._mute = np.zeros(cameras, bool)

    def look(self, people: Floats, to_s: float, seconds: float) -> None:
        """``people`` (C,) how many each saw on average in the ``seconds`` up to ``to_s``."""
        quiet = [self._quiet(people, n) for n in range(len(people))]
        for n in range(len(people)):
            if people[n] > 0:
                if self._silent_s[n] > 0 and not self._mute[n]:
                    self._before[n].append((to_s, float(self._silent_s[n])))
                self._seen[n], self._silent_s[n], self._mute[n] = True, 0.0, False
            elif self._seen[n] and not quiet[n]:
                self._silent_s[n] += seconds
            recent = [(at, long) for at, long in self._before[n] if at > to_s - REMEMBERED_S]
            self._before[n] = recent
            longest_s = max((long for _, long in recent), default=seconds)
            enough = self._silent_s[n] >= max(LEAST_S, LONGER * longest_s)
            self._mute[n] |= enough and self._watched_s >= HISTORY_S
        self._watched_s += seconds
        weight = max(seconds / REMEMBERED_S, seconds / self._watched_s)
        step = np.where(self._silent_s >= LEAST_S, 0.0, weight)  # what may be wrong is not learned
        self._usual = self._usual + step * (people - self._usual)

    def silent_s(self, camera: int) -> float:
        """For how long it has surely been silent, while the others saw people; 0 for not at all."""
        return float(self._silent_s[camera]) if self._mute[camera] else 0.0

    def _quiet(self, people: Floats, camera: int) -> bool:
        others = np.arange(len(people)) != camera
        least = max(BUSY * float(self._usual[others].sum()), BUSY_PEOPLE)
        return float(people[others].sum()) < least
