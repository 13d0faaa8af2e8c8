"""What a line or zone that is only a draft would have counted: the trails of visits that ended of
late, walked by the same rules as ``space`` counts by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Literal

import numpy as np

from miseban.journal.reading import Reader
from miseban.space.floor_space import FloorSpace
from miseban.space.laying import laid, views_of
from miseban.vocabulary.events import Event, LineCrossed, VisitEnded, ZoneEntered, ZoneLeft
from miseban.vocabulary.floor import EndedVisit, FloorRows
from miseban.vocabulary.shop import Line, Shop, Zone

Reason = Literal["no-place", "no-trails", "private"]
SPREAD_M = 0.1
"""Trails do not say how sure each place is: as sure as a good camera is."""
_MOST = 20_000
"""Visits that are walked at most, the newest."""


@dataclass(frozen=True, slots=True)
class Tried:
    """``reason`` why nothing can be said: the draft has no place on the floor, no visit has left a
    trail in metres, or it is a private zone, in which nobody is counted. ``visits`` were looked at,
    ``people`` of them passed the line or stayed in the zone; ``passed_in`` and ``passed_out`` are
    passages of a line, ``stays`` and ``dwell_s`` (the median) those in a zone. None: of fewer than
    k people, and so not told."""

    reason: Reason | None = None
    visits: int | None = None
    people: int | None = None
    passed_in: int | None = None
    passed_out: int | None = None
    stays: int | None = None
    dwell_s: float | None = None


def would_have_counted(
    shop: Shop,
    draft: Line | Zone,
    reader: Reader,
    since: datetime,
    until: datetime,
    k: int,
) -> Tried:
    """Of visits that ended between ``since`` and ``until``, what happened from ``since`` on. Fewer
    than ``k`` people, and none at all, are told alike. Raises ``BadInput`` for a camera whose floor
    points determine nothing, and as the journal does."""
    if isinstance(draft, Zone) and draft.kind == "private":
        return Tried("private")
    points = laid(draft, views_of(shop))
    if points is None:
        return Tried("no-place")
    spots = tuple((float(x), float(y)) for x, y in points)
    place: dict[str, object] = {"camera": None}
    place["points" if isinstance(draft, Line) else "polygon"] = spots
    on_floor = draft.model_copy(update=place)
    visits = [
        one
        for one in reader.events(["visit.ended"], since, until)
        if isinstance(one, VisitEnded) and one.unit == "m" and one.t
    ][-_MOST:]
    if not visits:
        return Tried("no-trails")
    facts = [one for one in _walked(shop, on_floor, visits, since) if one.time >= since]
    return _told(draft, facts, len(visits), k)


def _walked(
    shop: Shop, draft: Line | Zone, visits: Sequence[VisitEnded], since: datetime
) -> list[Event]:
    """The facts of one floor on which nothing but ``draft`` is drawn."""
    alone = shop.model_copy(
        update={
            "cameras": (), "shelves": (), "tills": (), "fixtures": (),
            "lines": (draft,) if isinstance(draft, Line) else (),
            "zones": (draft,) if isinstance(draft, Zone) else (),
        }
    )  # fmt: skip
    start = min([since, *(one.started for one in visits)])
    floor = FloorSpace(alone, start, cameras=[])
    rows = [_rows(number, one, start) for number, one in enumerate(visits)]
    all_ = FloorRows.concatenate(rows)
    all_ = all_.take(np.argsort(all_.time_s, kind="stable"))
    end_s = float(all_.time_s[-1])
    ended = [EndedVisit(number, 1, (), 1.0) for number in range(len(visits))]
    return [*floor.update(all_, ended, end_s), *floor.finish(end_s)]


def _rows(number: int, visit: VisitEnded, start: datetime) -> FloorRows:
    """``t`` counts from the start of a session that nobody knows here; its first is ``started``."""
    n = len(visit.t)
    began_s = (visit.started - start).total_seconds()
    return FloorRows(
        time_s=began_s + np.array(visit.t) - visit.t[0],
        visit=np.full(n, number, np.int64),
        xy=np.column_stack([visit.x, visit.y]).astype(np.float64),
        spread_m=np.full(n, SPREAD_M),
        cameras=np.ones(n, np.int64),
    )


def _told(draft: Line | Zone, facts: Sequence[Event], visits: int, k: int) -> Tried:
    known = visits if visits >= k else None
    if isinstance(draft, Line):
        passed = [one for one in facts if isinstance(one, LineCrossed)]
        people = len({one.visit for one in passed})
        ways = {way: [p for p in passed if p.direction == way] for way in ("in", "out")}
        # Who knows one way and the sum knows the other: both, or none.
        both = all(len({p.visit for p in way}) >= k or not way for way in ways.values())
        if people < k:
            return Tried(visits=known)
        return Tried(
            visits=known,
            people=people,
            passed_in=len(ways["in"]) if both else None,
            passed_out=len(ways["out"]) if both else None,
        )
    people = len({one.visit for one in facts if isinstance(one, ZoneEntered)})
    left = [one.dwell_s for one in facts if isinstance(one, ZoneLeft)]
    if people < k:
        return Tried(visits=known)
    stays = sum(isinstance(one, ZoneEntered) for one in facts)
    dwell_s = median(left) if len(left) >= k else None
    return Tried(visits=known, people=people, stays=stays, dwell_s=dwell_s)
