"""The roll-up of one day, counted from events."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from miseban.journal.rollups import hands, people, sales, things
from miseban.journal.rollups.days import ShopDay
from miseban.journal.rollups.facts import Moments, Spans, added_up
from miseban.journal.rollups.heat import heat
from miseban.journal.rollups.routes import routes
from miseban.journal.rollups.rows import ROW, SORTED_BY, Level
from miseban.journal.rollups.window import Window

COUNTED = "counted"


@dataclass(frozen=True)
class DayRows:
    """A day's rows (``ROW``) of each level, sorted; none where nothing was told."""

    minute: pa.Table
    hour: pa.Table
    day: pa.Table

    @classmethod
    def nothing(cls) -> DayRows:
        none = ROW.empty_table()
        return cls(none, none, none)

    def at(self, level: Level) -> pa.Table:
        return {"minute": self.minute, "hour": self.hour, "day": self.day}[level]

    def with_mark(self, day: ShopDay, made_of: str) -> DayRows:
        """With a row that tells what it was counted of."""
        mark = {"start": day.start, "day": day.date, "what": COUNTED, "place": "", "n": 0}
        row = pa.Table.from_pylist([{**mark, "detail": made_of, "covered_s": 0.0}], schema=ROW)
        kept = self.day.filter(pc.not_equal(self.day["what"], COUNTED))
        return DayRows(self.minute, self.hour, _sorted(kept, row))

    @property
    def closing(self) -> pa.Table:
        """How the day ended."""
        return self.day.filter(pc.equal(self.day["what"], "closing"))


def count_relevant(
    day: ShopDay, events: pa.Table, trails: Iterable[pa.Table], before: pa.Table
) -> DayRows:
    """``events`` are those that ``relevant.of_day`` gives, ``trails`` tables (``id``, ``t``,
    ``x``, ``y``) of the visits among them, ``before`` the ``closing`` rows of the day before. The
    same events give the same rows."""
    if not len(events):
        return DayRows.nothing()
    window = Window(day, events)
    if not window.counted:
        before = before.slice(0, 0)
    queues, queues_end = things.queues(window, things.carried_over(before, "queue"))
    shelves, shelves_end, steps = things.shelves(window, things.carried_over(before, "shelf"))
    parts: list[Moments | Spans] = [
        *people.passages(window),
        *people.stays(window),
        *people.occupancy(window),
        *people.visits(window),
        *queues,
        *things.cameras(window),
        *things.alerts(window),
    ]
    receipts, *sold = sales.tills(window)
    parts.append(receipts)
    # Of ways, facings and goods the hours are as fine as anybody asks; there are too many of them.
    rest = [
        *parts, *people.paths(window), *hands.touches(window), *hands.instead(window, steps),
        *sold, *shelves,
    ]  # fmt: skip
    hours, days = heat(window, trails, ("hour", "day"))
    ends = things.closing({"queue": queues_end, "shelf": shelves_end}, window)
    return DayRows(
        added_up(day, "minute", parts),
        _sorted(added_up(day, "hour", rest), hours),
        _sorted(added_up(day, "day", [*rest, *routes(window)]), days, ends),
    )


def _sorted(*tables: pa.Table) -> pa.Table:
    rows = pa.concat_tables(tables)
    return rows.sort_by([(name, "ascending") for name in SORTED_BY])
