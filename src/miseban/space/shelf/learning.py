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


@dataclass(frozen=True, slots=True)
class _Moment:
    numbers: Doubles
    state: Stocked
    old_loss: float
    new_loss: float


class FacingLearner:
    """Of one facing. ``model`` is the one that judges.

    Each confirmed moment is first judged by both classifiers, the one all begin with and the one
    learned from what was confirmed before (so neither has seen it: Dawid's prequential principle,
    1984), and then learned from. The learned one judges while its losses on the recent moments are
    the smaller ones, and no longer than that.
    """

    def __init__(self, common: ShelfModel) -> None:
        self._common, self._own = common, common
        self._moments: deque[_Moment] = deque(maxlen=KEPT)
        self.model = common

    @property
    def learned(self) -> bool:
        """Whether the facing's own classifier judges."""
        return self.model is not self._common

    @property
    def confirmed(self) -> int:
        return len(self._moments)

    def confirm(self, numbers: Doubles, state: Stocked) -> None:
        """Staff say that the facing, which looks like ``numbers`` (D,), is ``state``."""
        if state not in TOLD:
            return
        losses = _loss(self._common, numbers, state), _loss(self._own, numbers, state)
        self._moments.append(_Moment(numbers.copy(), state, *losses))
        self._own = self._taught()
        recent = list(self._moments)[-RECENT:]
        gained = sum(one.old_loss - one.new_loss for one in recent)
        self.model = self._own if gained > BETTER else self._common

    def _taught(self) -> ShelfModel:
        numbers = np.stack([one.numbers for one in self._moments])
        empty = np.array([one.state == "empty" for one in self._moments], np.float64)
        low = np.array([one.state != "full" for one in self._moments], np.float64)
        common = self._common
        return ShelfModel(
            fitted(numbers, empty, common.empty, STIFF),
            fitted(numbers, low, common.low, STIFF),
            common.fill,
        )


def _loss(model: ShelfModel, numbers: Doubles, state: Stocked) -> float:
    """Minus the logarithm of the chance that ``model`` gave to what was so: of both questions."""
    loss = 0.0
    for weights, so in ((model.empty, state == "empty"), (model.low, state != "full")):
        likely = chance(float(numbers @ weights))
        loss -= float(np.log(max(likely if so else 1 - likely, 1e-3)))
    return loss
