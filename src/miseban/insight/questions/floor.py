"""Which way people went over the floor."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from miseban.insight.questions.answers import Answer, Unit
from miseban.insight.questions.asked import Asked, Columns, Table, added, share
from miseban.insight.questions.asking import PathsQuestion
from miseban.insight.questions.coverage import Coverage
from miseban.insight.questions.grid import grid
from miseban.insight.questions.rows import Rows, fetch, left_out

VISIT = ("visit", "gap", "occupancy")
"""What tells how many came, and how much was seen."""


def visits_in(rows: Rows, n: int) -> NDArray[np.int64]:
    """(n,) visits without staff; those of the whole floor where there are any."""
    places = rows.places("visit")
    floor = [""] if "" in places else places
    return added([rows.of("visit", place).n for place in floor], n)


def paths(question: PathsQuestion, asked: Asked) -> Answer:
    """A row for every pair of zones, from ``place`` straight to ``detail``, most first."""
    over = grid(question, "whole", asked.reader.timezone, finest="hour")
    rows = fetch(asked, over, ("path", *VISIT))
    pairs = [(a, b) for what, a, b in rows.keys if what == "path"]
    people = {pair: rows.of("path", *pair).told for pair in pairs}
    units: dict[str, Unit] = {"people": "people", "share": "share"}
    table = Table(over, units)
    seen = Coverage(asked, over, rows).shop()
    visits = visits_in(rows, over.n)
    for pair in sorted(pairs, key=lambda pair: (-float(np.nansum(people[pair])), pair)):
        n = people[pair]
        values: Columns = {"people": n, "share": share(n, visits)}
        table.add(*pair, seen, values, base={"people": n, "share": visits})
    return table.answer(question, asked, notes=left_out(rows, asked))
