"""What processes take, read from ``/proc`` and written down at once."""

from __future__ import annotations

import csv
import os
import subprocess
import time
from pathlib import Path

COLUMNS = ("time_s", "role", "pid", "rss_kb", "pss_kb", "own_kb", "processor_s", "threads", "files")
"""``own_kb`` is memory of its own, in memory or swapped out: what it has written. A page of a file
that it only read is the system's, and would be counted as its own whenever nobody else happens to
map that file: 20 MB of libraries, as other programs come and go. ``files`` are open descriptors."""
_TICK = os.sysconf("SC_CLK_TCK")


class Samples:
    """Appends to the file ``path``."""

    def __init__(self, path: Path) -> None:
        self._out = path.open("a", buffering=1, newline="", encoding="ascii")
        self._rows = csv.writer(self._out)
        if path.stat().st_size == 0:
            self._rows.writerow(COLUMNS)

    def take(self, processes: dict[str, int]) -> None:
        """One row for each process (role to pid) that is there, all of the same moment."""
        now_s = time.time()
        for role, pid in processes.items():
            if (found := _of(pid)) is not None:
                self._rows.writerow([f"{now_s:.1f}", role, pid, *found])

    def close(self) -> None:
        self._out.close()


def _of(pid: int) -> tuple[int, int, int, str, int, int] | None:
    """The columns from ``rss_kb`` on; None for a process that is gone."""
    folder = Path(f"/proc/{pid}")
    try:
        sizes = dict.fromkeys(("Rss", "Pss", "Private_Dirty", "Swap"), 0)
        for line in (folder / "smaps_rollup").read_text("ascii").splitlines()[1:]:
            name, _, rest = line.partition(":")
            if name in sizes:
                sizes[name] = int(rest.split()[0])
        fields = (folder / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()
        processor_s = (int(fields[11]) + int(fields[12])) / _TICK
        files = len(list((folder / "fd").iterdir()))
    except (OSError, IndexError, ValueError):
        return None
    own = sizes["Private_Dirty"] + sizes["Swap"]
    return sizes["Rss"], sizes["Pss"], own, f"{processor_s:.2f}", int(fields[17]), files


def own_bytes(pid: int) -> int:
    """Memory that it has written itself, as ``own_kb``; 0 for a process that is gone."""
    found = _of(pid)
    return 0 if found is None else 1024 * found[2]


def children_of(pid: int) -> dict[int, str]:
    """Its children by pid, and as what they were started."""
    done = subprocess.run(
        ["ps", "-ww", "-o", "pid=,args=", "--ppid", str(pid)],
        capture_output=True,
        text=True,
        check=False,
    )
    pairs = (line.strip().partition(" ") for line in done.stdout.splitlines())
    return {int(number): args for number, _, args in pairs}
