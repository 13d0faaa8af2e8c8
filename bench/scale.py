"""``miseban replay`` of a shop's day, about two million rows, in a process of its own."""

from __future__ import annotations

import tempfile
from pathlib import Path

from bench.process import cost
from bench.result import Result
from bench.shop_day import HOURS, PEOPLE, write


def run(repeats: int) -> list[Result]:
    del repeats  # one run takes long enough
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shop, tracks, rows = write(folder)
        spent = cost("replay", str(tracks), "--shop", str(shop), "--out", str(folder / "out"))
    note = f"replay of {HOURS:g} hours, {PEOPLE} people at all times, {rows:,} rows"
    return [
        Result("scale-time", spent.seconds, "s", note, 60),
        Result("scale-memory", spent.peak_mb, "MB", f"peak resident memory of that {note}", 500),
    ]
