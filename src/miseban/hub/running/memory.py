"""A hub's memory: what it no longer needs goes back to the system.

A compaction takes the day's events into memory for a moment. Arrow's own allocator keeps what every
thread once had, and so does the C library: with a day that grows, a hub came to several times of
what it held. With the system's allocator, and asked to give back after each compaction, it holds
what it needs.
"""

from __future__ import annotations

import ctypes
from typing import Final

import pyarrow as pa

_LIBC: Final = ctypes.CDLL(None)


def use_system_memory() -> None:
    """For Arrow's tables, in this whole process."""
    pa.set_memory_pool(pa.system_memory_pool())


def give_back() -> bool:
    """What is free goes to the system, where the C library can (glibc's ``malloc_trim``,
    https://man7.org/linux/man-pages/man3/malloc_trim.3.html). Returns whether anything went."""
    trim = getattr(_LIBC, "malloc_trim", None)
    return trim is not None and bool(trim(0))
