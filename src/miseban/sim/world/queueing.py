"""Queues at the tills: first come, first served; whoever is served leaves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from miseban.sim.world.clerks import Clerks
from miseban.sim.world.clockwork import Clockwork
from miseban.sim.world.floorplan import Lane, Spot
from miseban.sim.world.people import Group
from miseban.sim.world.walking import Walking

Range = tuple[float, float]
NEED_S = 15.0
"""Who has waited so long at the front of the queue of an unmanned till needs a hand."""


@dataclass(slots=True)
class Waiting:
    """The first of ``group`` stands, or will stand from ``ready_s`` on, at place ``at``."""

    group: Group
    at: int
    ready_s: float


@dataclass(slots=True)
class _Line:
    lane: Lane
    free_tills: list[tuple[str, Spot]]
    waiting: list[Waiting] = field(default_factory=list)


class Queueing:
    """All queues of the shop. ``on_served(group, till, time_s)`` sends a group away."""

    def __init__(
        self,
        lanes: tuple[Lane, ...],
        service_s: dict[str, Range],
        walking: Walking,
        clock: Clockwork,
        clerks: Clerks,
        on_served: Callable[[Group, str, float], None],
    ) -> None:
        self._lines = [_Line(lane, list(lane.tills)) for lane in lanes]
        self._service_s = service_s
        self._walking, self._clock, self._on_served = walking, clock, on_served
        self._clerks = clerks
        clerks.on_gone = self._unmanned
        clerks.on_back = self._manned

    def join(self, group: Group, now_s: float) -> bool:
        """Sends the group's first member to the end of the shortest queue; False when all are
        full."""
        line = min(self._lines, key=lambda one: len(one.waiting) / len(one.lane.tills))
        at = len(line.waiting)
        if at >= len(line.lane.spots) or not self._walking.is_free(line.lane.spots[at]):
            return False
        ready_s = self._walking.go(group.members[0], line.lane.spots[at], now_s)
        line.waiting.append(Waiting(group, at, ready_s))
        self._clock.at(ready_s, partial(self._advance, line))
        return True

    def _advance(self, line: _Line, now_s: float) -> None:
        """Whoever can goes to the till; the others move up."""
        till = next((t for t in line.free_tills if self._clerks.can_serve(t[0])), None)
        if line.waiting and till is not None:
            first = line.waiting[0]
            if first.at == 0 and first.ready_s <= now_s:
                line.waiting.pop(0)
                line.free_tills.remove(till)
                self._serve(line, first.group, till, now_s)
        for place, waiting in enumerate(line.waiting):
            spot = line.lane.spots[place]
            ready = waiting.ready_s <= now_s
            if waiting.at > place and ready and self._walking.is_free(spot):
                waiting.ready_s = self._walking.go(waiting.group.members[0], spot, now_s)
                waiting.at = place
                self._clock.at(waiting.ready_s, partial(self._advance, line))
        self._watch(line, now_s)

    def _serve(self, line: _Line, group: Group, till: tuple[str, Spot], now_s: float) -> None:
        arrives_s = self._walking.go(group.members[0], till[1], now_s)
        until_s = arrives_s + group.rng.uniform(*self._service_s[till[0]])
        self._clerks.serve(till[0], arrives_s, until_s)
        self._clock.at(until_s, partial(self._served, line, group, till))

    def _served(self, line: _Line, group: Group, till: tuple[str, Spot], now_s: float) -> None:
        self._on_served(group, till[0], now_s)
        line.free_tills.append(till)
        line.free_tills.sort(key=lambda one: one[0])
        self._clerks.served(till[0], now_s)
        self._advance(line, now_s)

    def _line(self, till: str) -> _Line:
        return next(line for line in self._lines if till in dict(line.lane.tills))

    def _unmanned(self, till: str, now_s: float) -> None:
        self._watch(self._line(till), now_s)

    def _manned(self, till: str, now_s: float) -> None:
        self._advance(self._line(till), now_s)

    def _watch(self, line: _Line, now_s: float) -> None:
        """Whoever is first may have to wait at a till without its clerk."""
        if not line.waiting or line.waiting[0].at > 0 or line.waiting[0].ready_s > now_s:
            return
        first = line.waiting[0]
        for till, _ in line.lane.tills:
            away = self._clerks.away(till)
            if away is not None:
                need_s = max(first.ready_s, away[1]) + NEED_S
                if need_s >= now_s:
                    deed = partial(self._still_waits, line, first, till, away)
                    self._clock.at(need_s, deed)

    def _still_waits(
        self, line: _Line, first: Waiting, till: str, away: tuple[int, float], now_s: float
    ) -> None:
        if line.waiting and line.waiting[0] is first and self._clerks.away(till) == away:
            self._clerks.needed(till, first.group.members[0], now_s)
