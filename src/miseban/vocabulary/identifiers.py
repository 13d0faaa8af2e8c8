"""Identifiers: names people give to things, and event ids that sort by time."""

from __future__ import annotations

import random
import re
import secrets
from typing import Annotated

from pydantic import StringConstraints

# Without dots or spaces: ids become MQTT topics and NATS subjects, where both have meaning.
NAME_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$"
Name = Annotated[str, StringConstraints(pattern=NAME_PATTERN)]
_NAME = re.compile(NAME_PATTERN)


def is_name(text: str) -> bool:
    """Whether ``text`` may be the id of a shop, camera, line, zone, shelf, facing or till."""
    return _NAME.fullmatch(text) is not None


class EventIds:
    """Makes ids that sort by the event's time and are unique (UUID version 7, RFC 9562, 5.7).

    ``rng`` makes a run repeatable (simulation, tests); without it the operating system's
    randomness is used.
    """

    def __init__(self, rng: random.Random | None = None) -> None:
        self._bits = rng.getrandbits if rng is not None else secrets.randbits

    def at(self, unix_s: float) -> str:
        """The next id for an event at ``unix_s`` seconds since 1970 (negative counts as 0)."""
        millis = max(0, int(unix_s * 1000)) & 0xFFFF_FFFF_FFFF
        bits = self._bits(74)
        value = millis << 80 | 0x7 << 76 | (bits >> 62) << 64 | 0b10 << 62 | bits & (1 << 62) - 1
        text = f"{value:032x}"
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


class VisitIds:
    """Random ids for visits and tracks: they say nothing about who came, or in which order."""

    def __init__(self, rng: random.Random | None = None) -> None:
        self._bits = rng.getrandbits if rng is not None else secrets.randbits

    def next(self) -> str:
        """Sixteen hexadecimal digits."""
        return f"{self._bits(64):016x}"
