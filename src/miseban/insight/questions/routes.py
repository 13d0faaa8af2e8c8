"""Which ways through several areas people have in common, and where they begin and end."""

from __future__ import annotations

from typing import Final

import numpy as np

from miseban.insight.questions.answers import Answer, Unit
from miseban.insight.questions.asked import Asked, Columns, Floats, Table, share
from miseban.insight.questions.asking import RoutesQuestion
from miseban.insight.questions.coverage import Coverage
from miseban.insight.questions.floor import VISIT
from miseban.insight.questions.grid import grid
from miseban.insight.questions.rows import fetch, left_out
from miseban.journal.rollups.rows import VISITS

KINDS: Final = ("way", "first", "last", "none")
_Z: Final = 1.959964


def routes(question: RoutesQuestion, asked: Asked) -> Answer:
    """A row for every way, most walked first, and longer ones before what is a part of them; then
    for every area in which people were ``first``, and ``last``; and for who was in ``none``."""
    over = grid(question, "whole", asked.reader.timezone, finest="day")
    rows = fetch(asked, over, ("route", *VISIT))
    units: dict[str, Unit] = {"people": "people", "share": "share"}
    table = Table(over, units)
    seen = Coverage(asked, over, rows).shop()
    visits = rows.of("route", "", VISITS).n.astype(np.float64)
    found: list[tuple[str, str, Floats]] = []
    for what, place, detail in rows.keys:
        if what == "route" and detail != VISITS:
            kind = detail or "way"
            found.append((kind, place, rows.of("route", place, detail).told))
    found.sort(
        key=lambda one: (KINDS.index(one[0]), -float(np.nan_to_num(one[2])[0]), -len(one[1]))
    )
    for kind, place, people in found:
        part = share(people, visits)
        values: Columns = {"people": people, "share": part}
        base = {"people": people, "share": visits}
        table.add(place, kind, seen, values, base=base, ends={"share": wilson(people, visits)})
    return table.answer(question, asked, notes=left_out(rows, asked))


def wilson(people: Floats, of: Floats) -> tuple[Floats, Floats]:
    """(N,) each: the ends of the 95 % interval of what part of all who come go that way, by E. B.
    Wilson (Journal of the American Statistical Association 22, 1927). Not a number where nobody
    came, or it is not told how many went."""
    n = np.where(of > 0, of, np.nan)
    p = people / n
    middle = (p + _Z**2 / (2 * n)) / (1 + _Z**2 / n)
    half = _Z / (1 + _Z**2 / n) * np.sqrt(p * (1 - p) / n + _Z**2 / (4 * n**2))
    return np.maximum(middle - half, 0.0), np.minimum(middle + half, 1.0)
