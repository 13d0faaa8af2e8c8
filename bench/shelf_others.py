"""Other goods in a facing: walls of which a quarter of the facings get some, each at a time of its
own; whether and when a camera tells so, and of which it tells so for nothing."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import timedelta

import numpy as np

from bench.result import Result
from bench.seeds import told, unseen
from bench.shelf_calls import InView
from bench.shelves import A_DAY, LENGTH_S, NUDGE, PER_HOUR
from miseban.camera.shelf_watch import ShelfWatch
from miseban.learn.shelf.filming import STEP_S, filmed
from miseban.learn.shelf.others import other_goods
from miseban.learn.shelf.shops import CAMERA, drawn_shop
from miseban.sim.stage import Stage
from miseban.sim.world.simulation import Simulation
from miseban.vision.pixels import Frame
from miseban.vocabulary.events import Event, ShelfState

FIRST = 40
"""Nothing was chosen on this seed or a later one: weights are from 1 to 5, rules from 6 to 11."""
TOLD_S = 300.0
"""So long other goods are in view, and enough of them stand there, for it to be due to be told."""
ENOUGH = 0.6
"""So full a facing shows what stands there."""


@dataclass(slots=True)
class Totals:
    """Of all walls: how many facings got other goods, were ``due``, and told ``in_time`` of these;
    the ``delays`` in view and so full, and by the clock; how many were told for nothing, in so many
    hours."""

    got: int = 0
    due: int = 0
    in_time: int = 0
    found: int = 0
    false: int = 0
    hours: float = 0.0
    delays: list[float] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)


def run(repeats: int) -> list[Result]:
    del repeats  # seeds repeat it
    seeds, totals = unseen(3, 10, FIRST), Totals()
    for seed in seeds:
        play(seed, totals)
    note = (
        f"{told(seeds)}, {LENGTH_S / 3600:g} h each, other goods in a quarter of the facings, a "
        f"picture every {STEP_S:g} s; all begin full, all goods of a facing are others at once; "
        "whatever is filled again stands a centimetre off"
    )
    return [
        Result("others-found", totals.found / max(1, totals.due), "",
               f"of {totals.due} facings, of {totals.got} with other goods, where these were in "
               f"view for {TOLD_S:g} s while at least {ENOUGH:g} full; {note}",
               details={"due": totals.due, "got": totals.got}),
        Result("others-in-time", totals.in_time / max(1, totals.due), "", "... within that time"),
        Result("others-delay", float(np.median(totals.delays or [0.0])), "s",
               "median of those found, while in view and so full"),
        Result("others-wait", float(np.median(totals.waits or [0.0])), "s",
               f"the same by the clock; at most {max(totals.waits, default=0.0):g} s"),
        Result("others-false", totals.false / (totals.hours / 24), A_DAY,
               f"{totals.false} times told of a facing's own goods in {totals.hours:g} h", 1.0),
    ]  # fmt: skip


def play(seed: int, totals: Totals) -> None:
    """Adds one wall."""
    shop, scenario = drawn_shop(seed, per_hour=PER_HOUR)
    stage, simulation = Stage(shop, scenario), Simulation(shop, scenario, seed)
    goods = other_goods(stage, seed, LENGTH_S)
    width, height = shop.camera(CAMERA).resolution
    start = simulation.start
    watch = ShelfWatch(shop, CAMERA, width, height, start, rng=random.Random(seed))
    facings = shop.shelves[0].facings
    view, fills, events = InView(facings, width, height), list[list[float]](), list[Event]()
    for moment in filmed(
        simulation, stage, seed, LENGTH_S, nudge_at_s=NUDGE * LENGTH_S, others=goods
    ):
        utc = start + timedelta(seconds=moment.time_s)
        events += watch.offer(Frame(moment.picture, 1, moment.time_s, utc), moment.people)
        view.look(moment.time_s, moment.people)
        fills.append(moment.fill.tolist())
    ids = [facing.key.partition("/")[2] for facing in scenario.facings]
    seconds = np.arange(int(LENGTH_S))
    full = np.array(fills)[(seconds / STEP_S).astype(int).clip(max=len(fills) - 1)]
    states = [event for event in events if isinstance(event, ShelfState)]
    for number, facing in enumerate(facings):
        place = ids.index(facing.id)
        since_s = float(goods.since_s[place])
        at = [(s.time - start).total_seconds() for s in states
              if s.facing == facing.id and s.state == "wrong"]  # fmt: skip
        totals.false += sum(one < since_s for one in at)
        seen = np.diff(view.seconds(number, LENGTH_S)) * (full[:, place] >= ENOUGH)
        seen = np.concatenate([[0.0], np.cumsum(seen * (seconds >= since_s))])
        first = next((one for one in at if one >= since_s), None)
        totals.got += np.isfinite(since_s)
        delay = None if first is None else float(seen[min(int(first), len(seen) - 1)])
        if seen[-1] >= TOLD_S:
            totals.due += 1
            totals.found += delay is not None
            totals.in_time += delay is not None and delay <= TOLD_S
            if first is not None and delay is not None:
                totals.delays.append(delay)
                totals.waits.append(first - since_s)
    totals.hours += LENGTH_S / 3600
