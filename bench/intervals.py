"""Do 95 % intervals hold the truth 95 times in 100? Simulated days that nothing was learned from,
by the hour, line and way, with and without gaps; in the long run with cameras in trouble, after an
audit, and from what another shop taught."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench import stays
from bench.result import Result
from bench.seeds import LONG
from miseban.insight.audit.minutes import draw_minutes
from miseban.insight.uncertainty.accuracy import Accuracy, Evidence
from miseban.insight.uncertainty.cells import HOUR_S, cells_of
from miseban.insight.uncertainty.counts import Span, line_summaries
from miseban.insight.uncertainty.learning import hours_of
from miseban.insight.uncertainty.school import TROUBLED, WELL, Lesson, attend, learn, lessons
from miseban.insight.uncertainty.simulated import Counted
from miseban.vocabulary.events import CameraHealth, Event, LineCrossed

SHOPS = Path(__file__).parents[1] / "shops"
DAYS = Path("out", "days")
LEARNT_MINUTES = 840
MINUTES = {"konbini": 960, "supermarket": 300}
"""Of 20 seeds with one line and with two: 520 hours of lines."""
SEEDS = range(11, 31)
"""None of these was looked at while anything was made or chosen."""
LEARNT = range(1, 11)
TROUBLES = ("dark", "blurred", "slow", "moved", "rough")
TROUBLED_SEEDS = range(11, 13)
WATCHED = range(1, 4)
AUDITED = 60
BUSY = 100
GAP_S = 1200.0
GAPS_FROM_S = (5400.0, 16_200.0, 27_000.0, 37_800.0)
START = datetime(2026, 4, 6, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Hour:
    """One hour, line and way: the ``truth``, the count and its interval; ``whole`` hours had no
    gap."""

    shop: str
    truth: int
    count: int
    low: int
    high: int
    whole: bool

    @property
    def held(self) -> bool:
        return self.low <= self.truth <= self.high

    @property
    def width(self) -> float:
        return 100 * (self.high - self.low) / max(self.truth, 1)


def run(repeats: int) -> list[Result]:
    del repeats  # the seeds repeat it
    _play()
    days = {shop: [_day(shop, seed) for seed in SEEDS] for shop in MINUTES}
    every = [day for one in days.values() for day in one]
    shipped = Accuracy.before_audits()
    own = {shop: replace(shipped, evidence=_watched(shop)) for shop in days}
    known = hours_of_days(every, lambda day: own[day.shop])
    results = [*_bars("known", known), *_strata("known", known)]
    unchecked = _as(every, shipped)
    results += [*_bars("unchecked", unchecked), *_strata("unchecked", unchecked)]
    gone = _as([_with_gaps(day) for day in every], shipped)
    broken = [hour for hour in gone if not hour.whole]
    results.append(_share("gaps", broken, f"hours with {GAP_S / 60:.0f} minutes lost"))
    return [*results, *_long(days, shipped)] if LONG else results


def _long(days: Mapping[str, list[Day]], shipped: Accuracy) -> list[Result]:
    """What no bar asks for: audits, other shops, troubles, zones."""
    every = [day for one in days.values() for day in one]
    results = _strata("audited", hours_of_days(every, partial(_audited, before=shipped)))
    for learnt, other in (("konbini", "supermarket"), ("supermarket", "konbini")):
        taught = lessons([_shop(learnt)], LEARNT, LEARNT_MINUTES)
        only = Accuracy(learn([(lesson, attend(lesson, DAYS)) for lesson in taught]))
        note = f"{other}, from what {learnt} taught"
        results.append(_share(f"unseen-{other}", _as(days[other], only), note))
        checked = hours_of_days(days[other], partial(_audited, before=only))
        results.append(_share(f"unseen-{other}-audited", checked, f"{note}, audited"))
    return [*results, *_troubled(), *stays.run()]


def hours_of_days(days: Sequence[Day], known: Callable[[Day], Accuracy]) -> list[Hour]:
    """The intervals of every hour, line and way of ``days``, as a summary has them."""
    return [hour for day in days for hour in _hours(day, known(day))]


@dataclass(frozen=True, slots=True)
class Day:
    """What was counted on a simulated day, and the gaps (from, to) in seconds put into it; all of
    it in one ``condition``, which the intervals are ``told`` of, or not."""

    lesson: Lesson
    counted: list[Counted]
    gaps: tuple[tuple[float, float], ...] = ()
    told: bool = False

    @property
    def shop(self) -> str:
        return self.lesson.shop_file.stem


def _shop(name: str) -> Path:
    return SHOPS / f"{name}.toml"


def _play() -> None:
    """All days that every run needs, side by side; each is kept as a file."""
    days = [_lesson(shop, seed) for shop in MINUTES for seed in (*SEEDS, *WATCHED)]
    with ProcessPoolExecutor(os.cpu_count()) as workers:
        list(workers.map(partial(attend, folder=DAYS), days))


def _lesson(shop: str, seed: int, condition: str = WELL) -> Lesson:
    minutes = float(LEARNT_MINUTES if LONG and seed in LEARNT else MINUTES[shop])
    if condition != WELL:
        minutes /= TROUBLED
    return Lesson(_shop(shop), seed, condition, minutes, zones=False)


def _day(shop: str, seed: int, condition: str = WELL) -> Day:
    lesson = _lesson(shop, seed, condition)
    return Day(lesson, [one for one in attend(lesson, DAYS) if one.is_line])


def _with_gaps(day: Day) -> Day:
    gaps = tuple((from_s, from_s + GAP_S) for from_s in GAPS_FROM_S)

    def left(times: NDArray[np.float64]) -> NDArray[np.float64]:
        lost = np.any([(times >= a) & (times < b) for a, b in gaps], axis=0)
        return np.asarray(times[~lost])

    counted = [replace(one, found_s=left(one.found_s)) for one in day.counted]
    return replace(day, counted=counted, gaps=gaps)


def _as(days: Sequence[Day], accuracy: Accuracy) -> list[Hour]:
    return hours_of_days(days, lambda _day: accuracy)


def _audited(day: Day, before: Accuracy) -> Accuracy:
    return replace(before, evidence=_evidence(day, AUDITED))


def _watched(shop: str) -> tuple[Evidence, ...]:
    """What three simulated days of the same cameras teach, every hour of them."""
    found = []
    for seed in WATCHED:
        day = _day(shop, seed)
        for one, hours in zip(day.counted, hours_of(day.counted), strict=True):
            for true, missed, false, passed in zip(
                hours.true, hours.missed, hours.false, hours.passed, strict=True
            ):
                found.append(
                    Evidence(
                        source="audit",
                        camera=None,
                        line=one.name,
                        way="in" if one.way == "in" else "out",
                        condition=WELL,
                        minutes=60.0,
                        passages=float(true),
                        missed=float(missed),
                        false=float(false),
                        passed=float(passed),
                        crowd=float(passed) / 60,
                    )
                )
    return tuple(found)


def _evidence(day: Day, minutes: int, condition: str = WELL) -> tuple[Evidence, ...]:
    """What an audit of another day of the same cameras teaches, each day's another; in trouble,
    one of the day itself."""
    well = day.lesson.condition == WELL
    seed = LEARNT[day.lesson.seed % len(LEARNT)] if well else day.lesson.seed
    other = _day(day.shop, seed, day.lesson.condition)
    found = []
    for one in other.counted:
        either = _either(other, one)
        cells = cells_of([], START, one.duration_s, UTC, None)
        for minute in draw_minutes(cells, either, START, minutes, day.lesson.seed):
            ends = (minute.from_s, minute.to_s)
            told, counted, passed = (
                int(np.diff(np.searchsorted(times, ends))[0])
                for times in (one.true_s, one.found_s, either)
            )
            found.append(
                Evidence(
                    source="audit",
                    camera=None,
                    line=one.name,
                    way="in" if one.way == "in" else "out",
                    condition=condition,
                    minutes=1.0,
                    passages=told,
                    missed=max(0, told - counted),
                    false=max(0, counted - told),
                    passed=passed,
                    crowd=max(0.0, passed - 1),
                )
            )
    return tuple(found)


def _either(day: Day, one: Counted) -> NDArray[np.float64]:
    both = [other.found_s for other in day.counted if other.name == one.name]
    return np.sort(np.concatenate(both))


def _hours(day: Day, accuracy: Accuracy) -> list[Hour]:
    duration_s = day.counted[0].duration_s
    events: list[Event] = []
    for one in day.counted:
        way = one.way
        events += [
            LineCrossed.model_validate(
                {"id": "", "time": _at(s), "shop": "bench", "line": one.name, "direction": way}
                | {"visit": ""}
            )
            for s in one.found_s.tolist()
        ]
    events += [
        CameraHealth(id="", time=_at(b), shop="bench", state="gap", fps=0.0, gap_s=b - a)
        for a, b in day.gaps
    ]
    condition = day.lesson.condition
    if day.told and condition != "rough":
        events.append(
            CameraHealth(id="", time=START, shop="bench", state=condition, fps=5.0, phase="begins")  # type: ignore[arg-type]
        )
    span = Span(events, START, duration_s, UTC)
    lines = dict.fromkeys(one.name for one in day.counted)
    summaries, _ = line_summaries(span, lines, (), accuracy)
    edges = np.arange(0, duration_s + HOUR_S, HOUR_S)
    found = []
    for one in day.counted:
        truth, _ = np.histogram(np.minimum(one.true_s, duration_s - 1e-6), edges)
        for hour, true in zip(summaries[one.name].hours, truth.tolist(), strict=True):
            count = hour.in_ if one.way == "in" else hour.out
            whole = hour.coverage == 1.0
            found.append(Hour(one.shop, true, count.count, count.low, count.high, whole))
    return found


def _at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def _bars(name: str, hours: Sequence[Hour]) -> list[Result]:
    held = 100 * float(np.mean([hour.held for hour in hours]))
    busy = [hour.width for hour in hours if hour.truth >= BUSY]
    of = f"{len(hours)} hours, lines and ways, seeds {SEEDS[0]} to {SEEDS[-1]}, of both shops"
    width = f"of the truth, median of {len(busy)} hours with {BUSY} people or more"
    return [
        Result(f"{name}-off", abs(held - 95), "points", f"{held:.1f} % held, of {of}", 2.0),
        Result(f"{name}-width", float(np.median(busy)), "%", width, 8.0),
    ]


def _strata(name: str, hours: Sequence[Hour]) -> list[Result]:
    results = [_share(name, hours, "all")]
    results += [
        _share(f"{name}-{shop}", [hour for hour in hours if hour.shop == shop], "all hours")
        for shop in dict.fromkeys(hour.shop for hour in hours)
    ]
    for least, most in ((0, 1), (1, 20), (20, 60), (60, BUSY), (BUSY, 150), (150, 10_000)):
        some = [hour for hour in hours if least <= hour.truth < most]
        if some:
            results.append(_share(f"{name}-from-{least}", some, "hours with so many people"))
    return results


def _troubled() -> list[Result]:
    results = []
    before = Accuracy.before_audits()
    for condition in TROUBLES:
        days = [
            _day(shop, seed, condition)
            for shop in ("konbini", "supermarket")
            for seed in TROUBLED_SEEDS
        ]
        results.append(_share(f"{condition}-unnoticed", _as(days, before), "nobody was told"))
        if condition != "rough":
            told = [replace(day, told=True) for day in days]
            results.append(_share(f"{condition}-told", _as(told, before), "the camera's health"))
        checked = hours_of_days(days, partial(_audited, before=before))
        results.append(_share(f"{condition}-audited", checked, f"{AUDITED} minutes a line"))
    return results


def _share(name: str, hours: Sequence[Hour], what: str) -> Result:
    held = 100 * float(np.mean([hour.held for hour in hours]))
    width = float(np.median([hour.width for hour in hours if hour.truth] or [0.0]))
    error = 100 * (sum(h.count for h in hours) / max(1, sum(h.truth for h in hours)) - 1)
    note = f"held, of {len(hours)} ({what}); median width {width:.1f} %, counts {error:+.1f} %"
    return Result(name, held, "%", note)
