"""Which way people went over the floor, and what they did at the shelves."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from miseban.insight.questions.answers import Answer, Unit
from miseban.insight.questions.asked import Asked, Columns, Table, added, share
from miseban.insight.questions.asking import FunnelQuestion, PathsQuestion
from miseban.insight.questions.chosen import narrowed
from miseban.insight.questions.coverage import Coverage
from miseban.insight.questions.durations import lasting
from miseban.insight.questions.grid import grid
from miseban.insight.questions.rows import Rows, fetch, histograms_of, left_out

STOP_S = 4.0
"""Who stays so long has stopped. An edge of the bins of durations."""
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


def funnel(question: FunnelQuestion, asked: Asked) -> Answer:
    """A row for every facing (``shelf/facing``). Who passed and stopped is known where a zone has
    the shelf's id."""
    over = grid(question, "whole", asked.reader.timezone, finest="hour")
    some = narrowed(question, over, asked.reader.timezone)
    wanted = question.shelves
    shelves = [shelf for shelf in asked.shop.shelves if wanted is None or shelf.id in wanted]
    zones = {zone.id for zone in asked.shop.zones}
    touched = fetch(asked, over, ("touch",), some=some)
    near = [shelf.id for shelf in shelves if shelf.id in zones]
    stays = fetch(asked, over, ("stay",), near, some=some)
    stops = fetch(asked, over, ("stay",), near, histograms=True, split=_stopped, some=some)
    coverage = Coverage(asked, over, some=some)
    names = ("passed", "stopped", "touched", "picked", "reaches", "pick_ups", "put_backs")
    units: dict[str, Unit] = dict.fromkeys(names[:4], "people")
    units |= dict.fromkeys((*names[4:], "kept"), "count")
    units |= {
        "put_back_rate": "share",
        "stop_rate": "share",
        "touch_rate": "share",
        "pick_rate": "share",
    }
    table = Table(over, units)
    nothing = np.full(over.n, np.nan)
    for shelf in shelves:
        seen = coverage.line(shelf.id)
        one, divided = stays.of("stay", shelf.id), stops.of("stay", shelf.id)
        told = shelf.id in zones
        passed = one.told if told else nothing
        known = told & (divided.measured > 0)
        stopped = np.where(known, lasting(divided.histogram, STOP_S), np.nan)
        for facing in shelf.facings:
            place = f"{shelf.id}/{facing.id}"
            kinds = ("visits", "picked", "reach", "pick_up", "put_back")
            n = {kind: touched.of("touch", place, kind).told for kind in kinds}
            values: Columns = {
                "passed": passed,
                "stopped": stopped,
                "touched": n["visits"],
                "picked": n["picked"],
                "reaches": n["reach"],
                "pick_ups": n["pick_up"],
                "put_backs": n["put_back"],
                "kept": np.maximum(n["pick_up"] - n["put_back"], 0),
                "put_back_rate": np.minimum(share(n["put_back"], np.nan_to_num(n["pick_up"])), 1),
                "stop_rate": share(stopped, divided.measured),
                "touch_rate": share(n["visits"], np.nan_to_num(passed)),
                "pick_rate": share(n["picked"], np.nan_to_num(n["visits"])),
            }
            base: Columns = {"touched": n["visits"], "picked": n["picked"]}
            base |= {"pick_rate": n["visits"], "put_back_rate": n["pick_up"]}
            if told:
                base |= {"passed": passed, "touch_rate": passed, "stopped": stopped}
                base |= {"stop_rate": divided.measured}
            table.add(place, "", seen, values, base=base)
    notes = {note for rows in (touched, stays, stops) for note in left_out(rows, asked)}
    return table.answer(question, asked, notes=sorted(notes))


def _stopped(rows: pa.Table) -> NDArray[np.int64]:
    """(M,) how many of the stays in M rows were stops."""
    return lasting(histograms_of(rows), STOP_S)
