"""DuckDB as the journal's reader has it keeps nothing of files that are gone."""

from __future__ import annotations

import json
import platform
import subprocess
import sys

import pytest

_FILES = """
import ctypes, gc, json, tempfile
from pathlib import Path
import pyarrow as pa, pyarrow.parquet as pq
from miseban.journal.duck import opened

class Info(ctypes.Structure):
    _fields_ = [(name, ctypes.c_size_t) for name in (
        "arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks", "uordblks",
        "fordblks", "keepcost")]

libc = ctypes.CDLL(None)
libc.mallinfo2.restype = Info

def in_use():
    gc.collect()
    found = libc.mallinfo2()
    return found.uordblks + found.hblkhd

rows = pa.table({f"c{n}": list(range(100)) for n in range(35)})
with tempfile.TemporaryDirectory() as name:
    connection = opened(Path(name), 1)

    def ask(number):
        file = Path(name) / f"{number}.parquet"
        pq.write_table(rows, file)
        with connection.cursor() as cursor:
            cursor.sql(f"SELECT sum(c1) FROM read_parquet(['{file}'])").to_arrow_table()
        file.unlink()

    for number in range(50):
        ask(number)
    before = in_use()
    for number in range(50, 250):
        ask(number)
    print(json.dumps(in_use() - before))
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="glibc tells what is in use")
def test_nothing_is_kept_of_files_that_are_gone() -> None:
    env = {"PYTHONMALLOC": "malloc", "MALLOC_ARENA_MAX": "1"}
    done = subprocess.run(
        [sys.executable, "-c", _FILES], env=env, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) < 40_000, "200 files; with the cache a kilobyte of each stays"
