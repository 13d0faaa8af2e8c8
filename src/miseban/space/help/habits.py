"""How long people stop here, and at each place of the shop: learned from everybody."""

from __future__ import annotations

import math
from collections import defaultdict, deque

from miseban.space.help.people import Stop

Pair = tuple[float, float]
Cell = tuple[int, int]

UP_TO_S = (8.0, 11.0, 14.0, 17.0, 21.0, 26.0, 35.0, 50.0, math.inf)
"""Stops are told apart by how long they last."""
OTHERS, WEIGHT = (0.03, 0.03, 0.025, 0.025, 0.04, 0.06, 0.115, 0.21, 0.465), 100.0
"""How many of the stops of customers are as long, until the shop's own are known; as how many stops
that counts."""
MANY = 2000.0
SHORT = 3
"""So many of ``UP_TO_S`` are short: 14 s. Of a place only is remembered how many of its stops are,
for there are too few to tell lengths apart."""
HERE_M = 0.6
"""Stops so near to each other are at one place: before a shelf, or in the second row behind those
who are, where everybody waits for a moment."""
HERE_WEIGHT = 2.0
"""As how many stops at a place those of the whole shop count: few, for at most places hardly any
stop is short, at others every third."""
REMEMBERED = 4000
"""Stops of which the place is remembered."""


class Habits:
    """``share`` is how many of the stops of a customer are as long as one."""

    def __init__(self) -> None:
        self._often = [part * WEIGHT for part in OTHERS]
        self._order: deque[tuple[Cell, int, int, Pair]] = deque()
        self._at: dict[Cell, list[tuple[int, int, Pair]]] = defaultdict(list)

    def share(self, stop: Stop) -> float:
        """In the whole shop."""
        return self._often[bin_of(stop)] / sum(self._often)

    def short_here(self, stop: Stop, key: int) -> float:
        """How many times as many of the stops at that place are short as in the whole shop, of all
        but the person ``key``."""
        column, row = _cell(stop.xy)
        near = [
            i
            for x in (column - 1, column, column + 1)
            for y in (row - 1, row, row + 1)
            for whose, i, xy in self._at.get((x, y), ())
            if whose != key and math.dist(xy, stop.xy) <= HERE_M
        ]
        usual = sum(self._often[:SHORT]) / sum(self._often)
        short = sum(i < SHORT for i in near) + HERE_WEIGHT * usual
        return short / (len(near) + HERE_WEIGHT) / usual

    def stopped(self, stop: Stop, key: int) -> None:
        """The person ``key`` has gone on from there."""
        cell, i = _cell(stop.xy), bin_of(stop)
        self._at[cell].append((key, i, stop.xy))
        self._order.append((cell, key, i, stop.xy))
        if len(self._order) > REMEMBERED:
            cell, key, i, xy = self._order.popleft()
            if (key, i, xy) in self._at[cell]:
                self._at[cell].remove((key, i, xy))

    def searched(self, key: int) -> None:
        """The stops of the person ``key`` were no customer's."""
        for stops in self._at.values():
            stops[:] = [one for one in stops if one[0] != key]

    def learn(self, stop: Stop) -> None:
        """A customer is gone who stopped so."""
        self._often[bin_of(stop)] += 1.0
        if sum(self._often) > MANY:
            self._often = [n / 2 for n in self._often]


def bin_of(stop: Stop) -> int:
    """Which of ``UP_TO_S``."""
    return next(i for i, most_s in enumerate(UP_TO_S) if stop.to_s - stop.from_s <= most_s)


def is_short(stop: Stop) -> bool:
    """Whether it is one of those by which places differ."""
    return bin_of(stop) < SHORT


def _cell(xy: Pair) -> Cell:
    return math.floor(xy[0] / HERE_M), math.floor(xy[1] / HERE_M)
