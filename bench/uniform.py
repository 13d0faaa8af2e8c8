"""The uniform: how often it is seen on drawn people who wear it and on others, and what that adds
to telling staff apart in some hours of unseen days. ``people`` has the whole days."""

from __future__ import annotations

from datetime import time as clock

import numpy as np

from bench.clothes import BURST, CAMERAS, COLOURS, LIGHTS, Looks, measured
from bench.clothes import SEED as DRAWN_SEED
from bench.people import SHOPS, Cue, Found, added, found
from bench.result import Result
from miseban.learn.people.days import Day, Seen, day
from miseban.sim.scenario.file import beside, load_scenario
from miseban.space.staff import StaffJudge
from miseban.vocabulary.shop import Shop, load_shop

SEEDS = range(31, 34)
"""Not looked at while anything was made or chosen."""
HOURS = {"supermarket": ("11:00", 2.0), "konbini": ("08:00", 6.0)}
LOST_S = 150.0
"""Cameras lose people so often, on average, and find them as another visit."""


def run(repeats: int) -> list[Result]:
    del repeats  # moments and seeds repeat it
    results, looks = [], {name: measured(name) for name in COLOURS}
    for name, one in looks.items():
        note = f"{name}, {len(one.worn)} short tracks of wearers, {len(one.other)} others, "
        note += f"{len(CAMERAS)} cameras of the drawn supermarket, {' and '.join(LIGHTS)}, "
        note += f"seed {DRAWN_SEED}, {BURST} looks each"
        results += [
            Result(f"uniform-seen-{name}", float((one.worn > 0).mean()), "", note),
            Result(f"uniform-on-others-{name}", float((one.other > 0).mean()), "", "the same"),
        ]
    for name, (since, hours) in HOURS.items():
        shop = load_shop(SHOPS / f"{name}.toml")
        scenario = load_scenario(beside(SHOPS / f"{name}.toml"), shop)
        scenario = scenario.starting_at(clock.fromisoformat(since))
        days = [day(shop, scenario, s, hours * 3600, Seen(piece_s=LOST_S)) for s in SEEDS]
        for cue in (None, *looks):
            told = added(_staff(shop, one, looks[cue] if cue else None, seed)
                         for seed, one in zip(SEEDS, days, strict=True))  # fmt: skip
            note = f"{told[1]:,} visits of staff, {len(SEEDS)} times {hours:g} h of the {name}, "
            note += f"people lost every {LOST_S:g} s, with "
            note += f"a uniform in {cue}" if cue else "no uniform"
            end = f"{name}-{cue or 'none'}"
            results += [
                Result(f"uniform-precision-{end}", told[0] / max(told[2], 1), "", note),
                Result(f"uniform-recall-{end}", told[0] / told[1], "", "the same"),
            ]
    return results


def _staff(shop: Shop, days: Day, looks: Looks | None, seed: int) -> Found:
    judge = StaffJudge(shop, uniform=Cue(days, looks, seed) if looks is not None else None)
    judge.update(days.rows)
    staff = np.array([judge.role(v)[0] == "staff" for v in range(len(days.staff))])
    return found(days.staff, staff, np.ones(len(staff)))
