"""How sure a number is, in a manager's words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from miseban.insight.report.words import Words
from miseban.vocabulary.summary import Count, LineSummary


def told_range(count: Count, words: Words) -> str:
    """Between which numbers the truth lies, and why that is not as near as it should be."""
    told = words("big.interval", range=words.range(count.low, count.high))
    return told if count.flag is None else f"{told}. ⚠ {told_flag(count, words)}"


def told_flag(count: Count, words: Words) -> str:
    """Why the count is out of specification; empty where it is within."""
    return words(f"sure.{count.flag}") if count.flag else ""


@dataclass(frozen=True)
class SureRow:
    """One hour at the entrances: what was counted, between what the truth lies, and the flags of
    both ways, each told once."""

    start: datetime
    counts: tuple[Count, Count]
    flags: tuple[str, ...]


def sure_rows(entrances: LineSummary | None, words: Words) -> list[SureRow]:
    """Of every hour in which the camera saw or somebody was counted."""
    if entrances is None:
        return []
    rows = []
    for hour in entrances.hours:
        counts = (hour.in_, hour.out)
        if hour.coverage > 0 or any(count.count or count.high for count in counts):
            flags = dict.fromkeys(told_flag(c, words) for c in counts if c.flag)
            rows.append(SureRow(hour.start, counts, tuple(flags)))
    return rows
