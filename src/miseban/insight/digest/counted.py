"""How many came, against earlier weeks and over the time; and how full the shop was."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime

from miseban.insight.digest.asking import Asking
from miseban.insight.digest.comparing import (
    WEEKS,
    Earlier,
    compared,
    seen_enough,
)
from miseban.insight.digest.report import Figure, Inside, Stretch, Uncompared, Visitors
from miseban.insight.digest.span import Span
from miseban.insight.digest.tables import Row, row_of, rows


def visitors_of(asking: Asking, span: Span, until: datetime, row: Row) -> Visitors:
    """``row`` is of all entrances over the time from the span's begin ``until`` then."""
    count = _known(row.figure("visitors"))
    earlier = []
    for weeks in range(1, WEEKS + 1):
        then = span.weeks_before(weeks)
        end = then.same_moment(until, span)
        found = (
            row_of(asking("visitors", then.since, end, by="whole")) if end > then.since else None
        )
        if found is not None:
            earlier.append(Earlier(then.first, _known(found.figure("visitors"))))
    normal = compared(count, earlier)
    before = compared(count, [one for one in earlier if one.first == span.weeks_before(1).first])
    return Visitors(
        counted=count,
        before=before,
        normal=normal,
        uncompared=None if normal else _why_not(count, earlier),
        over=_over(asking, span, until),
    )


def _known(count: Figure) -> Figure:
    """Where nothing tells how much was seen, nobody is not a count."""
    if count.coverage is None and not count.value:
        return Figure(value=None)
    return count


def _why_not(count: Figure, earlier: Sequence[Earlier]) -> Uncompared:
    if not seen_enough(count):
        return "unseen"
    if not any(seen_enough(one.count) for one in earlier):
        return "no-history"
    return "few"


def _over(asking: Asking, span: Span, until: datetime) -> tuple[Stretch, ...]:
    """By the hour of a day, by the day of a week; earlier weeks beside it, but for stretches of
    them that were not seen well enough."""
    by = "hour" if span.kind == "day" else "day"
    answer = asking("visitors", span.since, until, by=by)
    own = [row for row in rows(answer) if not row.place]
    weeks = []
    for n in range(1, WEEKS + 1):
        then = span.weeks_before(n)
        found = asking("visitors", then.since, then.until, by=by)
        weeks.append([row for row in rows(found) if not row.place])
    stretches = []
    for n, row in enumerate(own):
        # Of an hour or a day that is not over, half a count beside a whole one says nothing.
        partly = n == len(own) - 1 and answer.until > until
        # Turn by turn: on days on which clocks are changed, hours after that stand an hour apart.
        there = [week[n] for week in weeks if n < len(week)]
        counts = [one.figure("visitors") for one in there]
        values = [one.value for one in counts if one.value is not None and seen_enough(one)]
        if row.start is not None:
            stretches.append(
                Stretch(
                    start=row.start,
                    visitors=_known(row.figure("visitors")),
                    normal=math.fsum(values) / len(values) if values and not partly else None,
                )
            )
    return tuple(stretches)


def inside_of(asking: Asking, since: datetime, until: datetime) -> Inside | None:
    """Of the shop as a whole, by the balance of its entrances."""
    found = asking("occupancy", since, until, by="hour")
    best: tuple[float, datetime | None] | None = None
    for row in rows(found):
        most = row.value("people_max")
        if row.place or most is None:
            continue
        # Where nothing tells how much was seen, nobody is not a count.
        known = most > 0 if row.coverage is None else row.coverage > 0
        if known and (best is None or most > best[0]):
            best = most, row.start
    if best is None:
        return None
    return Inside(most=best[0], at=best[1] if best[0] > 0 else None)
