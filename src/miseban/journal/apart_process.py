"""The process by which ``journal.apart`` does its work: how it is begun, asked and ended."""

from __future__ import annotations

import contextlib
import os
import pickle
import select
import signal
import socket
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable
from importlib.abc import MetaPathFinder
from typing import Any, BinaryIO, TypeVar, cast

from miseban.journal.handed import hand, handed, pickled
from miseban.vocabulary.errors import Failed

R = TypeVar("R")
_ENDS_S = 5.0
_AFTER_S = 2.0
ANSWERS_S = 600.0
"""The longest that is called takes a minute on a small machine; what takes so long is stuck."""


class Process:
    """It finds what this process finds, wherever that is from, and answers by a socket of its
    own: who knows what prints something there."""

    def __init__(self, nice: int, begins: tuple[object, object]) -> None:
        self._answers, its = socket.socketpair()
        path = f"import sys; sys.path[:] = {[one for one in sys.path if isinstance(one, str)]!r}"
        program = f"{path}; from {__name__} import serve; serve({nice}, {its.fileno()})"
        self._begins = pickled(begins)
        # Until it heeds that signal, it would end by it.
        blocked = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
        try:
            self.popen = subprocess.Popen(  # noqa: S603 - our own program
                [sys.executable, "-P", "-c", program],
                stdin=subprocess.PIPE, stdout=2, pass_fds=[its.fileno()],
            )  # fmt: skip
        except BaseException:
            self._answers.close()
            raise
        finally:
            its.close()
            signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
        self.begun_s = time.monotonic()

    def asked(self, what: bytes) -> tuple[object, Exception | None]:
        """What it answers. Raises ``OSError``, ``EOFError`` or ``UnpicklingError`` when it ends
        before, and ``Failed`` (``apart``) when it does not answer."""
        told = self.popen.stdin
        assert told is not None  # noqa: S101 - it is a pipe
        told.write(self._begins + what)
        told.flush()
        self._begins = b""
        if not select.select([self._answers], [], [], ANSWERS_S)[0]:
            self.popen.kill()
            raise Failed("apart", "answer", f"none of a process of our own in {ANSWERS_S:.0f} s")
        return cast(tuple[object, Exception | None], handed(self._answers))

    def end(self) -> None:
        self._answers.close()
        with contextlib.suppress(OSError):
            assert self.popen.stdin is not None  # noqa: S101 - as above
            self.popen.stdin.close()
        try:
            self.popen.wait(_ENDS_S)
        except subprocess.TimeoutExpired:
            self.popen.kill()
            self.popen.wait()


def answer_of(process: Process, function: Callable[..., R], args: Any, kwargs: Any) -> R:
    answer, error = process.asked(pickled((function, args, kwargs)))
    if error is not None:
        raise error
    return cast(R, answer)


def serve(nice: int, answers: int) -> None:
    """What the process does: answers, by the socket ``answers``, until nobody asks any more."""
    # Who is told to end is whoever began us; and then our input ends.
    for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1):
        signal.signal(one, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGUSR1])
    os.nice(nice)
    sys.meta_path.insert(0, _NoPandas())
    with contextlib.suppress(ConnectionError):
        _answer(sys.stdin.buffer, socket.socket(fileno=answers))
    os._exit(0)  # nothing is open that has to be closed


class _NoPandas(MetaPathFinder):
    """With its first table Arrow loads it where it is, for half a second and some 25 MB."""

    def find_spec(self, name: str, *_: object) -> None:
        if name == "pandas":
            raise ModuleNotFoundError("no data frames here", name=name)


def _answer(asked: BinaryIO, out: socket.socket) -> None:
    before, after = pickle.load(asked)  # noqa: S301 - of whoever began us
    if before is not None:
        before()
    if after is not None:  # what is done between calls, by threads of theirs, is followed by it too
        threading.Thread(target=_now_and_then, args=(after,), daemon=True).start()
    while True:
        try:
            function, args, kwargs = pickle.load(asked)  # noqa: S301 - as above
        except EOFError:
            return
        found, error = None, None
        try:
            found = function(*args, **kwargs)
        except Exception as raised:  # noqa: BLE001  (whatever it is, who called is told)
            raised.add_note(traceback.format_exc())
            error = _told(raised)
        # An answer that cannot be told ends this process, with all that it believes to have told.
        hand(out, (found, error))
        del function, args, kwargs, found, error
        if after is not None:
            after()


def _now_and_then(after: Callable[[], object]) -> None:
    while True:
        time.sleep(_AFTER_S)
        after()


def _told(error: Exception) -> Exception:
    """It, or what it says where it cannot be told as it is."""
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301 - our own
    except Exception:  # noqa: BLE001  (each kind of error fails in its own way)
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error
