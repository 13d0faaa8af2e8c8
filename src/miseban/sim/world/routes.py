"""Ways over the floor: shortest paths around fixtures and around places where others stand."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_erosion
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, dijkstra

from miseban.sim.world.floorplan import BODY_M, CELL_M, Cell, FloorPlan, Pair

LANES = 3
"""Ways offered between two places: the shortest, and others that wander a little, so that two
people who meet in an aisle need not wait for each other."""
_FINE = 5  # parts of a cell's side in the grid on which short cuts are tried
_STEPS = [(dy, dx) for dy in (-1, 0, 1) for dx in (-1, 0, 1) if dy or dx]


@dataclass(frozen=True, slots=True)
class Route:
    """A way from cell to cell: ``points`` in metres with ``at_m``, the metres walked to each, and
    ``swept``: each cell that the body touches, from and to which metre of the way."""

    points: tuple[Pair, ...]
    at_m: tuple[float, ...]
    swept: tuple[tuple[Cell, float, float], ...]

    @property
    def length_m(self) -> float:
        return self.at_m[-1]


class Routes:
    """Routes lead over cells on which nobody stands for long; only their two ends may be places
    to stand. So whoever stands is never in the way, and everybody can always get away."""

    def __init__(self, plan: FloorPlan, seed: int) -> None:
        self._plan = plan
        self._shape = plan.through.shape
        self._edges = [self._graph(random.Random(f"{seed}/lanes"), lane) for lane in range(LANES)]
        # A point of the fine grid is open when a body around it touches open cells only.
        fine = np.kron(plan.through, np.ones((_FINE, _FINE), bool))
        self._open = binary_erosion(fine, np.ones((5, 5), bool))
        self._trees: dict[tuple[Cell, int], tuple[NDArray[np.float64], NDArray[np.int32]]] = {}
        self._routes: dict[tuple[Cell, Cell], tuple[Route, ...]] = {}
        # Routes share most of their straight pieces; both are known by their two ends.
        self._seen_clear: dict[tuple[Pair, Pair], bool] = {}
        self._seen_touched: dict[tuple[Pair, Pair], list[tuple[Cell, float, float]]] = {}
        _, self._component = connected_components(self._edges[0], directed=True, connection="weak")

    def forget(self) -> None:
        """What was found before is given back; it is found again where somebody asks."""
        for known in (self._trees, self._routes, self._seen_clear, self._seen_touched):
            known.clear()

    def centre(self, cell: Cell) -> Pair:
        """The middle of a cell, in metres."""
        return self._plan.centre(cell)

    def connected(self, a: Cell, b: Cell) -> bool:
        """Whether there is a way from ``a`` to ``b``."""
        return a == b or bool(self._component[a] == self._component[b] and self.between(a, b))

    def between(self, a: Cell, b: Cell) -> tuple[Route, ...]:
        """Different routes from ``a`` to ``b``, the shortest first; none if there is no way."""
        key = (a, b)
        if key not in self._routes:
            found: dict[tuple[Pair, ...], Route] = {}
            for lane in range(LANES):
                cells = self._cells(a, b, lane)
                points = tuple(self._pulled(cells))
                if points and points not in found:
                    found[points] = self._route(points)
            self._routes[key] = tuple(sorted(found.values(), key=lambda r: r.length_m))
        return self._routes[key]

    def _graph(self, rng: random.Random, lane: int) -> csr_array:
        """Steps from every free cell to its open neighbours; diagonal ones only where both cells
        beside are open."""
        plan, (rows, columns) = self._plan, self._shape
        # Some cells are dearer in the other lanes; drawn in one order whatever the machine.
        dear = np.array([1.0 + lane * 0.25 * rng.random() for _ in range(rows * columns)])
        number = np.arange(rows * columns).reshape(rows, columns)
        sources, targets, lengths = [], [], []
        wide = np.pad(plan.through, 1)

        def moved(dy: int, dx: int) -> NDArray[np.bool_]:
            part: NDArray[np.bool_] = wide[1 + dy : 1 + dy + rows, 1 + dx : 1 + dx + columns]
            return part

        for dy, dx in _STEPS:
            ok = plan.free & moved(dy, dx) & (moved(dy, 0) | (dy == 0)) & (moved(0, dx) | (dx == 0))
            here = number[ok]
            there = here + dy * columns + dx
            sources.append(here)
            targets.append(there)
            lengths.append(math.hypot(dy, dx) * CELL_M * dear[there])
        return csr_array(
            (np.concatenate(lengths), (np.concatenate(sources), np.concatenate(targets))),
            shape=(rows * columns, rows * columns),
        )

    def _cells(self, a: Cell, b: Cell, lane: int) -> list[Cell]:
        """Cells from ``a`` to ``b``; empty when there is no way. The tree grows from ``b``."""
        if (b, lane) not in self._trees:
            distance, before = dijkstra(self._edges[lane], indices=[b], return_predecessors=True)
            self._trees[b, lane] = distance[0], before[0]
        distance, before = self._trees[b, lane]
        edges = self._edges[lane]
        first, last = edges.indptr[a], edges.indptr[a + 1]
        near = edges.indices[first:last]
        if not len(near):
            return []
        costs = distance[near] + edges.data[first:last]
        best = int(np.argmin(costs))
        if not np.isfinite(costs[best]):
            return []
        cells, here = [a], int(near[best])
        while here != b:
            cells.append(here)
            here = int(before[here])
        return [*cells, b]

    def _pulled(self, cells: list[Cell]) -> list[Pair]:
        """The way along ``cells`` with its corners cut where the floor is open. The first and the
        last step, out of and into a place to stand, stay as they are."""
        points = [self._plan.centre(cell) for cell in cells]
        if len(points) <= 3:
            return points
        inner = points[1:-1]
        kept = [inner[0]]
        at = 0
        while at < len(inner) - 1:
            reach = len(inner) - 1
            while reach > at + 1 and not self._clear(inner[at], inner[reach]):
                reach = at + 1 + (reach - at - 1) // 2
            kept.append(inner[reach])
            at = reach
        return [points[0], *kept, points[-1]]

    def _clear(self, a: Pair, b: Pair) -> bool:
        """Whether a body can go straight from ``a`` to ``b``."""
        clear = self._seen_clear.get((a, b))
        if clear is None:
            clear = self._seen_clear[a, b] = self._is_open(a, b)
        return clear

    def _is_open(self, a: Pair, b: Pair) -> bool:
        length = math.hypot(b[0] - a[0], b[1] - a[1])
        part = np.linspace(0.0, 1.0, max(2, math.ceil(length / (CELL_M / _FINE / 2)) + 1))
        x = ((a[0] + part * (b[0] - a[0])) * _FINE / CELL_M).astype(np.intp)
        y = ((a[1] + part * (b[1] - a[1])) * _FINE / CELL_M).astype(np.intp)
        return bool(self._open[y, x].all())

    def _route(self, points: tuple[Pair, ...]) -> Route:
        at_m = [0.0]
        swept: dict[Cell, tuple[float, float]] = {}
        for a, b in pairwise(points):
            length = math.hypot(b[0] - a[0], b[1] - a[1])
            touched = self._seen_touched.get((a, b))
            if touched is None:
                touched = self._seen_touched[a, b] = self._touched(a, b)
            walked = at_m[-1]
            for cell, enter, leave in touched:
                begin, end = walked + enter * length, walked + leave * length
                was = swept.get(cell)  # pieces follow each other, so was[0] <= begin
                swept[cell] = (begin, end) if was is None else (was[0], max(was[1], end))
            at_m.append(walked + length)
        rows = tuple([(cell, begin, end) for cell, (begin, end) in swept.items()])
        return Route(points, tuple(at_m), rows)

    def _touched(self, a: Pair, b: Pair) -> list[tuple[Cell, float, float]]:
        """Cells that the body's square touches on the way from ``a`` to ``b``, with the fractions
        of the way at which it begins and ends to (Liang and Barsky's clipping)."""
        rows, columns = self._shape
        r = BODY_M - 1e-9
        low = [math.floor((min(a[i], b[i]) - r) / CELL_M) for i in (0, 1)]
        high = [math.floor((max(a[i], b[i]) + r) / CELL_M) for i in (0, 1)]
        found: list[tuple[Cell, float, float]] = []
        for row in range(max(0, low[1]), min(rows - 1, high[1]) + 1):
            y_span = _span(a[1], b[1], row * CELL_M - r, (row + 1) * CELL_M + r)
            if y_span is None:
                continue
            for column in range(max(0, low[0]), min(columns - 1, high[0]) + 1):
                x_span = _span(a[0], b[0], column * CELL_M - r, (column + 1) * CELL_M + r)
                if x_span is None:
                    continue
                enter, leave = max(x_span[0], y_span[0]), min(x_span[1], y_span[1])
                if enter < leave:
                    found.append((row * columns + column, enter, leave))
        return found


def _span(a: float, b: float, low: float, high: float) -> tuple[float, float] | None:
    """The part of the way from ``a`` to ``b``, 0 to 1, that lies between ``low`` and ``high``."""
    if a == b:
        return (0.0, 1.0) if low < a < high else None
    one, two = (low - a) / (b - a), (high - a) / (b - a)
    enter, leave = max(0.0, min(one, two)), min(1.0, max(one, two))
    return (enter, leave) if enter < leave else None
