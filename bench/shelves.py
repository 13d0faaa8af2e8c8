"""Shelf states from pictures: drawn shops through a day's light, people before the goods and a
camera that is bumped into, scored as ``miseban score`` does; and the cost."""

from __future__ import annotations

import random
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, timedelta
from pathlib import Path

import numpy as np

from bench.result import Result
from bench.seeds import told, unseen
from bench.shelf_calls import SOON_S, Calls, InView, calls
from miseban.camera.shelf_watch import ShelfWatch
from miseban.insight.score.figures import ShelfScore
from miseban.insight.score.folder import Recording
from miseban.insight.score.gaps import Gaps
from miseban.insight.score.shelves import score_shelves
from miseban.learn.shelf.filming import DAYLIGHT, STEP_S, filmed
from miseban.learn.shelf.shops import CAMERA, drawn_shop
from miseban.sim.stage import Stage
from miseban.sim.truth.goods import goods_events
from miseban.sim.truth.stock import write_stock
from miseban.sim.world.simulation import Simulation
from miseban.vision.pixels import Frame
from miseban.vocabulary.events import Event, ShelfState
from miseban.vocabulary.summary import Summary

FIRST = 28
"""Nothing was chosen on this seed or a later one, and nobody has played them; 6 to 23 chose, those
from 16 on after they had been measured. 24 to 27 have been measured once."""
PER_HOUR = 110.0
LENGTH_S = 3600.0
NUDGE = 0.6
"""After this part of the time somebody bumps into the camera."""
BUSY_FACINGS = 60
A_DAY = "a shelf and 24 h"
"""Of time that is played, all of it opening hours: two days of a shop that is open for twelve."""


@dataclass(slots=True)
class Totals:
    """Of all seeds, added up."""

    scores: list[ShelfScore] = field(default_factory=list)
    calls: Calls = field(default_factory=Calls)
    hours: float = 0.0
    look_s: float = 0.0
    facing_looks: int = 0

    def of(self, name: str) -> tuple[int, int, int]:
        """``matched``, ``result`` and ``truth`` of that figure."""
        found = [getattr(score, name) for score in self.scores]
        return (
            sum(f.matched for f in found),
            sum(f.result for f in found),
            sum(f.truth for f in found),
        )


def run(repeats: int) -> list[Result]:
    del repeats  # seeds repeat it
    seeds, totals = unseen(1, 4, FIRST), Totals()
    for seed in seeds:
        play(seed, totals)
    empty, low = totals.of("empty"), totals.of("low")
    emptyings = [score.emptyings for score in totals.scores]
    known = sum(c.truth - c.unseen for c in emptyings)
    delays = [c.delay_s_median for c in emptyings if c.delay_s_median is not None]
    worst = [c.delay_s_worst for c in emptyings if c.delay_s_worst is not None]
    samples = sum(s.fill_samples for s in totals.scores)
    errors = sum(s.fill_samples * (s.fill_error_points or 0.0) for s in totals.scores)
    false, made = sum(c.false_alarms for c in emptyings), totals.calls
    cost_ms = totals.look_s / totals.facing_looks * BUSY_FACINGS * 1000
    note = (
        f"{told(seeds)}, {LENGTH_S / 3600:g} h each, {PER_HOUR:g} groups an hour before one wall, "
    )
    note += (
        f"a picture every {STEP_S:g} s of 480x270, light {DAYLIGHT:g} times as fast as a day's, "
    )
    note += "camera turned by 1 to 3 degrees"
    return [
        Result("shelf-empty-f1", f1(empty), "", f"by second; {note}", 0.90, at_least=True),
        Result("shelf-empty-precision", empty[0] / max(1, empty[1]), "", "the same"),
        Result("shelf-empty-recall", empty[0] / max(1, empty[2]), "", "the same"),
        Result("shelf-low-f1", f1(low), "", "low, not empty; the same"),
        Result("shelf-emptyings", sum(c.found for c in emptyings) / max(1, known), "",
               f"found of {known} emptyings, however short", details={"emptyings": known}),
        Result("shelf-delay", float(np.median(delays or [0])), "s",
               "until the state is told: median, people in front included", 60.0),
        Result("shelf-delay-worst", max(worst, default=0.0), "s", "people in front included"),
        Result("shelf-false-alerts", false / (totals.hours / 24), A_DAY,
               f"{false} false calls: states empty, however short, at a time when the facing never "
               f"was, in {totals.hours:g} h of busy shelves", 1.0),
        Result("shelf-alerts", made.in_time / max(1, made.due), "",
               f"of {made.due} emptyings that were in view for {SOON_S:g} s, told by then",
               details={"due": made.due}),
        Result("shelf-alert-delay", float(np.median(made.delays or [0])), "s",
               f"median of the {len(made.delays)} with an alert, while people are in front not "
               "counted", SOON_S),
        Result("shelf-rule-false-alerts", made.false / (totals.hours / 24), A_DAY,
               f"{made.false} of {made.raised} alerts by the built-in rule in {totals.hours:g} h, "
               f"{made.late} of them of facings filled in the minute before", 1.0),
        Result("shelf-fill-error", errors / max(1, samples), "points", "mean", 8.0),
        Result("shelf-unknown", float(np.mean([s.unknown_share or 0 for s in totals.scores])), "",
               "part of the time told as blocked or unknown"),
        Result("shelf-cost", cost_ms / 10, "% of a core",
               f"{BUSY_FACINGS} facings at a look a second", 15.0),
    ]  # fmt: skip


