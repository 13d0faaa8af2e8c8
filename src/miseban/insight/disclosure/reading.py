"""Reads the roll-ups that the gate decides about: nothing of these is told before it has."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import pyarrow as pa

from miseban.insight.disclosure.calendar import Calendar
from miseban.journal.reading import Reader
from miseban.journal.rollups.days import moment

_COLUMNS = {
    "start": "start",
    "what": "what",
    "place": "place",
    "detail": "detail",
    "n": "n::BIGINT",
    "total": "total",
    "top": "'Infinity'::DOUBLE",  # one person's, so it is never told
    "covered_s": "covered_s",
    "measured": "(CASE WHEN total IS NULL THEN 0 ELSE n END)::BIGINT",
}


def read(
    reader: Reader,
    calendar: Calendar,
    whats: Collection[str],
    places: Sequence[str] | None,
    *,
    histograms: bool,
) -> tuple[pa.Table, pa.Table]:
    """Rows of days, and of the hours of those days that have to be looked at by the hour."""
    since, until = (moment(int(calendar.day_edges[i])) for i in (0, -1))
    days = _rows(reader, "days", [(since, until)], whats, places, histograms=histograms)
    spans = calendar.hour_spans
    if not spans:
        return days, days.slice(0, 0)
    return days, _rows(reader, "hours", spans, whats, places, histograms=histograms)


def _rows(
    reader: Reader,
    view: str,
    spans: Sequence[tuple[object, object]],
    whats: Collection[str],
    places: Sequence[str] | None,
    *,
    histograms: bool,
) -> pa.Table:
    columns = dict(_COLUMNS)
    columns["histogram"] = "histogram" if histograms else "NULL::UINTEGER[]"
    chosen = ", ".join(f"{sql} AS {name}" for name, sql in columns.items())
    kinds = ", ".join(f"'{what}'" for what in sorted(whats))
    there = " AND list_contains($places, place)" if places is not None else ""
    sql = (
        f"SELECT {chosen} FROM {view} WHERE what IN ({kinds}) "  # noqa: S608 - our own names
        f"AND start >= $since AND start < $until{there}"
    )
    parts = []
    for since, until in spans:
        parameters: dict[str, object] = {"since": since, "until": until}
        if places is not None:
            parameters["places"] = list(places)
        parts.append(reader.table(sql, parameters, since=since, until=until))  # type: ignore[arg-type]
    return pa.concat_tables(parts, promote_options="permissive")
