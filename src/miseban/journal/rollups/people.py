"""What is added up of people: passages, stays, visits and ways."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from miseban.journal.rollups.facts import Moments, Spans
from miseban.journal.rollups.rows import STAFF
from miseban.journal.rollups.window import Window, all_of

_WHO = np.array(["", STAFF], object)


def passages(window: Window) -> Iterator[Moments]:
    """``line``: everybody's passages by direction; those of staff again as ``in/staff`` and
    ``out/staff``."""
    told = window.told("line.crossed")
    way = told.texts("direction")
    yield Moments("line", told.times, told.texts("line"), way)
    staff = window.by_staff(told)
    crew = told.those(staff)
    yield Moments("line", crew.times, crew.texts("line"), way[staff] + f"/{STAFF}")


def stays(window: Window) -> Iterator[Moments | Spans]:
    """``stay``: stays in zones that ended, and how long they were; and of ``occupancy`` the
    person-seconds that are staff's."""
    told = window.told("zone.left")
    staff = window.by_staff(told)
    dwell_s = told.numbers("dwell_s")
    yield Moments("stay", told.times, told.texts("zone"), _WHO[staff.astype(int)], dwell_s)
    crew = told.those(staff)
    since = crew.times - np.round(dwell_s[staff] * 1e6).astype(np.int64)
    zone = crew.texts("zone")
    alone = np.ones(len(crew))
    who = all_of(STAFF, zone)
    yield Spans("occupancy", since, crew.times, zone, who, alone, covers=False, counts=True)


def occupancy(window: Window) -> Iterator[Moments]:
    """``occupancy``: periods by when they began, their person-seconds and the fullest moment."""
    told = window.told("zone.occupancy")
    period_s = told.numbers("period_s")
    began = told.times - np.round(period_s * 1e6).astype(np.int64)
    zone = told.texts("zone")
    yield Moments(
        "occupancy",
        began,
        zone,
        all_of("", zone),
        told.numbers("person_s"),
        top=told.numbers("people_max"),
        covered_s=period_s * told.numbers("coverage"),
    )


def visits(window: Window) -> Iterator[Moments]:
    """``visit``: whole visits by when they ended and by role, with their lengths."""
    told = window.told("visit.ended")
    length_s = (told.times - told.micros("started")) / 1e6
    staff = window.by_staff(told)
    yield Moments("visit", told.times, told.texts("camera"), _WHO[staff.astype(int)], length_s)


def paths(window: Window) -> Iterator[Moments]:
    """``path``: from one zone straight to the next, each visit once for each pair and when it
    ended, without staff."""
    told = window.told("visit.ended")
    shoppers = told.those(~window.by_staff(told))
    areas = shoppers.table["areas"].combine_chunks()
    names = areas.flatten().dictionary_encode()
    length = np.asarray(areas.value_lengths().fill_null(0).to_numpy(), np.int64)
    visit = np.repeat(np.arange(len(shoppers)), length)
    zone = np.asarray(names.indices.to_numpy(), np.int64)
    steps = np.flatnonzero((visit[1:] == visit[:-1]) & (zone[1:] != zone[:-1]))
    n = max(1, len(names.dictionary))
    pairs = np.unique((visit[steps] * n + zone[steps]) * n + zone[steps + 1])
    known = np.asarray(names.dictionary.to_pylist(), object)
    from_, to = known[pairs // n % n], known[pairs % n]
    yield Moments("path", shoppers.times[pairs // (n * n)], from_, to)
