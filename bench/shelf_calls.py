"""Alerts of empty facings: by the built-in rule, from the states that a camera told, beside when
each facing truly stood empty and was in view."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from miseban.hub.alerts.load import default_rules
from miseban.hub.alerts.watched import Watched
from miseban.vision.shelf.grid import COLUMNS, EDGE_ROWS, ROWS, Grid, behind_people
from miseban.vocabulary.events import ShelfState
from miseban.vocabulary.shop import Facing

RULE = "shelf-empty"
SOON_S = 60.0
"""So long after a facing emptied an alert is due; while people are before it is not counted."""
BEFORE = 0.5
"""People are before a facing that hide more of it than this."""
Doubles = NDArray[np.float64]


@dataclass(slots=True)
class Calls:
    """Of all facings: ``due`` are emptyings that were in view, and still empty, for ``SOON_S``;
    ``in_time`` those of them with an alert by then; ``delays`` until the alert, in view, of all
    with one; ``raised`` alerts, of which ``false`` told of a facing that was not empty, and
    ``late`` are those of these whose facing was filled in the last ``SOON_S``."""

    due: int = 0
    in_time: int = 0
    raised: int = 0
    false: int = 0
    late: int = 0
    delays: list[float] = field(default_factory=list)

    def add(self, other: Calls) -> None:
        self.due, self.in_time = self.due + other.due, self.in_time + other.in_time
        self.raised, self.false = self.raised + other.raised, self.false + other.false
        self.late += other.late
        self.delays += other.delays


class InView:
    """Second by second, which ``facings`` nobody stands before, in pictures of ``width`` x
    ``height`` pixels as they were set up: a bump is not followed."""

    def __init__(self, facings: Sequence[Facing], width: int, height: int) -> None:
        self._spots = Grid(facings, width, height).spots
        self._shape = (len(facings), ROWS + EDGE_ROWS, COLUMNS)
        self.times: list[float] = []
        self._free: list[NDArray[np.bool_]] = []

    def look(self, time_s: float, people_xyxy: Doubles) -> None:
        """The next picture, with people at ``people_xyxy`` (N, 4)."""
        behind = behind_people(self._spots, people_xyxy).reshape(self._shape)
        self.times.append(time_s)
        self._free.append(behind.mean(axis=(1, 2)) <= BEFORE)

    def seconds(self, number: int, length_s: float) -> Doubles:
        """(T + 1,) for how long the facing was in view by each second from 0 to ``length_s``: it
        is as at the look before."""
        at = np.searchsorted(self.times, np.arange(int(length_s)) + 0.5, "right") - 1
        free = np.array(self._free)[at.clip(min=0), number]
        return np.concatenate([[0.0], np.cumsum(free, dtype=np.float64)])


def calls(
    true: Iterable[ShelfState], told: Iterable[ShelfState], facings: Sequence[Facing],
    view: InView, start: datetime, length_s: float,
) -> Calls:  # fmt: skip
    """What the rule made of ``told`` beside what is ``true``."""
    found = Calls()
    truth, states = list(true), list(told)
    for number, facing in enumerate(facings):
        stood = empty([one for one in truth if one.facing == facing.id], start, length_s)
        mine = [one for one in states if one.facing == facing.id]
        raised = alerts(mine, start, length_s)
        found.raised += len(raised)
        wrong = [at for at in raised if not any(a <= at < b for a, b in stood)]
        found.false += len(wrong)
        found.late += sum(any(b <= at < b + SOON_S for _, b in stood) for at in wrong)
        seen = view.seconds(number, length_s)
        for from_s, to_s in stood:
            first = next((at for at in raised if from_s <= at < to_s), None)
            in_view = float(seen[int(to_s)] - seen[int(from_s)])
            delay = None if first is None else float(seen[int(first)] - seen[int(from_s)])
            if delay is not None:
                found.delays.append(delay)
            if in_view >= SOON_S:
                found.due += 1
                found.in_time += delay is not None and delay <= SOON_S
    return found


def empty(
    states: Sequence[ShelfState], start: datetime, length_s: float
) -> list[tuple[float, float]]:
    """From when to when, in seconds, a facing with these ``states`` is empty."""
    times = [(one.time - start).total_seconds() for one in states]
    ends = [*times[1:], length_s]
    every = zip(states, times, ends, strict=True)
    return [(a, min(b, length_s)) for one, a, b in every if one.state == "empty" and b > a]


def alerts(states: Sequence[ShelfState], start: datetime, length_s: float) -> list[float]:
    """When the built-in rule raises alerts of a facing with these ``states``, looked at second by
    second as a hub does. A shelf that empties again soon is told of again."""
    rule = next(rule for rule in default_rules().rules if rule.id == RULE)
    rule = rule.model_copy(update={"cooldown_s": 0.0})
    watched, open_, raised = Watched(rule, None), False, list[float]()
    at, value = 0, None
    for second in range(int(length_s)):
        while at < len(states) and (states[at].time - start).total_seconds() <= second:
            state = states[at].state
            value = None if state in ("blocked", "unknown") else float(state == "empty")
            at += 1
        verdict = watched.judge(value, float(second), is_open=open_, in_hours=True)
        if verdict == "raise":
            open_ = True
            raised.append(float(second))
        elif verdict == "end":
            open_ = False
            watched.closed(float(second))
    return raised
