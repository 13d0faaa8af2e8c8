"""What is accepted in one go and shares a sync: all of it is there afterwards, or nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import TypeGuard, get_args

from miseban.journal.intake import Refused, read_lines, refused_line
from miseban.journal.known import KnownIds
from miseban.journal.log import Part, PartHead
from miseban.journal.marks import Marks
from miseban.vocabulary.delivery import Batch
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.events import EVENT_CLASSES, DataClass, Event

_CLASSES: dict[type, DataClass] = {
    model: EVENT_CLASSES[get_args(model.model_fields["type"].annotation)[0]]
    for model in get_args(get_args(Event)[0])
}


@dataclass
class Group:
    """``marks`` is a copy that the group may change; ``kept`` are the classes that are kept, and of
    each only what is not older than ``forgotten``."""

    shop: str
    known: KnownIds
    marks: Marks
    kept: Collection[DataClass]
    forgotten: Mapping[DataClass, datetime]
    parts: list[bytes] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)

    def take(self, batch: Batch) -> int:
        """How far its stream is kept if the group is."""
        head = batch.head
        before = self.marks.upto(head.source, head.stream)
        if not batch.lines:
            return before
        lost = 0
        if head.first > before + 1:
            if head.oldest != head.first:  # there is something between: that must come first
                return before
            lost = head.first - before - 1
        found = read_lines(batch.lines, self.shop)
        lines: list[bytes] = []
        events: list[Event] = []
        rejected: list[bytes] = []
        dropped = 0
        if self._all_are_kept(found):
            lines, events = list(batch.lines), found
        else:
            for at, one in enumerate(found):
                if isinstance(one, Refused):
                    number = head.first + at
                    if number > before:  # else it has been refused before
                        whence = {"source": head.source, "stream": head.stream, "number": number}
                        rejected.append(refused_line(batch.lines[at], one, **whence))
                elif self._keeps(one):
                    lines.append(batch.lines[at])
                    events.append(one)
                else:
                    dropped += 1
        # Also those that the mark says are here: an outbox that was restored from a copy of its
        # disk gives numbers a second time, to other events.
        new = self.known.add(events)
        twice = len(new) - sum(new)
        if twice:
            lines = [line for line, is_new in zip(lines, new, strict=True) if is_new]
            events = [event for event, is_new in zip(events, new, strict=True) if is_new]
        if not events and not rejected and batch.last <= before:
            return before  # all of it was here: nothing to write
        part = PartHead(
            events=len(events),
            rejected=len(rejected),
            twice=twice,
            dropped=dropped,
            source=head.source,
            stream=head.stream,
            upto=max(before, batch.last),
            lost=lost,
        )
        self._put(part, lines, events, rejected)
        return part.upto

    def append(self, events: Sequence[Event], where: object) -> int:
        """How many are new. Raises ``BadInput`` (``event``) before anything is taken."""
        lines = [event.model_dump_json(exclude_none=True).encode() for event in events]
        for event, found in zip(events, read_lines(lines, self.shop), strict=True):
            if isinstance(found, Refused):
                raise BadInput("event", where, f"{event.type} {event.id}: {found}")
        mine = [(line, e) for line, e in zip(lines, events, strict=True) if self._keeps(e)]
        new = self.known.add([event for _, event in mine])
        fresh = [pair for pair, is_new in zip(mine, new, strict=True) if is_new]
        if fresh:
            part = PartHead(events=len(fresh))
            self._put(part, [line for line, _ in fresh], [event for _, event in fresh], [])
        return len(fresh)

    def take_back(self) -> None:
        """It could not be kept."""
        self.known.take_back(self.events)

    def _all_are_kept(self, found: list[Event | Refused]) -> TypeGuard[list[Event]]:
        """Without looking at each, where a look at their types and the earliest will do."""
        types = set(map(type, found))
        if not types <= self._kept_types:
            return False
        earliest = min(event.time for event in found if not isinstance(event, Refused))
        return all(earliest >= first for data, first in self.forgotten.items() if data in self.kept)

    @cached_property
    def _kept_types(self) -> set[type]:
        return {model for model, data in _CLASSES.items() if data in self.kept}

    def _keeps(self, event: Event) -> bool:
        data = EVENT_CLASSES[event.type]
        if data not in self.kept:
            return False
        return (
            not self.forgotten or data not in self.forgotten or event.time >= self.forgotten[data]
        )

    def _put(
        self, head: PartHead, lines: list[bytes], events: list[Event], rejected: list[bytes]
    ) -> None:
        self.parts.append(Part(head, lines, rejected).encode())
        self.events += events
        self.marks.take(head, events[-1].time if events else None)
