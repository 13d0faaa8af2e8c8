"""Hours of every day, as in ``22:00-06:00``."""

from __future__ import annotations

import re
from datetime import time
from typing import Annotated

from pydantic import AfterValidator

from miseban.vocabulary.shop.problem import shown
from miseban.vocabulary.shop.table import wrong


def _daily_hours(text: str) -> str:
    match = re.fullmatch(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)", text)
    if match is None or match.group(1, 2) == match.group(3, 4):
        raise wrong('hours such as "02:00-05:00"', shown(text))
    return text


DailyHours = Annotated[str, AfterValidator(_daily_hours)]


def within(hours: str, local: time) -> bool:
    """Whether the time of the day lies in ``hours``, which may go through midnight."""
    begin, _, end = hours.partition("-")
    now = local.strftime("%H:%M")
    return begin <= now < end if begin < end else now >= begin or now < end
