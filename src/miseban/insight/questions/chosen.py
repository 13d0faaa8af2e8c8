"""Days of the week, and hours of each day, that are chosen from a time."""

from __future__ import annotations

from datetime import datetime
from typing import get_args
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from miseban.insight.questions.asking import HeatQuestion, Period, Weekday
from miseban.insight.questions.grid import Grid, grid

_NAMES: tuple[Weekday, ...] = get_args(Weekday)


def chosen(question: HeatQuestion, whole: Grid, timezone: str) -> tuple[Grid, NDArray[np.bool_]]:
    """The time of ``whole`` as stretches, and (N,) which of them ``question`` is about. Raises
    ``BadInput`` for hours of a time that is too long to be answered by the hour."""
    if question.whole_days and question.weekdays is None:
        return whole, np.ones(1, bool)
    by = Period(since=whole.since, until=whole.until)
    over = grid(by, "day" if question.whole_days else "hour", timezone)
    zone = ZoneInfo(timezone)
    starts = [one.astimezone(zone) for one in over.starts if one is not None]
    return over, np.array([_is_in(question, one) for one in starts], bool)


def _is_in(question: HeatQuestion, start: datetime) -> bool:
    days = question.weekdays
    return question.from_hour <= start.hour < question.to_hour and (
        days is None or _NAMES[start.weekday()] in days
    )
