"""Who tells what really happened in a minute: a truth, or a person's tally in a file."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol

from miseban.insight.audit.minutes import Minute
from miseban.insight.events_table import read_events
from miseban.insight.report import load_truth
from miseban.vocabulary.errors import BadInput, Failed
from miseban.vocabulary.events import LineCrossed

Told = Mapping[str, tuple[int, int]]
"""By line: people in, people out."""
COLUMNS = ("start", "line", "in", "out")
SAME_S = 1.0
MOST = 10_000
"""More people than this pass no line in a minute."""


class Teller(Protocol):
    """Answers for one minute; None when it cannot tell, as when somebody skips it."""

    def __call__(self, minute: Minute, lines: Sequence[str]) -> Told | None: ...


class Truth:
    """The events of what really happened act as the person."""

    def __init__(self, folder: Path, shop: str, start: datetime) -> None:
        """``start`` is that of the recording. Raises ``BadInput`` without a truth of it."""
        load_truth(folder, shop)
        events = read_events(folder / "events.parquet", {"line.crossed"}, trails=False)
        self._passages = [
            ((e.time - start).total_seconds(), e.line, e.direction)
            for e in events
            if isinstance(e, LineCrossed)
        ]

    def __call__(self, minute: Minute, lines: Sequence[str]) -> Told | None:
        inside = [(line, way) for time_s, line, way in self._passages if minute.holds(time_s)]
        return {line: (inside.count((line, "in")), inside.count((line, "out"))) for line in lines}


class Tally:
    """A table that somebody filled in: ``start,line,in,out``, one row a minute and line."""

    def __init__(self, path: Path) -> None:
        """Raises ``BadInput`` naming file and line."""
        self._told: list[tuple[float, str, tuple[int, int]]] = []
        for number, row in _rows(path):
            if not row["in"].strip() and not row["out"].strip():
                continue  # a minute that nobody has counted
            self._told.append(
                (
                    _moment(row["start"], f"{path} line {number}"),
                    row["line"].strip(),
                    (
                        _people(row["in"], f"{path} line {number}: in"),
                        _people(row["out"], f"{path} line {number}: out"),
                    ),
                )
            )

    def __call__(self, minute: Minute, lines: Sequence[str]) -> Told | None:
        at = minute.start.timestamp()
        told = {line: people for start, line, people in self._told if abs(start - at) < SAME_S}
        return {line: told[line] for line in lines if line in told} or None


def write_plan(
    path: Path, minutes: Sequence[Minute], lines: Sequence[str], *, more: bool = False
) -> None:
    """An empty tally of the drawn minutes, for somebody who watches elsewhere; ``more`` adds to
    what was written before. Raises ``Failed``."""
    try:
        _write_plan(path, minutes, lines, more)
    except OSError as error:
        raise Failed("tally", path, f"cannot be written: {error.strerror}") from None


def _write_plan(path: Path, minutes: Sequence[Minute], lines: Sequence[str], more: bool) -> None:
    with path.open("a" if more else "w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        if not more:
            table.writerow(COLUMNS)
        for minute in minutes:
            for line in lines:
                table.writerow([minute.start.isoformat(), line, "", ""])


def _rows(path: Path) -> list[tuple[int, dict[str, str]]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            table = csv.DictReader(file)
            names = table.fieldnames or []
            if any(name not in names for name in COLUMNS):
                found = ",".join(names)[:80] or "nothing"
                raise BadInput(
                    "tally", f"{path} line 1", f"expected {','.join(COLUMNS)}, found {found}"
                )
            return [
                (table.line_num, {name: row.get(name) or "" for name in COLUMNS}) for row in table
            ]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise BadInput("tally", path, f"cannot be read: {reason}") from None


def _moment(text: str, where: str) -> float:
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        example = "2026-03-01T09:00:00+09:00"
        raise BadInput("tally", where, f"expected a start such as {example}, found {text!r}")
    return moment.timestamp()


def _people(text: str, where: str) -> int:
    text = text.strip() or "0"
    if not (text.isascii() and text.isdigit() and int(text) <= MOST):
        raise BadInput("tally", where, f"expected how many people passed, found {text!r}")
    return int(text)
