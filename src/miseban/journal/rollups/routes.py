"""The ways through several areas that many visits had in common: of whole days, and only of those
that enough visits went."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Final

import numpy as np

from miseban.journal.rollups.facts import Moments
from miseban.journal.rollups.few import FEW
from miseban.journal.rollups.rows import BETWEEN, VISITS
from miseban.journal.rollups.window import Window

SHORTEST, LONGEST = 3, 6
"""Areas, one after the other."""
MOST: Final = 100
"""So many of each length a day has; of several that are equally usual all or none."""
Way = tuple[str, ...]
Walked = dict[Way, set[int]]
"""Ways, and the visits that went them."""


def routes(window: Window) -> Iterator[Moments]:
    """``route``, of the day as a whole, without staff: how many ``visits`` there were, and how many
    of them stayed in ``none`` of the areas; those that stayed in an area (``place``) ``first``, or
    ``last``; and those that went a way through 3 to 6 areas, one after the other, each visit once
    for each way."""
    told = window.told("visit.ended")
    told = told.those(~window.by_staff(told))
    told = told.those((told.times >= window.day.start_us) & (told.times < window.day.end_us))
    floor = told.texts("camera") == ""  # a visit of the whole floor is of several of single cameras
    told = told.those(floor) if floor.any() else told
    areas = [[name for name, _ in groupby(one or ())] for one in told.table["areas"].to_pylist()]
    counted = [("", VISITS, len(areas))]
    first, last = (usual_ends([one[at] if one else "" for one in areas]) for at in (0, -1))
    if "" in first and "" in last:
        counted.append(("", "none", first[""]))
    for detail, ends in (("first", first), ("last", last)):
        counted += [(area, detail, n) for area, n in ends.items() if area]
    counted += [(BETWEEN.join(way), "", n) for way, n in usual_ways(areas).items()]
    places, details, n = zip(*counted, strict=True)
    some = slice(None) if areas else slice(0)
    at = np.full(len(counted), window.day.start_us)
    yield Moments("route", at[some], places[some], details[some], n=np.array(n, np.int64)[some])


def usual_ends(ends: list[str]) -> dict[str, int]:
    """How many visits there were of each of these; only those with ``FEW`` or more, and without the
    least usual ones as long as the others together were of fewer than ``FEW``."""
    kept = {end: n for end, n in Counter(ends).items() if n >= FEW}
    while kept and 0 < len(ends) - sum(kept.values()) < FEW:
        del kept[min(kept, key=lambda end: (kept[end], end))]
    return kept


def usual_ways(areas: list[list[str]]) -> dict[Way, int]:
    """How many of the visits, each of which was in its ``areas`` in that order, went each way that
    is told of; none where there were fewer than ``FEW``. Nor is one told where fewer than that went
    its beginning, or its end, and not all of it: a way that goes on from another, and all that do,
    leave nobody of its visits or ``FEW``."""
    kept: Walked = {
        way: visits for way, visits in _walked(areas, 2, None).items() if len(visits) >= FEW
    }
    found: dict[Way, int] = {}
    for length in range(SHORTEST, LONGEST + 1):
        walked = {w: v for w, v in _walked(areas, length, kept).items() if _tells(w, v, kept)}
        kept = _parted(kept, _most(walked))
        found |= {way: len(visits) for way, visits in kept.items()}
    return found


def _walked(areas: list[list[str]], length: int, parts: Walked | None) -> Walked:
    """Only ways whose beginning and end are among ``parts``."""
    found: Walked = defaultdict(set)
    for visit, names in enumerate(areas):
        for i in range(len(names) - length + 1):
            way = tuple(names[i : i + length])
            if parts is None or (way[:-1] in parts and way[1:] in parts):
                found[way].add(visit)
    return found


def _tells(way: Way, visits: set[int], parts: Walked) -> bool:
    others = (len(parts[part]) - len(visits) for part in (way[:-1], way[1:]))
    return len(visits) >= FEW and not any(0 < n < FEW for n in others)


def _most(walked: Walked) -> Walked:
    if len(walked) <= MOST:
        return walked
    first_left_out = sorted(map(len, walked.values()), reverse=True)[MOST]
    return {way: visits for way, visits in walked.items() if len(visits) > first_left_out}


def _parted(parents: Mapping[Way, set[int]], walked: Walked) -> Walked:
    """``walked`` without the least usual ways, as long as of a parent's visits fewer than ``FEW``
    went on in none of the ways that are left, or came from none."""
    kept = dict(sorted(walked.items()))
    sides: dict[tuple[Way, str], list[Way]] = defaultdict(list)
    for way in kept:
        sides[way[:-1], "after"].append(way)
        sides[way[1:], "before"].append(way)
    waiting = sorted(sides)
    while waiting:
        again: set[tuple[Way, str]] = set()
        for parent, side in waiting:
            ways = [way for way in sides[parent, side] if way in kept]
            while ways and 0 < len(parents[parent].difference(*(kept[w] for w in ways))) < FEW:
                least = min(ways, key=lambda way: (len(kept[way]), way))
                ways.remove(least)
                del kept[least]
                again |= {(least[:-1], "after"), (least[1:], "before")}
        waiting = sorted(again)
    return kept