def f1(figure: tuple[int, int, int]) -> float:
    matched, result, truth = figure
    return 2 * matched / max(1, result + truth)


def play(
    seed: int, totals: Totals, *, per_hour: float = PER_HOUR, length_s: float = LENGTH_S,
    daylight: float = DAYLIGHT, step_s: float = STEP_S,
) -> None:  # fmt: skip
    """Adds one shop's score."""
    shop, scenario = drawn_shop(seed, per_hour=per_hour)
    stage, simulation = Stage(shop, scenario), Simulation(shop, scenario, seed)
    width, height = shop.camera(CAMERA).resolution
    start = simulation.start
    watch = ShelfWatch(shop, CAMERA, width, height, start, rng=random.Random(seed))
    facings = shop.shelves[0].facings
    events: list[Event] = []
    view = InView(facings, width, height)
    for moment in filmed(
        simulation, stage, seed, length_s, nudge_at_s=NUDGE * length_s, daylight=daylight,
        step_s=step_s,
    ):  # fmt: skip
        utc = start + timedelta(seconds=moment.time_s)
        frame = Frame(moment.picture, 1, moment.time_s, utc)
        began = time.process_time()
        events += watch.offer(frame, moment.people)
        totals.look_s += time.process_time() - began
        totals.facing_looks += len(scenario.facings)
        view.look(moment.time_s, moment.people)
    true: list[Event] = [
        event
        for event in goods_events(simulation.goods, shop, defaultdict(str), start, length_s, seed)
        if isinstance(event, ShelfState)
    ]
    summary = Summary.model_construct(start=start.astimezone(UTC), duration_s=length_s, camera=None)
    with tempfile.TemporaryDirectory() as name:
        stock = Path(name) / "stock.csv"
        write_stock(stock, simulation.goods, start, length_s)
        told_of = frozenset({"shelf.state"})
        score = score_shelves(
            Recording(summary, true, {}, told_of, stock), Recording(summary, events, {}, told_of),
            Gaps(),
        )  # fmt: skip
    assert score is not None
    totals.scores.append(score.shop)
    so, said = ([one for one in side if isinstance(one, ShelfState)] for side in (true, events))
    totals.calls.add(calls(so, said, facings, view, start, length_s))
    totals.hours += length_s / 3600
