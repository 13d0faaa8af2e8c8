"""All facings that one camera sees: looks in, verdicts out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from miseban.space.shelf.judge import FacingJudge, ShelfSettings, Verdict
from miseban.space.shelf.learning import FacingLearner, Learnt
from miseban.space.shelf.model import ShelfModel, chance
from miseban.space.shelf.weights import OTHER
from miseban.vocabulary.events import Stocked

Doubles = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(slots=True)
class _Facing:
    judge: FacingJudge
    learner: FacingLearner
    numbers: Doubles | None = None  # of the last clear look


class ShelfSpace:
    """``count`` facings of one camera, in their order. Times in seconds, never going back."""

    def __init__(
        self, count: int, model: ShelfModel, settings: ShelfSettings | None = None
    ) -> None:
        self._model = model
        self._facings = [_Facing(FacingJudge(settings), FacingLearner(model)) for _ in range(count)]

    def look(
        self, time_s: float, clear: Sequence[bool] | Mask, hidden: Sequence[bool] | Mask,
        numbers: Doubles, others: Doubles,
    ) -> list[tuple[int, Verdict]]:  # fmt: skip
        """What is news after a look at all of them: ``clear`` (F,) could be looked at, something is
        before ``hidden`` (F,), ``numbers`` (F, D) tell how they look, and ``others`` (F, K), where
        they are numbers, whether other goods stand there."""
        news = []
        for number, facing in enumerate(self._facings):
            if clear[number]:
                facing.numbers = numbers[number]
                opinion = facing.learner.model.opinion(numbers[number])
                if not np.isnan(others[number]).any():
                    opinion = replace(opinion, wrong=chance(float(others[number] @ OTHER)))
                verdict = facing.judge.clear(time_s, opinion)
            else:
                verdict = facing.judge.unclear(time_s, hidden=bool(hidden[number]))
            if verdict is not None:
                news.append((number, verdict))
        return news

    def confirm(self, number: int, state: Stocked, *, guess: bool = False) -> bool:
        """Staff say how a facing looks now, or it is a guess. False where it was never looked at:
        nothing can be learned."""
        facing = self._facings[number]
        if facing.numbers is None:
            return False
        learner = facing.learner
        (learner.guess if guess else learner.confirm)(facing.numbers, state)
        return True

    def is_its_own(self, number: int) -> None:
        """The goods that stand in a facing are its own, whatever they look like."""
        self._facings[number].judge.is_its_own()

    def may_be_other(self, number: int) -> bool:
        """Whether other goods were told to stand in a facing, or are likelier than not to."""
        return self._facings[number].judge.may_be_other

    def confirmed(self, number: int) -> int:
        """How many confirmed moments of a facing are remembered."""
        return self._facings[number].learner.confirmed

    def remember(self, learnt: Mapping[int, Learnt]) -> None:
        """What was kept of lessons before a restart, by number."""
        for number, one in learnt.items():
            self._facings[number].learner = FacingLearner(self._model, one)

    def learnt(self) -> dict[int, Learnt]:
        """By number, what may be kept of the lessons."""
        found = {n: one.learner.learnt for n, one in enumerate(self._facings)}
        return {number: one for number, one in found.items() if one is not None}

    def told(self, number: int) -> Verdict | None:
        return self._facings[number].judge.told

    def learned(self, number: int) -> bool:
        """Whether the facing is judged by what staff taught."""
        return self._facings[number].learner.learned

    def sure(self) -> tuple[Mask, Mask]:
        """(F,) which are surely empty, and which surely full: so an empty, a full one looks."""
        judges = [facing.judge for facing in self._facings]
        return (
            np.array([judge.sure_empty for judge in judges], np.bool_),
            np.array([judge.sure_full for judge in judges], np.bool_),
        )
