"""A child that wanders about with no adult near."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from miseban.space.help.people import Person
from miseban.space.help.settings import HelpSettings
from miseban.space.help.signs import Sign

Pair = tuple[float, float]
KNOWN = 10
"""Seconds of which the height is known, before somebody is held for a child."""
UPRIGHT = 0.4
"""Of the seconds in motion, at most so many in the shape of somebody who sits."""
BACK_S = 8


@dataclass(slots=True)
class _Alone:
    """``since_s`` no adult is near; ``way_m`` walked since then; ``back`` seconds with somebody."""

    since_s: float
    xy: Pair
    way_m: float = 0.0
    back: int = 0
    told: bool = False


class Children:
    """A child who waits for somebody stands still; one who is lost walks about."""

    def __init__(self, settings: HelpSettings, waits: float) -> None:
        self._s, self._waits = settings, waits
        self._alone: dict[int, _Alone] = {}

    def look(self, now_s: float, people: Iterable[Person]) -> Iterator[Sign]:
        """Everybody seen in this second."""
        s = self._s
        here = list(people)
        adults = [p for p in here if p.own_m is None or p.own_m > s.adult_m]
        for child in here:
            if not self._is_child(child):
                continue
            near = any(math.dist(one.xy, child.xy) <= s.near_m for one in adults)
            alone = self._alone.get(child.key)
            if near:
                if alone is None:
                    continue
                alone.back += 1
                if alone.back >= (BACK_S if alone.told else 3):
                    del self._alone[child.key]
                    continue
            elif alone is None:
                alone = self._alone[child.key] = _Alone(now_s, child.xy)
            else:
                alone.back = 0
            step_m = math.dist(alone.xy, child.xy)
            if step_m > s.stop_m:  # places err; a way is a way only from here to there
                alone.way_m += step_m
                alone.xy = child.xy
            if alone.told or (
                now_s - alone.since_s >= s.alone_s * self._waits and alone.way_m >= s.wanders_m
            ):
                alone.told = True
                sure = min(0.9, 0.5 + (now_s - alone.since_s) / 120.0)
                yield Sign("lost_child", f"person-{child.key}", child.xy, sure, child.name)

    def forget(self, person: Person) -> None:
        """He or she is gone."""
        self._alone.pop(person.key, None)

    def _is_child(self, person: Person) -> bool:
        if person.staff or person.own_m is None or len(person.heights) < KNOWN:
            return False
        sits = person.moving > 0 and person.seated > UPRIGHT * person.shaped
        return person.own_m <= self._s.child_m and not sits
