"""Cameras of others that count: their ONVIF events become ``line.crossed``.

Two ways to tell of it. ``LineDetector/Crossed`` is one passage. ``CountAggregation/Counter`` is a
number that grows, and that a device starts anew when it likes: what it grew by since the last time
passed in between. Each passage gets an id made of which it was since the counter began, so that
however often a number is told, and whatever died in between, a passage is kept once.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from miseban.hub.formats.deterministic_ids import id_of
from miseban.hub.formats.onvif import COUNTER, CROSSED, OnvifEvent
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.events import LineCrossed
from miseban.vocabulary.identifiers import Name
from miseban.vocabulary.shop import Shop
from miseban.vocabulary.whole_files import write_whole

MOST_AT_ONCE: Final = 10_000
"""A counter that grew by more has been set, or was another: it is taken as it stands."""


class OnvifRule(BaseModel):
    """The rule ``rule`` of the device that publishes under ``device`` counts those who pass
    ``line`` in ``direction``. ONVIF has a rule for each direction."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    device: Annotated[str, Field(min_length=1, max_length=128, pattern=r"^[^#+\x00]+$")]
    rule: Annotated[str, Field(min_length=1, max_length=128)]
    line: Name
    direction: Literal["in", "out"]


class _Counter(BaseModel):
    """``count`` was told at ``time``, and ``before`` the time before; ``since`` is when the counter
    began, as far as is known."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    count: Annotated[int, Field(ge=0)]
    before: Annotated[int, Field(ge=0)]
    time: datetime
    since: datetime


class _Kept(BaseModel):
    model_config = ConfigDict(extra="forbid")

    version: Literal[1] = 1
    counters: dict[str, _Counter] = {}


class OnvifCounts:
    """The counters of a shop's other cameras. ``file`` remembers how far they were read."""

    def __init__(self, shop: Shop, rules: Sequence[OnvifRule], file: Path) -> None:
        """Raises ``BadInput`` for a rule about a line that the shop has not, for one that is there
        twice, and for a file that cannot be read."""
        lines = {line.id: line for line in shop.lines}
        for rule in rules:
            if rule.line not in lines:
                known = ", ".join(lines) or "none"
                what = f"expected a line of the shop ({known}), found {rule.line!a}"
                raise BadInput("bad-onvif-rule", f"rule {rule.rule!a}", what)
        self._shop = shop.shop.id
        self._cameras = {line.id: line.camera for line in shop.lines}
        prefix = f"miseban/{self._shop}/"
        self._rules = {(rule.device.removeprefix(prefix), rule.rule): rule for rule in rules}
        self._prefix = prefix
        if len(self._rules) < len(rules):
            raise BadInput("bad-onvif-rule", "rules", "expected every rule of a device once")
        self._file = file
        self._kept = _read(file)

    def again(self) -> tuple[LineCrossed, ...]:
        """What the last message of every counter told: to be kept once more after a start, in case
        that what died had not kept it yet. What was kept is known by its id."""
        found: list[LineCrossed] = []
        for key, counter in self._kept.counters.items():
            rule = self._rules.get(tuple(json.loads(key)))
            found += self._told(rule, counter) if rule is not None else ()
        return tuple(found)

    def passages(self, event: OnvifEvent) -> tuple[LineCrossed, ...]:
        """Who passed, by ``event``: nobody, where the rule is not one of those read here, where it
        tells of things and not of people, and where it tells nothing new. How far a counter was
        read is on disk before this returns. Raises ``BadInput`` where a counter is no number, and
        ``OSError`` where the disk does."""
        rule = self._rules.get((event.device.removeprefix(self._prefix), event.rule))
        if rule is None or not event.of_people:
            return ()
        if event.topic == CROSSED:
            which = event.data.get("ObjectId", "")
            return (self._passage(rule, event.time, event.time, which),)
        if event.topic == COUNTER:
            return self._counted(rule, event)
        return ()

    def _counted(self, rule: OnvifRule, event: OnvifEvent) -> tuple[LineCrossed, ...]:
        key = json.dumps([rule.device, rule.rule])
        count = _count(event)
        last = self._kept.counters.get(key)
        if last is not None and (event.time <= last.time or count == last.count):
            return ()
        if last is None or count - last.count > MOST_AT_ONCE:
            before, since = count, event.time
        elif count < last.count:  # it began anew, and those on it passed since
            before, since = 0, event.time
        else:
            before, since = last.count, last.since
        counter = _Counter(count=count, before=before, time=event.time, since=since)
        kept = _Kept(counters={**self._kept.counters, key: counter})
        write_whole(self._file, kept.model_dump_json())
        self._kept = kept  # not before it is on disk: the next message tells of the same passages
        return self._told(rule, counter)

    def _told(self, rule: OnvifRule, counter: _Counter) -> tuple[LineCrossed, ...]:
        return tuple(
            self._passage(rule, counter.time, counter.since, str(number))
            for number in range(counter.before + 1, counter.count + 1)
        )

    def _passage(self, rule: OnvifRule, time: datetime, since: datetime, which: str) -> LineCrossed:
        told = (rule.device, rule.rule, since.isoformat(), which)
        event_id = id_of(since, "onvif", self._shop, *told)
        return LineCrossed(
            id=event_id,
            time=time,
            shop=self._shop,
            camera=self._cameras[rule.line],
            line=rule.line,
            direction=rule.direction,
            visit=event_id.replace("-", "")[-16:],
        )


def _count(event: OnvifEvent) -> int:
    text = event.data.get("Count", "")
    if not (text.isascii() and text.isdigit() and len(text) <= 12):
        where = f"{event.device} {event.rule}"
        raise BadInput("bad-onvif", ascii(where), f"expected Count, a number, found {text[:40]!a}")
    return int(text)


def _read(file: Path) -> _Kept:
    try:
        return _Kept.model_validate_json(file.read_bytes())
    except FileNotFoundError:
        return _Kept()
    except (OSError, ValidationError) as error:
        what = str(error).splitlines()[0]
        raise BadInput("bad-onvif-counters", file, f"expected counters, found: {what}") from None
