"""Who came together: buying groups, from how people arrive, walk and leave."""

from __future__ import annotations

import numpy as np

from miseban.space.groups.model import WEIGHTS
from miseban.space.groups.pairs import FEATURES, Pairs
from miseban.space.groups.settings import GroupSettings
from miseban.space.layout import Layout
from miseban.space.seconds import Second, Seconds
from miseban.vocabulary.floor import FloorRows
from miseban.vocabulary.shop import Shop

_WEIGHTS = np.array([WEIGHTS[name] for name in FEATURES])


class GroupFinder:
    """Says of each visit with whom it came, at any moment, from all that has been seen up to then;
    so a group may change while its visits last, and after (``changed``).

    Whether two came together is a sum of learned weights (``pairs.FEATURES``). Groups are then put
    together greedily, the surest pair first; two parts become one while all pairs between them
    speak for it on average, so that one stranger in the queue does not join two families.
    """

    def __init__(self, shop: Shop, settings: GroupSettings | None = None) -> None:
        self._settings = settings or GroupSettings()
        self._pairs = Pairs(Layout(shop), self._settings)
        self._seconds = Seconds()
        self._group: dict[int, int] = {}
        self._told: dict[int, int] = {}
        self._judged_s = -np.inf

    def update(self, rows: FloorRows) -> None:
        """Takes positions in order of time."""
        for second in self._seconds.of(rows):
            self._take(second)

    def group(self, visit: int) -> int:
        """The number of the group, the same for all who came together: the lowest number of a
        visit in it."""
        told = self._told[visit] = self._group.get(visit, visit)
        return told

    def changed(self) -> list[int]:
        """Visits, not forgotten, that are in another group now than ``group`` last told."""
        return [v for v, told in self._told.items() if self._group.get(v, v) != told]

    def forget(self, visit: int) -> None:
        """Nothing more will be asked of ``visit``."""
        self._pairs.forget(visit)
        self._told.pop(visit, None)
        self._group.pop(visit, None)

    def _take(self, second: Second) -> None:
        self._pairs.add(second)
        if second.time_s >= self._judged_s + self._settings.judge_s:
            self._judged_s = second.time_s
            self._judge()

    def _judge(self) -> None:
        pairs = self._pairs.pairs
        rows = np.flatnonzero(pairs.used & (pairs["judged"] == 0))
        if len(rows):
            pairs["odds"][rows] = self._pairs.features(rows) @ _WEIGHTS
            pairs["judged"][rows] = 1.0
        self._gather()

    def _gather(self) -> None:
        """Agglomerative clustering with average linkage, over pairs that speak for a group."""
        pairs, visits_at = self._pairs.pairs, self._pairs.visits_at
        good = np.flatnonzero(pairs.used & (pairs["odds"] > self._settings.together))
        good = good[np.argsort(-pairs["odds"][good], kind="stable")]
        members: dict[int, list[int]] = {}
        home: dict[int, int] = {}
        for a, b in zip(pairs["a"][good].astype(int), pairs["b"][good].astype(int), strict=True):
            one, other = home.get(a, a), home.get(b, b)
            if one == other:
                continue
            ours, theirs = members.get(one, [one]), members.get(other, [other])
            if self._link(ours, theirs) <= self._settings.together:
                continue
            members[one] = ours + theirs
            members.pop(other, None)
            home.update(dict.fromkeys(members[one], one))
        self._group = {}
        alone = [[row] for row, pieces in visits_at.items() if len(pieces) > 1 and row not in home]
        for rows in [*members.values(), *alone]:
            visits = [visit for row in rows for visit in visits_at[row]]
            self._group.update(dict.fromkeys(visits, min(visits)))

    def _link(self, ours: list[int], theirs: list[int]) -> float:
        """The mean log odds between two parts; who was never a pair speaks against it."""
        odds = self._pairs.pairs["odds"]
        found = []
        for a in ours:
            partners = self._pairs.partners(a)
            found += [float(odds[partners[b]]) if b in partners else -2.0 for b in theirs]
        return sum(found) / len(found)
