"""How often a person is looked at."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

LOOK_S = 0.4
"""No more often than this: two looks in one step of a walk say the same."""
MOST_LOOKS = 12
"""After so many looks only a person who has come clearly nearer is looked at again."""
NEARER = 1.2


@dataclass(slots=True)
class Cadence:
    """Of one track."""

    looked_s: float = -inf
    looks: int = 0
    height: float = 0.0

    def due(self, time_s: float, height: float) -> bool:
        """Whether to look now, at a person whose box is ``height`` pixels high; a yes is noted."""
        if time_s < self.looked_s + LOOK_S:
            return False
        if self.looks >= MOST_LOOKS and height < NEARER * self.height:
            return False
        self.looked_s, self.looks = time_s, self.looks + 1
        self.height = max(self.height, height)
        return True
