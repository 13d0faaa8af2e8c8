"""Queues at the tills: first come, first served; whoever is served leaves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from miseban.sim.world.clockwork import Clockwork
from miseban.sim.world.floorplan import Lane, Spot
from miseban.sim.world.people import Group
from miseban.sim.world.walking import Walking

Range = tuple[float, float]


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
    """All queues of the shop. ``on_served(group, time_s)`` sends a group away."""

    def __init__(
        self,
        lanes: tuple[Lane, ...],
        service_s: dict[str, Range],
        walking: Walking,
        clock: Clockwork,
        on_served: Callable[[Group, float], None],
    ) -> None:
        self._lines = [_Line(lane, list(lane.tills)) for lane in lanes]
        self._service_s = service_s
        self._walking, self._clock, self._on_served = walking, clock, on_served

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
        if line.waiting and line.free_tills:
            first = line.waiting[0]
            if first.at == 0 and first.ready_s <= now_s:
                line.waiting.pop(0)
                self._serve(line, first.group, line.free_tills.pop(0), now_s)
        for place, waiting in enumerate(line.waiting):
            spot = line.lane.spots[place]
            ready = waiting.ready_s <= now_s
            if waiting.at > place and ready and self._walking.is_free(spot):
                waiting.ready_s = self._walking.go(waiting.group.members[0], spot, now_s)
                waiting.at = place
                self._clock.at(waiting.ready_s, partial(self._advance, line))

    def _serve(self, line: _Line, group: Group, till: tuple[str, Spot], now_s: float) -> None:
        arrives_s = self._walking.go(group.members[0], till[1], now_s)
        until_s = arrives_s + group.rng.uniform(*self._service_s[till[0]])
        self._clock.at(until_s, partial(self._served, line, group, till))

    def _served(self, line: _Line, group: Group, till: tuple[str, Spot], now_s: float) -> None:
        self._on_served(group, now_s)
        line.free_tills.append(till)
        line.free_tills.sort(key=lambda one: one[0])
        self._advance(line, now_s)
