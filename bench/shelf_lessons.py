"""What twenty confirmations by staff teach on goods that look like the shelf, and what they break
on others: one facing of each at a time, looks before and after, on unseen shops."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count

import numpy as np
from numpy.typing import NDArray

from bench.result import Result
from miseban.learn.shelf.shops import CAMERA, drawn_shop
from miseban.sim.render import RenderedCamera
from miseban.sim.stage import Stage
from miseban.sim.state import Scene
from miseban.space.shelf import COMMON, FacingLearner
from miseban.vision.pixels import Frame
from miseban.vision.shelf import ShelfEye
from miseban.vocabulary.events import Stocked

SEEDS = range(12, 22)
CONFIRMED, ASKED = 20, 20
"""Moments of each facing that staff confirm, and later ones on which it is asked."""
PALE = 0.92
"""How much the hard goods take the colour of the boards."""
_EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


def run(repeats: int) -> list[Result]:
    del repeats  # seeds repeat it
    before, after = np.zeros((2, 3)), np.zeros((2, 3))
    won, lost = 0, 0
    for seed in SEEDS:
        one, other = taught(seed)
        before += one
        after += other
        gain = f1(other[0]) - f1(one[0])
        won, lost = won + (gain > 0.005), lost + (gain < -0.005)
    note = f"{len(SEEDS)} unseen shops, half of the facings {PALE:.0%} of the boards' colour; "
    note += f"{CONFIRMED} confirmations a facing, then {ASKED} looks at other hours"
    return [
        Result("shelf-hard-before", f1(before[0]), "F1 of empty, low and full", note),
        Result("shelf-hard-after", f1(after[0]), "", f"better in {won} shops, worse in {lost}",
               details={"better": won, "worse": lost}),
        Result("shelf-easy-before", f1(before[1]), "", "the other facings of the same shops"),
        Result("shelf-easy-after", f1(after[1]), "", "the same, taught as often",
               f1(before[1]) - 0.005, at_least=True),
    ]  # fmt: skip


def f1(figure: NDArray[np.float64]) -> float:
    """Of (matched, told, true)."""
    return float(2 * figure[0] / max(1.0, figure[1] + figure[2]))


def taught(seed: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Of the hard and the easy facings (2, 3): "empty" and "low" told rightly, told, and true,
    before and after the lessons."""
    shop, scenario = drawn_shop(seed)
    stage = Stage(shop, scenario)
    rng = random.Random(f"{seed}/lessons")
    facings = shop.shelves[0].facings
    hard = np.array([number % 2 == 0 for number in range(len(facings))])
    keys = [f"{shop.shelves[0].id}/{facing.id}" for facing in facings]
    pale = dict(zip(keys, hard.tolist(), strict=True))
    rows = [replace(row, pale=PALE if pale.get(row.id) else 0.0) for row in stage.rows]
    width, height = shop.camera(CAMERA).resolution
    camera = RenderedCamera(
        stage.room, stage.furniture, stage.poses[CAMERA], (width, height), rows=rows,
        hour=8.0, seed=stage.room.seed,
    )  # fmt: skip
    eye = ShelfEye(facings, width, height)
    learners = [FacingLearner(COMMON) for _ in facings]
    times = count()
    nobody = np.empty((0, 4))

    def seen(pieces: list[int], hour: float) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
        camera.stock({
            key: n / facing.capacity for key, n, facing in zip(keys, pieces, facings, strict=True)
        })  # fmt: skip
        for _ in range(2):  # a look counts once nothing moves
            now = next(times)
            picture = camera.frame(Scene((hour - 8) * 3600 + now * 0.01, ()))
            look = eye.look(Frame(picture, 1, float(now), _EPOCH), nobody)
        return look.clear, look.numbers

    full = [facing.capacity for facing in facings]
    seen(full, 8.0)
    seen(full, 8.0)
    figures, hour = np.zeros((2, 2, 3)), 8.0
    for moment in range(CONFIRMED + ASKED):
        pieces = [_pieces(rng, facing.capacity) for facing in facings]
        if moment % 10 == 0:
            hour = rng.uniform(8.0, 19.0)
        clear, numbers = seen(pieces, hour)
        for number in np.flatnonzero(clear):
            learner, capacity = learners[number], facings[number].capacity
            state = _state(pieces[number], capacity)
            if moment < CONFIRMED:
                learner.confirm(numbers[number], state)
                continue
            for side, model in enumerate((COMMON, learner.model)):
                opinion = model.opinion(numbers[number])
                told = "empty" if opinion.empty > 0.5 else "low" if opinion.low > 0.5 else "full"
                figure = figures[side, 0 if hard[number] else 1]
                figure += (told == state != "full", told != "full", state != "full")
    return figures[0], figures[1]


def _pieces(rng: random.Random, capacity: int) -> int:
    """A third of the moments empty, a third low, a third fuller."""
    third = max(1, capacity // 3)
    kind = rng.randrange(3)
    return (0, rng.randint(1, third), rng.randint(third + 1, capacity))[kind]


def _state(pieces: int, capacity: int) -> Stocked:
    if pieces == 0:
        return "empty"
    return "low" if 3 * pieces <= capacity else "full"
