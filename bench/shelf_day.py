"""False alerts of a shelf through a whole day: an ordinary one, in which light goes as in life."""

from __future__ import annotations

from bench.result import Result
from bench.seeds import told, unseen
from bench.shelves import A_DAY, FIRST, Totals, play

PER_HOUR = 20.0
"""Groups of shoppers before the wall."""
OPEN_S = 12 * 3600.0
STEP_S = 30.0
"""A picture is drawn so often, where a camera looks once a second: so a false look counts for more,
and the delay of alerts, which the busy hours of ``shelves`` measure, for nothing."""


def run(repeats: int) -> list[Result]:
    del repeats  # seeds repeat it
    seeds, totals = unseen(1, 4, FIRST), Totals()
    for seed in seeds:
        play(seed, totals, per_hour=PER_HOUR, length_s=OPEN_S, daylight=1.0, step_s=STEP_S)
    days, made = totals.hours / 24, totals.calls
    states = sum(score.emptyings.false_alarms for score in totals.scores)
    note = f"{told(seeds)}, open {OPEN_S / 3600:g} h, {PER_HOUR:g} groups an hour before one wall, "
    note += f"a picture every {STEP_S:g} s, camera turned by 1 to 3 degrees"
    return [
        Result("shelf-day-rule-false-alerts", made.false / days, A_DAY,
               f"{made.false} of {made.raised} alerts by the built-in rule, {made.late} of them of "
               f"facings filled in the minute before; {note}", 1.0),
        Result("shelf-day-false-alerts", states / days, A_DAY,
               f"{states} false calls: states empty, however short, at a time when the facing "
               "never was; the same", 1.0),
    ]  # fmt: skip
