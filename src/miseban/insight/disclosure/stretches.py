"""Which stretches of time a sum is asked of: a week, or every Saturday of a spring."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Self

import numpy as np
from numpy.typing import NDArray

from miseban.journal.rollups.days import day_at, moment, shop_day

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Stretches:
    """``edges`` (N + 1,) microseconds since 1970; the stretch from one to the next is asked for
    where ``wanted`` (N,). Two that are wanted may lie side by side: what is told of both is more
    than the sum of the two where nothing parts them."""

    edges: Ints
    wanted: NDArray[np.bool_]

    @classmethod
    def of(cls, spans: Iterable[tuple[int, int]]) -> Self:
        """``spans``, not empty, in order of time and apart; those that touch become one."""
        edges: list[int] = []
        for since, until in spans:
            if edges and edges[-1] == since:
                edges[-1] = until
            else:
                edges += [since, until]
        wanted = np.arange(len(edges) - 1) % 2 == 0
        return cls(np.array(edges, np.int64), wanted)

    @property
    def key(self) -> tuple[bytes, bytes]:
        """The same for the same stretches."""
        return self.edges.tobytes(), self.wanted.tobytes()

    def by_month(self, timezone: str) -> list[Stretches]:
        """Parted where months of the shop begin, without months of which nothing is wanted."""
        return self.parted_at(_months(int(self.edges[0]), int(self.edges[-1]), timezone))

    def parted_at(self, begins: Iterable[int]) -> list[Stretches]:
        """Parted at these moments, as far as they lie inside, without parts of which nothing is
        wanted."""
        begins = [us for us in begins if self.edges[0] < us < self.edges[-1]]
        edges = np.union1d(self.edges, np.array(begins, np.int64))
        wanted = self.wanted[np.searchsorted(self.edges, edges[:-1], side="right") - 1]
        found = []
        cuts = [0, *np.searchsorted(edges, begins).tolist(), len(edges) - 1]
        for a, b in pairwise(cuts):
            some = a + np.flatnonzero(wanted[a:b])
            if len(some):
                first, last = int(some[0]), int(some[-1])
                found.append(Stretches(edges[first : last + 2], wanted[first : last + 1]))
        return found


def _months(since: int, until: int, timezone: str) -> list[int]:
    """The beginnings of months after ``since`` and before ``until``."""
    found: list[int] = []
    day = day_at(moment(since), timezone)
    while True:
        later = day.year * 12 + day.month
        day = day.replace(year=later // 12, month=later % 12 + 1, day=1)
        begins = shop_day(day, timezone).start_us
        if begins >= until:
            return found
        found.append(begins)
