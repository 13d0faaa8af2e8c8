"""``miseban simulate``: a day of the kept supermarket, in a process of its own."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from bench.process import cost
from bench.result import Result

SHOP = Path(__file__).parents[1] / "shops" / "supermarket.toml"
MINUTES = 840  # from 8:00 to 22:00


def run(repeats: int) -> list[Result]:
    del repeats  # one run takes long enough
    with tempfile.TemporaryDirectory() as name:
        out = Path(name) / "out"
        spent = cost("simulate", "--shop", str(SHOP), "--minutes", str(MINUTES), "--out", str(out))
        summary = json.loads((out / "summary.json").read_text("utf-8"))
        visitors = sum(line["in"]["count"] for line in summary["lines"].values())
        size_gb = (out / "tracks.csv").stat().st_size / 1e9
    note = (
        f"simulate of a supermarket's day: {visitors:,} visitors, boxes of 8 cameras at 5 "
        f"frames a second ({size_gb:.1f} GB)"
    )
    return [
        Result("simulation-time", spent.seconds, "s", note, 60),
        Result("simulation-memory", spent.peak_mb, "MB", f"peak resident memory of that {note}"),
    ]
