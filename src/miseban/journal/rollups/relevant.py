"""Which events tell of a day: all of its own, and few of the days beside it."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from miseban.journal.rollups.days import Micros, ShopDay, micros, shop_day
from miseban.journal.rollups.seen import HEARTBEAT_S
from miseban.journal.rollups.window import Told
from miseban.vocabulary.events import EVENT_CLASSES

_READ = ("type", "time", "dwell_s", "period_s", "gap_s", "started", "since", "role", "step")
RULES = 2
"""Of counting a day. With another number all days are counted again: to be raised when the same
events give other rows. 2: hands by visit, who faced what, routes, goods
sold, what was taken instead."""
BY_RULES = f"{RULES}:"
COUNTS = tuple(name for name, data in EVENT_CLASSES.items() if data == "count")
_ONE_DAY = timedelta(days=1)


def began(events: pa.Table) -> Micros:
    """(N,) microseconds: the earliest time that each of ``events`` tells of."""
    told = Told(events)
    health = told.is_a("camera.health")
    since = np.minimum.reduce(
        [
            told.times - _lasted(told, "dwell_s"),
            told.times - _lasted(told, "period_s"),
            told.times - _lasted(told, "gap_s"),
            told.times - np.where(health, int(HEARTBEAT_S * 1e6), 0),
            _or_time(told, "started"),
            _or_time(told, "since"),
        ]
    )
    return np.asarray(since, np.int64)


def tells_of_the_next(told: Told) -> NDArray[np.bool_]:
    """(N,) which events of a day tell of the one after it too: when an alert was raised, and who
    works here."""
    found = told.is_a("visit.ended") & (told.texts("role") != "")
    found |= told.is_a("visit.labelled") | (told.texts("step") == "raised")
    return np.asarray(found, bool)


def of_day(day: ShopDay, events: pa.Table) -> pa.Table:
    """Those of ``events`` (of the day before to the day after, in any order) that the roll-up of
    ``day`` hangs on, each once and in order of type, time and id."""
    found = _once(narrowed(day, events))
    return found.sort_by([(name, "ascending") for name in ("type", "time", "id")])


def narrowed(day: ShopDay, events: pa.Table) -> pa.Table:
    """The same in the order in which they come; also of a part of them: what comes of all parts is
    narrowed to what would have come of the whole.

    Of the day after, that is what began on the day or became known of its visits, and one event
    that tells that it went on.
    """
    told = Told(events.select(_READ))
    times = told.times
    kept = (times >= day.start_us) & (times < day.end_us)
    kept |= (times < day.start_us) & (times >= _start_us(day, -1)) & tells_of_the_next(told)
    after = np.flatnonzero((times >= day.end_us) & (times < _end_us(day, 1)))
    if len(after):
        later = told.those(after)
        kept[after] = (began(later.table) < day.end_us) | later.is_a("visit.labelled")
        counted = after[later.is_a(*COUNTS)]
        if len(counted):
            # Which one does not matter; the same one must be taken each time, in whatever order.
            first = counted[times[counted] == times[counted].min()]
            ids = events["id"].take(pa.array(first)).to_pylist()
            kept[first[ids.index(min(ids))]] = True
    return events.filter(pa.array(kept))


def digest(events: pa.Table, before: pa.Table) -> str:
    """Of everything that a day's rows are made of: the rules, ``events`` as ``of_day`` gives them,
    and the ``closing`` rows of the day before. It begins with ``BY_RULES``."""
    made = hashlib.blake2b(digest_size=16)
    for text in (events["id"], before["place"], before["detail"]):
        # All at once, and no object for each: a day has hundreds of thousands.
        whole = text.combine_chunks()
        one = pa.ListArray.from_arrays(pa.array([0, len(whole)], pa.int32()), whole)
        made.update(pc.binary_join(one, "|")[0].as_buffer())
    made.update(np.asarray(before["total"].to_numpy(), np.float64).tobytes())
    return BY_RULES + made.hexdigest()


def _once(events: pa.Table) -> pa.Table:
    """Each event once, by its id."""
    codes = events["id"].combine_chunks().dictionary_encode().indices.to_numpy()
    _, first = np.unique(codes, return_index=True)
    return events if len(first) == len(events) else events.take(pa.array(np.sort(first)))


def _start_us(day: ShopDay, days: int) -> int:
    return micros(_beside(day, days).start)


def _end_us(day: ShopDay, days: int) -> int:
    return micros(_beside(day, days).end)


def _beside(day: ShopDay, days: int) -> ShopDay:
    other: date = day.date + days * _ONE_DAY
    return shop_day(other, day.timezone)


def _lasted(told: Told, name: str) -> NDArray[np.int64]:
    return np.round(np.nan_to_num(told.numbers(name)) * 1e6).astype(np.int64)


def _or_time(told: Told, name: str) -> NDArray[np.int64]:
    column = told.table[name].cast(pa.int64())
    there = np.asarray(column.is_valid().to_numpy(), bool)
    return np.where(there, column.fill_null(0).to_numpy(), told.times)
