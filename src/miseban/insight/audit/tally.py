"""Minutes that somebody counts elsewhere: a table to be filled in, and read again.

The table itself says which minutes they are and what each stands for, so it may be filled in bit by
bit, whatever else was told in between.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import isfinite
from pathlib import Path

from miseban.insight.audit.minutes import Minute
from miseban.insight.audit.tellers import MOST, Told
from miseban.vocabulary.errors import BadInput, Failed

COLUMNS = ("start", "line", "in", "out", "weight")


@dataclass(frozen=True, slots=True)
class Row:
    """What somebody counted at ``line`` in the minute from ``start`` on, ``people`` in and out; the
    minute stands for ``weight`` of its kind. It stands in the file at ``where``."""

    where: str
    start: datetime
    line: str
    people: tuple[int, int]
    weight: float


class Tally:
    """A table that somebody filled in: ``start,line,in,out,weight``, one row a minute and line.
    ``rows`` are those that somebody has counted."""

    def __init__(self, path: Path) -> None:
        """Raises ``BadInput`` naming file and line."""
        self.rows = [
            Row(
                where,
                _moment(row["start"], where),
                row["line"].strip(),
                (_people(row["in"], f"{where}: in"), _people(row["out"], f"{where}: out")),
                _weight(row["weight"], f"{where}: weight"),
            )
            for where, row in ((f"{path} line {number}", row) for number, row in _rows(path))
            if row["in"].strip() or row["out"].strip()
        ]

    def __call__(self, minute: Minute, lines: Sequence[str]) -> Told | None:
        told = {row.line: row.people for row in self.rows if row.start == minute.start}
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
                table.writerow([minute.start.isoformat(), line, "", "", f"{minute.weight:.9g}"])


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


def _moment(text: str, where: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        example = "2026-03-01T09:00:00+09:00"
        raise BadInput("tally", where, f"expected a start such as {example}, found {text!r}")
    return moment


def _people(text: str, where: str) -> int:
    text = text.strip() or "0"
    if not (text.isascii() and text.isdigit() and int(text) <= MOST):
        raise BadInput("tally", where, f"expected how many people passed, found {text!r}")
    return int(text)


def _weight(text: str, where: str) -> float:
    try:
        weight = float(text)
    except ValueError:
        weight = 0.0
    if not (isfinite(weight) and weight > 0):
        what = f"expected for how many minutes it stands, as --plan wrote it, found {text!r}"
        raise BadInput("tally", where, what)
    return weight
