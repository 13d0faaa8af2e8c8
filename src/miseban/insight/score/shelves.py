"""How full shelves look: empty and low second by second, each emptying, and the fill."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from miseban.insight.intervals import gaps_s
from miseban.insight.score.figures import EmptyingScore, ShelfScore, ShelvesScore
from miseban.insight.score.folder import Recording
from miseban.insight.score.gaps import Gaps
from miseban.insight.score.matching import Floats
from miseban.insight.score.shares import found_score, share
from miseban.insight.score.stock import Fills, read_stock
from miseban.vocabulary.events import CameraHealth, ShelfState, Stocked

_STATES: tuple[Stocked, ...] = get_args(Stocked)
_CODE = {state: code for code, state in enumerate(_STATES)}
_NOT_TOLD = (_CODE["blocked"], _CODE["unknown"])
_BEFORE = _CODE["unknown"]  # the state of which nothing has been said yet
MINUTE_S = 60.0
_ROUNDING_S = 1e-3

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class _Told:
    """What one side says of a facing in the middle of each second of the truth's recording.

    ``code`` (T,) is the state, ``known`` (T,) whether it says anything; ``empty`` the intervals
    (from, to) in which it says ``empty``, to the moment; ``fills`` what it last said of the fill,
    or its own table of stocks where ``counted``.
    """

    code: NDArray[np.int64]
    known: Mask
    empty: list[tuple[float, float]]
    fills: Fills
    counted: bool

    def fill_at(self, moments: Floats) -> tuple[Floats, Mask]:
        """(N,) the fill at ``moments`` (N,), and whether it is known."""
        at = np.searchsorted(self.fills.time_s, moments + _ROUNDING_S, "right") - 1
        told = at >= 0
        if not self.counted:
            told &= self.known[moments.astype(np.int64).clip(max=len(self.known) - 1)]
        return self.fills.fill[at], told


@dataclass(frozen=True, slots=True)
class _Compared:
    """The numbers of one facing, before they are shared out: so the shop's are their sums."""

    truth_s: int
    told_s: int
    empty: tuple[int, int, int]
    low: tuple[int, int, int]
    emptyings: int
    calls: int
    right_calls: int
    unseen: int
    delays: list[float]
    fill_errors: Floats


def score_shelves(truth: Recording, result: Recording, gaps: Gaps) -> ShelvesScore | None:
    """Facing by facing and for the shop; None where no facing is told of by both sides."""
    if not gaps.both_tell("shelf states", "shelf.state", truth, result):
        return None
    true, found = _by_facing(truth), _by_facing(result)
    stocks = [read_stock(side.stock) if side.stock else {} for side in (truth, result)]
    parts = {
        name: _compare(
            _told(true[name], truth, truth, stocks[0].get(name)),
            _told(found[name], result, truth, stocks[1].get(name)),
        )
        for name in gaps.common_of_many("shelf states of", true, found)
    }
    if not parts:
        return None
    return ShelvesScore(
        shop=_score(parts.values()),
        facings={name: _score([part]) for name, part in parts.items()},
    )


def _by_facing(side: Recording) -> dict[str, list[ShelfState]]:
    facings: dict[str, list[ShelfState]] = {}
    for event in side.events:
        if isinstance(event, ShelfState):
            facings.setdefault(f"{event.shelf}/{event.facing}", []).append(event)
    return facings


def _told(
    events: Sequence[ShelfState], side: Recording, window: Recording, stock: Fills | None
) -> _Told:
    """``events`` of one facing in order of time. Nothing is known before the first of them, after
    the end of the recording, and while the camera that tells of it did not see."""
    start = window.summary.start
    last_s = min(window.summary.duration_s, (side.end - start).total_seconds())
    begins = np.array([(event.time - start).total_seconds() for event in events])
    codes = np.array([_CODE[event.state] for event in events])
    moments = np.arange(int(window.summary.duration_s)) + 0.5
    at = np.searchsorted(begins, moments, "right") - 1
    code = np.where(at < 0, _BEFORE, codes[at])
    known = (moments < last_s) & ~np.isin(code, _NOT_TOLD)
    for from_s, to_s in _unseen(side, {event.camera for event in events}, window):
        known &= (moments < from_s) | (moments >= to_s)
    fills = Fills(begins, np.array([event.fill for event in events]))
    if stock is not None:
        late_s = (side.summary.start - start).total_seconds()
        fills = Fills(stock.time_s + late_s, stock.fill)
    return _Told(code, known, _empty(begins, codes, last_s), fills, stock is not None)


