"""A hub gives back what a compaction took."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

STATUS = Path("/proc/self/statm")

# A process of its own: which allocator Arrow has stays with a process.
TAKES_AND_GIVES = """
import threading
import pyarrow as pa
from miseban.hub.running.memory import give_back, use_system_memory

def resident_mb():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096 / 1e6

use_system_memory()
assert pa.default_memory_pool().backend_name == "system"
pa.array(["what is loaded at the first use"])
before = resident_mb()

def compaction():
    kept = [pa.array([str(n) for n in range(1000)]) for _ in range(6000)]
    peak.append(resident_mb())

peak = []
thread = threading.Thread(target=compaction)
thread.start()
thread.join()
give_back()
assert peak[0] - before > 40, (before, peak)
assert resident_mb() - before < 0.3 * (peak[0] - before), (before, peak, resident_mb())
"""


@pytest.mark.skipif(not STATUS.exists(), reason="memory is read from /proc, which only Linux has")
def test_what_a_compaction_took_goes_back() -> None:
    done = subprocess.run(
        [sys.executable, "-c", TAKES_AND_GIVES], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
