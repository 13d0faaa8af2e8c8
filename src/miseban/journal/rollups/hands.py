"""What is added up of hands at shelves: touches, what was kept, and what was taken instead."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from miseban.journal.rollups.facts import Moments
from miseban.journal.rollups.steps import Steps, within
from miseban.journal.rollups.window import Objects, Told, Window, all_of


def touches(window: Window) -> Iterator[Moments]:
    """``touch``: shoppers' hands by kind. Of those whose visit is known also ``visits`` that
    touched, of these those that ``picked`` a piece up, and those that ``kept`` some, with the
    pieces: picked up there and not put back there. Each visit once a day and place, when it first
    did; and ``faced``, those that stood before it or touched. Nothing is added up for whole
    shelves: that less its facings would tell of few."""
    told = window.told("shelf.touched")
    told = told.those(~window.by_staff(told))
    kind = told.texts("kind")
    place = told.texts("shelf") + "/" + told.texts("facing")
    yield Moments("touch", told.times, place, kind)
    today = within(window.day, told) & (told.texts("visit") != "")
    yield from _by_visit(told.those(today), place[today])
    yield from _faced(window, told.those(today))


def _faced(window: Window, touched: Told) -> Iterator[Moments]:
    told = window.told("shelf.faced")
    told = told.those(~window.by_staff(told))
    told = told.those(within(window.day, told))
    if not len(told):
        return  # nobody tells of it, or it was before anybody did
    times = np.concatenate([told.times, touched.times])
    visit = np.concatenate([told.texts("visit"), touched.texts("visit")])
    place = np.concatenate([
        one.texts("shelf") + "/" + one.texts("facing") for one in (told, touched)
    ])  # fmt: skip
    order = np.argsort(times, kind="stable")
    yield _once("faced", times[order], visit[order], place[order])


Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class _Pairs:
    """Hands of N touches, which are of M pairs of a visit and a place: ``pair`` (N,) of which."""

    first: NDArray[np.int64]
    pair: NDArray[np.int64]

    @classmethod
    def of(cls, visit: Objects, place: Objects) -> _Pairs:
        key = (visit + "|" + place).astype(str)
        _, first, pair = np.unique(key, return_index=True, return_inverse=True)
        return cls(first, pair)


def _by_visit(told: Told, place: Objects) -> Iterator[Moments]:
    visit, kind = told.texts("visit"), told.texts("kind")
    yield _once("visits", told.times, visit, place)
    up = kind == "pick_up"
    yield _once("picked", told.times[up], visit[up], place[up])
    pairs = _Pairs.of(visit, place)
    net = np.bincount(pairs.pair, up.astype(int) - (kind == "put_back"), len(pairs.first))
    pieces = np.asarray(net, np.float64)[pairs.pair]
    kept = np.flatnonzero(_firsts(told.times, up, pairs) & (pieces > 0))
    yield Moments("touch", told.times[kept], place[kept], all_of("kept", kept), pieces[kept])


def _firsts(times: NDArray[np.int64], which: NDArray[np.bool_], pairs: _Pairs) -> Flags:
    """(N,) the first of each pair's touches that are ``which``: they are in order of time."""
    found = np.zeros(len(times), np.bool_)
    at = np.flatnonzero(which)
    found[at[np.unique(pairs.pair[at], return_index=True)[1]]] = True
    return found


def _once(name: str, times: NDArray[np.int64], visit: Objects, place: Objects) -> Moments:
    """Each pair of a visit and a place once, when it first was."""
    first = np.sort(_Pairs.of(visit, place).first)
    return Moments("touch", times[first], place[first], all_of(name, first))


def instead(window: Window, steps: Steps) -> Iterator[Moments]:
    """``instead``: of each facing, while it was empty, by what ``steps`` say of facings: the visits
    whose hand was at its shelf, and by the other facing there where they took a piece those that
    did. Each once a day."""
    told = window.told("shelf.touched")
    told = told.those(~window.by_staff(told))
    told = told.those(within(window.day, told) & (told.texts("visit") != ""))
    shelf = told.texts("shelf")
    facing = shelf + "/" + told.texts("facing")
    visit, up = told.texts("visit"), told.texts("kind") == "pick_up"
    at: list[NDArray[np.int64]] = []
    gone: list[Objects] = []
    empties = steps.those(steps.word == "empty")
    for place, since, until in zip(
        empties.place.tolist(), empties.since.tolist(), empties.until.tolist(), strict=True
    ):
        first, last = np.searchsorted(told.times, [since, until])
        there = np.arange(first, last)[shelf[first:last] == place.partition("/")[0]]
        at.append(there)
        gone.append(all_of(place, there))
    which = np.concatenate(at) if at else np.zeros(0, np.int64)
    empty = np.concatenate(gone) if gone else np.zeros(0, object)
    order = np.argsort(which, kind="stable")
    which, empty = which[order], empty[order]
    yield _instead(told.times, visit, which, empty, all_of("", which))
    took = up[which] & (facing[which] != empty)
    yield _instead(told.times, visit, which[took], empty[took], facing[which[took]])


def _instead(
    times: NDArray[np.int64],
    visit: Objects,
    which: NDArray[np.int64],
    empty: Objects,
    detail: Objects,
) -> Moments:
    first = np.sort(_Pairs.of(visit[which], empty + "|" + detail).first)
    return Moments("instead", times[which[first]], empty[first], detail[first])
