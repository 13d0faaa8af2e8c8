"""How a facing looks, over time: numbers of single looks become states that do not flicker."""

from __future__ import annotations

import math
from dataclasses import dataclass

from miseban.vocabulary.events import Stocked

_RIGHT = -4.0
"""Log odds of other goods before anything was seen of them."""
_SURELY = -3.0
"""... of one look, above which it is not remembered as how the right ones look."""
_BETWEEN_S = 5.0
"""A look stands for the time since the one before, and for no longer than that."""


@dataclass(frozen=True, slots=True)
class ShelfSettings:
    """Times in seconds. Looks are averaged over about ``steady_s``. A state is told when it was
    likelier than ``come`` (to be empty, ``sure``) for ``hold_s`` and ``looks`` clear looks, and is
    left below ``go``. Where it is never so sure, since a neighbour's side or the back wall is seen
    within the facing, it is empty too when an average over about ``long_s`` of clear looks is above
    ``lasting``: the last piece, in view for so long, is nearly always told. That other goods stand
    there is told when it was likelier than ``other``, on average over about ``other_s`` of looks at
    which it could be told, until it is less likely than ``go``. A facing that could not
    be looked at for ``blocked_s`` is blocked where something is before it, else unknown. ``fill``
    is told anew when it has changed by ``fill_step`` and settled, after ``fill_every_s``."""

    steady_s: float = 4.0
    come: float = 0.60
    sure: float = 0.70
    go: float = 0.40
    lasting: float = 0.50
    long_s: float = 30.0
    other: float = 0.82
    other_s: float = 60.0
    hold_s: float = 4.0
    looks: int = 2
    blocked_s: float = 30.0
    fill_step: float = 0.08
    fill_every_s: float = 20.0


