"""Work that takes much memory for a moment, in a process of its own.

A process that has once taken a hundred thousand small pieces keeps the pages between those that
stay. A hub that counts the day anew a few times a minute grew by that, some megabytes in hours.
What is called here reads, counts and returns; it writes nothing, so it may be broken off at any
moment, and called again.
"""

from __future__ import annotations

import contextlib
import math
import pickle
import signal
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any, ParamSpec, Protocol, TypeVar, cast

from miseban.journal.apart_process import Process, answer_of
from miseban.journal.handed import pickled
from miseban.vocabulary.errors import Failed

P = ParamSpec("P")
R = TypeVar("R")
_TRIES = 2
_LOOKS = 5


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
        first call, and ``after`` each and every two seconds, these functions of a module are called
        there."""
        self._nice, self._begins = nice, (before, after)
        self._lock, self._at = threading.Lock(), threading.Lock()
        self._process: Process | None = None
        self._new: Process | None = None  # that is to take its place
        self._caller: int | None = None  # the thread whose call it is at
        self._closed = False

    def call(self, function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """What ``function`` returns there, or the error that it raises. What it remembers, by a
        cache of its module, it remembers as long as the process lasts.

        Raises ``Failed`` (``apart``) where the process ends twice before it has answered, where it
        does not answer within ``ANSWERS_S``, and once this is closed.
        """
        asked = pickled((function, args, kwargs))
        what = function.__qualname__
        with self._lock, self._called_by(threading.get_ident()):
            for _ in range(_TRIES):
                if self._closed:
                    raise Failed("apart", what, "what would be asked is closed")
                try:
                    answer, error = self._there().asked(asked)
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

    def renew(
        self,
        look: Callable[P, float],
        looked: Callable[P, float],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> None:
        """Another process takes the place of this one, once it knows as much: what ``look`` returns
        there, a moment, is no earlier than what ``looked`` returns here. Until then calls go to the
        old one. Raises as ``call``, and the old one stays."""
        with self._at:
            if self._closed:
                return
            new = self._new = Process(self._nice, self._begins)
        old: Process | None = new
        try:
            for left in reversed(range(_LOOKS)):
                as_of = answer_of(new, look, args, kwargs)
                with self._lock:
                    if self._process is not None and as_of < self._known(looked, args, kwargs):
                        if left:
                            continue
                        answer_of(new, look, args, kwargs)
                    with self._at:
                        if not self._closed:
                            old, self._process = self._process, new
                    break
        finally:
            self._new = None
            if old is not None:
                old.end()

    def _known(self, looked: Callable[..., float], args: Any, kwargs: Any) -> float:
        """Nothing where it is not there any more."""
        assert self._process is not None  # noqa: S101 - whoever calls has seen to it
        try:
            return answer_of(self._process, looked, args, kwargs)
        except (EOFError, OSError, pickle.UnpicklingError):
            return -math.inf

    def end(self) -> None:
        """After the call that it is at. The next call begins another."""
        with self._lock:
            self._end()

    def close(self) -> None:
        """At once, whatever it is at: it only reads. No call is answered any more."""
        with self._at:
            self._closed = True
            for process in (self._process, self._new):
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

    def _there(self) -> Process:
        with self._at:
            if self._closed:
                raise EOFError("closed")
            if self._process is None:
                self._process = Process(self._nice, self._begins)
            return self._process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.end()
