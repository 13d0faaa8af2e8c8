"""What glibc has handed out and not got back, for scripts that run in a process of their own."""

from __future__ import annotations

from typing import Final

IN_USE: Final = """
import ctypes, gc

class Info(ctypes.Structure):
    _fields_ = [(name, ctypes.c_size_t) for name in (
        "arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks", "uordblks",
        "fordblks", "keepcost")]

libc = ctypes.CDLL(None)
libc.mallinfo2.restype = Info

def in_use():
    gc.collect()
    found = libc.mallinfo2()
    return found.uordblks + found.hblkhd
"""
