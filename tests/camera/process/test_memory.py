"""What is free goes back now and then, however often it is asked for."""

from __future__ import annotations

import json
import os
import platform
import re
import subprocess
import sys

import pytest

from miseban.camera.process import memory
from miseban.camera.process.memory import GivingBack
from tests.in_use import IN_USE


def test_memory_is_given_back_every_so_often(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[float] = []
    now = [100.0]
    monkeypatch.setattr(memory, "give_it_back", lambda: given.append(now[0]))
    give_back = GivingBack(20.0, clock=lambda: now[0])
    for second in range(100, 171):
        now[0] = float(second)
        give_back()
        give_back()
    assert given == [120.0, 140.0, 160.0]


_FREE = """
import sys
from miseban.camera.process.memory import COLLECT_S, GivingBack
now = [0.0]
give_back = GivingBack(clock=lambda: now[0])
some = [(n,) for n in range(5000)]
del some
for now[0] in (1.0, COLLECT_S - 3, COLLECT_S):
    give_back()
    sys.stderr.flush()
    print(now[0], file=sys.stderr, flush=True)
    sys._debugmallocstats()
"""


@pytest.mark.skipif(
    platform.python_implementation() != "CPython", reason="its stores are CPython's"
)
def test_pythons_own_stores_of_free_objects_are_emptied_now_and_then() -> None:
    done = subprocess.run([sys.executable, "-c", _FREE], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    found = re.findall(r"(\d+) free 1-sized PyTupleObjects", done.stderr)
    kept, later, emptied = map(int, found)
    assert min(kept, later) > 1000
    assert emptied < 100


_BEGIN = """
import json, os
from miseban.camera.process.memory import begin_plainly
begin_plainly()
names = "MALLOC_ARENA_MAX", "GLIBC_TUNABLES"
print(json.dumps([os.environ.get(name) for name in names]))
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="it is about glibc")
@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({}, ["1", "glibc.malloc.tcache_count=0"]),
        ({"MALLOC_ARENA_MAX": "4"}, ["4", "glibc.malloc.tcache_count=0"]),
        ({"MALLOC_ARENA_MAX": "4", "GLIBC_TUNABLES": ""}, ["4", ""]),
    ],
)
def test_a_program_begins_anew_once(said: dict[str, str], expected: list[str | None]) -> None:
    ours = {"MALLOC_ARENA_MAX", "GLIBC_TUNABLES"}
    clean = {name: value for name, value in os.environ.items() if name not in ours}
    done = subprocess.run(
        [sys.executable, "-c", _BEGIN], env=clean | said, capture_output=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert [json.loads(line) for line in done.stdout.splitlines()] == [expected]


_SMALL_ARRAYS = """
import json, random
import numpy as np
from miseban.camera.process.memory import settled

chance = random.Random(1)
with settled():
    before = in_use()
    for _ in range(20):
        some = [np.empty(chance.randrange(1, 1024), np.uint8) for _ in range(1000)]
        del some
    print(json.dumps(in_use() - before))
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="glibc tells what is in use")
def test_small_arrays_of_all_lengths_take_no_more_than_at_first() -> None:
    command = [sys.executable, "-c", IN_USE + _SMALL_ARRAYS]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) < 100_000, "else more than two megabytes"


def test_what_has_no_arrays_takes_nothing_for_them() -> None:
    script = "import sys\nfrom miseban.camera.process.memory import settled\n"
    script += "with settled():\n    assert 'numpy' not in sys.modules"
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)
