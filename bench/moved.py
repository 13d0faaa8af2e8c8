"""A facing moves and is picked up about 4.5 times as often: the ratio that a shop is told beside
what the simulation knows, over seeds; through a camera that misses a quarter of the hands, misreads
a tenth and is blind for nine hours, the journal and the disclosure gate."""

from __future__ import annotations

import tempfile
from pathlib import Path

from bench.result import Result
from bench.seeds import told, unseen
from tests.insight.questions.shops import kept
from tests.sim import moved

NEAR = 0.10
"""A ratio may be so far from the truth."""


def run(_: int) -> list[Result]:
    seeds = unseen(4, 10)
    off, inside, truths = [], 0, []
    for seed in seeds:
        then, now = moved.before(seed), moved.after(seed, blind_hours=9)
        truth = now.picked[moved.PLACE] / then.picked[moved.PLACE]
        with tempfile.TemporaryDirectory() as folder:
            place = kept(Path(folder), moved.shop(), [*then.events, *now.events])
            compare = {"since": then.start, "until": then.end}
            answer = place.ask("funnel", now.start, now.end, compare=compare)
        measure, row = answer.measures["pick_up_ratio"], answer.place.index(moved.PLACE)
        value = measure.values[row] or 0.0
        low, high = ((side or [])[row] or 0.0 for side in (measure.low, measure.high))
        off.append(abs(value / truth - 1))
        inside += low <= truth <= high
        truths.append(truth)
    note = f"{told(seeds)}; truth {min(truths):.2f} to {max(truths):.2f} times"
    return [
        Result("moved, off the truth at worst", max(off), "share", note, bar=NEAR),
        Result("moved, off the truth on average", sum(off) / len(off), "share", note),
        Result("moved, truth in the interval", inside / len(off), "share", note, 0.9, True),
    ]
