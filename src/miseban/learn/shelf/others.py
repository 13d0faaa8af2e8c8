"""Weights that tell whether other goods stand in a facing, from walls into which some came."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from miseban.learn.people.fitting import fit
from miseban.learn.shelf.exchanging import OtherGoods
from miseban.learn.shelf.filming import filmed
from miseban.learn.shelf.material import NUDGE, PER_HOUR
from miseban.learn.shelf.shops import CAMERA, drawn_shop
from miseban.sim.stage import Stage
from miseban.sim.world.simulation import Simulation
from miseban.vision.pixels import Frame
from miseban.vision.shelf import OTHERS, ShelfEye

Doubles = NDArray[np.float64]
Mask = NDArray[np.bool_]

SIGNS = dict.fromkeys(OTHERS, 1) | {"always": 0, "columns": 0}
"""The farther from its own goods, the likelier are others."""
COUNTS = 2000.0
"""So many looks all of them count as, half of them at other goods, beside the ridge of one."""
_EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class OtherLooks:
    """N looks at single facings: their ``numbers`` (N, K), and at which ``other`` (N,) goods stood
    there."""

    numbers: Doubles
    other: Mask


def other_looks(seed: int, hours: float) -> OtherLooks:
    """At the wall that ``seed`` draws, on which ``hours`` are played. How full and empty look, the
    eye is told."""
    shop, scenario = drawn_shop(seed, per_hour=PER_HOUR)
    stage, simulation = Stage(shop, scenario), Simulation(shop, scenario, seed)
    until_s = hours * 3600
    goods = other_goods(stage, seed, until_s)
    (shelf,) = shop.shelves
    eye = ShelfEye(shelf.facings, *shop.camera(CAMERA).resolution)
    numbers: list[Doubles] = []
    other: list[Mask] = []
    for moment in filmed(
        simulation, stage, seed, until_s, nudge_at_s=NUDGE * until_s, others=goods
    ):
        look = eye.look(Frame(moment.picture, 1, moment.time_s, _EPOCH), moment.people)
        instead = moment.time_s >= goods.since_s
        eye.is_empty(look.clear & (moment.fill <= 0))
        eye.is_full(look.clear & (moment.fill >= 1) & ~instead, 0.02)
        told = ~np.isnan(look.others).any(axis=1)
        numbers.append(look.others[told])
        other.append(instead[told])
    return OtherLooks(np.concatenate(numbers), np.concatenate(other))


def other_goods(stage: Stage, seed: int, length_s: float) -> OtherGoods:
    """That come between those of the wall's facings, in their order."""
    rows = {row.id: row for row in stage.rows}
    return OtherGoods([rows[facing.key] for facing in stage.scenario.facings], seed, length_s)


def judged_others(looks: list[OtherLooks]) -> dict[str, float]:
    """The weights by number, in log odds at even chances."""
    numbers = np.concatenate([one.numbers for one in looks])
    other = np.concatenate([one.other for one in looks])
    half = COUNTS / 2
    weight = np.where(other, half / other.sum(), half / (~other).sum())
    return fit(numbers, other, weight, SIGNS)
