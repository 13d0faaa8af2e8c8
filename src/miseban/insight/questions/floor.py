"""Where people were on the floor, and which way they went."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from miseban.insight.disclosure.floor import told_seconds
from miseban.insight.disclosure.stretches import Stretches
from miseban.insight.questions.answers import Answer, Unit
from miseban.insight.questions.asked import Asked, Columns, Table, added, share
from miseban.insight.questions.asking import HeatQuestion, PathsQuestion
from miseban.insight.questions.chosen import chosen
from miseban.insight.questions.coverage import Coverage
from miseban.insight.questions.grid import grid
from miseban.insight.questions.rows import Rows, fetch, left_out, left_out_of
from miseban.journal.rollups.rows import HEAT_CELL_M

_VISIT = ("visit", "gap", "occupancy")


def heat(question: HeatQuestion, asked: Asked) -> Answer:
    """A row for every cell of the floor in which enough people were: ``place`` is its column and
    band, ``x_m`` and ``y_m`` its top left corner. Of whole days, or of hours of each."""
    zone = asked.reader.timezone
    whole = grid(question, "whole", zone, finest="day")
    over, wanted = chosen(question, whole, zone)
    rows = fetch(asked, over, _VISIT)
    spans = list(
        zip(over.edges[:-1][wanted].tolist(), over.edges[1:][wanted].tolist(), strict=True)
    )
    seconds, less = np.zeros((0, 0), np.int64), False
    if spans:
        seconds, less = told_seconds(asked.reader, Stretches.of(spans), asked.k)
    seconds = _coarser(seconds, round(question.cell_m / HEAT_CELL_M))
    units: dict[str, Unit] = {"x_m": "m", "y_m": "m", "person_s": "person-s"}
    table = Table(whole, units)
    seen = Coverage(asked, over, rows).together(wanted)
    base = _visits(rows, over.n)[wanted].sum(keepdims=True)
    bands, columns = np.nonzero(seconds)
    places = [(f"{x}-{y}", "") for x, y in zip(columns.tolist(), bands.tolist(), strict=True)]
    values: Columns = {
        "x_m": np.asarray(columns * question.cell_m, np.float64),
        "y_m": np.asarray(bands * question.cell_m, np.float64),
        "person_s": seconds[bands, columns],
    }
    table.add_places(places, seen, values, base={"person_s": np.repeat(base, len(places))})
    return table.answer(question, asked, notes=[left_out_of(asked.k)] if less else [])


def _coarser(seconds: NDArray[np.int64], times: int) -> NDArray[np.int64]:
    """(bands, columns) in cells ``times`` as wide as those that are kept."""
    bands, columns = (-(-size // times) for size in seconds.shape)
    whole = np.zeros((bands * times, columns * times), np.int64)
    whole[: seconds.shape[0], : seconds.shape[1]] = seconds
    summed: NDArray[np.int64] = whole.reshape(bands, times, columns, times).sum(axis=(1, 3))
    return summed


def _visits(rows: Rows, n: int) -> NDArray[np.int64]:
    """(n,) visits without staff; those of the whole floor where there are any."""
    places = rows.places("visit")
    floor = [""] if "" in places else places
    return added([rows.of("visit", place).n for place in floor], n)


def paths(question: PathsQuestion, asked: Asked) -> Answer:
    """A row for every pair of zones, from ``place`` straight to ``detail``, most first."""
    over = grid(question, "whole", asked.reader.timezone, finest="hour")
    rows = fetch(asked, over, ("path", *_VISIT))
    pairs = [(a, b) for what, a, b in rows.keys if what == "path"]
    people = {pair: rows.of("path", *pair).told for pair in pairs}
    units: dict[str, Unit] = {"people": "people", "share": "share"}
    table = Table(over, units)
    seen = Coverage(asked, over, rows).shop()
    visits = _visits(rows, over.n)
    for pair in sorted(pairs, key=lambda pair: (-float(np.nansum(people[pair])), pair)):
        n = people[pair]
        values: Columns = {"people": n, "share": share(n, visits)}
        table.add(*pair, seen, values, base={"people": n, "share": visits})
    return table.answer(question, asked, notes=left_out(rows, asked))
