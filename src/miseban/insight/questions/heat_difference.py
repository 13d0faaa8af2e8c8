"""The floor of one time beside that of another, square by square, and what of it may be chance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from miseban.insight.disclosure.calendar import SETTLE
from miseban.insight.disclosure.floor import FloorTold
from miseban.insight.questions.answers import Answer, Measure
from miseban.insight.questions.asked import Asked, Floats
from miseban.insight.questions.asking import HeatQuestion, Period
from miseban.insight.questions.beyond_chance import Apart, Spent, by_chance, difference, variances
from miseban.insight.questions.heat import Looked, answered, coarser, look, times
from miseban.journal.rollups import shop_day
from miseban.journal.rollups.days import day_at

NOT_OVER = "Of days that are not over no difference is told: of their last hours some are left out."
Found = tuple[float, float, float, float]
"""The difference, the ends of its interval, and the chance of it."""


def compared(question: HeatQuestion, then: HeatQuestion, asked: Asked) -> Answer:
    """The answer to ``question`` with that to ``then`` beside it: with ``difference`` and
    ``chance``, and rows for the squares in which somebody was only then.

    Both are made of blocks that are told for themselves, and only of squares of which nothing is
    left out in either time: what is left out is neither shown nor taken for nobody. Of days that
    are over: while one goes on, its last hours are left out everywhere.
    """
    looked, looked_then = look(question, asked), look(then, asked)
    mine, other = (_over(one, asked) for one in (question, then))
    late = mine != question
    if mine is not None and other is not None and late:
        other = _as_short(question, mine, then, other, asked)
    found: dict[str, Found] = {}
    if mine is not None and other is not None:
        gone = asked.staff_since
        kept = gone is None or min(mine.since, other.since) >= gone
        a = look(mine, asked) if late else looked
        b = looked_then if other == then else look(other, asked)
        found = _found(a, b, times(question), kept=kept)
    answer = answered(question, looked, asked)
    notes = [*answer.notes, NOT_OVER] if late else answer.notes
    answer = _beside(answer, question, found, nobody=None if late else 0.0, notes=notes)
    return answer.model_copy(update={"compare": answered(then, looked_then, asked)})


def _beside(
    answer: Answer,
    question: HeatQuestion,
    found: Mapping[str, Found],
    *,
    nobody: float | None,
    notes: Sequence[str],
) -> Answer:
    """``nobody``: the seconds of squares that have no row."""
    there = set(answer.place)
    more = [place for place in found if place not in there]
    places = [*answer.place, *more]
    spots = [[int(part) * question.cell_m for part in place.split("-")] for place in more]
    base = (answer.measures["person_s"].base or [None])[:1] * len(more)
    added: dict[str, list[float | None]] = {
        "x_m": [x for x, _ in spots], "y_m": [y for _, y in spots], "person_s": [nobody] * len(more)
    }  # fmt: skip
    measures = {
        name: one.model_copy(
            update={
                "values": [*one.values, *added[name]],
                "base": None if one.base is None else [*one.base, *base],
            }
        )
        for name, one in answer.measures.items()
    }
    value, low, high, chance = (
        [round(found[place][i], 4) if place in found else None for place in places]
        for i in range(4)
    )
    measures["difference"] = Measure(unit="person-s", values=value, low=low, high=high)
    measures["chance"] = Measure(unit="share", values=chance)
    rows = {
        "start": [None] * len(places),
        "place": places,
        "detail": [""] * len(places),
        "coverage": [*answer.coverage, *(answer.coverage or [None])[:1] * len(more)],
    }
    update = {**rows, "measures": measures, "notes": list(notes)}
    return answer.model_copy(update=update)


def _over(question: HeatQuestion, asked: Asked) -> HeatQuestion | None:
    """Of the same days but for those that are not over; none where no day is."""
    if asked.as_of is None:
        return None
    zone = asked.reader.timezone
    end = shop_day(day_at(asked.as_of - SETTLE, zone), zone).start
    if question.until <= end:
        return question
    return question.model_copy(update={"until": end}) if question.since < end else None


def _as_short(
    question: HeatQuestion,
    mine: HeatQuestion,
    then: HeatQuestion,
    other: HeatQuestion,
    asked: Asked,
) -> HeatQuestion | None:
    """``other`` without as many days at its end as ``mine`` lacks, where both times were asked for
    equally long: so that a Saturday stands beside a Saturday."""
    zone = ZoneInfo(asked.reader.timezone)

    def days(period: Period) -> timedelta:
        """On the shop's clock."""
        since, until = (when.astimezone(zone) for when in (period.since, period.until))
        return until.replace(tzinfo=None) - since.replace(tzinfo=None)

    if days(question) != days(then):
        return other
    end = then.since.astimezone(zone) + days(mine)
    return other.model_copy(update={"until": min(other.until, end)})


def _found(mine: Looked, other: Looked, times: int, *, kept: bool) -> dict[str, Found]:
    """By square. Where single visits are not ``kept`` any more, few in a day may have been
    forgotten: nobody is then not known to be nobody."""
    if mine.told is None or other.told is None or not (mine.seen_s > 0 and other.seen_s > 0):
        return {}
    size = np.maximum(mine.told.seconds.shape, other.told.seconds.shape)
    hidden = _laid(mine.told.hidden, size) | _laid(other.told.hidden, size)
    for dark in (mine.told.dark, other.told.dark):
        hidden[dark[dark < len(hidden)]] = True
    there = _laid(mine.told.seconds, size) > 0, _laid(other.told.seconds, size) > 0
    somebody = there[0] | there[1]
    hidden |= (there[0] != there[1]) & (not kept)
    a, b = (_spent(told, size, somebody) for told in (mine.told, other.told))
    apart = variances(a, b)

    def wide(values: Floats) -> Floats:
        """(bands, columns) of the cells that are asked for, of the squares with somebody."""
        found = np.zeros(size)
        found[somebody] = values
        return coarser(found, times)

    whole = wide(a.seconds), wide(b.seconds)
    left_out = coarser(hidden.astype(np.int64), times) > 0
    bands, columns = at = np.nonzero((whole[0] + whole[1] > 0) & ~left_out)
    # Who is in one square goes on to the next: added up as if they were all one.
    one, then = (wide(np.sqrt(part))[at] ** 2 for part in (apart.one, apart.other))
    free = wide(apart.free * (a.seconds + b.seconds))[at] / (whole[0] + whole[1])[at]
    scale = mine.seen_s / other.seen_s
    told = difference(whole[0][at], whole[1][at], Apart(one, then, free), scale)
    names = [f"{x}-{y}" for x, y in zip(columns.tolist(), bands.tolist(), strict=True)]
    parts = (told.value, told.low, told.high, by_chance(told.p))
    return dict(zip(names, zip(*(part.tolist() for part in parts), strict=True), strict=True))


def _spent(told: FloorTold, size: NDArray[Any], where: NDArray[Any]) -> Spent:
    parts = (told.seconds, told.visits, told.blocks, told.hours, told.spread)
    return Spent(*(_laid(part, size)[where].astype(np.float64) for part in parts))


def _laid(values: NDArray[Any], size: NDArray[Any]) -> NDArray[Any]:
    """On a floor of that ``size`` (2,)."""
    found = np.zeros(size, values.dtype)
    found[: values.shape[0], : values.shape[1]] = values
    return found
