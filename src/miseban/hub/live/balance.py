"""People in the shop at this moment: the balance of its entrances, as ``insight.inside`` has it."""

from __future__ import annotations

import bisect
from collections.abc import Callable, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

_EMPTY: Final = 0  # at the same moment, the shop is empty before somebody passes
_PASSAGE: Final = 1

_Key = tuple[datetime, int, str]


@dataclass(frozen=True, slots=True)
class Tally:
    """Since the shop was last known to be empty (or since yesterday): ``drift`` people more were
    counted in than out than can have been (or fewer, below 0); ``wrong`` adds up both ways."""

    entered: int = 0
    left: int = 0
    inside: int = 0
    most: int = 0
    drift: int = 0
    wrong: int = 0


@dataclass(frozen=True, slots=True)
class _Step:
    kind: int
    direction: Literal["in", "out"] | None
    visit: str


@dataclass(frozen=True, slots=True)
class _After:
    """The tally after a step, and that of the time that ended when the shop was last empty."""

    now: Tally
    before: Tally | None


class Balance:
    """Passages by time. A late one is put in its place, and what came after it is added up again.
    Whoever is in ``staff`` is not counted; when that changes, ``relabelled`` must be told."""

    def __init__(self, staff: Callable[[], Set[str]]) -> None:
        self._staff = staff
        self._keys: list[_Key] = []
        self._steps: dict[_Key, _Step] = {}
        self._after: list[_After] = []
        self._of: dict[str, list[_Key]] = {}

    def passed(
        self, time: datetime, event: str, direction: Literal["in", "out"], visit: str
    ) -> bool:
        """Whether it was news."""
        key = (time, _PASSAGE, event)
        if key in self._steps:
            return False
        self._of.setdefault(visit, []).append(key)
        self._insert(key, _Step(_PASSAGE, direction, visit))
        return True

    def empty(self, time: datetime) -> None:
        """Nobody is inside at that moment."""
        key = (time, _EMPTY, "")
        if key not in self._steps:
            self._insert(key, _Step(_EMPTY, None, ""))

    def relabelled(self, *visits: str) -> None:
        """Whether ``visits`` work here is known better now."""
        keys = [key for visit in visits for key in self._of.get(visit, ())]
        if keys:
            self._again(bisect.bisect_left(self._keys, min(keys)))

    def forget(self, before: datetime) -> None:
        """Counts from ``before`` on: nobody was inside then."""
        at = bisect.bisect_left(self._keys, (before, _EMPTY, ""))
        if not at:
            return
        for key in self._keys[:at]:
            step = self._steps.pop(key)
            if step.kind == _PASSAGE:
                self._of[step.visit].remove(key)
                if not self._of[step.visit]:
                    del self._of[step.visit]
        del self._keys[:at]
        self._again(0)

    @property
    def tally(self) -> Tally:
        return self._after[-1].now if self._after else Tally()

    @property
    def tally_before(self) -> Tally | None:
        """Of the time that ended when the shop was last empty, what was wrong then included."""
        return self._after[-1].before if self._after else None

    def _insert(self, key: _Key, step: _Step) -> None:
        at = bisect.bisect_left(self._keys, key)
        self._keys.insert(at, key)
        self._steps[key] = step
        self._again(at)

    def _again(self, at: int) -> None:
        """Adds up from the step ``at`` on."""
        del self._after[at:]
        staff = self._staff()
        state = self._after[-1] if self._after else _After(Tally(), None)
        for key in self._keys[at:]:
            state = _next(state, self._steps[key], staff)
            self._after.append(state)


def _next(state: _After, step: _Step, staff: Set[str]) -> _After:
    now = state.now
    if step.kind == _EMPTY:
        ended = Tally(
            now.entered, now.left, 0, now.most, now.drift + now.inside, now.wrong + now.inside
        )
        return _After(Tally(), ended)
    if step.visit in staff:
        return state
    if step.direction == "in":
        inside = now.inside + 1
        most = max(now.most, inside)
        tally = Tally(now.entered + 1, now.left, inside, most, now.drift, now.wrong)
    elif now.inside:
        tally = Tally(now.entered, now.left + 1, now.inside - 1, now.most, now.drift, now.wrong)
    else:  # whoever leaves an empty shop came in unseen
        tally = Tally(now.entered, now.left + 1, 0, now.most, now.drift - 1, now.wrong + 1)
    return _After(tally, state.before)
