"""Single people's votes become cells that tell of k people or more, or of nobody.

Two things keep single people out of what is told (``privacy.md`` rule 6), and both are needed:

- **Cells share nobody.** Each visitor is counted once: in the area where they stayed longest, in
  the quarter of an hour in which they left the view. So areas may overlap or lie in each other, and
  no difference between cells, of whatever areas and quarters, is a smaller group: there is nothing
  to subtract. Only whole quarters are told, so that a run that ends earlier or begins later has the
  same windows or lacks them, and no part of one.
- **Within a cell** a value of fewer than k people is suppressed, and with it as many of the others
  as it takes that none of the suppressed can be worked out (``hidden_values``).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime

from miseban.vision.attributes.votes import Vote
from miseban.vision.sealed import Sealed
from miseban.vocabulary.attributes import VALUES, Attribute, AttributeValue
from miseban.vocabulary.events import AttributeCounts, AttributeSummary, ValueCount
from miseban.vocabulary.events.attribute import WINDOW_S
from miseban.vocabulary.identifiers import EventIds
from miseban.vocabulary.policies import Permission


def hidden_values(counts: Mapping[AttributeValue, int], k: int) -> frozenset[AttributeValue]:
    """The values whose counts must not be told, of ``counts`` people by value (every value).

    Every value of fewer than ``k``, then others, smallest first and all of equal size together,
    until the hidden ones are two or more and so many people that not all of them can be below k
    (or nothing is left to tell). So whoever knows this rule, and the sum that is left when the told
    values are taken from it, still finds two counts or more possible for every hidden value. Where
    a sum of k is enough, 4 + 4 beside a told 5 could be worked out; where ties are broken by order,
    the 4 of 6, 6 and 4 could.
    """
    hidden = {value for value, people in counts.items() if people < k}
    while hidden and len(hidden) < len(counts):
        people_hidden = sum(counts[value] for value in hidden)
        if len(hidden) > 1 and people_hidden > len(hidden) * (k - 1):
            break
        least = min(people for value, people in counts.items() if value not in hidden)
        hidden |= {value for value, people in counts.items() if people == least}
    return frozenset(hidden)


class AttributeCells(Sealed):
    """Counts the votes of one camera by area and quarter of an hour, and lets out what may go.
    Until then its counts are of fewer than k people, and sealed."""

    __slots__ = ("_camera", "_ids", "_permission", "_shop", "_values", "_visitors")

    def __init__(
        self, shop: str, camera: str, permission: Permission, ids: EventIds | None = None
    ) -> None:
        self._shop, self._camera = shop, camera
        self._permission = permission
        self._ids = ids or EventIds()
        self._visitors: Counter[tuple[int, str]] = Counter()
        self._values: defaultdict[tuple[int, str, Attribute], Counter[AttributeValue]]
        self._values = defaultdict(Counter)

    def cast(self, zone: str, left: datetime, vote: Vote | None) -> None:
        """Counts a visitor who left the view at ``left`` (aware), having stayed longest in
        ``zone``. Call it once for each visitor, also for those without a vote."""
        window = int(left.timestamp() // WINDOW_S)
        self._visitors[window, zone] += 1
        if vote is None:
            return
        for attribute in self._permission.reads:
            value = vote.value(attribute)
            if value is not None:
                self._values[window, zone, attribute][value] += 1

    def summaries(self, start: datetime, end: datetime) -> list[AttributeSummary]:
        """The cells of every whole quarter of an hour between ``start`` and ``end`` (aware)."""
        k = self._permission.k
        events = []
        for (window, zone), visitors in sorted(self._visitors.items()):
            began_s, ended_s = window * WINDOW_S, (window + 1) * WINDOW_S
            if began_s < start.timestamp() or ended_s > end.timestamp() or visitors < k:
                continue
            counts = [
                _told(attribute, self._values[window, zone, attribute], k)
                for attribute in self._permission.reads
            ]
            attributes = tuple(one for one in counts if one.judged >= k)
            if not attributes:
                continue
            events.append(
                AttributeSummary(
                    id=self._ids.at(ended_s),
                    time=datetime.fromtimestamp(ended_s, UTC),
                    shop=self._shop,
                    camera=self._camera,
                    zone=zone,
                    k=k,
                    visitors=visitors,
                    attributes=attributes,
                )
            )
        return events


def _told(attribute: Attribute, found: Counter[AttributeValue], k: int) -> AttributeCounts:
    counts = {value: found[value] for value in VALUES[attribute]}
    hidden = hidden_values(counts, k)
    return AttributeCounts(
        attribute=attribute,
        judged=sum(counts.values()),
        values=tuple(
            ValueCount(value=value, people=None if value in hidden else people)
            for value, people in counts.items()
        ),
    )
