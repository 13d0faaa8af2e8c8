"""Stays in zones: how many, how long, and which areas are used most."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from miseban.insight.questions.answers import Answer, Unit
from miseban.insight.questions.asked import Asked, Columns, Table, share
from miseban.insight.questions.asking import AreasQuestion, DwellQuestion, QueuesQuestion
from miseban.insight.questions.chosen import narrowed
from miseban.insight.questions.counting import Z, zone_moments
from miseban.insight.questions.coverage import WHATS as SEEN
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
MOST_TOGETHER = 2000
"""Of so many rows durations are worked out at once: of each there are 138 bins."""
FORGOTTEN = "Durations of fewer than five people are not kept longer than single events."


def dwell(question: DwellQuestion, asked: Asked) -> Answer:
    """A row for every zone but those of the crew."""
    over = grid(question, question.by, asked.reader.timezone, finest="hour")
    some = narrowed(question, over, asked.reader.timezone)
    zones = list(question.zones) if question.zones is not None else shown_zones(asked)
    rows = fetch(asked, over, ("stay",), zones, histograms=True, some=some)
    coverage = Coverage(asked, over, some=some)
    table = Table(over, _DWELL, None if some is None else some.kept)
    together = max(1, MOST_TOGETHER // over.n)
    for i in range(0, len(zones), together):
        few = zones[i : i + together]
        stays = rows.each("stay", few)
        seen = [coverage.zone(zone) for zone in few]
        ends = _ends(few, stays, coverage, seen, asked)
        base = dict.fromkeys(_DWELL, stays.measured) | {"stays": stays.told}
        values = durations(stays, asked.k)
        table.add_places(_places(few), _parts(seen, over.n), values, base=base, ends=ends)
    return table.answer(question, asked, notes=[*_forgotten(rows, zones), *left_out(rows, asked)])


def queues(question: QueuesQuestion, asked: Asked) -> Answer:
    """A row for every queue: its length over time, and how long those waited who left it."""
    over = grid(question, question.by, asked.reader.timezone, finest="hour")
    zones = [zone.id for zone in asked.shop.zones if zone.kind == "queue"]
    zones += [till.queue for till in asked.shop.tills if till.queue not in zones]
    rows = fetch(asked, over, ("stay",), zones, histograms=True)
    lengths = fetch(asked, over, ("queue", *SEEN))  # and what cameras saw: one look for both
    coverage = Coverage(asked, over, lengths)
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
        length, stays = lengths.of("queue", zone), rows.of("stay", zone)
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
    spent_s = dict(zip(zones, rows.each("stay", zones).total.tolist(), strict=True))
    zones.sort(key=lambda zone: (-spent_s[zone], zone))
    one = rows.each("stay", zones)
    units: dict[str, Unit] = {
        "stays": "people", "total_s": "person-s", "mean_s": "s", "share": "share",
    }  # fmt: skip
    table = Table(over, units)
    values: Columns = {
        "stays": one.told,
        "total_s": np.where(one.withheld, np.nan, one.total),
        "mean_s": share(one.total, one.measured),
        "share": np.where(
            one.withheld, np.nan, share(one.total, np.full(len(zones), one.total.sum()))
        ),
    }
    base = dict.fromkeys(units, one.measured) | {"stays": one.told}
    seen = _parts([coverage.zone(zone) for zone in zones], over.n)
    table.add_places(_places(zones), seen, values, base=base)
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


def _places(zones: Sequence[str]) -> list[tuple[str, str]]:
    return [(zone, "") for zone in zones]


def _parts(seen: Sequence[Floats | None], n: int) -> Floats:
    """(P x n,) how much was seen of P places, not a number where nobody can tell."""
    return np.concatenate(
        [np.zeros(0), *(np.full(n, np.nan) if one is None else one for one in seen)]
    )


def _ends(
    zones: Sequence[str],
    stays: Sums,
    coverage: Coverage,
    seen: Sequence[Floats | None],
    asked: Asked,
) -> dict[str, tuple[Floats, Floats]]:
    """The intervals of the ``stays`` (P x N,) of P zones; none where no zone has one."""
    n = stays.n.reshape(len(zones), -1)
    found = [
        zone_moments(own, coverage.open_s, part, zone, asked.accuracy)
        for own, part, zone in zip(n, seen, zones, strict=True)
    ]
    if all(one is None for one in found):
        return {}
    nothing = np.full(n.shape[1], np.nan)
    pairs = [(nothing, nothing) if one is None else one.ends() for one in found]
    low, high = (np.concatenate(ends) for ends in zip(*pairs, strict=True))
    known = np.repeat([one is not None for one in found], n.shape[1])
    # Of those that are not told nothing is: an interval of the others is not theirs.
    told = (np.where(stays.hidden, np.nan, end) for end in (low, high))
    means = (np.where(known, end, np.nan) for end in _mean_ends(stays, low))
    return {"stays": _pair(told), "mean_s": _pair(means)}


def _pair(ends: Iterable[Floats]) -> tuple[Floats, Floats]:
    low, high = ends
    return low, high


def _mean_ends(stays: Sums, low: Floats) -> tuple[Floats, Floats]:
    """Of the mean stay: a stay that was counted as two halves the mean and one that was missed was
    like the others, so only counts that are too high matter; and time itself is measured with an
    error (``uncertainty.stays``)."""
    mean = share(stays.total, stays.measured)
    fewer = np.minimum(share(stays.n, np.maximum(low, 1.0)), 2.0)
    return mean * (1 - Z * TIME_OFF), mean * np.maximum(fewer, 1.0) * (1 + Z * TIME_OFF)


def _forgotten(rows: Rows, zones: Sequence[str]) -> list[str]:
    stays = rows.each("stay", zones)
    return [FORGOTTEN] if (stays.measured < stays.n).any() else []
