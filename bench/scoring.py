"""``miseban score``: a day of the kept supermarket, tracks and events, in a process of its own."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from bench.process import cost
from bench.result import Result
from bench.simulation import MINUTES, SHOP


def run(repeats: int) -> list[Result]:
    del repeats  # one run takes long enough
    with tempfile.TemporaryDirectory() as name:
        truth, result = Path(name) / "truth", Path(name) / "result"
        shop = ("--shop", str(SHOP))
        length = ("--minutes", str(MINUTES), "--detector", "default")
        cost("simulate", *shop, *length, "--out", str(truth))
        summary = json.loads((truth / "summary.json").read_text("utf-8"))
        detected = str(truth / "detected.csv")
        cost("replay", detected, *shop, "--start", summary["start"], "--out", str(result))
        sides = ("--truth", str(truth), "--result", str(result), "--tracks", detected)
        spent = cost("score", *sides, "--json")
    note = "score of a supermarket's day: tracks and events of 8 cameras"
    return [
        Result("score-memory", spent.peak_mb, "MB", f"peak resident memory of {note}", 1500),
        Result("score-time", spent.seconds, "s", note),
    ]
