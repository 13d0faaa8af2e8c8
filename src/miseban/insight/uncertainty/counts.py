"""Passages over lines with their 95 % intervals, by the hour and in all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Literal
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from miseban.insight.uncertainty.accuracy import Accuracy
from miseban.insight.uncertainty.cells import Cell, Condition, cells_of, hour_starts
from miseban.insight.uncertainty.draws import Arrivals, Seen, truth_draws
from miseban.insight.uncertainty.rates import Belief
from miseban.insight.uncertainty.shortest import shortest
from miseban.insight.uncertainty.watchers import Watchers
from miseban.vocabulary.events import Event, LineCrossed
from miseban.vocabulary.summary import Count, Flag, LineHour, LineSummary

Way = Literal["in", "out"]
WAYS: tuple[Way, Way] = ("in", "out")
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Told:
    """One way over one line: ``count`` (H,) passages by the hour, ``truth`` (H, S) what they may
    have been, ``why`` (H,) what would be to blame for a wide interval."""

    count: Ints
    truth: Ints
    why: tuple[Flag, ...]


@dataclass(frozen=True, slots=True)
class Span:
    """The recording: its ``events`` and when it was, by the shop's clock ``zone``; who watches what
    is drawn on the floor plan."""

    events: Sequence[Event]
    start: datetime
    duration_s: float
    zone: tzinfo | None = None
    watchers: Watchers = field(default_factory=dict)

    def cells(self, drawn: str, camera: str | None) -> list[Cell]:
        """Of the line or zone ``drawn``, which ``camera`` or else its watchers see."""
        watchers = self.watchers.get(drawn, ())
        return cells_of(self.events, self.start, self.duration_s, self.zone, camera, watchers)

    def seconds(self, time: datetime) -> float:
        return (time - self.start).total_seconds()


def line_summaries(
    span: Span, lines: Mapping[str, str | None], entrances: Iterable[str], accuracy: Accuracy
) -> tuple[dict[str, LineSummary], LineSummary | None]:
    """Of each of ``lines`` (with the camera that counts there, None on the floor plan), and of the
    ``entrances`` among them together, None where there are none."""
    told: dict[tuple[str, Way], Told] = {}
    shares: dict[str, list[float]] = {}
    for line, camera in lines.items():
        cells = span.cells(line, camera)
        shares[line] = _coverage(cells)
        for way in WAYS:
            told[line, way] = _told(span, cells, line, way, camera, accuracy)
    found = {
        line: _summary(span, told[line, "in"], told[line, "out"], shares[line], accuracy)
        for line in lines
    }
    doors = [line for line in entrances if line in lines]
    if not doors:
        return found, None
    if len(doors) == 1:
        return found, found[doors[0]]
    both = [_sum([told[line, way] for line in doors]) for way in WAYS]
    share = np.mean([shares[line] for line in doors], axis=0).tolist()
    return found, _summary(span, both[0], both[1], share, accuracy)


def beliefs_of(
    cells: Iterable[Cell], camera: str | None, line: str, way: str, accuracy: Accuracy
) -> dict[Condition, Belief]:
    """What is believed in every condition among ``cells``."""
    return {
        condition: accuracy.belief(camera, line, way, condition)
        for condition in {cell.condition for cell in cells} - {"gap"}
    }


def seen_of(span: Span, line: str, way: Way) -> Seen:
    """The passages of one way over one line."""
    crossed = [e for e in span.events if isinstance(e, LineCrossed) and e.line == line]
    times = [span.seconds(e.time) for e in crossed]
    own = [t for t, e in zip(times, crossed, strict=True) if e.direction == way]
    return Seen(np.sort(np.array(own, float)), np.sort(np.array(times, float)))


def chance(*names: str) -> np.random.Generator:
    """Always the same for the same names: a result read twice has the same intervals."""
    return np.random.default_rng(crc32("/".join(names).encode()))


def interval(count: int, truth: Ints, allowed: float, why: Flag) -> Count:
    """``count`` with the interval of the draws ``truth`` (S,), and the flag ``why`` when the truth
    may be further than ``allowed`` from it."""
    low, high = shortest(truth)
    beyond = max(high - count, count - low) > allowed
    return Count(count=count, low=low, high=high, flag=why if beyond else None)


def _told(
    span: Span, cells: Sequence[Cell], line: str, way: Way, camera: str | None, accuracy: Accuracy
) -> Told:
    seen = seen_of(span, line, way)
    hours = 1 + max((cell.hour for cell in cells), default=0)
    count = np.zeros(hours, np.int64)
    for i, cell in enumerate(cells):
        count[cell.hour] += seen.between(cell, i == len(cells) - 1)[0]
    if not cells:
        count[0] = len(seen.times_s)
    if accuracy.learned is None or not cells:
        nobody: list[Flag] = ["unsure"] * hours
        return Told(count, count[:, None], tuple(nobody))
    arrivals: Arrivals = accuracy.learned.arrivals
    beliefs = beliefs_of(cells, camera, line, way, accuracy)
    by_cell = truth_draws(seen, cells, beliefs, arrivals, chance(camera or "", line, way))
    truth = np.zeros((hours, by_cell.shape[1]), np.int64)
    np.add.at(truth, [cell.hour for cell in cells], by_cell)
    audited = any(e.source == "audit" for e in accuracy.about(camera, line, way))
    why = [_why([c for c in cells if c.hour == hour], audited) for hour in range(hours)]
    return Told(count, truth, tuple(why))


def _why(cells: Sequence[Cell], audited: bool) -> Flag:
    lost_s: dict[str, float] = {}
    for cell in cells:
        lost_s[cell.condition] = lost_s.get(cell.condition, 0.0) + cell.to_s - cell.from_s
    if lost_s.pop("gap", 0.0) >= 1.0:
        return "gap"
    if set(lost_s) - {"well"}:
        return "trouble"
    return "audit" if audited else "unsure"


_GRAVEST: tuple[Flag, ...] = ("gap", "trouble", "audit", "unsure")


def _sum(parts: Sequence[Told]) -> Told:
    return Told(
        np.sum([part.count for part in parts], axis=0),
        np.sum([part.truth for part in parts], axis=0),
        tuple(min(whys, key=_GRAVEST.index) for whys in zip(*(p.why for p in parts), strict=True)),
    )


def _summary(
    span: Span, in_: Told, out: Told, share: Sequence[float], accuracy: Accuracy
) -> LineSummary:
    allows = accuracy.specification.allows

    def whole(told: Told) -> Count:
        n = int(told.count.sum())
        why = min(told.why, key=_GRAVEST.index)
        return interval(n, told.truth.sum(axis=0), allows(n, span.duration_s / 3600), why)

    def one(told: Told, hour: int) -> Count:
        n = int(told.count[hour])
        return interval(n, told.truth[hour], allows(n, 1.0), told.why[hour])

    starts = hour_starts(span.start, span.duration_s, span.zone)
    hours = [
        LineHour.model_validate(
            {"start": start, "coverage": share[h], "in": one(in_, h), "out": one(out, h)}
        )
        for h, start in enumerate(starts)
        if h < len(share)
    ]
    return LineSummary.model_validate({"in": whole(in_), "out": whole(out), "hours": hours})


def _coverage(cells: Sequence[Cell]) -> list[float]:
    """The part of each hour's time inside the recording that was not lost in gaps."""
    whole = np.zeros(1 + max((cell.hour for cell in cells), default=0))
    seen = whole.copy()
    for cell in cells:
        length_s = cell.to_s - cell.from_s
        whole[cell.hour] += length_s
        seen[cell.hour] += 0.0 if cell.condition == "gap" else length_s
    return [float(s / w) if w > 0 else 0.0 for s, w in zip(seen, whole, strict=True)]
