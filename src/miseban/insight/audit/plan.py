"""What is to be looked at: the lines of a result, and the minutes drawn for each camera."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from miseban.insight.audit.minutes import Minute, draw_minutes, minute_at
from miseban.insight.audit.tally import Tally
from miseban.insight.audit.tellers import Teller
from miseban.insight.score.folder import EVENTS, read_folder
from miseban.insight.uncertainty.accuracy_file import AccuracyFile, Look
from miseban.insight.uncertainty.cells import Cell, cells_of
from miseban.insight.uncertainty.watchers import watchers_of
from miseban.journal.events_table import read_events
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.events import Event, LineCrossed
from miseban.vocabulary.shop import Shop
from miseban.vocabulary.summary import Summary


@dataclass(frozen=True, slots=True)
class Counted:
    """A result folder, read: its ``summary`` and the events that an audit needs."""

    summary: Summary
    events: list[Event]


@dataclass(frozen=True, slots=True)
class Plan:
    """The ``minutes`` of one camera (None: what is drawn on the floor plan) and its ``lines``."""

    camera: str | None
    lines: tuple[str, ...]
    minutes: tuple[Minute, ...]


def read_counted(folder: Path, shop: Shop) -> Counted:
    """Raises ``BadInput`` for a folder without events and summary, or of another shop."""
    summary = read_folder(folder).summary
    if summary is None:
        raise BadInput("no-results", folder, f"expected {EVENTS} and a summary, found only tracks")
    if summary.shop != shop.shop.id:
        what = f"expected shop {shop.shop.id!r}, found {summary.shop!r}"
        raise BadInput("other-shop", folder, what)
    events = read_events(folder / EVENTS, {"line.crossed", "camera.health"}, trails=False)
    return Counted(summary, events)


def draw_plans(
    counted: Counted,
    shop: Shop,
    known: AccuracyFile,
    *,
    camera: str | None,
    wanted: int,
    seed: int,
) -> list[Plan]:
    """``wanted`` minutes for each camera with lines (or for ``camera`` only), less those that the
    file ``known`` tells of. Raises ``BadInput`` where there is no line, or no whole minute left."""
    start = counted.summary.start
    plans = []
    for name, lines in _lines(counted, shop, camera).items():
        cells = _cells(counted, shop, name, lines)
        passages = sorted(
            (e.time - start).total_seconds()
            for e in counted.events
            if isinstance(e, LineCrossed) and e.line in lines
        )
        seen = [
            look.start.timestamp()
            for look in known.looks
            if look.source == "audit" and look.camera == name and look.line in lines
        ]
        minutes = draw_minutes(cells, np.array(passages), start, wanted, seed, seen)
        if minutes:
            plans.append(Plan(name, tuple(lines), tuple(minutes)))
    if not plans:
        what = "expected a whole minute that nobody has looked at yet, found none"
        raise BadInput("no-minutes", "the result", what)
    return plans


def tally_plans(counted: Counted, shop: Shop, tally: Tally, *, camera: str | None) -> list[Plan]:
    """The minutes of a ``tally``, as they stand in it. Raises ``BadInput`` for a row of no line of
    the result (or of ``camera``), or of no minute in which the line was watched."""
    by_camera = _lines(counted, shop, camera)
    start = counted.summary.start
    cells = {name: _cells(counted, shop, name, lines) for name, lines in by_camera.items()}
    found: dict[str | None, dict[datetime, Minute]] = {}
    for row in tally.rows:
        names = [name for name, lines in by_camera.items() if row.line in lines]
        if not names:
            known = ", ".join(line for lines in by_camera.values() for line in lines)
            raise BadInput("tally", row.where, f"expected a line of {known}, found {row.line!r}")
        at_s = (row.start - start).total_seconds()
        minute = minute_at(cells[names[0]], at_s, row.start, row.weight)
        if minute is None:
            what = "expected a minute of the recording in which the line was watched, found "
            raise BadInput("tally", row.where, what + row.start.isoformat())
        found.setdefault(names[0], {}).setdefault(row.start, minute)
    return [Plan(name, tuple(by_camera[name]), tuple(m.values())) for name, m in found.items()]


def _lines(counted: Counted, shop: Shop, camera: str | None) -> dict[str | None, list[str]]:
    """The lines of the result by camera, or of ``camera`` only. Raises ``BadInput`` without any."""
    summary = counted.summary
    drawn = {line.id: line.camera for line in shop.lines}
    by_camera: dict[str | None, list[str]] = {}
    for line in summary.lines:
        by_camera.setdefault(drawn.get(line) or summary.camera, []).append(line)
    if camera is not None:
        shop.camera(camera)
        by_camera = {camera: by_camera.get(camera, [])}
    if not any(by_camera.values()):
        whose = f"camera {camera}" if camera else "the result"
        raise BadInput("no-lines", whose, "expected a line that people pass, found none")
    return by_camera


def _cells(counted: Counted, shop: Shop, camera: str | None, lines: Sequence[str]) -> list[Cell]:
    summary = counted.summary
    watching = watchers_of(shop, summary)
    watchers = list(dict.fromkeys(one for line in lines for one in watching.get(line, ())))
    zone = ZoneInfo(shop.shop.timezone)
    return cells_of(counted.events, summary.start, summary.duration_s, zone, camera, watchers)


def ask(minute: Minute, plan: Plan, counted: Counted, teller: Teller) -> list[Look]:
    """What ``teller`` says of ``minute`` beside what was counted, a look a line; none where it
    cannot tell."""
    told = teller(minute, plan.lines)
    start = counted.summary.start
    looks = []
    for line in plan.lines if told is not None else ():
        if told is None or line not in told:
            continue
        ways = [
            e.direction
            for e in counted.events
            if isinstance(e, LineCrossed)
            and e.line == line
            and minute.holds((e.time - start).total_seconds())
        ]
        looks.append(
            Look(
                made=datetime.now(UTC),
                camera=plan.camera,
                line=line,
                start=minute.start,
                seconds=minute.to_s - minute.from_s,
                condition=minute.condition,
                weight=minute.weight,
                counted=(ways.count("in"), ways.count("out")),
                told=told[line],
                passed=len(ways),
            )
        )
    return looks


def of_these(looks: Sequence[Look], plans: Sequence[Plan]) -> list[Look]:
    """Of all looks, those at the planned lines."""
    places = {(plan.camera, line) for plan in plans for line in plan.lines}
    return [look for look in looks if (look.camera, look.line) in places]
