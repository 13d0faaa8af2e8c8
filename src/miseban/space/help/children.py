"""A child that walks about with no adult who goes along."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from miseban.space.help.people import Person
from miseban.space.help.settings import HelpSettings
from miseban.space.help.signs import Sign

Pair = tuple[float, float]
KNOWN = 10
"""Seconds of which the height is known, before somebody is held for a child."""
UPRIGHT = 0.1
"""Of the seconds in motion, at most so many as broad as somebody who sits."""
LATELY_S = 3.0
"""Who was seen so shortly before is still there, hidden for a moment."""
LESS_M = 0.5
"""Who is near now and was near where the child was, farther away than twice that, goes along:
strangers, of whom some are always near in a full shop, do not."""
TELLS = 12
"""Seconds on the way that tell enough; and in a row with somebody, after which it is over."""
LONGEST = 3.0
"""Of a way with breaks, no more than so many times ``alone_s`` tells."""
STANDS_S = 18.0
"""Who stands so long in between is with those beside, or waits for somebody, and is not lost:
families walk one after the other, far apart, from where they stood to where they will. Who is not
seen for so long may have stood so: else five families in eleven hours of a supermarket are told of
for nothing, and no more children are found."""
ALONE = 0.05
"""At most so many of them beside somebody who by chance goes the same way."""


@dataclass(slots=True)
class _Child:
    """``walks`` are the last seconds on the way: when, and whether an adult went along; it moved
    last at ``walked_s``."""

    walks: deque[tuple[float, bool]] = field(default_factory=deque)
    told: bool = False
    walked_s: float = 0.0


class Children:
    """A child who waits for somebody stands still; one who is lost walks about."""

    def __init__(self, settings: HelpSettings, waits: float) -> None:
        self._s, self._waits = settings, waits
        self._children: dict[int, _Child] = {}

    def look(self, now_s: float, people: Iterable[Person]) -> Iterator[Sign]:
        """Everybody seen lately; those of this second are looked at."""
        lately = [p for p in people if now_s - p.last_s <= LATELY_S]
        adults = [p for p in lately if p.own_m is None or p.own_m > self._s.child_m]
        for child in lately:
            if child.outside:
                self._children.pop(child.key, None)  # its way in the shop is over
                continue
            if child.last_s < now_s or child.staff:
                continue
            if len(child.heights) < KNOWN or not is_child(child, self._s):
                continue
            then = self._far_away(child)
            known = self._children.setdefault(child.key, _Child())
            moves = child.speed() >= self._s.moving_mps
            if moves:
                if now_s - known.walked_s >= STANDS_S:
                    known.walks.clear()
                known.walked_s = now_s
            if then is not None and moves:
                told = [self._goes_along(one, child.xy, then) for one in adults]
                if True in told or None not in told:  # of who was hidden then nobody knows
                    known.walks.append((now_s, True in told))
            known.told = self._is_lost(now_s, known)
            if known.told:
                alone = [at_s for at_s, along in known.walks if not along]
                sure = min(0.9, 0.5 + len(alone) / (5 * TELLS))
                yield Sign("lost_child", f"person-{child.key}", child.xy, sure, child.name)

    def forget(self, person: Person) -> None:
        """He or she is gone."""
        self._children.pop(person.key, None)

    def _is_lost(self, now_s: float, known: _Child) -> bool:
        alone_s = self._s.alone_s * self._waits
        while known.walks and now_s - known.walks[0][0] > LONGEST * alone_s:
            known.walks.popleft()
        if known.told:
            last = [along for _, along in known.walks][-TELLS:]
            return sum(last) < TELLS / 2
        since: list[tuple[float, bool]] = []  # the shortest way that is long enough
        for one in reversed(known.walks):
            since.append(one)
            if len(since) >= TELLS and now_s - one[0] >= alone_s:
                return known.walked_s == now_s and sum(along for _, along in since) <= ALONE * len(
                    since
                )
        return False

    def _far_away(self, child: Person) -> tuple[float, float, float] | None:
        """When, lately, and where the child was on its way from somewhere else."""
        far_m = 2.0 * self._s.near_m + LESS_M
        away = (one for one in reversed(child.way) if math.dist(one[1:], child.xy) >= far_m)
        return next(away, None)

    def _goes_along(self, one: Person, here: Pair, then: tuple[float, float, float]) -> bool | None:
        """None where that is not known of somebody who is near."""
        if math.dist(one.xy, here) > self._s.near_m:
            return False
        was = _place(one, then[0])
        return math.dist(was, then[1:]) <= self._s.near_m if was is not None else None


def is_child(person: Person, settings: HelpSettings) -> bool:
    """Whether somebody is as small as a child and not as broad as who sits in a wheelchair, as far
    as is known."""
    broad = sum(shape.broad >= settings.aid_broad for shape in person.shapes)  # sure or not
    small = person.own_m is not None and person.own_m <= settings.child_m
    return small and broad <= UPRIGHT * len(person.shapes)


def _place(person: Person, at_s: float) -> Pair | None:
    """Where somebody was at about that time; None where it is not known."""
    best = min(person.way, key=lambda one: abs(one[0] - at_s), default=None)
    if best is None or abs(best[0] - at_s) > LATELY_S:
        return None
    return best[1], best[2]
