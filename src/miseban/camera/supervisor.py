"""Keeps processes running, each for itself: what breaks one never touches another.

A child says every second that it lives, on its standard output. One that ends, that is silent for
too long (it hangs) or that takes too much memory (it leaks) is started anew, after a wait that
doubles with each fault and is short again once the child has been well for a while. A fault is
logged when it begins and when it is over, not with each attempt in between.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import structlog

from miseban.camera.child_process import ANEW, ChildProcess, Command
from miseban.camera.process.memory import GivingBack

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class SupervisorSettings:
    """All in seconds, but for bytes. ``start_s`` is for a child's first sign of life, ``hang_s``
    for every next one. The wait before the n-th attempt is ``backoff_s`` doubled n times, at most
    ``backoff_most_s``; a child without a fault for ``well_s`` is well. ``stop_s`` is what a child
    gets to end by itself. ``rss_bytes`` is the memory of a child at most."""

    start_s: float = 90.0
    hang_s: float = 20.0
    backoff_s: float = 1.0
    backoff_most_s: float = 60.0
    well_s: float = 60.0
    stop_s: float = 15.0
    rss_bytes: int = 2_000_000_000


@dataclass(slots=True)
class _Child:
    command: Command
    process: ChildProcess | None = None
    due_at: float = float("-inf")
    attempts: int = 0
    starts: int = 0
    fault: str = ""
    healthy_since: float | None = None
    leaves_at: float | None = None  # asked to end for another command; by then it is killed


class Supervisor:
    """Runs ``commands`` by name. ``step`` is to be called a few times a second, from one thread,
    and ``stop`` at the end. Only processes that it started itself are ever signalled.

    ``change`` may be called in any thread."""

    def __init__(
        self,
        commands: Mapping[str, Command],
        settings: SupervisorSettings | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings, self._clock = settings or SupervisorSettings(), clock
        self._children = {name: _Child(command) for name, command in commands.items()}
        self._wanted: Mapping[str, Command] | None = None
        self._next: Mapping[str, Command] = {}
        self._lock = threading.Lock()

    def run(self, stopped: Callable[[], bool], *, turn_s: float = 0.2) -> None:
        """Until ``stopped()``; then the children are ended."""
        give_back = GivingBack()
        try:
            while not stopped():
                self.step()
                give_back()
                time.sleep(turn_s)
        finally:
            self.stop()

    def change(self, commands: Mapping[str, Command]) -> None:
        """Other commands from the next ``step`` on: a child whose command stays as it is runs on,
        every other is asked to end, and whoever takes its name waits until it has."""
        with self._lock:
            self._wanted = dict(commands)

    def step(self) -> None:
        """Looks at every child, and starts those that are due."""
        self._take_change()
        for name, child in list(self._children.items()):
            if child.leaves_at is not None:
                self._let_go(name, child)
                continue
            if child.process is not None:
                self._look(name, child, child.process)
            if child.process is None and self._clock() >= child.due_at:
                self._start(name, child)

    def stop(self) -> None:
        """Asks all children to end, waits, and kills those that do not."""
        running = [child.process for child in self._children.values() if child.process is not None]
        for process in running:
            process.ask_to_end()
        end_at = self._clock() + self._settings.stop_s
        while any(process.running for process in running) and self._clock() < end_at:
            time.sleep(0.02)
        for process in running:
            process.kill()
        for child in self._children.values():
            child.process = None

    def _take_change(self) -> None:
        with self._lock:
            wanted, self._wanted = self._wanted, None
        if wanted is None:
            return
        self._next = dict(wanted)
        for name, child in self._children.items():
            if self._next.get(name) != child.command and child.leaves_at is None:
                child.leaves_at = self._clock() + self._settings.stop_s
                if child.process is not None:
                    child.process.ask_to_end()
        for name, command in self._next.items():
            if name not in self._children:
                self._children[name] = _Child(command)

    def _let_go(self, name: str, child: _Child) -> None:
        """Of a child that was asked to end: once it has, whoever comes after it is started."""
        process = child.process
        if process is not None and process.running and self._clock() < (child.leaves_at or 0.0):
            process.listen()
            return
        if process is not None:
            process.kill()  # closes what is left of it
        command = self._next.get(name)
        if command is None:
            del self._children[name]
            log.info("child.gone", child=name)
            return
        log.info("child.anew", child=name)
        self._children[name] = _Child(command)
        self._start(name, self._children[name])

    def _start(self, name: str, child: _Child) -> None:
        child.starts += 1
        child.healthy_since = None
        try:
            child.process = ChildProcess(child.command, self._clock)
        except OSError as error:
            self._failed(name, child, f"cannot be started: {error}")

    def _look(self, name: str, child: _Child, process: ChildProcess) -> None:
        s, now = self._settings, self._clock()
        process.listen()
        status = process.status
        if status is not None:
            process.kill()  # closes what is left of it
            child.process = None
            if status == ANEW and not child.fault:
                log.info("child.anew", child=name)
                return
            self._failed(name, child, _ended(status))
            return
        silent_s = now - process.beat_at
        if silent_s > (s.hang_s if process.beat else s.start_s):
            process.kill()
            child.process = None
            self._failed(name, child, f"gave no sign of life for {silent_s:.0f} s")
        elif process.rss_bytes() > s.rss_bytes:
            megabytes = process.rss_bytes() // 1_000_000
            process.end(s.stop_s)
            child.process = None
            self._failed(name, child, f"took {megabytes} MB of memory")
        elif process.beat:
            self._well(name, child, now)

    def _well(self, name: str, child: _Child, now: float) -> None:
        if child.healthy_since is None:
            child.healthy_since = now
        if child.attempts and now - child.healthy_since >= self._settings.well_s:
            child.attempts = 0
            if child.fault:
                log.info("child.well", child=name, was=child.fault, restarts=child.starts - 1)
                child.fault = ""

    def _failed(self, name: str, child: _Child, why: str) -> None:
        s = self._settings
        wait_s = min(s.backoff_most_s, s.backoff_s * 2.0 ** min(child.attempts, 30))
        child.due_at = self._clock() + wait_s
        child.attempts += 1
        if not child.fault:
            log.error("child.failed", child=name, why=why, again_in_s=wait_s)
        child.fault = why


def _ended(status: int) -> str:
    return f"was killed by signal {-status}" if status < 0 else f"ended with status {status}"
