"""The journal after the torture, beside what was told: lost, twice, out of order, miscounted."""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from bench.torture.judge_live import judge_live
from bench.torture.shop import TIMEZONE
from bench.torture.told import told
from miseban.journal.reader import JournalReader
from miseban.vocabulary.events import AlertStep, Event, LineCrossed, ZoneLeft

Key = tuple[str, str, str, str]


@dataclass(slots=True)
class Verdict:
    """``told`` events, of which ``lost`` are not in the journal, ``twice`` are there again and
    ``strange`` ones nobody told; ``broken`` promises of an outbox; ``disorder`` events heard of
    after a later one of their camera; ``rollups`` rows that differ from a recount, of ``rows``.
    Of ``alerts`` that were raised, ``confused`` are not as the hub says; ``live`` figures are not
    as in a new look at the journal; ``unnoticed`` queues were long at last and nobody was told."""

    told: int = 0
    lost: int = 0
    twice: int = 0
    strange: int = 0
    other: int = 0
    broken: int = 0
    disorder: int = 0
    rows: int = 0
    rollups: int = 0
    alerts: int = 0
    confused: int = 0
    live: int = 0
    unnoticed: int = 0
    notes: list[str] = field(default_factory=list)

    @property
    def good(self) -> bool:
        wrong = (self.lost, self.twice, self.strange, self.other, self.broken, self.disorder)
        now = (self.confused, self.live, self.unnoticed)
        return not any((*wrong, self.rollups, *now)) and min(self.told, self.rows, self.alerts) > 0


def judge(folder: Path, cameras: Sequence[str]) -> Verdict:
    """Reads what the processes left in ``folder``."""
    verdict = Verdict()
    wanted: dict[str, Event] = {}
    for name in cameras:
        last, of_camera = _last(folder, name, verdict), told(folder, name)
        wanted |= {of_camera[n].id: of_camera[n] for n in range(1, last + 1)}
    verdict.told = len(wanted)
    reader = JournalReader(folder / "journal")
    everything = list(reader.events())
    kept = [one for one in everything if not isinstance(one, AlertStep)]
    seen = Counter(one.id for one in kept)
    verdict.lost = sum(one not in seen for one in wanted)
    verdict.strange = sum(one not in wanted for one in seen)
    verdict.twice = sum(count - 1 for count in seen.values())
    verdict.other = sum(one.id in wanted and one != wanted[one.id] for one in kept)
    verdict.disorder = _disorder(folder)
    for table, level in (("minutes", "minute"), ("hours", "hour"), ("days", "day")):
        _rollups(reader, table, _recount(kept, level), verdict)
    found = judge_live(folder, reader, cameras)
    verdict.alerts, verdict.confused = found.alerts, found.confused
    verdict.live, verdict.unnoticed = found.live, found.unnoticed
    verdict.notes += found.notes
    return verdict


def _last(folder: Path, name: str, verdict: Verdict) -> int:
    """The number of the last event of a camera, which is not less than it promised."""
    with sqlite3.connect(folder / f"{name}.sqlite") as outbox:
        stream, following = outbox.execute("SELECT stream, next FROM outbox").fetchone()
        waiting = outbox.execute("SELECT count(*) FROM events").fetchone()[0]
    outbox.close()
    if waiting:
        verdict.notes.append(f"{name}: {waiting} events wait in its outbox")
    promised = (folder / f"{name}.promised").read_text("ascii").split("\n")
    lines = [line.split() for line in promised if line.count(" ") == 1]
    verdict.broken += sum(other != stream or int(last) >= following for other, last in lines)
    return int(following) - 1


def _disorder(folder: Path) -> int:
    """Events that were heard of after a later one. Those heard of twice, because the hub died
    before it could say that it had kept them, would count too."""
    last: dict[str, int] = defaultdict(int)
    wrong = 0
    for line in (folder / "heard").read_text("ascii").splitlines():
        camera, _, number = line.partition(" ")
        if number.isdigit() and int(number):
            wrong += int(number) <= last[camera]
            last[camera] = max(last[camera], int(number))
    return wrong


def _recount(kept: Sequence[Event], level: str) -> dict[Key, tuple[int, float]]:
    """Passages and stays by when, what, where and which way: how many, and the seconds."""
    found: dict[Key, list[float]] = defaultdict(list)
    for one in kept:
        start = _start(one.time, level).isoformat()
        if isinstance(one, LineCrossed):
            found[start, "line", one.line, one.direction].append(0.0)
        elif isinstance(one, ZoneLeft):
            found[start, "stay", one.zone, ""].append(one.dwell_s)
    return {key: (len(values), sum(values)) for key, values in found.items()}


def _start(time: datetime, level: str) -> datetime:
    local = time.astimezone(ZoneInfo(TIMEZONE)).replace(second=0, microsecond=0)
    if level in ("hour", "day"):
        local = local.replace(minute=0)
    if level == "day":
        local = local.replace(hour=0)
    return local.astimezone(UTC)


def _rollups(
    reader: JournalReader, table: str, wanted: dict[Key, tuple[int, float]], verdict: Verdict
) -> None:
    sql = (
        f"SELECT start, what, place, detail, n, total FROM {table} "
        "WHERE what IN ('line', 'stay') AND detail NOT LIKE '%staff%'"
    )
    found = {
        (row["start"].astimezone(UTC).isoformat(), row["what"], row["place"], row["detail"]): (
            row["n"],
            row["total"] or 0.0,
        )
        for row in reader.table(sql).to_pylist()
    }
    verdict.rows += len(wanted)
    for key in wanted.keys() | found.keys():
        ours, theirs = wanted.get(key), found.get(key)
        same = ours is not None and theirs is not None and ours[0] == theirs[0]
        if not same or abs(ours[1] - theirs[1]) > 1e-6:  # type: ignore[index]
            verdict.rollups += 1
            if len(verdict.notes) < 10:
                verdict.notes.append(f"{table} {key}: {theirs}, by a recount {ours}")
