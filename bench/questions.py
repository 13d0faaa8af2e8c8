"""The dashboards' questions over a year of a shop: how long an answer takes, warm and cold, and how
many bytes an event takes on the disk.

``MISEBAN_SHOP_YEAR`` names a folder in which the year lies or will be made (``shop_year.py``; some
ten minutes of processor time and two gigabytes, once); without it, ``out/shop-year``.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from bench.result import Result, seconds
from bench.shop_year import SHOP_FILE, make
from miseban.insight.questions import QUESTIONS, Question, answer
from miseban.journal.apart import Apart
from miseban.journal.reader import JournalReader
from miseban.journal.reader_apart import ReaderApart
from miseban.vocabulary.shop import load_shop

DAYS = int(os.environ.get("MISEBAN_SHOP_DAYS", "365"))
FOLDER = Path(os.environ.get("MISEBAN_SHOP_YEAR", "out/shop-year"))
LEAST_EVENTS = 30_000_000
_ROUNDS = 27
"""Each question is asked so many times, each of another time: with one before, of each of the four
weeks' days. Of ten, 95 % would be nearly the slowest, and the slowest question whichever the
machine happened to stop at."""
_DROP = Path("/proc/sys/vm/drop_caches")

SPANS: dict[str, tuple[int, str]] = {
    "day": (1, "hour"),
    "week": (7, "hour"),
    "month": (28, "day"),
    "quarter": (91, "day"),
    "year": (364, "day"),
}
"""Days, and by what they are shown."""
SERIES = ("visitors", "occupancy", "queues", "stock", "cameras", "alerts", "receipts", "conversion")
WHOLE = ("dwell", "areas", "heat", "paths", "funnel", "help")


def asked(as_of: datetime, back: int, days: int = DAYS) -> Iterator[tuple[str, Question]]:
    """What the dashboards ask, of days that end ``back`` days before the last one; each series is
    compared with the time before."""
    zone = ZoneInfo("Asia/Tokyo")
    midnight = as_of.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    for span, (length, by) in SPANS.items():
        if length > days:
            continue
        until = midnight + timedelta(days=1 - min(back, days - length))
        since = until - timedelta(days=length)
        before = {"since": since - timedelta(days=length), "until": since}
        for name in SERIES:
            told = {"question": name, "since": since, "until": until, "by": by}
            told |= {"compare": before} if 2 * length <= days else {}
            yield f"{name}-{span}", QUESTIONS.validate_python(told)
        for name in WHOLE:
            told = {"question": name, "since": since, "until": until}
            yield f"{name}-{span}", QUESTIONS.validate_python(told)
        told = {"question": "heat", "since": since, "until": until}
        if 2 * length <= days:
            yield f"heat-{span}-compared", QUESTIONS.validate_python(told | {"compare": before})
        if length > 7:
            some = {"weekdays": ["sat", "sun"]}
            yield f"heat-{span}-weekends", QUESTIONS.validate_python(told | some)
        if length <= 28:
            hours = {"from_hour": 9 + back % 10, "to_hour": 10 + back % 10}
            yield f"heat-{span}-hour", QUESTIONS.validate_python(told | hours)
    until = midnight + timedelta(days=1 - back)
    since = until - timedelta(days=1)
    for name in ("visitors", "occupancy"):
        told = {"question": name, "since": since, "until": until, "by": "minute"}
        yield f"{name}-minutes", QUESTIONS.validate_python(told)


def run(repeats: int) -> list[Result]:
    del repeats
    shop = load_shop(SHOP_FILE)
    folder = (FOLDER / "journal").absolute()
    manifest = make(folder, DAYS, shop)
    events = sum(segment.events for segment in manifest.segments)
    note = f"{DAYS} days of a simulated supermarket, {events:,} events"
    size = sum(path.stat().st_size for path in folder.rglob("*.parquet"))
    rolled = sum(path.stat().st_size for path in (folder / "rollups").rglob("*.parquet"))
    results = [
        Result("year-events", events, "", note, LEAST_EVENTS, at_least=True),
        Result("year-bytes", size / events, "bytes/event", f"segments and roll-ups of {note}", 60),
        Result("year-rollups", rolled / events, "bytes/event", f"of these roll-ups of {note}"),
    ]
    took, spent = warm(folder)
    every = [ms for times in took.values() for ms in times]
    worst = max(took, key=lambda name: float(np.percentile(took[name], 95)))
    heavy = max(spent, key=lambda name: float(np.percentile(spent[name], 95)))
    results.append(
        Result(
            "question-p95",
            float(np.percentile(took[worst], 95)),
            "ms",
            f"of the slowest question, {worst}, in a process that has asked before; {note}",
            150,
            details={name: statistics.median(times) for name, times in took.items()},
        )
    )
    results.append(
        Result("questions-p95", float(np.percentile(every, 95)), "ms", f"of all questions; {note}")
    )
    results.append(
        Result(
            "question-p95-processor",
            float(np.percentile(spent[heavy], 95)),
            "ms",
            f"processor time of all threads of the heaviest question, {heavy}; {note}",
            details={name: statistics.median(times) for name, times in spent.items()},
        )
    )
    return results + cold(folder, list(took), note)


def warm(folder: Path) -> tuple[dict[str, list[float]], dict[str, list[float]]]:
    """Milliseconds of every question by the clock on the wall, and of processor time of this
    process and the one by which it reads, as a hub does: each time about another day; and once
    before, uncounted."""
    apart = Apart()
    shop, reader = load_shop(SHOP_FILE), ReaderApart(folder, lambda: apart)
    as_of = reader.newest()
    assert as_of is not None
    took: dict[str, list[float]] = {}
    spent: dict[str, list[float]] = {}
    for round_ in range(-1, _ROUNDS):
        for name, question in asked(as_of, (round_ + 1) * 3 % 28):
            before_s = _processor_s(apart)
            wall, processor = seconds(partial(answer, question, shop, reader))
            processor += _processor_s(apart) - before_s
            if round_ >= 0:
                took.setdefault(name, []).append(wall * 1000)
                spent.setdefault(name, []).append(processor * 1000)
    reader.close()
    return took, spent


def _processor_s(apart: Apart) -> float:
    """Of all threads of it: its clock, as ``clock_getcpuclockid(3)`` names it."""
    assert apart.pid is not None
    return time.clock_gettime(~apart.pid << 3 | 2)


def cold(folder: Path, names: list[str], note: str) -> list[Result]:
    """Each question first thing in a new process that has loaded its modules."""
    dropped = os.access(_DROP, os.W_OK)
    took = {name: _first(folder, name, drop=dropped) for name in names}
    worst = max(took, key=lambda name: took[name])
    how = "the page cache dropped before" if dropped else "the page cache could not be dropped"
    told = f"of the slowest question, {worst}, first thing in a new process, {how}; {note}"
    median = statistics.median(took.values())
    return [
        Result("question-cold", took[worst], "s", told, 1.0, details=took),
        Result("question-cold-median", median, "s", f"of all questions; {note}"),
    ]


def _first(folder: Path, name: str, *, drop: bool) -> float:
    command = [sys.executable, "-m", "bench.questions", str(folder), name]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdout.readline()  # its modules are loaded
        if drop:
            os.sync()
            _DROP.write_text("1")
        print(file=child.stdin, flush=True)
        found: dict[str, float] = json.loads(child.stdout.readline())
    return found["seconds"]


def main() -> None:
    """In a process of its own: opens the journal and asks one question."""
    folder, name = Path(sys.argv[1]), sys.argv[2]
    shop = load_shop(SHOP_FILE)
    print("ready", flush=True)
    sys.stdin.readline()
    began = time.perf_counter()
    reader = JournalReader(folder)
    as_of = reader.newest()
    assert as_of is not None
    question = dict(asked(as_of, 3))[name]
    answer(question, shop, reader)
    print(json.dumps({"seconds": time.perf_counter() - began}), flush=True)


if __name__ == "__main__":
    main()
