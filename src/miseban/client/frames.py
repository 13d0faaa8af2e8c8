"""Answers as data frames."""

from __future__ import annotations

import pandas as pd

from miseban.insight.questions import Answer

_KEYS = ["start", "place", "detail"]


def frame(answer: Answer) -> pd.DataFrame:
    """One row a row of the answer. Columns: ``start`` (in the shop's time), ``place``, ``detail``,
    ``coverage`` (0 to 1, missing where nobody can tell), and each measure, float64, missing where
    nothing is known; with ``_low`` and ``_high`` where it has an interval and ``_base`` (Int64)
    where it stands on a number of people or events. ``start`` and ``detail`` are left out where
    they tell nothing.

    With a time to compare with, each measure that both have has ``_before`` too: that of the same
    place and of the same row in order of time. ``attrs`` has ``units`` by measure, ``notes``,
    ``since``, ``until``, ``as_of`` and ``timezone``.
    """
    found = _plain(answer)
    if answer.compare is not None:
        other = _plain(answer.compare)
        names = [name for name in answer.measures if name in answer.compare.measures]
        for table in (found, other):
            table["nth"] = table.groupby(["place", "detail"]).cumcount()
        other = other[["place", "detail", "nth", *names]]
        found = found.merge(
            other, on=["place", "detail", "nth"], how="left", suffixes=("", "_before")
        ).drop(columns="nth")
    if found["start"].isna().all() and len(found):
        found = found.drop(columns="start")
    if (found["detail"] == "").all() and len(found):
        found = found.drop(columns="detail")
    found.attrs = {
        "units": {name: measure.unit for name, measure in answer.measures.items()},
        "notes": list(answer.notes),
        "since": answer.since,
        "until": answer.until,
        "as_of": answer.as_of,
        "timezone": answer.timezone,
    }
    return found


def _plain(answer: Answer) -> pd.DataFrame:
    start = pd.to_datetime(pd.Series(answer.start, dtype="object"), utc=True)
    columns: dict[str, pd.Series] = {
        "start": start.astype("datetime64[us, UTC]").dt.tz_convert(answer.timezone),
        "place": pd.Series(answer.place, dtype="str"),
        "detail": pd.Series(answer.detail, dtype="str"),
        "coverage": pd.Series(answer.coverage, dtype="float64"),
    }
    for name, measure in answer.measures.items():
        columns[name] = pd.Series(measure.values, dtype="float64")
        if measure.low is not None and measure.high is not None:
            columns[f"{name}_low"] = pd.Series(measure.low, dtype="float64")
            columns[f"{name}_high"] = pd.Series(measure.high, dtype="float64")
        if measure.base is not None:
            columns[f"{name}_base"] = pd.Series(measure.base, dtype="Int64")
    return pd.DataFrame(columns)
