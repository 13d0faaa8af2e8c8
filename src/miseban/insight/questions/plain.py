"""Rows of roll-ups that are told as they are (``disclosure.figures.PLAIN``)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from miseban.insight.disclosure import DURATIONS_ONLY
from miseban.insight.disclosure.by_month import MonthPart
from miseban.insight.disclosure.calendar import Calendar
from miseban.insight.disclosure.remembered import ByReader, month_by_month
from miseban.insight.disclosure.stretches import Stretches
from miseban.insight.questions.grid import Grid, Piece
from miseban.journal.reading import Reader
from miseban.journal.rollups.days import micros, moment

_COUNTED: Final = ", ".join(f"'{what}'" for what in sorted(DURATIONS_ONLY))
_KNOWN: Final = ByReader[MonthPart](most=100_000)
"""Some 4 MB: the sums of a month take a few thousand bytes."""


def plain_rows(
    reader: Reader,
    grid: Grid,
    whats: Collection[str],
    places: Sequence[str] | None,
    *,
    histograms: bool,
) -> pa.Table:
    """Rows as they are, in the time of ``grid``; of ``DURATIONS_ONLY`` how many, and nothing
    measured. Raises ``BadInput``."""
    whole = grid.by == "whole" and not histograms
    parts: list[pa.Table] = []
    for piece in grid.pieces:
        if whole and piece.view == "days":
            parts += _by_month(reader, piece, whats, places)
        elif whole:
            parts.append(_rows(reader, piece, _SUMS, whats, places, _EACH))
        else:
            listed = f"CASE WHEN what IN ({_COUNTED}) THEN NULL ELSE histogram END AS histogram"
            columns = f"{_ROW}, {listed if histograms else _NO_LIST}"
            parts.append(_rows(reader, piece, columns, whats, places))
    return pa.concat_tables(parts, promote_options="permissive")


_MEASURED: Final = f"CASE WHEN total IS NULL OR what IN ({_COUNTED}) THEN 0 ELSE n END"
_TOTAL, _TOP = (f"CASE WHEN what IN ({_COUNTED}) THEN NULL ELSE {x} END" for x in ("total", "top"))
_NO_LIST: Final = "NULL::UINTEGER[] AS histogram"
_ROW: Final = (
    f"start, what, place, detail, n, {_TOTAL} AS total, {_TOP} AS top, covered_s, "
    f"{_MEASURED} AS measured"
)
_SUMS: Final = (
    "min(start) AS start, what, place, detail, sum(n)::BIGINT AS n, "
    f"sum({_TOTAL}) AS total, max({_TOP}) AS top, sum(covered_s) AS covered_s, "
    f"sum({_MEASURED})::BIGINT AS measured, {_NO_LIST}"
)
_EACH: Final = " GROUP BY what, place, detail"


def _by_month(
    reader: Reader, piece: Piece, whats: Collection[str], places: Sequence[str] | None
) -> list[pa.Table]:
    """Sums of whole days: those of a month that is over are the same until its roll-ups are
    others, and so are worked out once."""

    def worked_out(months: list[Stretches], calendars: list[Calendar]) -> Iterator[MonthPart]:
        since, until = int(months[0].edges[0]), int(months[-1].edges[-1])
        some = Piece(piece.view, moment(since), moment(until))
        columns = f"{_SUMS}, date_trunc('month', day)::DATE AS month"
        rows = _rows(reader, some, columns, whats, places, f"{_EACH}, date_trunc('month', day)")
        for calendar in calendars:
            own = pc.equal(rows["month"], pa.scalar(calendar.days[0], pa.date32()))
            yield MonthPart(rows.filter(own).drop_columns(["month"]), frozenset())

    asked = Stretches.of([(micros(piece.since), micros(piece.until))])
    more = frozenset(whats), None if places is None else tuple(places)
    done = month_by_month(reader, _KNOWN.of(reader), asked, more, worked_out)
    return [part.rows for part in done]


def _rows(
    reader: Reader,
    piece: Piece,
    columns: str,
    whats: Collection[str],
    places: Sequence[str] | None,
    grouped: str = "",
) -> pa.Table:
    kinds = ", ".join(f"'{what}'" for what in sorted(whats))
    there = " AND list_contains($places, place)" if places is not None else ""
    sql = (
        f"SELECT {columns} FROM {piece.view} WHERE what IN ({kinds}) "  # noqa: S608 - ours
        f"AND start >= $since AND start < $until{there}{grouped}"
    )
    parameters: dict[str, object] = {"since": piece.since, "until": piece.until}
    if places is not None:
        parameters["places"] = list(places)
    return reader.table(sql, parameters, since=piece.since, until=piece.until)
