"""Who will be on which cell, when: people book the floor ahead, so that nobody walks through
anybody.

Cooperative planning after D. Silver, *Cooperative Pathfinding* (AIIDE 2005): whoever plans later
goes around or waits for those who planned before. Since routes never lead over places to stand,
a wait always ends.
"""

from __future__ import annotations

from collections.abc import Sequence

from miseban.sim.world.floorplan import Cell
from miseban.sim.world.routes import Route


class Traffic:
    """Bookings are intervals of time on cells; the past is forgotten."""

    def __init__(self) -> None:
        self._booked: dict[Cell, list[tuple[float, float]]] = {}
        self._standing: set[Cell] = set()

    def is_taken(self, cell: Cell) -> bool:
        """Whether somebody stands on this place, or is on the way to it."""
        return cell in self._standing

    def take(self, cell: Cell) -> None:
        """Keeps a place to stand until ``give_up``."""
        self._standing.add(cell)

    def give_up(self, cell: Cell) -> None:
        self._standing.discard(cell)

    def earliest(
        self, routes: Sequence[Route], speed_mps: float, now_s: float
    ) -> tuple[Route, float]:
        """The route that arrives first, and when to set out on it so as to meet nobody."""
        best: tuple[float, Route, float] | None = None
        for route in routes:
            latest = best[0] - route.length_m / speed_mps if best is not None else float("inf")
            start_s = self._departure(route, speed_mps, now_s, latest)
            if start_s < latest:
                best = start_s + route.length_m / speed_mps, route, start_s
        assert best is not None  # noqa: S101 - the first route is always taken at some time
        return best[1], best[2]

    def stand(self, cell: Cell, from_s: float, until_s: float) -> None:
        """Books the place on which somebody waits to set out."""
        self._add(cell, (from_s, until_s), from_s)

    def is_clear(self, cells: Sequence[Cell], from_s: float, until_s: float) -> bool:
        """Whether nobody stands on any of ``cells``, nor will be there between the two moments."""
        return not any(
            cell in self._standing
            or any(a < until_s and from_s < b for a, b in self._booked.get(cell, ()))
            for cell in cells
        )

    def book(self, route: Route, speed_mps: float, start_s: float, now_s: float) -> None:
        """Books every cell of ``route`` for the time the body touches it."""
        for cell, begin_m, end_m in route.swept:
            self._add(cell, (start_s + begin_m / speed_mps, start_s + end_m / speed_mps), now_s)

    def _add(self, cell: Cell, interval: tuple[float, float], now_s: float) -> None:
        held = self._booked.setdefault(cell, [])
        held[:] = [one for one in held if one[1] > now_s]
        held.append(interval)

    def _departure(self, route: Route, speed_mps: float, now_s: float, latest_s: float) -> float:
        """The first moment from ``now_s`` at which the whole route is free; infinite when that is
        not before ``latest_s``."""
        start_s = now_s
        moved = True
        while moved:
            moved = False
            for cell, begin_m, end_m in route.swept:
                held = self._booked.get(cell)
                if not held:
                    continue
                until_begin_s, until_end_s = begin_m / speed_mps, end_m / speed_mps
                for begin_s, end_s in held:
                    if begin_s < start_s + until_end_s and start_s + until_begin_s < end_s:
                        start_s = max(end_s - until_begin_s, start_s) + 1e-6
                        moved = True
                if start_s >= latest_s:
                    return float("inf")
        return start_s
