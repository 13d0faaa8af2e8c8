"""Ids that are the same whenever the same fact is told again, and still sort by time."""

from __future__ import annotations

import hashlib
from datetime import datetime


def id_of(time: datetime, *key: str) -> str:
    """The id of the fact that ``key`` names: a UUID of version 8 (RFC 9562, 5.8).

    48 bits are the milliseconds of ``time`` (as version 7 has them, so that ids sort alike), 74 the
    beginning of SHA-256 over ``key``; every part goes in with its length, so that two keys cannot
    run into one. ``time`` must be part of the fact: another time is another id.
    """
    parts = [part.encode("utf-8", "surrogatepass") for part in key]
    told = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
    bits = int.from_bytes(hashlib.sha256(told).digest()[:10], "big") & (1 << 74) - 1
    millis = max(0, int(time.timestamp() * 1000)) & 0xFFFF_FFFF_FFFF
    value = millis << 80 | 0x8 << 76 | (bits >> 62) << 64 | 0b10 << 62 | bits & (1 << 62) - 1
    text = f"{value:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
