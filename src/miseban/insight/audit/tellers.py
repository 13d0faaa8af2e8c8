"""Who tells what really happened in a minute; here, a truth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol

from miseban.insight.audit.minutes import Minute
from miseban.insight.report import load_truth
from miseban.journal.events_table import read_events
from miseban.vocabulary.events import LineCrossed

Told = Mapping[str, tuple[int, int]]
"""By line: people in, people out."""
MOST = 10_000
"""More people than this pass no line in a minute."""


class Teller(Protocol):
    """Answers for one minute; None when it cannot tell, as when somebody skips it."""

    def __call__(self, minute: Minute, lines: Sequence[str]) -> Told | None: ...


class Truth:
    """The events of what really happened act as the person."""

    def __init__(self, folder: Path, shop: str, start: datetime) -> None:
        """``start`` is that of the recording. Raises ``BadInput`` without a truth of it."""
        load_truth(folder, shop)
        events = read_events(folder / "events.parquet", {"line.crossed"}, trails=False)
        self._passages = [
            ((e.time - start).total_seconds(), e.line, e.direction)
            for e in events
            if isinstance(e, LineCrossed)
        ]

    def __call__(self, minute: Minute, lines: Sequence[str]) -> Told | None:
        inside = [(line, way) for time_s, line, way in self._passages if minute.holds(time_s)]
        return {line: (inside.count((line, "in")), inside.count((line, "out"))) for line in lines}
