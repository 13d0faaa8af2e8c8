"""Work in a process of its own, and whom it is lost for when that process dies."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from miseban.journal.apart import Apart
from miseban.journal.rollups.files import Damaged
from miseban.vocabulary.errors import BadInput, Failed

SOON_S = 20.0


def counted(table: pa.Table) -> tuple[int, pa.Table]:
    return os.getpid(), table.slice(1)


def wrong(where: str) -> None:
    raise BadInput("journal", where, "expected another")


def damaged(path: Path) -> None:
    raise Damaged(path, "no Parquet")


class Odd(Exception):  # noqa: N818 - only here
    def __init__(self, one: int, two: int) -> None:
        super().__init__(f"{one} and {two}")


def odd() -> None:
    raise Odd(1, 2)


def moment() -> float:
    return 0.0


def printing() -> int:
    print("it says something")
    return 7


class Unreadable:
    def __reduce__(self) -> tuple[object, ...]:
        return refused, (os.getpid(),), {"much": bytes(100_000)}


def refused(made_by: int) -> None:
    if made_by != os.getpid():
        raise ValueError("not here")


def unreadable() -> tuple[Unreadable, bytes]:
    return Unreadable(), bytes(100_000)


def untold() -> object:
    return lambda: None


def dying(trace: Path, times: int) -> str:
    """Dies at the first ``times`` calls."""
    if len(trace.read_bytes()) < times:
        with trace.open("ab") as file:
            file.write(b".")
        os._exit(3)
    return "well"


def told_to_end() -> str:
    for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        os.kill(os.getpid(), one)
    return "well"


@pytest.fixture
def apart() -> Iterator[Apart]:
    one = Apart()
    yield one
    one.end()


def test_what_is_called_is_done_by_another_process_that_stays(apart: Apart) -> None:
    table = pa.table({"day": [date(2026, 4, n) for n in (1, 2, 3)], "n": [1, 2, 3]})
    first, found = apart.call(counted, table)
    assert found.equals(table.slice(1))
    assert first != os.getpid()
    assert apart.call(counted, found)[0] == first == apart.pid
    apart.end()
    assert apart.pid is None
    assert apart.call(counted, found)[0] not in (first, os.getpid())


def test_an_error_is_the_one_that_was_raised(apart: Apart, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="shop: expected another") as found:
        apart.call(wrong, "shop")
    assert "in wrong" in found.value.__notes__[0]  # where it was raised
    assert (found.value.code, found.value.exit_status) == ("journal", 2)
    with pytest.raises(Damaged) as broken:
        apart.call(damaged, tmp_path)
    assert broken.value.path == tmp_path
    with pytest.raises(FileNotFoundError) as missing:
        apart.call(os.stat, str(tmp_path / "none"))
    assert missing.value.filename == str(tmp_path / "none")
    with pytest.raises(RuntimeError, match="Odd: 1 and 2"):
        apart.call(odd)
    assert apart.call(printing) == 7  # and what is printed is no answer


def test_an_answer_that_cannot_be_read_is_none_to_the_next_call(apart: Apart) -> None:
    for _ in range(2):
        with pytest.raises(ValueError, match="not here"):
            apart.call(unreadable)
        assert apart.call(printing) == 7


def test_one_whose_answer_cannot_be_told_believes_nothing_told(apart: Apart) -> None:
    """What it remembers of it would be wrong: it is another process that is asked next."""
    first = apart.call(os.getpid)
    with pytest.raises(Failed, match="untold"):
        apart.call(untold)
    assert apart.call(os.getpid) != first


def test_one_that_dies_is_asked_again_and_one_that_always_dies_is_told_of(
    apart: Apart, tmp_path: Path
) -> None:
    trace = tmp_path / "trace"
    trace.touch()
    assert apart.call(dying, trace, 1) == "well"
    with pytest.raises(Failed, match="dying: a process of our own has not answered"):
        apart.call(dying, trace, 9)
    assert apart.call(dying, trace, 0) == "well"


def stuck(seconds: float) -> None:
    os.kill(os.getpid(), signal.SIGSTOP)
    time.sleep(seconds)


def test_one_that_never_answers_is_waited_for_no_longer_than_that(
    apart: Apart, monkeypatch: pytest.MonkeyPatch
) -> None:
    apart.call(printing)  # to begin it takes longer on a busy machine
    monkeypatch.setattr("miseban.journal.apart_process.ANSWERS_S", 1.0)
    with pytest.raises(Failed, match="none of a process of our own in 1 s"):
        apart.call(stuck, 60.0)
    monkeypatch.undo()
    assert apart.call(printing) == 7


def test_one_that_is_renewed_is_another_and_one_that_cannot_be_stays(apart: Apart) -> None:
    first = apart.call(os.getpid)
    with pytest.raises(BadInput):
        apart.renew(wrong, moment, "here")  # type: ignore[arg-type]
    assert apart.call(os.getpid) == first
    apart.renew(moment, moment)
    second = apart.call(os.getpid)
    assert second != first
    assert apart.age_s < SOON_S
    with pytest.raises(ProcessLookupError):
        os.kill(first, 0)
    apart.close()
    apart.renew(moment, moment)
    assert apart.pid is None


def test_closing_waits_for_no_answer_and_nothing_is_answered_any_more() -> None:
    apart = Apart()
    apart.call(printing)
    with ThreadPoolExecutor() as others:
        asked = others.submit(apart.call, stuck, 60.0)
        time.sleep(0.5)
        began_s = time.monotonic()
        apart.close()
        assert time.monotonic() - began_s < SOON_S
        with pytest.raises(Failed, match="closed"):
            asked.result()
    with pytest.raises(Failed, match="closed"):
        apart.call(printing)
    assert apart.pid is None


def test_what_is_printed_before_it_begins_is_no_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sitecustomize.py").write_text("print('good morning')")
    before = os.environ.get("PYTHONPATH", "")
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}{os.pathsep}{before}")
    apart = Apart()
    assert apart.call(printing) == 7
    apart.end()


TOLD = list[str]()


def begun() -> None:
    TOLD.append("before")


def done() -> None:
    TOLD.append("after")


def told_there() -> list[str]:
    return TOLD


def test_something_is_done_before_all_after_each_and_now_and_then() -> None:
    apart = Apart(before=begun, after=done)
    assert apart.call(told_there)[0] == "before"
    second = apart.call(told_there)
    assert second.count("before") == 1
    assert second.count("after") >= 1
    time.sleep(2.5)
    assert apart.call(told_there).count("after") >= second.count("after") + 2
    apart.end()
    assert apart.call(told_there)[0] == "before"
    apart.end()


def test_it_is_told_to_end_by_nobody_but_who_began_it(apart: Apart) -> None:
    assert apart.call(told_to_end) == "well"


def test_it_ends_with_who_began_it_however_that_ends() -> None:
    program = (
        "from miseban.journal.apart import Apart; import os, sys, time\n"
        "apart = Apart(); apart.call(os.getpid); print(apart.pid, flush=True); time.sleep(60)"
    )
    began = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE)
    assert began.stdout is not None
    pid = int(began.stdout.readline())
    assert Path(f"/proc/{pid}").exists()
    began.kill()
    began.wait()
    began.stdout.close()
    until_s = time.monotonic() + SOON_S
    while _lives(pid) and time.monotonic() < until_s:
        time.sleep(0.02)
    assert not _lives(pid)


def _lives(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text("utf-8")
    except FileNotFoundError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"  # whoever adopted it need not look at once
