"""Intervals of zones and of people inside, on mornings of the konbini: a part of ``intervals``."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from bench.result import Result
from miseban.insight.inside import people_inside
from miseban.insight.summary import summarise
from miseban.insight.uncertainty import EXACT, Accuracy
from miseban.insight.uncertainty.applied import with_intervals
from miseban.insight.uncertainty.simulated import Played, play
from miseban.vocabulary.events import Event
from miseban.vocabulary.summary import Range, Summary

SHOP = Path(__file__).parents[1] / "shops" / "konbini.toml"
MINUTES = 180
SEEDS = range(11, 21)


def run() -> list[Result]:
    """How often each interval holds the truth."""
    held: dict[str, list[bool]] = {"visits": [], "dwell": [], "people-mean": [], "people-end": []}
    widths: dict[str, list[float]] = {name: [] for name in held}
    for seed in SEEDS:
        played = play(SHOP, seed, MINUTES)
        true = _summary(played, played.true, EXACT)
        found = _summary(played, played.found, Accuracy.before_audits())
        pairs: list[tuple[str, Range | None, float]] = []
        for name, zone in found.zones.items():
            known = true.zones[name]
            if known.visits:
                pairs.append(("visits", zone.visits_95, known.visits))
                pairs.append(("dwell", zone.dwell_mean_95, known.dwell_s.mean))
                people = known.dwell_s.total / played.duration_s
                pairs.append(("people-mean", zone.occupancy_mean_95, people))
        if found.inside is not None and true.inside is not None:
            pairs.append(("people-end", found.inside.people_end_95, true.inside.people_end))
        for what, interval, real in pairs:
            if interval is not None:
                held[what].append(interval.low <= real <= interval.high)
                widths[what].append(100 * (interval.high - interval.low) / max(real, 1e-9))
    of = f"{len(SEEDS)} mornings of the konbini, seeds {SEEDS[0]} to {SEEDS[-1]}"
    return [
        Result(
            f"zones-{what}",
            100 * float(np.mean(every)),
            "%",
            f"held, of {len(every)}, {of}; median width {np.median(widths[what]):.1f} %",
        )
        for what, every in held.items()
    ]


def _summary(played: Played, events: list[Event], accuracy: Accuracy) -> Summary:
    shop = played.shop
    zones = {zone.id: zone.kind for zone in shop.zones if zone.kind != "private"}
    doors = {line.id for line in shop.lines if line.entrance}
    counted = summarise(
        events,
        shop_id=shop.shop.id,
        camera=None,
        start=played.start,
        duration_s=played.duration_s,
        frames=0,
        analysed_fps=0.0,
        incomplete="",
        lines=[line.id for line in shop.lines],
        zones=zones,
        tills=(),
        model="bench",
        versions={},
        uncovered_s=0.0,
        inside=people_inside(events, doors),
    )
    return with_intervals(counted, events, shop, accuracy)
