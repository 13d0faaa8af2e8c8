"""What stays as it is until the next report: how long a queue was, how full a facing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from miseban.journal.rollups.days import Micros, ShopDay
from miseban.journal.rollups.facts import Spans
from miseban.journal.rollups.window import Objects, Told, Which, Window, numbered

State = tuple[str, float]
"""A word and a number: of a queue its length, of a facing its state and fill."""


@dataclass(frozen=True, slots=True)
class Steps:
    """(N,) arrays: from ``since`` to ``until``, microseconds, ``place`` was ``word`` and
    ``number``. Arrays, and no object for each: a day has hundreds of thousands, and what is many
    small things for a moment leaves holes in the memory of a hub."""

    place: Objects
    since: Micros
    until: Micros
    word: Objects
    number: NDArray[np.float64]

    def those(self, which: Which) -> Steps:
        return Steps(
            self.place[which],
            self.since[which],
            self.until[which],
            self.word[which],
            self.number[which],
        )

    def spans(
        self, what: str, detail: Objects, rate: NDArray[np.float64], *, top: bool = False
    ) -> Spans:
        highest = rate if top else None
        return Spans(what, self.since, self.until, self.place, detail, rate, top=highest)


def steps_of(
    window: Window,
    told: Told,
    places: Objects,
    words: Objects,
    numbers: NDArray[np.float64],
    carried: Mapping[str, State],
) -> tuple[Steps, dict[str, State]]:
    """What each place was in over the day: from one report to the next. ``told`` (N,) is in order
    of time; ``carried`` is how the day before ended; also how this one does."""
    day, today = window.day, within(window.day, told)
    place = np.concatenate([_objects(carried), places[today]])
    word = np.concatenate([_objects([word for word, _ in carried.values()]), words[today]])
    number = np.array([number for _, number in carried.values()], np.float64)
    number = np.concatenate([number, numbers[today]])
    since = np.concatenate([np.full(len(carried), day.start_us, np.int64), told.times[today]])
    order, last = in_turn(place)
    until = np.full(len(order), window.known_until, np.int64)
    until[:-1] = np.where(last[:-1], window.known_until, since[order][1:])
    steps = Steps(place[order], since[order], until, word[order], number[order])
    ends = steps.those(last)
    found = zip(ends.place.tolist(), ends.word.tolist(), ends.number.tolist(), strict=True)
    closing = {place: (word, number) for place, word, number in found}
    return steps.those(steps.until > steps.since), closing


def comings(
    window: Window, told: Told, places: Objects, words: Objects, carried: Mapping[str, State]
) -> NDArray[np.int64]:
    """(M,) which of ``told`` (N,), in order of time, say that a place came into a state, in that
    order: a camera also tells of a number that changed within one."""
    today = np.flatnonzero(within(window.day, told))
    place = np.concatenate([_objects(carried), places[today]])
    word = np.concatenate([_objects([word for word, _ in carried.values()]), words[today]])
    order, last = in_turn(place)
    fresh = np.ones(len(order), np.bool_)
    fresh[1:] = last[:-1] | (word[order][1:] != word[order][:-1])
    which = order[fresh] - len(carried)
    return today[np.sort(which[which >= 0])]


def within(day: ShopDay, told: Told) -> NDArray[np.bool_]:
    """(N,) which happened on the day."""
    return np.asarray((told.times >= day.start_us) & (told.times < day.end_us), bool)


def in_turn(place: Objects) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """The order (N,) that puts what is of one place together and leaves it in its order, and
    whether each, so ordered, is the last of its place."""
    code, _ = numbered(place)
    order = np.argsort(code, kind="stable")
    last = np.ones(len(order), np.bool_)
    last[:-1] = code[order][1:] != code[order][:-1]
    return order, last


def _objects(words: Mapping[str, State] | list[str]) -> Objects:
    found = np.empty(len(words), object)
    found[:] = list(words)
    return found
