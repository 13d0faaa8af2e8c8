"""What a measurement says, and how ratios are taken on a machine that is not quiet."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field


class CannotRunError(Exception):
    """A measurement lacks something it needs; the message says what, and how to get it."""


@dataclass(frozen=True, slots=True)
class Result:
    """One figure and its bar. ``value`` passes when it is at most ``bar`` (or, with ``at_least``,
    at least that); without a bar it is reported only. ``note`` says what was measured."""

    name: str
    value: float
    unit: str
    note: str
    bar: float | None = None
    at_least: bool = False
    spread: tuple[float, float] | None = None
    details: dict[str, float] = field(default_factory=dict)

    @property
    def passed(self) -> bool | None:
        """Whether the bar is met; None without a bar."""
        if self.bar is None:
            return None
        return bool(self.value >= self.bar if self.at_least else self.value <= self.bar)


def seconds(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds of one call, by the clock on the wall and of processor time of all threads, without
    the collector of garbage in between."""
    gc.collect()
    gc.disable()
    try:
        wall, processor = time.perf_counter(), time.process_time()
        work()
        return time.perf_counter() - wall, time.process_time() - processor
    finally:
        gc.enable()


def ratio(
    name: str,
    bar: float | None,
    note: str,
    ours: Callable[[], object],
    theirs: Callable[[], object],
    *,
    repeats: int,
    calls: int,
) -> Result:
    """Time of ``ours`` over time of ``theirs``: the median over ``repeats`` pairs.

    The two alternate, and each pair gives one ratio, so that whatever else runs on the machine
    slows both. ``calls`` is how many updates or frames one call works on; details are the
    milliseconds of one of these, and the same ratio of processor time, which hardly depends on
    what else runs but does not see work that two threads do at once. Both are called once
    beforehand, to be warm.
    """
    ours()
    theirs()
    pairs = []
    for index in range(repeats):
        if index % 2:
            other, own = seconds(theirs), seconds(ours)
        else:
            own, other = seconds(ours), seconds(theirs)
        pairs.append((own, other))
    ratios = [own[0] / other[0] for own, other in pairs]
    return Result(
        name,
        statistics.median(ratios),
        "x",
        note,
        bar,
        spread=(min(ratios), max(ratios)),
        details={
            "ours_ms": statistics.median(own[0] for own, _ in pairs) / calls * 1000,
            "theirs_ms": statistics.median(other[0] for _, other in pairs) / calls * 1000,
            "processor_ratio": statistics.median(own[1] / other[1] for own, other in pairs),
        },
    )
