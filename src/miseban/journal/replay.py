"""What the logs hold, part by part, with its events: after a crash, and for compaction."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from miseban.journal.disk import Disk
from miseban.journal.intake import Refused, read_lines
from miseban.journal.log import Damage, PartHead, parts_of, read_logs
from miseban.vocabulary.events import Event


@dataclass(slots=True)
class Replayed:
    """A part: its events, and the lines that go to ``rejected/``."""

    log: int
    head: PartHead
    events: list[Event]
    rejected: list[bytes]


@dataclass(slots=True)
class Found:
    """What was seen on the way: where each log ends, what is broken, what was cut off."""

    ends: dict[int, int] = field(default_factory=dict)
    damage: list[Damage] = field(default_factory=list)
    torn: int = 0


def replay(
    disk: Disk,
    folder: Path,
    shop: str,
    first: int,
    found: Found,
    until: Callable[[int], bool] = lambda _: True,
) -> Iterator[Replayed]:
    """The parts of the logs from ``first`` on, as long as ``until`` holds of a log's number. Raises
    ``OSError``."""
    for log in read_logs(disk, folder, first):
        if not until(log.number):
            return
        found.ends[log.number] = log.content.end
        found.damage += log.content.damage
        found.torn += log.content.torn
        for frame in log.content.frames:
            try:
                parts = list(parts_of(frame))
            except ValueError:
                # Its CRC is right: written so, by somebody else.
                found.damage.append(Damage(f"{log.number:08d}.log", 0, len(frame)))
                continue
            for part in parts:
                events: list[Event] = []
                rejected = list(part.rejected)
                for line, event in zip(part.lines, read_lines(part.lines, shop), strict=True):
                    if isinstance(event, Refused):
                        rejected.append(line)
                    else:
                        events.append(event)
                yield Replayed(log.number, part.head, events, rejected)
