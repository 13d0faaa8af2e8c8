"""A facing's own classifier, taught by staff: it judges only once it has judged better."""

from __future__ import annotations

from collections import deque
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


LEAST = 5
"""From fewer moments nothing is kept over a restart: of one, the weights would tell how it
looked."""


@dataclass(frozen=True, slots=True)
class Learnt:
    """What may be kept of the lessons: the own weights (D,) for empty and for low, from how many
    ``moments``, and the losses, old and new, on the last ``RECENT`` of them. How the facing looked
    at any of them cannot be worked out."""

    empty: tuple[float, ...]
    low: tuple[float, ...]
    losses: tuple[tuple[float, float], ...]
    moments: int


@dataclass(frozen=True, slots=True)
class _Moment:
    numbers: Doubles
    state: Stocked


class FacingLearner:
    """Of one facing. ``model`` is the one that judges.

    Each confirmed moment is first judged by both classifiers, the one all begin with and the one
    learned from what was confirmed before (so neither has seen it: Dawid's prequential principle,
    1984), and then learned from. The learned one judges while its losses on the recent moments are
    the smaller ones, and no longer than that. What was ``learnt`` before a restart is what the own
    one begins with.
    """

    def __init__(self, common: ShelfModel, learnt: Learnt | None = None) -> None:
        self._common, self._begun = common, common
        self._moments: deque[_Moment] = deque(maxlen=KEPT)
        self._losses: deque[tuple[float, float]] = deque(maxlen=RECENT)
        self._before = 0
        if learnt is not None:
            weights = np.array(learnt.empty), np.array(learnt.low)
            self._begun = ShelfModel(*weights, common.fill)
            self._losses.extend(learnt.losses)
            self._before = learnt.moments
        self._own = self._begun
        self.model = self._better()

    @property
    def learned(self) -> bool:
        """Whether the facing's own classifier judges."""
        return self.model is not self._common

    @property
    def confirmed(self) -> int:
        """How many moments are remembered."""
        return len(self._moments)

    @property
    def learnt(self) -> Learnt | None:
        """What may be kept over a restart, if anything."""
        moments = self._before + len(self._moments)
        if moments < LEAST:
            return None
        own = self._own
        return Learnt(_plain(own.empty), _plain(own.low), tuple(self._losses), moments)

    def confirm(self, numbers: Doubles, state: Stocked) -> None:
        """Staff say that the facing, which looks like ``numbers`` (D,), is ``state``."""
        if state not in TOLD:
            return
        self._losses.append((_loss(self._common, numbers, state), _loss(self._own, numbers, state)))
        self._moments.append(_Moment(numbers.copy(), state))
        self._own = self._taught()
        self.model = self._better()

    def _better(self) -> ShelfModel:
        gained = sum(old - new for old, new in self._losses)
        return self._own if gained > BETTER else self._common

    def _taught(self) -> ShelfModel:
        numbers = np.stack([one.numbers for one in self._moments])
        empty = np.array([one.state == "empty" for one in self._moments], np.float64)
        low = np.array([one.state != "full" for one in self._moments], np.float64)
        begun = self._begun
        return ShelfModel(
            fitted(numbers, empty, begun.empty, STIFF),
            fitted(numbers, low, begun.low, STIFF),
            begun.fill,
        )


def _plain(weights: Doubles) -> tuple[float, ...]:
    return tuple(round(float(one), 4) for one in weights)


def _loss(model: ShelfModel, numbers: Doubles, state: Stocked) -> float:
    """Minus the logarithm of the chance that ``model`` gave to what was so: of both questions."""
    loss = 0.0
    for weights, so in ((model.empty, state == "empty"), (model.low, state != "full")):
        likely = chance(float(numbers @ weights))
        loss -= float(np.log(max(likely if so else 1 - likely, 1e-3)))
    return loss
