"""What comes in, looked at once: is it an event, is it ours, may it be kept?"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Final

from pydantic import TypeAdapter, ValidationError

from miseban.journal.known import day_of
from miseban.vocabulary.delivery import LARGEST_EVENT
from miseban.vocabulary.events import EVENTS, Event, VisitEnded

FIRST_DAY: Final = 365
LAST_DAY: Final = 84_005
"""The years 1971 to 2199: at other times no camera ran, and its clock is wrong."""
FARTHEST: Final = 9_000_000.0
"""Of a trail, in its unit; and the most seconds since its beginning are a thousand times that."""
LONGEST_REFUSED: Final = 20_000
"""Characters of a line that was no event; the rest is not worth a disk."""

_LISTS: Final = ("till.receipt", "attribute.summary")
_MANY: TypeAdapter[list[Event]] = TypeAdapter(list[Event])


class Refused(str):
    """Why a line is no event that can be kept."""

    __slots__ = ()


def read_lines(lines: Sequence[bytes], shop: str) -> list[Event | Refused]:
    """Each line as an event of ``shop``, or why not."""
    found = _all_at_once(lines)
    if found is None:
        return [_checked(_one(line), shop) for line in lines]
    if all(event.shop == shop and event.type != "visit.ended" for event in found):
        first, last = min(event.time for event in found), max(event.time for event in found)
        if FIRST_DAY <= day_of(first) and day_of(last) <= LAST_DAY:
            return list(found)
    return [_checked(event, shop) for event in found]


def _all_at_once(lines: Sequence[bytes]) -> list[Event] | None:
    """Three times as fast as one by one; none when one by one is called for.

    Lines that are no JSON by themselves must not pass because they are some together. A line break
    between them cannot be within a text; a line that begins with ``{`` cannot go on with an object
    that an earlier one left open; it could go on with a list of objects, and no event but those of
    ``_LISTS`` has one.
    """
    if not lines or not all(line.startswith(b"{") for line in lines):
        return None
    text = b",\n".join(lines)
    if text.count(b"\n") != len(lines) - 1:
        return None
    if len(text) > LARGEST_EVENT and max(map(len, lines)) > LARGEST_EVENT:
        return None
    try:
        found = _MANY.validate_json(b"[" + text + b"]")
    except ValidationError:
        return None
    if len(found) != len(lines) or any(event.type in _LISTS for event in found):
        return None
    return found


def _one(line: bytes) -> Event | Refused:
    if len(line) > LARGEST_EVENT:
        return Refused(f"an event of {len(line)} bytes, over {LARGEST_EVENT}")
    if b"\n" in line:
        return Refused("more than one line")
    try:
        return EVENTS.validate_json(line)
    except ValidationError as error:
        # Without the input: what is in it may be what an event must not tell.
        told = error.errors(include_url=False, include_input=False, include_context=False)[0]
        return Refused(f"{'.'.join(map(str, told['loc'])) or 'line'}: {told['msg']}")


def _checked(event: Event | Refused, shop: str) -> Event | Refused:
    if isinstance(event, Refused):
        return event
    if event.shop != shop:
        return Refused(f"shop: expected {shop}, found {event.shop}")
    return why_not(event) or event


def why_not(event: Event) -> Refused | None:
    """What the type lets pass and no table can hold."""
    if not FIRST_DAY <= day_of(event.time) <= LAST_DAY:
        return Refused(f"time: expected the years 1971 to 2199, found {event.time.year}")
    if isinstance(event, VisitEnded):
        if not len(event.t) == len(event.x) == len(event.y):
            return Refused("expected as many t as x and y")
        for name, values, most in (
            ("t", event.t, 1000 * FARTHEST),
            ("x", event.x, FARTHEST),
            ("y", event.y, FARTHEST),
        ):
            if not all(math.isfinite(value) and abs(value) <= most for value in values):
                return Refused(f"{name}: expected numbers up to {most:g}")
        if not FIRST_DAY <= day_of(event.started) <= LAST_DAY:
            return Refused("started: expected the years 1971 to 2199")
    return None


def refused_line(line: bytes, why: Refused, **whence: object) -> bytes:
    """How it is kept in ``rejected/``: a line of JSON."""
    text = line.decode("utf-8", "replace")[:LONGEST_REFUSED]
    return json.dumps({**whence, "why": str(why), "line": text}, ensure_ascii=True).encode()
