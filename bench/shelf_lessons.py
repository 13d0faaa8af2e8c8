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
from bench.seeds import unseen
from miseban.learn.shelf.shops import CAMERA, drawn_shop
from miseban.sim.render import RenderedCamera
from miseban.sim.stage import Stage
from miseban.sim.state import Scene
from miseban.space.shelf import COMMON, FacingLearner, ShelfModel
from miseban.vision.pixels import Frame
from miseban.vision.shelf import Look, ShelfEye
from miseban.vocabulary.events import Stocked

SEEDS = unseen(3, 10, 12)
CONFIRMED, ASKED = 20, 20
"""Moments of each facing that staff confirm, and later ones on which it is asked."""
PALE = 0.92
"""How much the hard goods take the colour of the boards."""
_EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


WAYS = ("nobody", "staff", "seldom", "guesses", "guesses-10", "guesses-20")
"""Who teaches: staff every moment, or every ``SELDOM``th alone; or staff as seldom, and guesses
when it is full or empty, of which none, 10 or 20 % are wrong, those when it is low among them."""
RESTARTS = ("restart-anew", "restart-kept")
"""And after a restart, by an eye that begins with the shelf as it stands then: with nothing kept of
the lessons of staff, and with what a camera keeps of them."""
WRONG = (0.0, 0.0, 0.0, 0.0, 0.1, 0.2)
SELDOM = 3


def run(repeats: int) -> list[Result]:
    del repeats  # seeds repeat it
    figures = np.zeros((len(WAYS) + len(RESTARTS), 2, 3))
    won, lost = np.zeros((2, len(WAYS)), np.int64)
    own = 0
    for seed in SEEDS:
        found, judging = taught(seed)
        figures, own = figures + found, own + int(judging)
        for way in range(len(WAYS)):
            gain = f1(found[way, 0]) - f1(found[0, 0])
            won[way], lost[way] = won[way] + (gain > 0.005), lost[way] + (gain < -0.005)
    hard, easy = ([f1(one) for one in figures[:, side]] for side in (0, 1))
    note = f"{len(SEEDS)} unseen shops, half of the facings {PALE:.0%} of the boards' colour; "
    note += f"{CONFIRMED} confirmations a facing, then {ASKED} looks at other hours"
    results = [
        Result("shelf-hard-before", hard[0], "F1 of empty, low and full", note),
        Result("shelf-hard-after", hard[1], "", f"better in {won[1]} shops, worse in {lost[1]}",
               details={"better": int(won[1]), "worse": int(lost[1])}),
        Result("shelf-easy-before", easy[0], "", "the other facings of the same shops"),
        Result("shelf-easy-after", easy[1], "", "the same, taught as often", easy[0] - 0.005,
               at_least=True),
    ]  # fmt: skip
    for way, name in enumerate(WAYS[2:], 2):
        told = f"taught every {SELDOM}rd moment" + (" alone" if way == 2 else f", and by {name}")
        for side, kind in ((hard, "hard"), (easy, "easy")):
            bar = None if way == 2 else side[2] - 0.005
            results.append(Result(f"shelf-{kind}-{name}", side[way], "",
                                  f"{told}; better in {won[way]} shops, worse in {lost[way]}",
                                  bar, at_least=True))  # fmt: skip
    anew, kept = len(WAYS), len(WAYS) + 1
    for kind, side in (("hard", hard), ("easy", easy)):
        results += [
            Result(f"shelf-{kind}-{RESTARTS[0]}", side[anew], "",
                   "after a restart that forgets the lessons"),
            Result(f"shelf-{kind}-{RESTARTS[1]}", side[kept], "",
                   f"after one that keeps them; {own} facings are judged by their own classifier",
                   side[anew] - 0.005, at_least=True),
        ]  # fmt: skip
    return results


def f1(figure: NDArray[np.float64]) -> float:
    """Of (matched, told, true)."""
    return float(2 * figure[0] / max(1.0, figure[1] + figure[2]))


