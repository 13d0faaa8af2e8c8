"""The supervisor with real children: what breaks one leaves the others as they are."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, MutableMapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import structlog

from miseban.camera.child_process import ANEW, Command
from miseban.camera.supervisor import Supervisor, SupervisorSettings

QUICK = SupervisorSettings(
    start_s=5.0, hang_s=0.6, backoff_s=0.1, backoff_most_s=0.4, well_s=1.2, stop_s=2.0,
    rss_bytes=150_000_000,
)  # fmt: skip
BEATS = (
    "import os, sys, time\ntold = sys.stdin.readline().strip()\n"
    "with open(told, 'a') as starts:\n starts.write(f'{os.getpid()}\\n')\n"
)
"""Each start leaves its process id in the file that it was told of."""
WELL = BEATS + "while True:\n print(told, flush=True)\n time.sleep(0.05)\n"
ENDS = BEATS + "print(told, flush=True)\ntime.sleep(0.1)\nsys.exit(7)\n"
HANGS = BEATS + "print(told, flush=True)\ntime.sleep(60)\n"
LEAKS = BEATS + "held = []\nwhile True:\n print(1, flush=True)\n held.append(b'x' * 9_000_000)\n"
DEAF = (
    "import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + BEATS
    + "while True:\n print(told, flush=True)\n time.sleep(0.05)\n"
)  # fmt: skip
TWICE = (
    BEATS + "import pathlib\nmark = pathlib.Path(told + '-mark')\nprint(1, flush=True)\n"
    "if not mark.exists():\n mark.touch()\n sys.exit(1)\n"
    "while True:\n print(1, flush=True)\n time.sleep(0.05)\n"
)


def command(code: str, starts: Path) -> Command:
    return Command([sys.executable, "-S", "-c", code], str(starts).encode())


def pids(starts: Path) -> list[int]:
    """Of all that were started, in order."""
    return [int(line) for line in starts.read_text().splitlines()] if starts.exists() else []


def told(logs: list[MutableMapping[str, Any]], event: str) -> list[str]:
    """The children of whom the log says so."""
    return [line["child"] for line in logs if line["event"] == event]


@pytest.fixture
def made() -> Iterator[list[Supervisor]]:
    supervisors: list[Supervisor] = []
    yield supervisors
    for one in supervisors:
        one.stop()


def steps(supervisor: Supervisor, true: Callable[[], bool], within_s: float = 15.0) -> None:
    end_s = time.monotonic() + within_s
    while not true():
        supervisor.step()
        time.sleep(0.02)
        assert time.monotonic() < end_s, "it did not come about in time"


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        (ENDS, "ended with status 7"),
        (HANGS, "gave no sign of life"),
        (LEAKS, "MB of memory"),
    ],
    ids=["crash", "hang", "leak"],
)
def test_what_breaks_one_leaves_the_other(
    made: list[Supervisor], tmp_path: Path, code: str, fault: str
) -> None:
    ill, well = tmp_path / "ill", tmp_path / "well"
    supervisor = Supervisor({"ill": command(code, ill), "well": command(WELL, well)}, QUICK)
    made.append(supervisor)
    with structlog.testing.capture_logs() as logs:
        steps(supervisor, lambda: len(pids(well)) == 1)
        steps(supervisor, lambda: len(pids(ill)) > 3)
    assert len(pids(well)) == 1
    os.kill(pids(well)[0], 0)  # it still runs
    faults = [line for line in logs if line["event"] == "child.failed"]
    assert len(faults) == 1, "a fault is logged once, however often it comes back"
    assert faults[0]["child"] == "ill"
    assert fault in faults[0]["why"]


def test_it_waits_longer_with_each_fault_and_forgets_them_when_all_is_well(
    made: list[Supervisor], tmp_path: Path
) -> None:
    ill = tmp_path / "ill"
    supervisor = Supervisor({"ill": command(ENDS, ill)}, QUICK)
    made.append(supervisor)
    started = []
    for n in range(1, 5):
        steps(supervisor, lambda n=n: len(pids(ill)) > n)  # type: ignore[misc]
        started.append(time.monotonic())
    waits = [b - a for a, b in pairwise(started)]
    assert waits[-1] > 0.4 > waits[0] - 0.2


def test_an_end_of_a_fault_is_told_once(made: list[Supervisor], tmp_path: Path) -> None:
    supervisor = Supervisor({"ill": command(TWICE, tmp_path / "ill")}, QUICK)
    made.append(supervisor)
    with structlog.testing.capture_logs() as logs:
        steps(supervisor, lambda: bool(told(logs, "child.failed")))
        steps(supervisor, lambda: bool(told(logs, "child.well")))
        for _ in range(20):
            supervisor.step()
            time.sleep(0.01)
    assert [line["event"] for line in logs] == ["child.failed", "child.well"]


def test_who_wants_to_begin_anew_has_no_fault(made: list[Supervisor], tmp_path: Path) -> None:
    one = tmp_path / "a"
    supervisor = Supervisor({"a": command(ENDS.replace("7", str(ANEW)), one)}, QUICK)
    made.append(supervisor)
    with structlog.testing.capture_logs() as logs:
        steps(supervisor, lambda: len(pids(one)) > 2)
    assert {line["event"] for line in logs} == {"child.anew"}


def test_stopping_ends_our_children_and_nobody_else(tmp_path: Path) -> None:
    other = subprocess.Popen([sys.executable, "-S", "-c", "import time; time.sleep(60)"])
    try:
        starts = [tmp_path / "a", tmp_path / "deaf"]
        commands = {"a": command(WELL, starts[0]), "deaf": command(DEAF, starts[1])}
        supervisor = Supervisor(commands, QUICK)
        steps(supervisor, lambda: all(pids(one) for one in starts))
        supervisor.stop()
        for one in starts:
            [pid] = pids(one)
            with pytest.raises(ProcessLookupError):
                os.kill(pid, 0)
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


def test_a_child_learns_that_the_supervisor_is_gone() -> None:
    code = (
        "import sys, time\nfrom miseban.camera.child_process import ChildProcess, Command\n"
        "child = ChildProcess(Command([sys.executable, '-S', '-c', 'import sys\\n"
        "sys.stdin.readline()\\nsys.stdin.read()'], b'x'), time.monotonic)\n"
        "print(child.pid, flush=True)\ntime.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True
    ) as supervisor:
        assert supervisor.stdout is not None
        child = int(supervisor.stdout.readline())
        supervisor.send_signal(signal.SIGKILL)
        supervisor.wait()
    end_s = time.monotonic() + 10
    while True:
        try:
            os.kill(child, 0)
            with open(f"/proc/{child}/stat") as stat:  # noqa: PTH123
                if stat.read().split()[2] == "Z":
                    break
        except (ProcessLookupError, FileNotFoundError):
            break
        assert time.monotonic() < end_s
        time.sleep(0.05)


def test_a_program_that_is_missing_is_a_fault_like_any_other(made: list[Supervisor]) -> None:
    supervisor = Supervisor({"a": Command(["no-such-program"])}, QUICK)
    made.append(supervisor)
    with structlog.testing.capture_logs() as logs:
        supervisor.step()
    [failed] = [line for line in logs if line["event"] == "child.failed"]
    assert "cannot be started" in failed["why"]


def test_a_change_begins_anew_whose_command_it_is_and_leaves_the_others(
    made: list[Supervisor], tmp_path: Path
) -> None:
    names = ("stays", "other", "deaf", "goes", "comes")
    starts = {name: tmp_path / name for name in (*names, "later")}
    before = {name: command(WELL, starts[name]) for name in ("stays", "other", "goes")}
    before["deaf"] = command(DEAF, starts["deaf"])
    supervisor = Supervisor(before, QUICK)
    made.append(supervisor)
    steps(supervisor, lambda: all(pids(starts[name]) for name in before))
    ended = [pids(starts[name])[0] for name in ("other", "deaf", "goes")]
    after = {name: command(WELL, starts[name]) for name in ("stays", "deaf", "comes")}
    after["other"] = command(WELL, starts["later"])
    with structlog.testing.capture_logs() as logs:
        supervisor.change(after)
        steps(supervisor, lambda: all(pids(starts[n]) for n in ("later", "comes")))
        steps(supervisor, lambda: len(pids(starts["deaf"])) == 2)  # it was killed in the end
        steps(supervisor, lambda: bool(told(logs, "child.gone")))
    for pid in ended:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
    assert len(pids(starts["stays"])) == 1
    assert len(pids(starts["goes"])) == 1
    assert not told(logs, "child.failed"), "an end that was asked for is no fault"
    assert told(logs, "child.gone") == ["goes"]
