"""Where people were on the floor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from miseban.insight.disclosure.floor import FloorTold, told_floor
from miseban.insight.disclosure.stretches import Stretches
from miseban.insight.questions.answers import Answer, Unit
from miseban.insight.questions.asked import Asked, Columns, Floats, Table
from miseban.insight.questions.asking import HeatQuestion
from miseban.insight.questions.chosen import chosen
from miseban.insight.questions.coverage import Coverage
from miseban.insight.questions.floor import VISIT, visits_in
from miseban.insight.questions.grid import Grid, grid
from miseban.insight.questions.rows import fetch, left_out_of
from miseban.journal.rollups.rows import HEAT_CELL_M


@dataclass(frozen=True)
class Looked:
    """What is told of the floor (``told``, none where no time is asked for) in the time of
    ``whole``; ``coverage`` (1,) and ``visits`` (1,) of it, and the seconds that were seen."""

    whole: Grid
    told: FloorTold | None
    coverage: Floats | None
    visits: NDArray[np.int64]
    seen_s: float


def look(question: HeatQuestion, asked: Asked) -> Looked:
    """Raises ``BadInput``."""
    zone = asked.reader.timezone
    whole = grid(question, "whole", zone, finest="day")
    over, wanted = chosen(question, whole, zone)
    rows = fetch(asked, over, VISIT)
    spans = list(
        zip(over.edges[:-1][wanted].tolist(), over.edges[1:][wanted].tolist(), strict=True)
    )
    told = told_floor(asked.reader, Stretches.of(spans), asked.k) if spans else None
    coverage = Coverage(asked, over, rows)
    seen = coverage.together(wanted)
    part = 1.0 if seen is None or np.isnan(seen[0]) else float(seen[0])
    seen_s = float(coverage.open_s[wanted].sum()) * part
    visits = visits_in(rows, over.n)[wanted].sum(keepdims=True)
    return Looked(whole, told, seen, visits, seen_s)


def heat(question: HeatQuestion, asked: Asked) -> Answer:
    """A row for every cell of the floor in which enough people were: ``place`` is its column and
    band, ``x_m`` and ``y_m`` its top left corner. Of whole days, or of hours of each."""
    return answered(question, look(question, asked), asked)


def answered(question: HeatQuestion, looked: Looked, asked: Asked) -> Answer:
    """What was ``looked`` at for ``question``, as ``heat`` tells it."""
    told = looked.told
    seconds = np.zeros((0, 0), np.int64) if told is None else told.seconds
    seconds = coarser(seconds, times(question))
    units: dict[str, Unit] = {"x_m": "m", "y_m": "m", "person_s": "person-s"}
    table = Table(looked.whole, units)
    bands, columns = np.nonzero(seconds)
    places = [(f"{x}-{y}", "") for x, y in zip(columns.tolist(), bands.tolist(), strict=True)]
    values: Columns = {
        "x_m": np.asarray(columns * question.cell_m, np.float64),
        "y_m": np.asarray(bands * question.cell_m, np.float64),
        "person_s": seconds[bands, columns],
    }
    base = {"person_s": np.repeat(looked.visits, len(places))}
    table.add_places(places, looked.coverage, values, base=base)
    less = told is not None and told.less
    return table.answer(question, asked, notes=[left_out_of(asked.k)] if less else [])


def times(question: HeatQuestion) -> int:
    """How many times as wide as those that are kept the cells are that are asked for."""
    return round(question.cell_m / HEAT_CELL_M)


def coarser(values: NDArray[Any], times: int) -> NDArray[Any]:
    """(bands, columns) summed in cells ``times`` as wide."""
    bands, columns = (-(-size // times) for size in values.shape)
    whole = np.zeros((bands * times, columns * times), values.dtype)
    whole[: values.shape[0], : values.shape[1]] = values
    summed: NDArray[Any] = whole.reshape(bands, times, columns, times).sum(axis=(1, 3))
    return summed
