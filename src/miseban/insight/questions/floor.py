"""Where people were on the floor, which way they went, and what they did at the shelves."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from miseban.insight.questions.answers import Answer, Unit
from miseban.insight.questions.asked import Asked, Columns, Table, added, share
from miseban.insight.questions.asking import FunnelQuestion, HeatQuestion, PathsQuestion
from miseban.insight.questions.coverage import Coverage
from miseban.insight.questions.durations import lasting
from miseban.insight.questions.grid import Grid, grid
from miseban.insight.questions.rows import Rows, fetch
from miseban.journal.rollups.rows import HEAT_CELL_M

STOP_S = 4.0
"""Who stays so long has stopped. An edge of the bins of durations."""
_VISIT = ("visit", "gap", "occupancy")


def heat(question: HeatQuestion, asked: Asked) -> Answer:
    """A row for every cell of the floor in which somebody was: ``place`` is its column and band,
    ``x_m`` and ``y_m`` its top left corner."""
    over = grid(question, "whole", asked.reader.timezone, finest="hour")
    rows = fetch(asked, over, _VISIT)
    seconds = _seconds(asked, over, round(question.cell_m / HEAT_CELL_M))
    units: dict[str, Unit] = {"x_m": "m", "y_m": "m", "person_s": "person-s"}
    table = Table(over, units)
    seen = Coverage(asked, over, rows).shop()
    base = _visits(rows, over.n)
    bands, columns = np.nonzero(seconds)
    places = [(f"{x}-{y}", "") for x, y in zip(columns.tolist(), bands.tolist(), strict=True)]
    values: Columns = {
        "x_m": np.asarray(columns * question.cell_m, np.float64),
        "y_m": np.asarray(bands * question.cell_m, np.float64),
        "person_s": seconds[bands, columns],
    }
    table.add_places(places, seen, values, base={"person_s": np.repeat(base, len(places))})
    return table.answer(question, asked)


def _seconds(asked: Asked, over: Grid, times: int) -> NDArray[np.int64]:
    """(bands, columns) person-seconds in cells ``times`` as wide as those that are kept."""
    found: dict[int, NDArray[np.int64]] = {}
    for piece in over.pieces:
        sql = (
            f"SELECT place, histogram FROM {piece.view} WHERE what = 'heat' "  # noqa: S608 - ours
            "AND start >= $since AND start < $until AND histogram IS NOT NULL"
        )
        when = {"since": piece.since, "until": piece.until}
        table = asked.reader.table(sql, when, since=piece.since, until=piece.until)
        if not len(table):
            continue
        lists = table["histogram"].combine_chunks()
        length = np.asarray(lists.value_lengths().to_numpy(), np.int64)
        band = np.repeat(np.asarray(table["place"].cast(pa.int64()).to_numpy()), length)
        column = np.arange(len(band)) - np.repeat(np.cumsum(length) - length, length)
        at = np.stack([band, column]) // times
        size = at.max(axis=1) + 1
        key = (int(size[0]), int(size[1]))
        cells = np.bincount(at[0] * key[1] + at[1], lists.flatten().to_numpy(), key[0] * key[1])
        found[len(found)] = np.round(cells).astype(np.int64).reshape(key)
    shape = np.max([one.shape for one in found.values()], axis=0) if found else (0, 0)
    whole = np.zeros(shape, np.int64)
    for one in found.values():
        whole[: one.shape[0], : one.shape[1]] += one
    return whole


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
    people = {pair: rows.of("path", *pair).n for pair in pairs}
    units: dict[str, Unit] = {"people": "people", "share": "share"}
    table = Table(over, units)
    seen = Coverage(asked, over, rows).shop()
    visits = _visits(rows, over.n)
    for pair in sorted(pairs, key=lambda pair: (-int(people[pair].sum()), pair)):
        n = people[pair]
        values: Columns = {"people": n, "share": share(n, visits)}
        table.add(*pair, seen, values, base={"people": n, "share": visits})
    return table.answer(question, asked)


def funnel(question: FunnelQuestion, asked: Asked) -> Answer:
    """A row for every facing (``shelf/facing``). Who passed and stopped is known where a zone has
    the shelf's id."""
    over = grid(question, "whole", asked.reader.timezone, finest="hour")
    wanted = question.shelves
    shelves = [shelf for shelf in asked.shop.shelves if wanted is None or shelf.id in wanted]
    zones = {zone.id for zone in asked.shop.zones}
    touched = fetch(asked, over, ("touch",))
    near = [shelf.id for shelf in shelves if shelf.id in zones]
    stays = fetch(asked, over, ("stay",), near, histograms=True)
    coverage = Coverage(asked, over)
    names = ("passed", "stopped", "touched", "picked", "reaches", "pick_ups", "put_backs")
    units: dict[str, Unit] = dict.fromkeys(names[:4], "people")
    units |= dict.fromkeys(names[4:], "count")
    units |= {"stop_rate": "share", "touch_rate": "share", "pick_rate": "share"}
    table = Table(over, units)
    nothing = np.full(over.n, np.nan)
    for shelf in shelves:
        seen = coverage.line(shelf.id)
        one = stays.of("stay", shelf.id)
        told = shelf.id in zones
        passed = one.told if told else nothing
        stopped = lasting(one.histogram, STOP_S).astype(float) if told else nothing
        for facing in shelf.facings:
            place = f"{shelf.id}/{facing.id}"
            n = {
                kind: touched.of("touch", place, kind).n
                for kind in ("visits", "picked", "reach", "pick_up", "put_back")
            }
            values: Columns = {
                "passed": passed,
                "stopped": stopped,
                "touched": n["visits"],
                "picked": n["picked"],
                "reaches": n["reach"],
                "pick_ups": n["pick_up"],
                "put_backs": n["put_back"],
                "stop_rate": share(stopped, np.nan_to_num(passed)),
                "touch_rate": share(n["visits"], np.nan_to_num(passed)),
                "pick_rate": share(n["picked"], n["visits"]),
            }
            base = {"touched": n["visits"], "picked": n["picked"], "pick_rate": n["visits"]}
            if told:
                base |= {"passed": one.n, "stop_rate": one.n, "touch_rate": one.n}
                base |= {"stopped": lasting(one.histogram, STOP_S)}
            table.add(place, "", seen, values, base=base)
    return table.answer(question, asked)
