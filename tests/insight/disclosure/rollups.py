"""Roll-ups of a small shop that are tables in memory, for tests that ask thousands of questions."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, cast

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from miseban.insight.questions import QUESTIONS, Answer, answer
from miseban.insight.uncertainty.accuracy import EXACT
from miseban.journal.reading import Reader
from miseban.journal.rollups.days import shop_day
from miseban.journal.rollups.rows import BIN_EDGES_S, ROW, bins_of
from miseban.journal.snapshot import Stamp
from miseban.vocabulary.shop import Shop, parse_shop

SHOP = """
[shop]
id = "small"
timezone = "Asia/Tokyo"
policy = "jp"
[[camera]]
id = "door"
source = "usb:0"
resolution = [640, 360]
[[zone]]
id = "milk"
kind = "area"
camera = "door"
polygon = [[0, 0], [50, 0], [50, 50]]
[[zone]]
id = "queue"
kind = "queue"
camera = "door"
polygon = [[100, 0], [150, 0], [150, 50]]
"""
ZONES = ("milk", "queue")
FIRST = datetime(2026, 4, 6, tzinfo=UTC).date()
OPENS = 10
STAY_S = 30.0
Counts = NDArray[np.int64]


@cache
def small() -> Shop:
    return parse_shop(SHOP, "small.toml")


def hour(day: int, opening: int) -> datetime:
    """When the hour number ``opening`` after the opening of that day begins."""
    start = shop_day(FIRST + timedelta(days=day), "Asia/Tokyo").start
    return start + timedelta(hours=OPENS + opening)


class Rollups:
    """``counts`` (zones, days, hours) stays of 30 s each; all of the days have ended."""

    def __init__(self, counts: Counts) -> None:
        self.shop, self.timezone, self.folder = "small", "Asia/Tokyo", Path()
        self._days, self.written = counts.shape[1], 1
        self._duckdb = duckdb.connect(":memory:", config={"threads": 1})
        for name, rows in (
            ("hours", self._rows(counts, "hour")),
            ("days", self._rows(counts, "day")),
        ):
            self._duckdb.register(f"_{name}", rows)
            self._duckdb.execute(f"CREATE TABLE {name} AS SELECT * FROM _{name}")
        self._duckdb.execute("CREATE TABLE minutes AS SELECT * FROM hours WHERE false")

    def newest(self) -> datetime:
        return hour(self._days + 1, 0)

    def rollups(self, spans: Collection[tuple[date, date]]) -> list[tuple[Stamp, Stamp]]:
        """What was worked out of a month stands as long as its files do: until ``written``."""
        return [((self.written, day.year, day.month), (2, day.year, day.month)) for day, _ in spans]

    def table(
        self, sql: str, parameters: Mapping[str, object] | None = None, **_: object
    ) -> pa.Table:
        return (
            self._duckdb.cursor().sql(sql, params=dict(parameters or {}) or None).to_arrow_table()
        )

    @staticmethod
    def _rows(counts: Counts, level: str) -> pa.Table:
        found = []
        own_bin = int(bins_of(np.array([STAY_S]))[0])
        for z, day in np.ndindex(counts.shape[:2]):
            hours = [(hour(day, h), int(n)) for h, n in enumerate(counts[z, day])]
            if level == "day":
                midnight = shop_day(FIRST + timedelta(days=day), "Asia/Tokyo").start
                hours = [(midnight, int(counts[z, day].sum()))]
            for start, n in hours:
                if n:
                    found.append(
                        {
                            "start": start, "day": FIRST + timedelta(days=day), "what": "stay",
                            "place": ZONES[z], "detail": "", "n": n, "total": n * STAY_S,
                            "top": STAY_S, "covered_s": 0.0,
                            "histogram": [0] * own_bin + [n],
                        }
                    )  # fmt: skip
        assert own_bin < len(BIN_EDGES_S)
        return pa.Table.from_pylist(found, schema=ROW)

    def ask(self, question: str, since: datetime, until: datetime, **more: Any) -> Answer:
        told = {"question": question, "since": since, "until": until, **more}
        reader = cast(Reader, self)
        return answer(QUESTIONS.validate_python(told), small(), reader, EXACT)
