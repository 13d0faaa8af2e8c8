"""What is taken back at once was no deed: the hand itself had been taken for goods."""

from __future__ import annotations

import math
from collections.abc import Mapping

from miseban.space.hands.deeds import Deed, forget, is_rest
from miseban.space.hands.settings import HandlingSettings
from miseban.vocabulary.hands import ShelfChange


class Hasty:
    """An arm before the goods hides them, as if a piece were gone, and when it is back they are
    there again. So a piece that is gone, but not quite surely, is told when nothing has taken that
    back for a while; what takes back another one so soon is the hand that leaves."""

    def __init__(self, settings: HandlingSettings) -> None:
        self._settings = settings
        self._at_s: dict[int, float] = {}
        self.waiting: list[ShelfChange] = []
        """Of which nobody knows yet whether they are deeds."""

    def came(self, change: ShelfChange) -> bool:
        """``change`` was seen the moment it came; whether it shows that another was no deed, most
        of which is there again."""
        self._at_s[change.number] = change.until_s
        forget(self._at_s)
        left = [
            one for one in self.waiting
            if one.number != change.undoes or change.more <= 0.5
            or part_again(one.shares, change.shares) < self._settings.again_part
        ]  # fmt: skip
        found, self.waiting = len(left) < len(self.waiting), left
        return found

    def holds(self, change: ShelfChange) -> bool:
        """Whether ``change`` is the rest of one that waits."""
        deeds = [Deed(o.until_s, o.until_s, o.track, o.shares, "pick_up") for o in self.waiting]
        return is_rest(change, deeds, self._settings)

    def is_back(self, change: ShelfChange) -> bool:
        """Whether ``change`` takes another one back so soon that it is the hand that left."""
        undone_s = self._at_s.get(-1 if change.undoes is None else change.undoes, -math.inf)
        return change.until_s - undone_s < self._settings.hasty_s

    def waits(self, change: ShelfChange) -> bool:
        """Whether ``change`` must wait, and be asked for again with ``over``."""
        doubtful = change.more <= 0.5 and change.sure < self._settings.taken_sure
        if doubtful:
            self.waiting.append(change)
        return doubtful

    def over(self, now_s: float) -> list[ShelfChange]:
        """What nothing has taken back."""
        late_s = now_s - self._settings.doubt_s
        found = [change for change in self.waiting if change.until_s <= late_s]
        self.waiting = [change for change in self.waiting if change.until_s > late_s]
        return found


def part_again(gone: Mapping[int, float], back: Mapping[int, float]) -> float:
    """Which part of what is ``gone`` is ``back``, by the facings."""
    return sum(min(n, back.get(facing, 0.0)) for facing, n in gone.items()) / sum(gone.values())
