"""Days and hours of many things at once, their blocks, and which of these an answer may tell."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from miseban.insight.disclosure.blocks import NOTHING, WITHHELD, Blocks, Rest, finer, gather
from miseban.insight.disclosure.calendar import Calendar

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
_MONTH = 31
_PAST: Rest = "joined"
_TODAY: Rest = "held"


class Cells:
    """Of K things: how many people there were on each day ``day_n`` (K, D), and in each hour of the
    days that are looked at by the hour, ``hour_n`` (K, H, MOST_HOURS).

    ``days`` and ``hours`` are their blocks; ``days_told`` (K, D) and ``hours_told``
    (K, H, MOST_HOURS) say whether the block of a cell lies in one stretch of the answer and may be
    told: each person is in no more than one cell that is told.
    """

    def __init__(
        self,
        calendar: Calendar,
        day_n: Ints,
        hour_n: Ints,
        k: int,
        *,
        parts: tuple[Ints, Ints] | None = None,
        there: Flags | None = None,
    ) -> None:
        """``parts``, of the shapes of ``day_n`` and ``hour_n``: how many of these did what the
        question divides them by; then blocks have k who did and k who did not. ``there``, of the
        shape of ``hour_n``: where somebody was who counts in an earlier hour."""
        self._calendar, self._k = calendar, k
        self.days, self._open = self._gather_days(day_n, None if parts is None else parts[0])
        self.hours = self._gather_hours(hour_n, None if parts is None else parts[1], there)
        at = np.where(calendar.ended, calendar.day_at, -1)
        self.days_told = _inside(self.days, at)
        self.hours_told = _inside(self.hours, calendar.hour_at)

    def hidden(self) -> Flags:
        """(K, N): in which stretches of the answer there is something that is not told."""
        calendar = self._calendar
        hidden = np.zeros((len(self.days.first), len(calendar.edges) - 1), bool)
        lost = (self.days.first != NOTHING) & ~self.days_told
        which, day = np.nonzero(lost & (calendar.day_at >= 0) & calendar.ended)
        hidden[which, calendar.day_at[day]] = True
        late = calendar.hour_edges[:, 1:] > calendar.settled_us
        lost = ((self.hours.first != NOTHING) & ~self.hours_told) | late
        which, day, hour = np.nonzero(lost & (calendar.hour_at >= 0))
        hidden[which, calendar.hour_at[day, hour]] = True
        return hidden

    def _gather_days(self, day_n: Ints, part: Ints | None) -> tuple[Blocks, Flags]:
        """Their blocks, and (K, D) whether in their month people are left over for a block that
        has not ended."""
        calendar = self._calendar
        months = np.array([day.year * 12 + day.month for day in calendar.days], np.int64)
        month = months - months[0]
        day = np.array([day.day - 1 for day in calendar.days], np.int64)
        months_of = (_MONTH, int(month[-1]) + 1, len(day_n))

        def by_month(values: Ints) -> Ints:
            """(months x K, days of a month), laid in memory day by day."""
            laid = np.zeros(months_of, np.int64)
            laid[day, month] = np.where(calendar.ended[:, None], values.T, 0)
            return laid.reshape(_MONTH, -1).T

        people = by_month(day_n)
        found = gather(people, self._k, "withheld")
        if part is not None:
            found = finer(found, _both(people, by_month(part)), self._k, "withheld")
        begins = (np.arange(len(day)) - day)[:, None]  # the first of each one's month
        ends = (one.T.reshape(months_of)[day, month] for one in (found.first, found.last))
        first, last = (np.where(one >= 0, one + begins, one).T for one in ends)
        over = found.open.reshape(months_of[1:])[month].T
        return Blocks(first, last, found.open), over

    def _gather_hours(self, hour_n: Ints, part: Ints | None, there: Flags | None) -> Blocks:
        """Only of days that are blocks by themselves."""
        calendar = self._calendar
        settled = calendar.hour_edges[:, 1:] <= calendar.settled_us
        known, did = np.where(settled, hour_n, 0), None
        enough = known.sum(axis=2) >= self._k
        if part is not None:
            did = np.where(settled, part, 0)
            enough = np.minimum(did.sum(axis=2), (known - did).sum(axis=2)) >= self._k
        stayed = None if there is None else there & settled
        ended = calendar.ended[calendar.by_hours]
        whole = (self.days.first == self.days.last) & (self.days.first >= 0)
        alone = whole[:, calendar.by_hours]
        # A day that goes on will be one once it has k people, and none are left over before it.
        will = ~self._open[:, calendar.by_hours] & enough
        alone = np.where(ended, alone, will)
        hide = ~alone & (hour_n > 0).any(axis=2)
        first, last = np.full((2, *hour_n.shape), NOTHING, np.int16)
        first[hide] = last[hide] = WITHHELD
        # Most places have too few people on most days: what is hidden needs no blocks.
        blocks = alone if stayed is None else alone | (~hide & stayed.any(axis=2))
        over = np.zeros(hour_n.shape[:2], bool)
        for those, rest in ((ended, _PAST), (~ended, _TODAY)):
            some = blocks & those
            if some.any():
                found = self._of_days(some, rest, known, did, stayed)
                first[some], last[some], over[some] = found.first, found.last, found.open
        return Blocks(first, last, over)

    def _of_days(
        self, some: Flags, rest: Rest, people: Ints, did: Ints | None, stayed: Flags | None
    ) -> Blocks:
        """Blocks of hours (R, MOST_HOURS) of the R days of places that are ``some`` (K, H)."""
        found = gather(people[some], self._k, rest, None if stayed is None else stayed[some])
        if did is None:
            return found
        return finer(found, _both(people[some], did[some]), self._k, rest)


def _both(people: Ints, part: Ints) -> Ints:
    """(R, T, 2) those who did, and those who did not."""
    return np.stack([part, people - part], axis=2)


def _inside(blocks: Blocks, stretch: Ints) -> Flags:
    """Whether the block of each cell is told: its first and its last cell lie in the same stretch.
    ``stretch`` may lack the first dimension."""
    row = np.arange(0, stretch.size, stretch.shape[-1]).reshape(*stretch.shape[:-1], 1)
    begin, end = (
        stretch.ravel()[row + np.maximum(cells, 0)] for cells in (blocks.first, blocks.last)
    )
    return np.asarray((blocks.first >= 0) & (begin >= 0) & (begin == end), bool)