@dataclass(frozen=True, slots=True)
class Opinion:
    """Of one look: how likely the facing is ``empty``, and how likely ``low`` or empty; ``fill``
    from 0 to 1; how likely other goods stand there (``wrong``), where that could be told."""

    empty: float
    low: float
    fill: float
    wrong: float | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is told of a facing from ``since_s`` on."""

    since_s: float
    state: Stocked
    fill: float
    confidence: float


class FacingJudge:
    """Of one facing. Times never go back; gaps are simply long."""

    def __init__(self, settings: ShelfSettings | None = None) -> None:
        self._s = settings or ShelfSettings()
        self._empty = self._low = 0.0  # logarithms of odds, averaged
        self._wrong = _RIGHT
        self._wrong_now = _RIGHT  # of the last look at which it could be told, and when that was
        self._wrong_s = -math.inf
        self._is_other = False  # told, and not taken back since
        self._lasting = _odds(0.0)  # the same of "empty", over long
        self._fill = 0.0
        self._clear_s = -math.inf  # the last clear look
        self._looked_s: float | None = None
        self._candidate: Stocked | None = None
        self._candidate_s = 0.0
        self._candidate_looks = 0
        self._told: Verdict | None = None

    @property
    def told(self) -> Verdict | None:
        return self._told

    @property
    def sure_empty(self) -> bool:
        """Whether it has been told to be empty and still very much looks so: surer than for being
        told, for how it looks now will be what empty looks like."""
        return self._is("empty") and self._empty > 3.5

    @property
    def sure_full(self) -> bool:
        own = max(self._wrong, self._wrong_now) < _SURELY
        return self._is("full") and self._fill > 0.9 and self._low < -2.0 and own

    @property
    def may_be_other(self) -> bool:
        """Whether other goods were told to stand there, also where somebody stands before them now,
        or are likelier than not to."""
        return self._is_other or max(self._wrong, self._wrong_now) > 0.0

    def is_its_own(self) -> None:
        """Staff say that what stands there is right."""
        self._wrong = self._wrong_now = _RIGHT
        self._is_other = False

    def clear(self, time_s: float, opinion: Opinion) -> Verdict | None:
        """A look at the facing; the verdict, if it is news."""
        s = self._s
        since_s = time_s - self._clear_s
        part = 1 - math.exp(-max(since_s, 0.2) / s.steady_s)
        if since_s > s.blocked_s:  # what it was before says nothing of now
            part, self._lasting = 1.0, _odds(0.0)
        self._empty += part * (_odds(opinion.empty) - self._empty)
        long = 1 - math.exp(-min(max(since_s, 0.2), s.steady_s) / s.long_s)
        self._lasting += long * (_odds(opinion.empty) - self._lasting)
        self._low += part * (_odds(opinion.low) - self._low)
        self._other(time_s, opinion.wrong)
        self._fill += part * (opinion.fill - self._fill)
        self._clear_s = self._looked_s = time_s
        state = self._likeliest()
        if state != self._candidate:
            self._candidate, self._candidate_s, self._candidate_looks = state, time_s, 0
        self._candidate_looks += 1
        held = time_s - self._candidate_s >= s.hold_s and self._candidate_looks >= s.looks
        if state != (self._told.state if self._told else None):
            return self._tell(time_s, state) if held else None
        told = self._told
        assert told is not None  # noqa: S101 - its state is the present one
        fill = self._shown(state)
        settled = abs(opinion.fill - self._fill) < s.fill_step
        moved = abs(fill - told.fill) >= s.fill_step and settled
        if moved and time_s - told.since_s >= s.fill_every_s:
            return self._tell(time_s, state)
        return None

    def unclear(self, time_s: float, *, hidden: bool) -> Verdict | None:
        """No look was possible; the verdict, if it is news."""
        if self._looked_s is None:
            self._looked_s = time_s
        if time_s - self._looked_s < self._s.blocked_s:
            return None
        state: Stocked = "blocked" if hidden else "unknown"
        self._candidate = None
        if self._told is not None and self._told.state in ("blocked", "unknown"):
            return None  # which of both it is does not matter until it is seen again
        return self._tell(time_s, state)

    def _other(self, time_s: float, wrong: float | None) -> None:
        """Of goods that are gone, nothing follows for those that will come."""
        if self._is("empty"):
            self._wrong = self._wrong_now = _RIGHT
        if wrong is None:
            return
        between_s = min(time_s - self._wrong_s, _BETWEEN_S)
        part = 1 - math.exp(-max(between_s, 0.2) / self._s.other_s)
        self._wrong_now = _odds(wrong)
        self._wrong += part * (self._wrong_now - self._wrong)
        self._wrong_s = time_s

    def _likeliest(self) -> Stocked:
        s = self._s
        now = self._told.state if self._told else "unknown"
        empty = _chance(self._empty)
        lasting = min(empty, _chance(self._lasting)) > s.lasting
        if lasting or empty > (s.go if now == "empty" else s.sure):
            return "empty"
        if _chance(self._wrong) > (s.go if self._is_other else s.other):
            return "wrong"
        return "low" if _chance(self._low) > (s.go if now == "low" else s.come) else "full"

    def _tell(self, time_s: float, state: Stocked) -> Verdict:
        sure = {
            "empty": _chance(self._empty),
            "low": min(_chance(self._low), 1 - _chance(self._empty)),
            "full": 1 - _chance(self._low),
            "wrong": _chance(self._wrong),
        }.get(state, 1.0)
        if state not in ("blocked", "unknown"):
            self._is_other = state == "wrong"
        self._told = Verdict(time_s, state, self._shown(state), round(sure, 3))
        return self._told

    def _shown(self, state: Stocked) -> float:
        return 0.0 if state == "empty" else round(min(max(self._fill, 0.0), 1.0), 3)

    def _is(self, state: Stocked) -> bool:
        return self._told is not None and self._told.state == state


def _odds(chance: float) -> float:
    bounded = min(max(chance, 0.005), 0.995)
    return math.log(bounded / (1 - bounded))


def _chance(odds: float) -> float:
    return 1 / (1 + math.exp(-odds))
