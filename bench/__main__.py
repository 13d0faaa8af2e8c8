"""``python -m bench [NAME ...]``: measures, prints a table, writes ``out/bench.json``."""

from __future__ import annotations

import argparse
import importlib
import json
import os
import platform
import sys
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.result import CannotRunError, Result

SUITES = (
    *("pipeline", "tracking", "zones", "memory", "scale", "simulation", "rendering", "gate"),
    *("accuracy", "scoring", "trust", "intervals", "pixels", "streams", "attributes"),
    *("fusion", "floor", "people", "uniform", "floor_pixels", "robust", "calibration"),
    *("journal", "live", "screen", "questions", "look", "intake", "screens", "help", "shelves"),
    *("shelf_day", "shelf_lessons", "shelf_others", "shelf_real", "faced", "moved", "hands"),
)
PACKAGES = ("numpy", "onnxruntime", "opencv-python-headless", "supervision", "trackers")


def main() -> int:
    """Exit status 0 when all could be measured, 1 when not (or, with --strict, a bar is missed)."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("suites", nargs="*", metavar="NAME", help=f"of {', '.join(SUITES)}")
    parser.add_argument("--repeats", type=int, default=9, help="pairs per ratio (default 9)")
    parser.add_argument("--strict", action="store_true", help="fail when a bar is missed")
    parser.add_argument("--out", type=Path, default=Path("out/bench.json"))
    chosen = parser.parse_args()
    unknown = sorted(set(chosen.suites) - set(SUITES))
    if unknown or chosen.repeats < 1:
        parser.error(f"unknown: {', '.join(unknown)}" if unknown else "--repeats: at least 1")

    console = Console()
    if not console.is_terminal:
        console = Console(width=140)
    results: list[Result] = []
    missing: dict[str, str] = {}
    for suite in chosen.suites or SUITES:
        with console.status(f"measuring {suite}"):
            try:
                results += importlib.import_module(f"bench.{suite}").run(chosen.repeats)
            except CannotRunError as error:
                missing[suite] = str(error)
    console.print(table(results))
    for suite, why in missing.items():
        console.print(f"could not run {suite}: {why}", markup=False, soft_wrap=True)
    write(chosen.out, results, missing)
    console.print(f"written: {chosen.out}", markup=False)
    failed = any(result.passed is False for result in results)
    return 1 if missing or (chosen.strict and failed) else 0


def table(results: list[Result]) -> Table:
    """One row a figure: value, spread over repetitions, bar, and whether it is met."""
    shown = Table(title=f"miseban {version('miseban')} on {machine()}", title_justify="left")
    for column in ("", "measured", "spread", "bar", ""):
        shown.add_column(column, justify="left" if not column else "right", no_wrap=True)
    shown.add_column("what", overflow="fold")
    words = {True: "met", False: "MISSED", None: ""}
    for result in results:
        sign = "≥" if result.at_least else "≤"
        spread = f"{result.spread[0]:.2f} to {result.spread[1]:.2f}" if result.spread else ""
        note = result.note
        if result.spread:
            d = result.details
            note += (
                f" ({d['ours_ms']:.3g} ms against {d['theirs_ms']:.3g} ms; "
                f"processor time {d['processor_ratio']:.2f} x)"
            )
        shown.add_row(
            result.name,
            f"{figure(result.value)} {result.unit}".strip(),
            spread,
            "" if result.bar is None else f"{sign} {result.bar:g}",
            words[result.passed],
            note,
        )
    return shown


def figure(value: float) -> str:
    """Three digits for ratios and scores, whole numbers from ten."""
    return f"{value:.0f}" if value >= 10 else f"{value:.3f}"


def machine() -> str:
    """Processor architecture, cores that may be used, Python."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{platform.machine()}, {cores} cores, Python {platform.python_version()}"


def installed(name: str) -> str | None:
    """The version of a package; None where this environment has none, as one without the peers."""
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def write(path: Path, results: list[Result], missing: dict[str, str]) -> None:
    """The same figures for programs: schema 1."""
    content = {
        "schema": 1,
        "machine": machine(),
        "versions": {name: found for name in ("miseban", *PACKAGES) if (found := installed(name))},
        "results": [{**asdict(result), "passed": result.passed} for result in results],
        "could_not_run": missing,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=2) + "\n")


if __name__ == "__main__":
    sys.exit(main())
