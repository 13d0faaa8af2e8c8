"""What comes in, looked at once: is it an event, is it ours, can a table hold it?"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any, Final, get_args

from pydantic import AwareDatetime, BaseModel, TypeAdapter, ValidationError

from miseban.journal.known import day_of
from miseban.vocabulary.delivery import LARGEST_EVENT
from miseban.vocabulary.events import (
    AS_READ,
    EVENTS,
    AttributeSummary,
    Event,
    TillReceipt,
    VisitEnded,
)

FIRST_DAY: Final = 365
LAST_DAY: Final = 84_005
"""The years 1971 to 2199: at other times no camera ran, and its clock is wrong."""
FARTHEST: Final = 9_000_000.0
"""Of a trail, in its unit; and the most seconds since its beginning are a thousand times that."""
LARGEST: Final = 2**63 - 1
LONGEST_REFUSED: Final = 20_000
"""Characters of a line that was no event; the rest is not worth a disk."""

_RECEIPT: Final = b"till.receipt"
_SUMMARY: Final = b"attribute.summary"
_TRAIL: Final = ("t", "x", "y")
_MANY: TypeAdapter[list[Event]] = TypeAdapter(list[Event], config=AS_READ)


class Refused(str):
    """Why a line is no event that can be kept."""

    __slots__ = ()


def read_lines(lines: Sequence[bytes], shop: str) -> list[Event | Refused]:
    """Each line as an event of ``shop``, or why not."""
    most, apart, text = lines, [], b",\n".join(lines)
    if _RECEIPT in text or _SUMMARY in text:
        most = []
        for at, line in enumerate(lines):
            if _RECEIPT in line or _SUMMARY in line:
                apart.append(at)
            else:
                most.append(line)
        text = b",\n".join(most)
    found: list[Event | Refused] = list(_all_at_once(most, text) or map(_one, most))
    for at in apart:
        found.insert(at, _one(lines[at]))
    # Most batches are of one kind: events whose every field is plain, of times that are.
    times = [event.time for event in found if not isinstance(event, Refused)]
    if times and day_of(min(times)) >= FIRST_DAY and day_of(max(times)) <= LAST_DAY:
        return [event if _surely(event, shop) else checked(event, shop) for event in found]
    return [checked(event, shop) for event in found]


def _surely(event: Event | Refused, shop: str) -> bool:
    """Whether ``checked`` would take an event whose time is in order; quicker, and not for all."""
    fits = _SURELY.get(type(event))
    return fits is not None and event.shop == shop and fits(event)  # type: ignore[union-attr]


def _all_at_once(lines: Sequence[bytes], text: bytes) -> list[Event] | None:
    """Twice as fast as one by one; none when that is called for. ``text`` is all of them.

    Lines that are no JSON by themselves must not pass because they are some together. A line break
    between them cannot be within a text; a line that begins with ``{`` cannot go on with an object
    that an earlier one left open; it could go on with a list of objects, and no event but those of
    ``_LISTED`` has one.
    """
    if not lines or not all(line.startswith(b"{") for line in lines):
        return None
    if text.count(b"\n") != len(lines) - 1:
        return None
    if len(text) > LARGEST_EVENT and max(map(len, lines)) > LARGEST_EVENT:
        return None
    try:
        found = _MANY.validate_json(b"[" + text + b"]")
    except ValidationError:
        return None
    if len(found) != len(lines) or not _LISTED.isdisjoint(map(type, found)):
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


def checked(event: Event | Refused, shop: str) -> Event | Refused:
    """``event``, or why it is none of ``shop`` that can be kept."""
    if isinstance(event, Refused):
        return event
    if event.shop != shop:
        return Refused(f"shop: expected {shop}, found {event.shop}")
    if not FIRST_DAY <= day_of(event.time) <= LAST_DAY:
        return Refused(_ODD.format("time"))
    counts = _PLAIN.get(event.type)
    if counts is None:
        return _why_not(event) or event
    for name in counts:
        if getattr(event, name) > LARGEST:
            return Refused(_ODD.format(name))
    return event


_ODD = "{}: expected counts below 2^63 and the years 1971 to 2199"


def _why_not(event: Event) -> Refused | None:
    """What the type lets pass and no table can hold."""
    if isinstance(event, VisitEnded):
        if not len(event.t) == len(event.x) == len(event.y):
            return Refused("expected as many t as x and y")
        for name in _TRAIL if event.t else ():
            most = 1000 * FARTHEST if name == "t" else FARTHEST
            values = getattr(event, name)
            # A sum is no number where one of them is none, whatever the comparisons say.
            if not (max(values) <= most and min(values) >= -most and math.isfinite(sum(values))):
                return Refused(f"{name}: expected numbers up to {most:g}")
    for name, value in event.model_dump(exclude={*_TRAIL}).items():
        if not _fits(value):
            return Refused(_ODD.format(name))
    return None


def _fits(value: object) -> bool:
    if isinstance(value, int):
        return abs(value) <= LARGEST
    if isinstance(value, datetime):
        return FIRST_DAY <= day_of(value) <= LAST_DAY
    if isinstance(value, dict):
        return all(map(_fits, value.values()))
    if isinstance(value, list | tuple):
        return all(map(_fits, value))
    return True


def _plain(models: Iterable[type[BaseModel]]) -> dict[str, tuple[str, ...]]:
    """Types whose every field but ``time`` is a text or a number, and those that are counts."""
    found = {}
    for model in models:
        fields = {name: field.annotation for name, field in model.model_fields.items()}
        kind = get_args(fields.pop("type"))[0]
        fields.pop("time")
        if not any(_holds(annotation, _MORE) for annotation in fields.values()):
            found[kind] = tuple(name for name, a in fields.items() if _holds(a, (int,)))
    return found


def _holds(annotation: object, kinds: tuple[Any, ...]) -> bool:
    parts = get_args(annotation)
    if not parts:
        return isinstance(annotation, type) and issubclass(annotation, kinds)
    return any(_holds(part, kinds) for part in (getattr(annotation, "__origin__", None), *parts))


# At run time pydantic's aware time is a class of its own.
_MORE: tuple[Any, ...] = (tuple, datetime, AwareDatetime, BaseModel)
_PLAIN: Final = _plain(get_args(get_args(Event)[0]))


def _visit_fits(event: VisitEnded) -> bool:
    """No number is larger than the length of a vector that has it, and that of one with a number
    that is none is not small either."""
    t, x, y = event.t, event.x, event.y
    return (
        len(t) == len(x) == len(y)
        and math.hypot(*t) <= 1000 * FARTHEST
        and math.hypot(*x) <= FARTHEST
        and math.hypot(*y) <= FARTHEST
        and event.stitched <= LARGEST
        and FIRST_DAY <= day_of(event.started) <= LAST_DAY
    )


def _none_over(counts: Sequence[str]) -> Callable[[Any], bool]:
    of: Callable[[Any], Any] = attrgetter(*counts)
    if len(counts) == 1:
        return lambda event: bool(of(event) <= LARGEST)
    return lambda event: max(of(event)) <= LARGEST


def _quick() -> dict[type, Callable[[Any], bool]]:
    """By type, what finds most events in order."""
    found: dict[type, Callable[[Any], bool]] = {VisitEnded: _visit_fits}
    for model in get_args(get_args(Event)[0]):
        counts = _PLAIN.get(get_args(model.model_fields["type"].annotation)[0])
        if counts is not None:
            found[model] = _none_over(counts) if counts else lambda _: True
    return found


_SURELY: Final = _quick()
_LISTED: Final = {TillReceipt, AttributeSummary}


def refused_line(line: bytes, why: Refused, **whence: object) -> bytes:
    """How it is kept in ``rejected/``: a line of JSON."""
    text = line.decode("utf-8", "replace")[:LONGEST_REFUSED]
    return json.dumps({**whence, "why": str(why), "line": text}, ensure_ascii=True).encode()
