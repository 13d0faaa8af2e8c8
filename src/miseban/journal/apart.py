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
import select
import signal
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from importlib.abc import MetaPathFinder
from typing import Any, BinaryIO, ParamSpec, Protocol, TypeVar, cast

import pyarrow as pa

from miseban.vocabulary.errors import Failed

P = ParamSpec("P")
R = TypeVar("R")
_TRIES = 2
_ENDS_S = 5.0
ANSWERS_S = 600.0
"""The longest that is called takes a minute on a small machine; what takes so long is stuck."""


class Caller(Protocol):
    """Calls a function of a module, whose arguments can be pickled, and returns what it does."""

    def __call__(self, function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R: ...


def here(function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
    """In this process: a ``Caller``."""
    return function(*args, **kwargs)


class Apart:
    """A process, begun by the first call. Calls may come from any thread, and are made one after
    the other. It ends when this one does, however that is, after the call that it is at."""

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
        self._lock, self._at = threading.Lock(), threading.Lock()
        self._process: _Process | None = None
        self._caller: int | None = None  # the thread whose call it is at
        self._closed = False

    def call(self, function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """What ``function`` returns there, or the error that it raises. What it remembers, by a
        cache of its module, it remembers as long as the process lasts.

        Raises ``Failed`` (``apart``) where the process ends twice before it has answered, where it
        does not answer within ``ANSWERS_S``, and once this is closed.
        """
        asked = _pickled((function, args, kwargs))
        what = function.__qualname__
        with self._lock, self._called_by(threading.get_ident()):
            for _ in range(_TRIES):
                if self._closed:
                    raise Failed("apart", what, "what would be asked is closed")
                try:
                    if self._process is None:
                        self._process = self._begun()
                    answer, error = self._process.asked(asked)
                except (EOFError, OSError, pickle.UnpicklingError) as ended:
                    why = str(ended) or "it ended"
                    self._end()
                except BaseException:  # what is left of this answer is none to the next call
                    self._end()
                    raise
                else:
                    break
            else:
                raise Failed("apart", what, f"a process of our own has not answered: {why}")
        if error is not None:
            raise error
        return cast(R, answer)

    def interrupt(self, caller: int) -> None:
        """Tells the process, where it is at the call of the thread ``caller``, that nobody waits
        for it any more: ``SIGUSR1``, which the function heeds or not. Comes it before that is
        begun it goes astray."""
        with self._at:
            process = self._process
            if self._caller == caller and process is not None:
                process.popen.send_signal(signal.SIGUSR1)

    @property
    def pid(self) -> int | None:
        process = self._process
        return None if process is None else process.popen.pid

    @property
    def age_s(self) -> float:
        """Since it was begun; 0 where there is none."""
        process = self._process
        return 0.0 if process is None else time.monotonic() - process.begun_s

    def renew(self, function: Callable[P, object], /, *args: P.args, **kwargs: P.kwargs) -> None:
        """Another process takes the place of this one, once it has done ``function``: until then
        calls go to the old one. Raises as ``call``, and the old one stays."""
        new = self._begun()
        try:
            _, error = new.asked(_pickled((function, args, kwargs)))
            if error is not None:
                raise error
        except BaseException:
            new.end()
            raise
        with self._lock:
            if not self._closed:
                self._process, new = new, self._process
        if new is not None:
            new.end()

    def end(self) -> None:
        """After the call that it is at. The next call begins another."""
        with self._lock:
            self._end()

    def close(self) -> None:
        """At once, whatever it is at: it only reads. No call is answered any more."""
        self._closed = True
        process = self._process
        if process is not None:
            process.popen.kill()
        self.end()

    @contextlib.contextmanager
    def _called_by(self, thread: int) -> Iterator[None]:
        with self._at:
            self._caller = thread
        try:
            yield
        finally:
            with self._at:
                self._caller = None

    def _begun(self) -> _Process:
        return _Process(self._nice, self._begins)

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.end()


class _Process:
    """It finds what this process finds, wherever that is from, and answers by a pipe of its own:
    who knows what prints something there."""

    def __init__(self, nice: int, begins: tuple[object, object]) -> None:
        ours, its = os.pipe()
        path = f"import sys; sys.path[:] = {[one for one in sys.path if isinstance(one, str)]!r}"
        program = f"{path}; from {__name__} import serve; serve({nice}, {its})"
        self._heard = os.fdopen(ours, "rb")
        self._begins = _pickled(begins)
        try:
            self.popen = subprocess.Popen(  # noqa: S603 - our own program
                [sys.executable, "-P", "-c", program], stdin=subprocess.PIPE, pass_fds=[its]
            )
        except BaseException:
            self._heard.close()
            raise
        finally:
            os.close(its)
        self.begun_s = time.monotonic()

    def asked(self, what: bytes) -> tuple[object, Exception | None]:
        """What it answers. Raises ``OSError``, ``EOFError`` or ``UnpicklingError`` when it ends
        before, and ``Failed`` (``apart``) when it does not answer."""
        told = self.popen.stdin
        assert told is not None  # noqa: S101 - it is a pipe
        told.write(self._begins + what)
        told.flush()
        self._begins = b""
        if not select.select([self._heard], [], [], ANSWERS_S)[0]:
            self.popen.kill()
            raise Failed("apart", "answer", f"none of a process of our own in {ANSWERS_S:.0f} s")
        return cast(tuple[object, Exception | None], pickle.load(self._heard))  # noqa: S301 - ours

    def end(self) -> None:
        for pipe in (self.popen.stdin, self._heard):
            with contextlib.suppress(OSError):
                assert pipe is not None  # noqa: S101 - as above
                pipe.close()
        try:
            self.popen.wait(_ENDS_S)
        except subprocess.TimeoutExpired:
            self.popen.kill()
            self.popen.wait()


def serve(nice: int, answers: int) -> None:
    """What the process does: answers, by the descriptor ``answers``, until nobody asks any more."""
    # Who is told to end is whoever began us; and then our input ends.
    for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1):
        signal.signal(one, signal.SIG_IGN)
    os.nice(nice)
    sys.meta_path.insert(0, _NoPandas())
    with contextlib.suppress(BrokenPipeError):
        _answer(sys.stdin.buffer, os.fdopen(answers, "wb"))
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
            raised.add_note(traceback.format_exc())
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
