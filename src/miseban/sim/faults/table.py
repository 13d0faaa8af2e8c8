"""Writes what was broken, and when, for whoever judges a result."""

from __future__ import annotations

from pathlib import Path

from miseban.sim.faults.schedule import FaultSchedule


def write_faults(path: Path, schedule: FaultSchedule, duration_s: float) -> None:
    """``faults.csv``: ``camera,kind,from_s,to_s,amount`` in order of time, cut at ``duration_s``. A
    camera that flaps has a row for each time that it is away."""
    rows: list[tuple[float, str, str, float, float]] = []
    for fault in schedule.faults:
        spans = [(fault.from_s, min(fault.end_s, duration_s))]
        if fault.kind == "flap":
            spans = list(schedule.outages(fault, duration_s))
        rows += [
            (from_s, fault.camera, fault.kind, to_s, fault.amount)
            for from_s, to_s in spans
            if from_s < duration_s
        ]
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write("camera,kind,from_s,to_s,amount\n")
        for from_s, camera, kind, to_s, amount in sorted(rows):
            file.write(f"{camera},{kind},{from_s:.3f},{to_s:.3f},{amount:g}\n")
