"""The wall clocks of the torture: each process has one, and it is set from outside, while it runs
or not. Clocks that never jump go on as they are."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from miseban.vocabulary.whole_files import write_whole

DAY_S = 86_400.0
MOST_S = 2 * DAY_S
"""No clock is further from the right time."""
JUMPS_S: Sequence[tuple[float, float]] = (
    (2.0, 60.0), (60.0, 3600.0), (3600.0, 43_200.0), (0.9 * DAY_S, 1.1 * DAY_S),
)  # fmt: skip
"""By seconds, minutes, hours, a day: from, to."""


class SetClock:
    """The clock of the process ``name``: the real one, and what ``set_clock`` has written."""

    def __init__(self, folder: Path, name: str) -> None:
        self._file = _file(folder, name)
        self._real = time.time

    def seconds(self) -> float:
        """Since 1970."""
        return self._real() + (float(self._file.read_text("ascii")) if self._file.exists() else 0.0)

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.seconds(), UTC)

    def install(self) -> None:
        """For whoever in this process asks for no clock and looks for himself."""
        time.time = self.seconds


def set_clock(folder: Path, name: str, by_s: float) -> None:
    """From now on it is ``by_s`` ahead of the right time."""
    write_whole(_file(folder, name), f"{by_s:.3f}")


def clock_of(folder: Path, name: str) -> float:
    """By how many seconds it is ahead of the right time."""
    file = _file(folder, name)
    return float(file.read_text("ascii")) if file.exists() else 0.0


def jumped(by_s: float, chance: random.Random) -> float:
    """Where a clock that is ``by_s`` ahead may be set: forward or back, or right."""
    if by_s and chance.random() < 0.2:
        return 0.0
    jump_s = chance.uniform(*chance.choice(JUMPS_S)) * chance.choice((-1.0, 1.0))
    return by_s + jump_s if abs(by_s + jump_s) <= MOST_S else by_s - jump_s


def _file(folder: Path, name: str) -> Path:
    return folder / f"{name}.clock"
