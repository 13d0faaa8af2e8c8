"""Runs a ``miseban`` command in a process of its own and measures its time and memory.

``python -m bench.process REPORT ARGUMENT...`` is that process: it runs the command and writes
the peak of its resident memory to REPORT. The peak is VmHWM, which belongs to the running
program alone; what ``getrusage`` reports of a child includes the parent's size at the fork.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from bench.result import CannotRunError

STATUS = Path("/proc/self/status")


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of the whole process, its start included, and its peak in MB (10**6 bytes)."""

    seconds: float
    peak_mb: float


def cost(*arguments: str) -> Cost:
    """What ``miseban ARGUMENTS`` costs. Raises ``CannotRunError`` if it fails."""
    if not STATUS.exists():
        raise CannotRunError("memory is read from /proc, which only Linux has")
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "peak"
        command = [sys.executable, "-m", "bench.process", str(report), *arguments]
        environment = {**os.environ, "TERM": "dumb"}
        begin = time.perf_counter()
        done = subprocess.run(command, capture_output=True, text=True, env=environment)
        took = time.perf_counter() - begin
        if done.returncode != 0:
            words = (done.stderr or done.stdout).strip().splitlines()[-1:]
            raise CannotRunError(f"miseban {arguments[0]} left with {done.returncode}: {words}")
        return Cost(took, int(report.read_text()) * 1024 / 1e6)


def _peak_kib() -> int:
    for line in STATUS.read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1])
    raise CannotRunError("no VmHWM in /proc/self/status")


if __name__ == "__main__":
    report, sys.argv = Path(sys.argv[1]), ["miseban", *sys.argv[2:]]
    from miseban.cli.app import main

    try:
        main()
    finally:
        report.write_text(str(_peak_kib()))
