"""What keeps the memory of a camera process and of a hub flat over months."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, Literal, NoReturn

_M_MMAP_THRESHOLD: Final = -3
_LARGE: Final = 32_768
PLAIN: Final = {
    # One heap: else there is one for every thread, each with what that thread once needed, and of
    # those beside the first malloc_trim does not give back what lies at the end.
    "MALLOC_ARENA_MAX": "1",
    # No store of free pieces for each thread: thirty threads have room for 13 000, of all sizes,
    # and each of them can hold a page that is else empty. It takes hours until they are full.
    "GLIBC_TUNABLES": "glibc.malloc.tcache_count=0",
}
"""How glibc manages memory: it looks when a program begins, and not again. Small pieces are
Python's own allocator's, which gives a megabyte back only when nothing of it is in use. That is
well where little of what is made and dropped stays: texts of ids and moments as objects once did,
and a hub grew by 25 MB an hour. Now it takes less than with glibc for all and grows less (2.8 MB an
hour in the soak, 3.6 with glibc), and takes events in a third faster."""
_SMALL, _OF_EACH = 1024, 7
"""NumPy keeps so many freed pieces of each size below this for the next array of that size."""
GIVE_BACK_S: Final = 2.0
"""So often what is free goes back to the system. Where nothing is, that takes a millisecond; what a
look at the journal has left, a dozen MB in the afternoon, takes ten, and lay there for twenty
seconds, until the next look, when this was twenty."""
COLLECT_S: Final = 20.0
"""So often Python's own stores of free objects are emptied, which a collection of all generations
does: up to 2 000 tuples of each length up to 20 lie wherever a burst of events left them, and each
can hold a page that is else empty (a third of all such pages of a hub after an hour)."""


def begin_plainly() -> None:
    """Begins this program anew in the same process, once, with ``PLAIN``. What the environment
    says already stays."""
    if os.environ.keys() >= PLAIN.keys() or not hasattr(ctypes.CDLL(None), "malloc_trim"):
        return
    for name, value in PLAIN.items():
        os.environ.setdefault(name, value)
    begin_anew()


def take_it_plainly() -> None:
    """Large pieces come from the system, to which they go back at once: glibc, left alone, soon
    takes pieces of megabytes from a heap that small ones then hold open, and a hub that compacted
    every five minutes grew by 5 MB a minute. (Arrow takes its tables from glibc as well: see
    ``miseban.cli``.)"""
    with contextlib.suppress(AttributeError, OSError):  # no glibc: nothing to set
        libc = ctypes.CDLL(None)
        libc.mallopt(_M_MMAP_THRESHOLD, _LARGE)


@contextlib.contextmanager
def settled() -> Iterator[None]:
    """What is there now lasts as long as this, and what will be kept of small arrays is there from
    the start: nobody looks for garbage in it again and again, which takes a tenth of a second each
    time, and in a hub took a quarter of the time that an event takes."""
    fill_small_arrays()
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def begin_anew() -> NoReturn:
    """As ``begin_plainly`` does, when all is closed: what this process took is the system's again,
    and whoever watches it sees the same process."""
    os.execv(sys.executable, sys.orig_argv)  # noqa: S606 - this very program


def resident_bytes(process: int | Literal["self"] = "self") -> int:
    """The memory that a process really takes; 0 where the system does not tell."""
    try:
        with Path(f"/proc/{process}/statm").open("rb", buffering=0) as file:
            return int(file.read(200).split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return 0


def fill_small_arrays() -> None:
    """What NumPy will keep of small arrays, 3.8 MB, is taken at once, side by side. Else it takes
    days until a hub whose arrays have all lengths has it, each piece where there was room just then
    (0.7 MB in the second half an hour of the soak). A process without NumPy takes nothing."""
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        _ = [numpy.empty(size, "u1") for size in range(1, _SMALL) for _ in range(_OF_EACH)]


def give_it_back() -> None:
    """What is free goes back to the system (``malloc_trim`` with glibc)."""
    with contextlib.suppress(AttributeError, OSError):
        ctypes.CDLL(None).malloc_trim(0)


class GivingBack:
    """To be called as often as one likes: gives back what is free every ``every_s``, and every
    ``COLLECT_S`` what Python keeps for itself too: milliseconds, where a process has ``settled``
    before it went to work."""

    def __init__(
        self, every_s: float = GIVE_BACK_S, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._every_s, self._clock = every_s, clock
        self._next_s = clock() + every_s
        self._collect_s = clock() + COLLECT_S

    def __call__(self) -> None:
        now_s = self._clock()
        if now_s >= self._next_s:
            self._next_s = now_s + self._every_s
            if now_s >= self._collect_s:
                self._collect_s = now_s + COLLECT_S
                gc.collect()
            give_it_back()