def taught(seed: int) -> tuple[NDArray[np.float64], int]:
    """By ``WAYS`` and then ``RESTARTS``, of the hard and the easy facings (W, 2, 3): "empty" and
    "low" told rightly, told, and true, after the lessons; and how many facings are judged by their
    own classifier after the restart."""
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
    learners = [[FacingLearner(COMMON) for _ in WAYS] for _ in facings]
    slips = random.Random(f"{seed}/guesses")
    times = count()
    nobody = np.empty((0, 4))

    def seen(pieces: list[int], hour: float, *eyes: ShelfEye) -> list[Look]:
        camera.stock({
            key: n / facing.capacity for key, n, facing in zip(keys, pieces, facings, strict=True)
        })  # fmt: skip
        for _ in range(2):  # a look counts once nothing moves
            now = next(times)
            picture = camera.frame(Scene((hour - 8) * 3600 + now * 0.01, ()))
            looks = [one.look(Frame(picture, 1, float(now), _EPOCH), nobody) for one in eyes]
        return looks

    full = [facing.capacity for facing in facings]
    seen(full, 8.0, eye)
    seen(full, 8.0, eye)
    figures, hour = np.zeros((len(WAYS) + len(RESTARTS), 2, 3)), 8.0
    restarted, kept = ShelfEye(facings, width, height), [FacingLearner(COMMON) for _ in facings]
    for moment in range(CONFIRMED + ASKED):
        pieces = [_pieces(rng, facing.capacity) for facing in facings]
        if moment % 10 == 0:
            hour = rng.uniform(8.0, 19.0)
        if moment < CONFIRMED:
            (look,) = seen(pieces, hour, eye)
            for number in np.flatnonzero(look.clear):
                state = _state(pieces[number], facings[number].capacity)
                _teach(learners[number], look.numbers[number], state, moment, slips)
            continue
        if moment == CONFIRMED:
            kept = [FacingLearner(COMMON, one[1].learnt) for one in learners]
            for _ in range(2):
                seen(pieces, hour, restarted)
        look, after = seen(pieces, hour, eye, restarted)
        for place, facing in enumerate(facings):
            state = _state(pieces[place], facing.capacity)
            side = 0 if hard[place] else 1
            if look.clear[place]:
                for way, learner in enumerate(learners[place]):
                    figures[way, side] += _told(learner.model, look.numbers[place], state)
            if after.clear[place]:
                for way, model in enumerate((COMMON, kept[place].model), len(WAYS)):
                    figures[way, side] += _told(model, after.numbers[place], state)
    return figures, sum(bool(one.learned) for one in kept)


def _told(model: ShelfModel, numbers: NDArray[np.float64], state: Stocked) -> tuple[int, int, int]:
    """Whether a look is told rightly to be empty or low, is told so at all, and is so."""
    opinion = model.opinion(numbers)
    told = "empty" if opinion.empty > 0.5 else "low" if opinion.low > 0.5 else "full"
    return told == state != "full", told != "full", state != "full"


def _teach(
    learners: list[FacingLearner], numbers: NDArray[np.float64], state: Stocked, moment: int,
    slips: random.Random,
) -> None:  # fmt: skip
    """One of each of ``WAYS``."""
    learners[1].confirm(numbers, state)
    if moment % SELDOM == 0:
        for learner in learners[2:]:
            learner.confirm(numbers, state)
    others: tuple[Stocked, Stocked] = ("empty", "full")
    slip, other = slips.random(), slips.choice(others)
    for learner, wrong in zip(learners[3:], WRONG[3:], strict=True):
        if slip < wrong:
            told: Stocked = "full" if state == "empty" else "empty" if state == "full" else other
            learner.guess(numbers, told)
        elif state != "low":
            learner.guess(numbers, state)


def _pieces(rng: random.Random, capacity: int) -> int:
    """A third of the moments empty, a third low, a third fuller."""
    third = max(1, capacity // 3)
    kind = rng.randrange(3)
    return (0, rng.randint(1, third), rng.randint(third + 1, capacity))[kind]


def _state(pieces: int, capacity: int) -> Stocked:
    if pieces == 0:
        return "empty"
    return "low" if 3 * pieces <= capacity else "full"
