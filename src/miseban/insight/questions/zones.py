"""Stays in zones: how many, how long, and which areas are used most."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from miseban.insight.questions.answers import Answer, Unit
from miseban.insight.questions.asked import Asked, Columns, Table, share
from miseban.insight.questions.asking import AreasQuestion, DwellQuestion, QueuesQuestion
from miseban.insight.questions.chosen import narrowed
from miseban.insight.questions.counting import Z, zone_moments
from miseban.insight.questions.coverage import Coverage
from miseban.insight.questions.durations import quantile_s
from miseban.insight.questions.grid import grid
from miseban.insight.questions.rows import Rows, Sums, fetch, left_out
from miseban.insight.uncertainty.stays import TIME_OFF

Floats = NDArray[np.float64]
RANKED_KINDS = frozenset({"area", "queue", "counter", "signage", "entrance"})
"""Crew zones are left out: staff are not measured (privacy rule 5). Private ones see nobody."""

_QUANTILES: dict[str, float] = {
    "p10_s": 0.1, "p25_s": 0.25, "median_s": 0.5, "p75_s": 0.75, "p90_s": 0.9,
}  # fmt: skip
_DWELL: dict[str, Unit] = {
    "stays": "people",
    "mean_s": "s",
    **dict.fromkeys(_QUANTILES, "s"),
    "total_s": "person-s",
}
FORGOTTEN = "Durations of fewer than five people are not kept longer than single events."


def dwell(question: DwellQuestion, asked: Asked) -> Answer:
    """A row for every zone but those of the crew."""
    over = grid(question, question.by, asked.reader.timezone, finest="hour")
    some = narrowed(question, over, asked.reader.timezone)
    zones = list(question.zones) if question.zones is not None else shown_zones(asked)
    rows = fetch(asked, over, ("stay",), zones, histograms=True, some=some)
    coverage = Coverage(asked, over, some=some)
    table = Table(over, _DWELL, None if some is None else some.kept)
    for zone in zones:
        stays = rows.of("stay", zone)
        seen = coverage.zone(zone)
        ends: dict[str, tuple[Floats, Floats]] = {}
        found = zone_moments(stays.n, coverage.open_s, seen, zone, asked.accuracy)
        if found is not None:
            low, high = found.ends()
            # Of those that are not told nothing is: an interval of the others is not theirs.
            ends["stays"] = (
                np.where(stays.hidden, np.nan, low),
                np.where(stays.hidden, np.nan, high),
            )
            ends["mean_s"] = _mean_ends(stays, low)
        base = dict.fromkeys(_DWELL, stays.measured) | {"stays": stays.told}
        table.add(zone, "", seen, durations(stays, asked.k), base=base, ends=ends)
    return table.answer(question, asked, notes=[*_forgotten(rows, zones), *left_out(rows, asked)])


def queues(question: QueuesQuestion, asked: Asked) -> Answer:
    """A row for every queue: its length over time, and how long those waited who left it."""
    over = grid(question, question.by, asked.reader.timezone, finest="hour")
    zones = [zone.id for zone in asked.shop.zones if zone.kind == "queue"]
    zones += [till.queue for till in asked.shop.tills if till.queue not in zones]
    rows = fetch(asked, over, ("queue", "stay"), zones, histograms=True)
    coverage = Coverage(asked, over)
    units: dict[str, Unit] = {
        "length_mean": "people",
        "length_max": "people",
        "waited": "people",
        "waiting_mean_s": "s",
        "waiting_median_s": "s",
        "waiting_p90_s": "s",
    }
    table = Table(over, units)
    for zone in zones:
        length, stays = rows.of("queue", zone), rows.of("stay", zone)
        told = durations(stays, asked.k)
        values: Columns = {
            "length_mean": share(length.total, length.covered_s),
            "length_max": np.where(length.covered_s > 0, length.top, np.nan),
            "waited": stays.told,
            "waiting_mean_s": told["mean_s"],
            "waiting_median_s": told["median_s"],
            "waiting_p90_s": told["p90_s"],
        }
        base = {name: stays.measured for name in units if name.startswith("waiting")}
        table.add(zone, "", coverage.zone(zone), values, base=base | {"waited": stays.told})
    return table.answer(question, asked, notes=[*_forgotten(rows, zones), *left_out(rows, asked)])


def areas(question: AreasQuestion, asked: Asked) -> Answer:
    """Zones by the time spent in them, most first."""
    over = grid(question, "whole", asked.reader.timezone, finest="hour")
    some = narrowed(question, over, asked.reader.timezone)
    rows = fetch(asked, over, ("stay",), some=some)
    coverage = Coverage(asked, over, some=some)
    zones = shown_zones(asked)
    stays = {zone: rows.of("stay", zone) for zone in zones}
    total_s = np.array(sum(float(one.total.sum()) for one in stays.values()))
    units: dict[str, Unit] = {
        "stays": "people", "total_s": "person-s", "mean_s": "s", "share": "share",
    }  # fmt: skip
    table = Table(over, units)
    for zone in sorted(zones, key=lambda zone: (-float(stays[zone].total.sum()), zone)):
        one = stays[zone]
        values: Columns = {
            "stays": one.told,
            "total_s": np.where(one.withheld, np.nan, one.total),
            "mean_s": share(one.total, one.measured),
            "share": np.where(one.withheld, np.nan, share(one.total, np.full(over.n, total_s))),
        }
        base = dict.fromkeys(units, one.measured) | {"stays": one.told}
        table.add(zone, "", coverage.zone(zone), values, base=base)
    return table.answer(question, asked, notes=[*_forgotten(rows, zones), *left_out(rows, asked)])


def shown_zones(asked: Asked) -> list[str]:
    return [zone.id for zone in asked.shop.zones if zone.kind in RANKED_KINDS]


def durations(stays: Sums, k: int) -> Columns:
    """(N,) each of ``_DWELL``. The longest is not among them: it is one person's."""
    return {
        "stays": stays.told,
        "mean_s": share(stays.total, stays.measured),
        **{
            name: quantile_s(stays.histogram, part, stays.top, k)
            for name, part in _QUANTILES.items()
        },
        "total_s": np.where(stays.withheld, np.nan, stays.total),
    }


def _mean_ends(stays: Sums, low: Floats) -> tuple[Floats, Floats]:
    """Of the mean stay: a stay that was counted as two halves the mean and one that was missed was
    like the others, so only counts that are too high matter; and time itself is measured with an
    error (``uncertainty.stays``)."""
    mean = share(stays.total, stays.measured)
    fewer = np.minimum(share(stays.n, np.maximum(low, 1.0)), 2.0)
    return mean * (1 - Z * TIME_OFF), mean * np.maximum(fewer, 1.0) * (1 + Z * TIME_OFF)


def _forgotten(rows: Rows, zones: Sequence[str]) -> list[str]:
    lost = any((rows.of("stay", zone).measured < rows.of("stay", zone).n).any() for zone in zones)
    return [FORGOTTEN] if lost else []
