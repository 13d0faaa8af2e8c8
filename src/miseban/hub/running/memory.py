"""What keeps a hub's memory flat over months."""

from __future__ import annotations

import contextlib
import ctypes
from typing import Final

import pyarrow as pa

_M_MMAP_THRESHOLD: Final = -3
_M_ARENA_MAX: Final = -8
_LARGE: Final = 32_768
_HEAPS: Final = 2
"""Else glibc keeps one for every thread, each with what that thread once needed."""


def take_it_plainly() -> None:
    """Large pieces come from the system, to which they go back at once: glibc, left alone, soon
    takes pieces of megabytes from a heap that small ones then hold open, and a hub that compacted
    every five minutes grew by 5 MB a minute. (Arrow takes its tables from glibc as well: see
    ``miseban.cli``.)"""
    with contextlib.suppress(AttributeError, OSError):  # no glibc: nothing to set
        libc = ctypes.CDLL(None)
        libc.mallopt(_M_MMAP_THRESHOLD, _LARGE)
        libc.mallopt(_M_ARENA_MAX, _HEAPS)


def give_it_back() -> None:
    """What is free goes back to the system (``malloc_trim`` with glibc)."""
    pa.default_memory_pool().release_unused()
