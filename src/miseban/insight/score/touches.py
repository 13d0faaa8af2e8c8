"""Hands at shelves: which were found, of the right kind, at the right facing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import get_args

import numpy as np

from miseban.insight.score.figures import FoundScore, TouchesScore, TouchScore
from miseban.insight.score.folder import Recording
from miseban.insight.score.gaps import Gaps
from miseban.insight.score.matching import Floats, pairs_within
from miseban.insight.score.shares import found_score
from miseban.vocabulary.events import Event, ShelfTouched, Touch

TOLERANCE_S = 2.0
"""A touch found within this time of a true one of the same facing and kind is that one."""
_KINDS: tuple[Touch, ...] = get_args(Touch)

_Times = dict[tuple[str, Touch], list[float]]


def score_touches(truth: Recording, result: Recording, gaps: Gaps) -> TouchesScore | None:
    """Facing by facing and for the shop; None where one side tells of no touches at all."""
    if not gaps.both_tell("touches", "shelf.touched", truth, result):
        return None
    true, found = _times(truth.events), _times(result.events)
    names = sorted({name for name, _ in true.keys() | found.keys()})
    facings = {name: _facing(true, found, name) for name in names}
    return TouchesScore(shop=_together(facings.values()), facings=facings)


def _times(events: Sequence[Event]) -> _Times:
    """Seconds since 1970 by facing and kind."""
    times: _Times = {}
    for event in events:
        if isinstance(event, ShelfTouched):
            key = f"{event.shelf}/{event.facing}", event.kind
            times.setdefault(key, []).append(event.time.timestamp())
    return times


def _facing(truth: _Times, result: _Times, name: str) -> TouchScore:
    sides = [[np.array(side.get((name, k), [])) for k in _KINDS] for side in (truth, result)]
    kinds = {
        kind: _found(a, b) for kind, a, b in zip(_KINDS, *sides, strict=True) if len(a) + len(b)
    }
    whole = _found(*(np.concatenate(side) for side in sides))
    return TouchScore(kinds=kinds, all=_sum(kinds.values()), any_kind=whole)


def _together(facings: Iterable[TouchScore]) -> TouchScore:
    every = list(facings)
    by_kind = {kind: [f.kinds[kind] for f in every if kind in f.kinds] for kind in _KINDS}
    return TouchScore(
        kinds={kind: _sum(scores) for kind, scores in by_kind.items() if scores},
        all=_sum(f.all for f in every),
        any_kind=_sum(f.any_kind for f in every),
    )


def _found(truth: Floats, result: Floats) -> FoundScore:
    return found_score(pairs_within(truth, result, TOLERANCE_S), len(truth), len(result))


def _sum(scores: Iterable[FoundScore]) -> FoundScore:
    every = list(scores)
    return found_score(
        sum(s.matched for s in every), sum(s.truth for s in every), sum(s.result for s in every)
    )
