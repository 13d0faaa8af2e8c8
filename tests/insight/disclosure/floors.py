"""A floor of one band whose roll-ups are tables in memory. Each second that somebody spends has its
own weight, a power of two: so an answer tells of whom it is the sum."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, cast

import pyarrow as pa

from miseban.insight.disclosure.floor import FloorTold, told_floor
from miseban.insight.disclosure.stretches import Stretches
from miseban.journal.reading import Reader
from miseban.journal.rollups.days import micros, shop_day
from miseban.journal.rollups.rows import ROW

ZONE = "Asia/Tokyo"
FIRST = date(2026, 4, 29)
"""The second of the days that follow is the last of its month."""


def midnight(day: int) -> datetime:
    return shop_day(FIRST + timedelta(days=day), ZONE).start


@dataclass(frozen=True)
class Came:
    """A visit in a cell of the floor from an hour of a day on; it is there for a second, and for
    another in the next hour where it ``stays``."""

    day: int
    hour: int
    column: int
    stays: bool

    def seconds(self, number: int) -> Iterator[tuple[int, int]]:
        """Hours and weights."""
        yield self.hour, 1 << (2 * number)
        if self.stays:
            yield self.hour + 1, 1 << (2 * number + 1)


def whose(seconds: int) -> int:
    """How many visits a sum is of."""
    return sum((seconds >> (2 * number)) & 3 != 0 for number in range(16))


class Floor:
    """What was known of ``visits`` at ``as_of``."""

    def __init__(self, visits: Iterable[Came], as_of: datetime) -> None:
        self.timezone, self._as_of = ZONE, as_of
        self._tables = {"days": ROW.empty_table(), "hours": ROW.empty_table()}
        self.change(visits)

    def change(self, visits: Iterable[Came]) -> None:
        self.state = object()
        for level in self._tables:
            self._tables[level] = pa.Table.from_pylist(
                list(_rows([*visits], level, self._as_of)), schema=ROW
            )

    def lose(self, which: Collection[int]) -> None:
        """Of the rows of hours, by number, what they tell of where somebody was."""
        rows = self._tables["hours"].to_pylist()
        kept = [{**r, "histogram": None} if i in which else r for i, r in enumerate(rows)]
        self._tables["hours"] = pa.Table.from_pylist(kept, schema=ROW)
        self.state = object()

    def newest(self) -> datetime:
        return self._as_of

    def rollups(self, spans: Collection[tuple[date, date]]) -> list[object]:
        return [self.state for _ in spans]

    def table(
        self, sql: str, parameters: Mapping[str, Any], *, since: datetime, until: datetime
    ) -> pa.Table:
        rows = self._tables[sql.split(" FROM ")[1].split()[0]].to_pylist()
        kept = [r for r in rows if r["n"] >= parameters["least"] and since <= r["start"] < until]
        return pa.Table.from_pylist(kept, schema=ROW)

    def cells(self, spans: Iterable[tuple[datetime, datetime]], k: int) -> FloorTold:
        asked = Stretches.of([(micros(a), micros(b)) for a, b in spans])
        return told_floor(cast(Reader, self), asked, k)

    def told(self, spans: Iterable[tuple[datetime, datetime]], k: int) -> dict[int, int]:
        """Seconds by column."""
        found = self.cells(spans, k).seconds
        return {i: int(s) for i, s in enumerate(found[0].tolist())} if len(found) else {}


def _rows(visits: list[Came], level: str, as_of: datetime) -> Iterator[dict[str, Any]]:
    spent: dict[tuple[int, int], dict[int, int]] = defaultdict(lambda: defaultdict(int))
    came: dict[tuple[int, int], dict[int, int]] = defaultdict(lambda: defaultdict(int))
    there: dict[tuple[int, int], set[int]] = defaultdict(set)
    for number, visit in enumerate(visits):
        known = [
            (hour, weight)
            for hour, weight in visit.seconds(number)
            if midnight(visit.day) + timedelta(hours=hour) < as_of
        ]
        for at, (hour, weight) in enumerate(known):
            key = visit.day, hour if level == "hours" else 0
            spent[key][visit.column] += weight
            came[key][visit.column] += at == 0
            there[key].add(number)
    for key in sorted(spent):
        for detail, of in (("", spent[key]), ("visits", came[key])):
            values = [of.get(i, 0) for i in range(max(spent[key]) + 1)]
            if any(values):
                yield {
                    "start": midnight(key[0]) + timedelta(hours=key[1]),
                    "day": FIRST + timedelta(days=key[0]), "what": "heat", "place": "0",
                    "detail": detail, "n": len(there[key]), "total": float(sum(values)),
                    "covered_s": 0.0, "histogram": values,
                }  # fmt: skip
