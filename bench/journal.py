"""The journal with the events of a supermarket's simulated day: how fast it takes them in, and what
they take on the disk. The disk is a real one, with a sync for every four batches."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from bench.process import cost
from bench.result import Result, seconds
from miseban.journal.events_table import read_events
from miseban.journal.journal import Journal
from miseban.vocabulary.delivery import Batch, BatchHead
from miseban.vocabulary.events import Event

SHOP = Path(__file__).parents[1] / "shops" / "supermarket.toml"
MINUTES = 840  # from 8:00 to 22:00
BATCH, TOGETHER = 500, 4
COMPACTIONS = 56  # every quarter of an hour
FEWEST = 50_000


def run(repeats: int) -> list[Result]:
    with tempfile.TemporaryDirectory() as name:
        out = Path(name) / "day"
        cost("simulate", "--shop", str(SHOP), "--minutes", str(MINUTES), "--out", str(out))
        events = read_events(out / "events.parquet")
        trails = sum(event.type == "visit.ended" for event in events)
        note = f"of {len(events):,} events of a supermarket's day, {trails:,} with trails"
        rates = [_intake(Path(name) / f"intake-{i}", events) for i in range(min(repeats, 5))]
        size, compacting = _a_day(Path(name) / "journal", events)
        rolling_s = _rolling_up(Path(name) / "rolled", events)
    per_event = size / len(events)
    best = max(rates)
    return [
        Result(
            "journal-intake",
            best,
            "events/s",
            f"{note}: accepted in batches of {BATCH}, of processor time on one core, best of "
            f"{len(rates)}",
            60_000,
            at_least=True,
            details={"worst": min(rates)},
        ),
        Result(
            "journal-compaction",
            len(events) / compacting,
            "events/s",
            f"{note}: {COMPACTIONS} compactions and one after the day, of processor time, without "
            "roll-ups",
        ),
        Result(
            "journal-rollups",
            rolling_s,
            "s",
            f"{note}: one compaction at the end of the day, which counts all of it again",
        ),
        Result("journal-disk", per_event, "B/event", f"{note}: segments of that day", 60),
    ]


def _batches(events: Sequence[Event]) -> list[Batch]:
    found = []
    for at in range(0, len(events), BATCH):
        lines = tuple(
            event.model_dump_json(exclude_none=True).encode() for event in events[at : at + BATCH]
        )
        head = BatchHead(
            source="bench", stream="0" * 16, first=at + 1, events=len(lines), oldest=at + 1
        )
        found.append(Batch(head, lines))
    return found


def _intake(folder: Path, events: Sequence[Event]) -> float:
    batches = _batches(events)
    journal = Journal.open(folder, shop=events[0].shop)

    def work() -> None:
        for at in range(0, len(batches), TOGETHER):
            journal.accept(batches[at : at + TOGETHER])

    _, processor_s = seconds(work)
    assert journal.state.totals.kept == len(events)
    journal.close()
    return len(events) / processor_s


def _a_day(folder: Path, events: Sequence[Event]) -> tuple[int, float]:
    """Bytes of all segments once the day is over, and the processor time of compactions."""
    journal = Journal.open(folder, shop=events[0].shop, rollups=None)
    batches = _batches(events)
    step = -(-len(batches) // COMPACTIONS)
    last = events[-1].time
    spent = 0.0
    for at in range(0, len(batches), step):
        journal.accept(batches[at : at + step])
        spent += seconds(lambda: journal.compact(last))[1]
    spent += seconds(lambda: journal.compact(last + timedelta(days=2)))[1]
    journal.close()
    assert len(events) > FEWEST
    return sum(path.stat().st_size for path in folder.rglob("*.parquet")), spent


def _rolling_up(folder: Path, events: Sequence[Event]) -> float:
    """The processor time of the last of a day's compactions, which counts the whole day again."""
    journal = Journal.open(folder, shop=events[0].shop, timezone="Asia/Tokyo")
    *most, last = _batches(events)
    journal.accept(most)
    journal.compact(events[-1].time)
    journal.accept([last])
    spent = seconds(lambda: journal.compact(events[-1].time))[1]
    journal.close()
    return spent
