"""Work that takes much memory for a moment, in a process of its own.

A process that has once taken a hundred thousand small pieces keeps the pages between those that
stay. A hub that counts the day anew a few times a minute grew by that, some megabytes in hours.
What is called here reads, counts and returns; it writes nothing, so it may be broken off at any
moment, and called again.
"""

from __future__ import annotations

import contextlib
import io
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from importlib.abc import MetaPathFinder
from typing import Any, BinaryIO, ParamSpec, Protocol, TypeVar, cast

import pyarrow as pa

from miseban.vocabulary.errors import Failed

P = ParamSpec("P")
R = TypeVar("R")
_TRIES = 2
_ENDS_S = 5.0


class Caller(Protocol):
    """Calls a function of a module, whose arguments can be pickled, and returns what it does."""

    def __call__(self, function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R: ...


def here(function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
    """In this process: a ``Caller``."""
    return function(*args, **kwargs)


class Apart:
    """A process, begun by the first call. Calls may come from any thread, and are made one after
    the other. It ends when this one does, however that is."""

    def __init__(
        self,
        *,
        nice: int = 0,
        before: Callable[[], object] | None = None,
        after: Callable[[], object] | None = None,
    ) -> None:
        """``nice`` is how much it leaves the processor to others, as ``os.nice``. ``before`` the
        first call, and ``after`` each, these functions of a module are called there."""
        self._nice, self._begins = nice, (before, after)
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._begun_s = 0.0

    def call(self, function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """What ``function`` returns there, or the error that it raises. What it remembers, by a
        cache of its module, it remembers as long as the process lasts.

        Raises ``Failed`` (``apart``) where the process ends twice before it has answered.
        """
        asked = _pickled((function, args, kwargs))
        with self._lock:
            for _ in range(_TRIES):
                try:
                    answer, error = self._asked(asked)
                except (EOFError, OSError, pickle.UnpicklingError) as ended:
                    why = str(ended) or "it ended"
                    self._end()
                except BaseException:  # what is left of this answer is none to the next call
                    self._end()
                    raise
                else:
                    break
            else:
                what = f"a process of our own has not answered: {why}"
                raise Failed("apart", function.__qualname__, what)
        if error is not None:
            raise error
        return cast(R, answer)

    @property
    def pid(self) -> int | None:
        process = self._process
        return None if process is None else process.pid

    @property
    def age_s(self) -> float:
        """Since it was begun; 0 where there is none."""
        return 0.0 if self._process is None else time.monotonic() - self._begun_s

    def end(self) -> None:
        """After the call that it is at. The next call begins another."""
        with self._lock:
            self._end()

    def _asked(self, asked: bytes) -> tuple[object, Exception | None]:
        if self._process is None:
            # It finds what this process finds, wherever that is from.
            path = f"import sys; sys.path[:] = {sys.path!r}"
            program = f"{path}; from {__name__} import serve; serve({self._nice})"
            self._process = subprocess.Popen(  # noqa: S603 - our own program
                [sys.executable, "-P", "-c", program],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            )
            self._begun_s = time.monotonic()
            asked = _pickled(self._begins) + asked
        told, heard = self._process.stdin, self._process.stdout
        assert told is not None and heard is not None  # noqa: S101, PT018 - they are pipes
        told.write(asked)
        told.flush()
        return cast(tuple[object, Exception | None], pickle.load(heard))  # noqa: S301 - our own

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        for pipe in (process.stdin, process.stdout):
            with contextlib.suppress(OSError):
                assert pipe is not None  # noqa: S101 - as above
                pipe.close()
        try:
            process.wait(_ENDS_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def serve(nice: int) -> None:
    """What the process does: answers until nobody asks any more."""
    # Who is told to end is whoever began us; and then our input ends.
    for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(one, signal.SIG_IGN)
    os.nice(nice)
    sys.meta_path.insert(0, _NoPandas())
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever prints something does not answer
    with contextlib.suppress(BrokenPipeError):
        _answer(sys.stdin.buffer, out)
    os._exit(0)  # nothing is open that has to be closed


class _NoPandas(MetaPathFinder):
    """With its first table Arrow loads it where it is, for half a second and some 25 MB."""

    def find_spec(self, name: str, *_: object) -> None:
        if name == "pandas":
            raise ModuleNotFoundError("no data frames here", name=name)


def _answer(asked: BinaryIO, out: BinaryIO) -> None:
    before, after = pickle.load(asked)  # noqa: S301 - of whoever began us
    if before is not None:
        before()
    while True:
        try:
            function, args, kwargs = pickle.load(asked)  # noqa: S301 - as above
        except EOFError:
            return
        found, error = None, None
        try:
            found = function(*args, **kwargs)
        except Exception as raised:  # noqa: BLE001  (whatever it is, who called is told)
            error = _told(raised)
        # An answer that cannot be told ends this process, with all that it believes to have told.
        answer = _pickled((found, error))
        out.write(answer)
        out.flush()
        del function, args, kwargs, found, error, answer
        if after is not None:
            after()


def _told(error: Exception) -> Exception:
    """It, or what it says where it cannot be told as it is."""
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301 - our own
    except Exception:  # noqa: BLE001  (each kind of error fails in its own way)
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error


def _pickled(what: object) -> bytes:
    into = io.BytesIO()
    _Pickler(into, pickle.HIGHEST_PROTOCOL).dump(what)
    return into.getvalue()


class _Pickler(pickle.Pickler):
    """Tables as one piece of memory each, and not one for each column."""

    def reducer_override(self, found: object) -> Any:
        if not isinstance(found, pa.Table):
            return NotImplemented
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, found.schema) as out:
            out.write_table(found.combine_chunks())
        return _table, (sink.getvalue().to_pybytes(),)


def _table(told: bytes) -> pa.Table:
    with pa.ipc.open_stream(told) as stream:
        return stream.read_all()
