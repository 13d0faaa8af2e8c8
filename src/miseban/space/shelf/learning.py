"""A facing's own classifier, taught by staff: it judges only once it has judged better."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from miseban.space.shelf.model import ShelfModel, chance, fitted
from miseban.vocabulary.events import Stocked

Doubles = NDArray[np.float64]

KEPT = 60
"""Confirmed moments that are remembered; older ones are forgotten."""
RECENT = 20
"""... and on so many of the last ones the old and the new are compared."""
STIFF = 1.0
"""How firmly the weights are held to those that all facings begin with."""
BETTER = 0.5
"""The new one must have been better by so much in all, in nats of log loss over ``RECENT``."""
TOLD: tuple[Stocked, ...] = ("empty", "low", "full")
"""What staff can say of a facing that its fill is learned from."""


GUESSED = 30
"""Guesses that are remembered, beside what staff confirmed."""
WEAK = 0.3
"""A guess counts as so much of a confirmed moment ..."""
LIKELY = 0.85
"""... and is believed to be right so often."""
SURER = 2.0
"""What guesses aided must be better than without them by so many times what chance would do: of
gains on single moments that are as often losses, the sum is the root of their squares' sum."""
LEAST = 5
"""What is kept over a restart changes with so many confirmed moments together: weights before and
after a single one would tell how it looked."""

Weights = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Learnt:
    """What may be kept of the lessons: the own weights (D,) for empty and for low, from how many
    ``moments``; and the losses of those all begin with and of the own on the last ``RECENT``
    moments. How the facing looked at any of them cannot be worked out."""

    own: tuple[Weights, Weights]
    losses: tuple[tuple[float, float], ...]
    moments: int


@dataclass(frozen=True, slots=True)
class _Moment:
    numbers: Doubles
    state: Stocked


class FacingLearner:
    """Of one facing. ``model`` is the one that judges.

    Each confirmed moment is first judged by all classifiers: the one all begin with, the one
    learned from what was confirmed before, and the one that guesses have aided too (so none has
    seen it: Dawid's prequential principle, 1984), and then learned from. A learned one judges while
    its losses on the recent moments are smaller, and no longer than that; and what guesses aided,
    while it is better than without them. Guesses, by what was sold or put there, count less, and
    are right only mostly: they change what judges only when staff confirm a moment.
    What was ``learnt`` before a restart is what the own ones begin with.
    """

    def __init__(self, common: ShelfModel, learnt: Learnt | None = None) -> None:
        self._common = common
        self._begun = common if learnt is None else _begun(common, learnt)
        self._own = self._aided = self._begun
        self._moments: deque[_Moment] = deque(maxlen=KEPT)
        self._guesses: deque[_Moment] = deque(maxlen=GUESSED)
        losses = () if learnt is None else ((old, own, own) for old, own in learnt.losses)
        self._losses: deque[tuple[float, float, float]] = deque(losses, maxlen=RECENT)
        self._learnt, self._new = learnt, 0
        self.model = self._best()

    @property
    def learned(self) -> bool:
        """Whether the facing's own classifier judges."""
        return self.model is not self._common

    @property
    def confirmed(self) -> int:
        """How many confirmed moments are remembered."""
        return len(self._moments)

    @property
    def learnt(self) -> Learnt | None:
        """What may be kept over a restart, if anything. What guesses aided is not: it may differ
        by a single one."""
        return self._learnt

    def confirm(self, numbers: Doubles, state: Stocked) -> None:
        """Staff say that the facing, which looks like ``numbers`` (D,), is ``state``."""
        if state not in TOLD:
            return
        old, own, aided = (_loss(m, numbers, state) for m in (self._common, self._own, self._aided))
        self._losses.append((old, own, aided))
        self._moments.append(_Moment(numbers.copy(), state))
        self._own = self._taught(())
        self._aided = self._taught(self._guesses)
        self.model = self._best()
        self._new += 1
        if self._new >= LEAST:
            moments = self._new + (0 if self._learnt is None else self._learnt.moments)
            losses = tuple((one[0], one[1]) for one in self._losses)
            self._learnt, self._new = Learnt(_plain(self._own), losses, moments), 0

    def guess(self, numbers: Doubles, state: Stocked) -> None:
        """By what was sold or put there it is likely to be ``state``."""
        if state in TOLD:
            self._guesses.append(_Moment(numbers.copy(), state))
            self._aided = self._taught(self._guesses)

    def _best(self) -> ShelfModel:
        own = sum(one[0] - one[1] for one in self._losses)
        aided = sum(one[0] - one[2] for one in self._losses)
        by_guesses = [one[1] - one[2] for one in self._losses]
        luck = math.sqrt(sum(one * one for one in by_guesses))
        if aided > BETTER and sum(by_guesses) > max(BETTER, SURER * luck):
            return self._aided
        return self._own if own > BETTER else self._common

    def _taught(self, guesses: Collection[_Moment]) -> ShelfModel:
        begun = self._begun
        every = [*self._moments, *guesses]
        numbers = np.stack([one.numbers for one in every])
        empty = np.array([one.state == "empty" for one in every], np.float64)
        low = np.array([one.state != "full" for one in every], np.float64)
        weak = np.arange(len(every)) >= len(self._moments)
        counts = np.where(weak, WEAK, 1.0)
        return ShelfModel(
            fitted(numbers, _believed(empty, weak), begun.empty, STIFF, counts=counts),
            fitted(numbers, _believed(low, weak), begun.low, STIFF, counts=counts),
            begun.fill,
        )


def _begun(common: ShelfModel, learnt: Learnt) -> ShelfModel:
    empty, low = learnt.own
    return ShelfModel(np.array(empty), np.array(low), common.fill)


def _plain(model: ShelfModel) -> tuple[Weights, Weights]:
    empty, low = (
        tuple(round(float(one), 4) for one in weights) for weights in (model.empty, model.low)
    )
    return empty, low


def _believed(so: Doubles, weak: NDArray[np.bool_]) -> Doubles:
    """How likely each is so, 0 to 1."""
    return np.where(weak, so * LIKELY + (1 - so) * (1 - LIKELY), so)


def _loss(model: ShelfModel, numbers: Doubles, state: Stocked) -> float:
    """Minus the logarithm of the chance that ``model`` gave to what was so: of both questions."""
    loss = 0.0
    for weights, so in ((model.empty, state == "empty"), (model.low, state != "full")):
        likely = chance(float(numbers @ weights))
        loss -= float(np.log(max(likely if so else 1 - likely, 1e-3)))
    return loss
