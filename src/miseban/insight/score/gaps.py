"""What could not be compared, and why."""

from __future__ import annotations

from collections.abc import Iterable

from miseban.insight.score.figures import Missing
from miseban.insight.score.folder import Recording

_NAMED = 5


class Gaps:
    """What was not compared, in the order in which it was found."""

    def __init__(self) -> None:
        self.found: list[Missing] = []

    def add(self, what: str, why: str) -> None:
        self.found.append(Missing(what=what, why=why))

    def common(self, kind: str, truth: Iterable[str], result: Iterable[str]) -> list[str]:
        """The names that both sides have; tells of the others one by one."""
        true, found = list(truth), list(result)
        for name in true:
            if name not in found:
                self.add(f"{kind} {name}", "the result does not have it")
        for name in found:
            if name not in true:
                self.add(f"{kind} {name}", "the truth does not have it")
        return [name for name in true if name in found]

    def common_of_many(self, kind: str, truth: Iterable[str], result: Iterable[str]) -> list[str]:
        """As ``common``, where there may be hundreds: all that a side lacks are one gap."""
        true, found = set(truth), set(result)
        for lacking, side in ((true - found, "result"), (found - true, "truth")):
            if lacking:
                self.add(f"{kind} {few(lacking)}", f"the {side} does not have it")
        return sorted(true & found)

    def both_tell(self, what: str, event: str, truth: Recording, result: Recording) -> bool:
        """Whether both sides tell of events of this type at all; says so where one does not."""
        sides = [side for side, told in _sides(truth, result) if event not in told.tells_of]
        if len(sides) == 2:
            self.add(what, f"there are no events {event} in these folders")
        elif sides:
            self.add(what, f"the {sides[0]} has no events {event}")
        return not sides

    def same_view(self, what: str, truth: Recording, result: Recording) -> bool:
        """Whether both tell of the same camera or of the whole shop: one camera cannot have seen
        everybody."""
        views = [side.summary.camera or "the whole shop" for side in (truth, result)]
        if views[0] != views[1]:
            self.add(what, f"the truth tells of {views[0]}, the result of {views[1]}")
        return views[0] == views[1]


def few(names: Iterable[str]) -> str:
    """Some of many names, for one line of text."""
    listed = sorted(names)
    more = len(listed) - _NAMED
    return ", ".join(listed[:_NAMED]) + (f" and {more} more" if more > 0 else "")


def _sides(truth: Recording, result: Recording) -> tuple[tuple[str, Recording], ...]:
    return ("truth", truth), ("result", result)