def _unseen(
    side: Recording, cameras: set[str | None], window: Recording
) -> list[tuple[float, float]]:
    health = [e for e in side.events if isinstance(e, CameraHealth) and e.camera in cameras]
    return [(from_s, to_s) for from_s, to_s, _ in gaps_s(health, window.summary.start)]


def _empty(begins: Floats, codes: NDArray[np.int64], last_s: float) -> list[tuple[float, float]]:
    """The intervals between 0 and ``last_s`` in which the state is ``empty``, to the moment."""
    ends = np.append(begins[1:], last_s).clip(0.0, last_s)
    joined: list[tuple[float, float]] = []
    for from_s, to_s, code in zip(begins.clip(0.0).tolist(), ends.tolist(), codes, strict=True):
        if code != _CODE["empty"] or to_s <= from_s:
            continue
        if joined and joined[-1][1] == from_s:
            joined[-1] = joined[-1][0], to_s
        else:
            joined.append((from_s, to_s))
    return joined


def _compare(true: _Told, found: _Told) -> _Compared:
    both = true.known & found.known
    delays, unseen = [], 0
    for from_s, to_s in true.empty:
        met = [a for a, b in found.empty if max(a, from_s) < min(b, to_s)]
        if met:
            delays.append(max(0.0, met[0] - from_s))
        elif not found.known[round(from_s) : round(to_s)].any():
            unseen += 1
    right = [a for a, b in found.empty if any(max(a, c) < min(b, d) for c, d in true.empty)]
    return _Compared(
        truth_s=int(true.known.sum()),
        told_s=int(both.sum()),
        empty=_agreement(true, found, both, "empty"),
        low=_agreement(true, found, both, "low"),
        emptyings=len(true.empty),
        calls=len(found.empty),
        right_calls=len(right),
        unseen=unseen,
        delays=delays,
        fill_errors=_fill_errors(true, found),
    )


def _fill_errors(true: _Told, found: _Told) -> Floats:
    """Without sign, at the moments of the truth's table of stocks, or at the end of each minute of
    the recording where it has none."""
    seconds = len(true.known)
    if not seconds:
        return np.empty(0)
    moments = true.fills.time_s if true.counted else np.arange(MINUTE_S, seconds + 1, MINUTE_S)
    (a, in_truth), (b, in_result) = true.fill_at(moments), found.fill_at(moments)
    return np.abs(b - a)[in_truth & in_result]


def _agreement(true: _Told, found: _Told, both: Mask, state: Stocked) -> tuple[int, int, int]:
    """Seconds in which both, the truth and the result say ``state``."""
    a, b = (both & (side.code == _CODE[state]) for side in (true, found))
    return int((a & b).sum()), int(a.sum()), int(b.sum())


def _score(parts: Iterable[_Compared]) -> ShelfScore:
    every = list(parts)
    delays = [delay for part in every for delay in part.delays]
    fill = np.concatenate([part.fill_errors for part in every])
    truth_s, told_s = sum(p.truth_s for p in every), sum(p.told_s for p in every)
    emptyings, unseen = sum(p.emptyings for p in every), sum(p.unseen for p in every)
    calls, right = sum(p.calls for p in every), sum(p.right_calls for p in every)
    return ShelfScore(
        seconds=truth_s,
        unknown_s=truth_s - told_s,
        unknown_share=share(truth_s - told_s, truth_s),
        empty=found_score(*np.sum([p.empty for p in every], axis=0).tolist()),
        low=found_score(*np.sum([p.low for p in every], axis=0).tolist()),
        emptyings=EmptyingScore(
            truth=emptyings,
            result=calls,
            found=len(delays),
            unseen=unseen,
            false_alarms=calls - right,
            recall=share(len(delays), emptyings - unseen),
            precision=share(right, calls),
            delay_s_median=float(np.median(delays)) if delays else None,
            delay_s_worst=max(delays, default=None),
        ),
        fill_samples=len(fill),
        fill_error_points=float(100 * fill.mean()) if len(fill) else None,
    )
