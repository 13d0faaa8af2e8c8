"""How far each outbox is kept, and what came in all: both follow from the parts of the log."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from miseban.journal.log import PartHead
from miseban.journal.manifest import Manifest, Mark, Totals

MOST_STREAMS = 64
"""Of a source. An outbox that was made anew has a new one; when the oldest returns after all, its
events are known by their ids."""
Key = tuple[str, str]


@dataclass
class Marks:
    """By source and stream; ``used`` counts the batches of all."""

    marks: dict[Key, Mark] = field(default_factory=dict)
    totals: Totals = field(default_factory=Totals)
    used: int = 0

    @classmethod
    def of(cls, manifest: Manifest) -> Marks:
        marks = {(mark.source, mark.stream): mark for mark in manifest.marks}
        used = max((mark.used for mark in manifest.marks), default=0)
        return cls(marks, manifest.totals, used)

    def copy(self) -> Marks:
        return Marks(dict(self.marks), self.totals, self.used)

    def upto(self, source: str, stream: str) -> int:
        mark = self.marks.get((source, stream))
        return 0 if mark is None else mark.upto

    def take(self, part: PartHead, newest: datetime | None) -> None:
        """``newest`` is the time of the last event of ``part``, if it has one."""
        before = self.totals
        self.totals = Totals(
            kept=before.kept + part.events,
            twice=before.twice + part.twice,
            rejected=before.rejected + part.rejected,
            dropped=before.dropped + part.dropped,
        )
        if part.source is None or part.stream is None:
            return
        self.used += 1
        key = part.source, part.stream
        old = self.marks.get(key)
        self.marks[key] = Mark(
            source=part.source,
            stream=part.stream,
            upto=max(part.upto, old.upto if old else 0),
            lost=part.lost + (old.lost if old else 0),
            time=newest or (old.time if old else None),
            used=self.used,
        )
        if old is None:
            self._drop_oldest(part.source)

    def _drop_oldest(self, source: str) -> None:
        mine = [key for key in self.marks if key[0] == source]
        if len(mine) > MOST_STREAMS:
            del self.marks[min(mine, key=lambda key: self.marks[key].used)]

    def sorted(self) -> tuple[Mark, ...]:
        return tuple(self.marks[key] for key in sorted(self.marks))


def lost_in(marks: Iterable[Mark]) -> int:
    """Events of all streams that will never come."""
    return sum(mark.lost for mark in marks)
