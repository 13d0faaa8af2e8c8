"""What keeps a hub's memory flat over months."""

from __future__ import annotations

import contextlib
import ctypes
from typing import Final

import pyarrow as pa

_M_MMAP_THRESHOLD: Final = -3
_LARGE: Final = 131_072


def take_it_plainly() -> None:
    """Tables come from the C library's memory, and large pieces of it from the system, to which
    they go back at once. Arrow's own pool keeps what a thread has once had, and glibc, left alone,
    soon takes pieces of megabytes from a heap that small ones then hold open: a hub that compacted
    every five minutes grew by 5 MB a minute."""
    pa.set_memory_pool(pa.system_memory_pool())
    with contextlib.suppress(AttributeError, OSError):  # no glibc: nothing to set
        ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, _LARGE)


def give_it_back() -> None:
    """What is free goes back to the system (``malloc_trim`` with glibc)."""
    pa.default_memory_pool().release_unused()
