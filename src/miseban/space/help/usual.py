"""How broad boxes usually are in a camera's picture, beside what the lens would show: learned."""

from __future__ import annotations

import math
from collections import defaultdict, deque
from statistics import median

KNOWN = 20
"""Seconds of people in motion before anything is said."""
SURE = 60
"""And before an aid is: of the few who came by first, all may look alike."""
MOST = 600
"""So many seconds are remembered: a camera that was moved is believed again after some minutes."""
AGAIN = 20
"""The middle is asked for again after so many seconds."""
FIRST = 1.7
"""What is held for usual until then: who is broad beside that is so however boxes are drawn."""


class Usual:
    """Of each camera the median over all who walk. Detectors draw boxes larger or smaller, and arms
    swing; those with an aid are few enough not to move the middle."""

    def __init__(self) -> None:
        self._seen: dict[str, deque[float]] = defaultdict(lambda: deque(maxlen=MOST))
        self._count: dict[str, int] = defaultdict(int)
        self._middle: dict[str, float] = {}

    def add(self, camera: str, broad: float) -> None:
        """Somebody in motion was seen for a second."""
        self._seen[camera].append(math.log(broad))
        self._count[camera] += 1
        if self._count[camera] % AGAIN == 0:
            self._middle[camera] = math.exp(median(self._seen[camera]))

    def broader(self, camera: str, broad: float, known: int = KNOWN) -> float | None:
        """How many times broader than usual; None where fewer seconds than ``known`` were seen."""
        return broad / self._middle[camera] if self._count[camera] >= known else None
