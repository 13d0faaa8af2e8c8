"""Goods that are there again at once were never gone: a hand was before them."""

from __future__ import annotations

from collections.abc import Sequence

from miseban.space.hands.deeds import Deed, forget
from miseban.space.hands.hasty import part_again
from miseban.space.hands.settings import HandlingSettings
from miseban.vocabulary.hands import HandSeen, ShelfChange


class Again:
    """An arm held out to goods may look as if a piece were gone, and when it is back they are there
    again, sooner than anybody takes a piece, looks at it and puts it back. Both changes are then
    that of one hand, which only reached; seen as goods, the network of hands was never asked."""

    def __init__(self, settings: HandlingSettings) -> None:
        self._settings = settings
        self._seen: dict[int, ShelfChange] = {}
        self.numbers: dict[int, bool] = {}
        """Of the changes that such hands were: a set that is in order, to be cut short."""

    def hands(self, changes: Sequence[ShelfChange], deeds: Sequence[Deed]) -> list[HandSeen]:
        """Those that ``changes``, the newest, tell of; none where ``deeds`` has the first change as
        a piece that was taken."""
        found = []
        for change in changes:
            before = self._seen.get(-1 if change.undoes is None else change.undoes)
            if before is not None and self._is_arm(before, change, deeds):
                self.numbers |= {before.number: True, change.number: True}
                facing = max(before.shares, key=before.shares.__getitem__)
                sure = self._settings.again_sure
                found.append(HandSeen(facing, before.until_s, change.until_s, before.track, sure))
            self._seen[change.number] = change
        forget(self._seen)
        forget(self.numbers)
        return found

    def _is_arm(self, before: ShelfChange, change: ShelfChange, deeds: Sequence[Deed]) -> bool:
        s = self._settings
        return (
            before.more <= 0.5
            and (change.more > 0.5 or not change.sure)
            and s.least_s <= change.until_s - before.until_s <= s.out_s
            and before.until_s - before.from_s <= s.deed_s  # it is known when it came
            and part_again(before.shares, change.shares) >= s.again_part
            and not any(d.until_s == before.until_s and d.shares == before.shares for d in deeds)
        )
