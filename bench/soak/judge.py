"""What a soak has left in its folder, as figures beside their bars."""

from __future__ import annotations

import csv
import json
import sqlite3
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import numpy as np

from bench.result import Result
from bench.soak.facts import VISIT
from bench.soak.running import COUNTING
from bench.soak.shop import SEEING
from bench.soak.slope import slope
from miseban.journal.reader import JournalReader
from miseban.vocabulary.events import LineCrossed

ON_THEIR_WAY = 240
"""So many of the newest events of a camera are not judged while it runs."""
YOUNG_S = 300.0
"""Of a process that was started later, so much is not judged."""


def judge(folder: Path) -> tuple[list[Result], list[str]]:
    """The figures, and words on them. Of a run that goes on, what waits in outboxes is not lost."""
    told = json.loads((folder / "run.json").read_text("utf-8"))
    counted, notes = _counts(folder, told)
    results = [*counted, *_back(folder), *_memory(folder, told), *_load(folder, told)]
    for what in ("ended_badly", "failed"):
        if told.get(what):
            notes.append(f"{what}: {told[what]}")
    if "ended_s" not in told:
        notes.append("the run goes on, or was cut off")
    else:
        answers = f"{told['answers']} answers to {told['visits']} visits"
        notes.append(f"the page that stays called {told['calls']} times; {answers}")
    return results, notes


# --- counts ---------------------------------------------------------------------------------------


def _counts(folder: Path, told: dict[str, Any]) -> tuple[list[Result], list[str]]:
    wanted: dict[str, tuple[str, int]] = {}
    waiting = 0
    for name in told["cameras"]:
        lines = (folder / "told" / f"{name}.told").read_text("ascii").splitlines()
        by_number = {int(n): one for n, _, one in (line.partition(" ") for line in lines) if one}
        if "ended_s" in told:
            oldest, following = _outbox(folder / "told" / f"{name}.sqlite")
        else:  # its process has it alone, and the newest may be on their way
            following = max(by_number, default=0) + 1
            oldest = max(1, following - ON_THEIR_WAY)
        waiting += following - oldest
        wanted |= {by_number[n]: (name, n) for n in range(1, oldest)}
    reader = JournalReader(folder / "data" / "journal")
    kept = Counter[str]()
    lines_of: Counter[tuple[str, str]] = Counter()
    seen = Counter[str]()
    for one in reader.events():
        if one.camera in told["cameras"]:
            kept[one.id] += 1
        elif one.camera in SEEING:
            seen[one.camera] += 1
        if isinstance(one, LineCrossed):
            lines_of[one.line, one.direction] += 1
    lost = sum(one not in kept for one in wanted)
    twice = sum(count - 1 for count in kept.values())
    strange = sum(one not in wanted for one in kept) if not waiting else 0
    sql = "SELECT place, detail, sum(n) AS n FROM days WHERE what = 'line' GROUP BY ALL"
    rows = reader.table(sql).to_pylist()
    rolled = Counter({(row["place"], row["detail"]): row["n"] for row in rows})
    wrong = sum(abs(rolled[key] - lines_of[key]) for key in rolled.keys() | lines_of.keys())
    steps = {"in": 0, "out": 4}
    expected = Counter(
        (f"{name}-line", way)
        for name, number in wanted.values()
        for way, step in steps.items()
        if (number - 1) % VISIT == step
    )
    miscounted = sum(abs(rolled[key] - expected[key]) for key in expected)
    reader.close()
    results = [
        Result("soak: told", len(wanted), "events", "numbered ones that were acknowledged"),
        Result("soak: lost", lost, "events", "of those, not in the journal", 0),
        Result("soak: twice", twice, "events", "more than once in the journal", 0),
        Result("soak: strange", strange, "events", "in the journal, told by nobody", 0),
    ]
    notes = [f"{waiting} of the newest events are not judged"] if waiting else []
    if "ended_s" in told:  # else the two are not of the same moment
        note = "roll-ups beside a recount of all lines"
        results.append(Result("soak: miscounted", wrong, "passages", note, 0))
        note = "roll-ups beside what was told"
        results.append(Result("soak: counts off", miscounted, "passages", note, 0))
        results.append(Result("soak: waiting", waiting, "events", "left in outboxes at the end", 0))
        for name in SEEING:
            oldest, following = _outbox(folder / "outbox" / f"{name}.sqlite")
            note = f"journal beside the outbox's {following - 1} numbers"
            off = abs(seen[name] - (following - 1))
            results.append(Result(f"soak: {name} off", off, "events", note, 0))
    return results, notes


