"""What a journal says of itself: for the health page, metrics and alarms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from miseban.journal.log import Damage
from miseban.journal.manifest import Mark, Totals
from miseban.vocabulary.events import DataClass


@dataclass(frozen=True, slots=True)
class JournalState:
    """``full``: nothing more is taken in, and ``trouble`` says why in a line. ``damage`` is what
    could not be read any more when the journal was opened; ``torn`` the bytes of a frame that was
    cut off and never acknowledged; ``unreadable`` are segments that cannot be read, a line each.
    ``fresh`` events wait in the log, ``segments`` files hold the
    rest; ``oldest`` is the first day of each class that is in them."""

    full: bool
    trouble: str | None
    totals: Totals
    lost: int
    damage: tuple[Damage, ...]
    unreadable: tuple[str, ...]
    torn: int
    sources: tuple[Mark, ...]
    fresh: int
    segments: int
    oldest: Mapping[DataClass, date]