def _outbox(file: Path) -> tuple[int, int]:
    """The number of the oldest event that waits, and of the next."""
    with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as outbox:
        following = outbox.execute("SELECT next FROM outbox").fetchone()[0]
        oldest = outbox.execute("SELECT min(number) FROM events").fetchone()[0]
    outbox.close()
    return (following if oldest is None else oldest), following


# --- time until it is back ------------------------------------------------------------------------


def _back(folder: Path) -> list[Result]:
    found: defaultdict[str, list[float]] = defaultdict(list)
    with (folder / "flaps.csv").open(encoding="ascii") as file:
        for row in csv.DictReader(file):
            found[row["what"]].append(float(row["back_s"] or "inf"))
    every = [one for some in found.values() for one in some]
    if not every:
        return []
    results = []
    for q, name in ((0.5, "median"), (0.95, "p95"), (1.0, "most")):
        note = f"{len(every)} returns, until the first new event is in the journal"
        value = float(np.quantile(every, q, method="higher"))
        results.append(Result(f"soak: back, {name}", value, "s", note, 10 if q != 0.5 else None))
    for what, some in sorted(found.items()):
        note = f"the longest of {len(some)}; median {np.median(some):.1f} s"
        results.append(Result(f"soak: back, {what}", max(some), "s", note))
    return results


# --- memory and load ------------------------------------------------------------------------------


def _memory(folder: Path, told: dict[str, Any]) -> list[Result]:
    """Of the roles: the slope's lower end must not lie above nothing. What counts for the hub is
    begun anew every quarter of an hour, so it is judged with the hub."""
    results = []
    samples = _samples(folder)
    if COUNTING in samples:
        samples["hub, with what it began"] = _together(samples["hub"], samples[COUNTING])
    for role, rows in samples.items():
        born: dict[int, float] = {}
        judged = []
        for row in rows:
            pid, at_s = int(row["pid"]), float(row["time_s"])
            born.setdefault(pid, at_s)
            old = at_s >= told["begun_s"] + told["warm_up_s"] and at_s >= born[pid] + YOUNG_S
            if old:
                judged.append((at_s, float(row["own_kb"]) * 1024 / 1e6, pid))
        if not judged:
            continue
        times, sizes, pids = (np.array(one) for one in zip(*judged, strict=True))
        line = slope(times, sizes, pids.astype(np.int64))
        if line is None:
            continue
        note = (
            f"MB an hour {line.value:+.2f}, 95 % from {line.low:+.2f} to {line.high:+.2f}; noise "
            f"{line.noise_mb:.2f} MB; {line.first_mb:.1f} MB at first, {line.last_mb:.1f} at last; "
            f"{line.minutes} minutes, {line.processes} processes"
        )
        bar = None if role == COUNTING else 0.0
        results.append(Result(f"soak: growth, {role}", line.low, "MB/h", note, bar))
    return results


def _together(of: list[dict[str, str]], with_: list[dict[str, str]]) -> list[dict[str, str]]:
    """The samples ``of`` one process, with what ``with_`` took in the same moments."""
    own = {row["time_s"]: int(row["own_kb"]) for row in with_}
    return [
        {**row, "own_kb": str(int(row["own_kb"]) + own[row["time_s"]])}
        for row in of
        if row["time_s"] in own
    ]


def _samples(folder: Path) -> dict[str, list[dict[str, str]]]:
    found: defaultdict[str, list[dict[str, str]]] = defaultdict(list)
    with (folder / "samples.csv").open(encoding="ascii") as file:
        for row in csv.DictReader(file):
            if all(row.values()):  # a line that was cut off is none
                found[row["role"]].append(row)
    return dict(sorted(found.items()))


def _load(folder: Path, told: dict[str, Any]) -> list[Result]:
    used: dict[tuple[str, str], float] = {}
    files: dict[str, list[int]] = {}
    last_s = told["begun_s"]
    for role, rows in _samples(folder).items():
        for row in rows:
            used[role, row["pid"]] = float(row["processor_s"])
            last_s = max(last_s, float(row["time_s"]))
        files[role] = [int(row["files"]) for row in rows]
    minutes = (last_s - told["begun_s"]) / 60
    share = sum(used.values()) / max(1.0, 60 * minutes)
    hub = sum(value for (role, _), value in used.items() if role == "hub") / max(1.0, 60 * minutes)
    results = [
        Result("soak: load", share, "of a core", f"all processes, {minutes:.0f} minutes"),
        Result("soak: load of the hub", hub, "of a core", "the hub alone"),
    ]
    if hubs := files.get("hub"):
        tail, head = hubs[-30:], hubs[len(hubs) // 6 :][:30]
        note = f"most open files of the hub at the end; {max(head)} after the warm-up"
        results.append(Result("soak: files", max(tail), "files", note))
    return results
