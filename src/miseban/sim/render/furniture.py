"""Shelves, counters and other things that stand in the shop, and the products on them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import shapely

from miseban.sim.render.mesh import Colour, Floats, Part, about_z, box, boxes
from miseban.vocabulary.errors import BadInput

Style = Literal["auto", "shelf", "counter", "plain"]
SHELF_FROM_M = 1.15  # a rectangle at least this high is a shelf, a lower one a counter
BOARD_M, PLINTH_M, PANEL_M = 0.03, 0.12, 0.04
PAINT: Colour = (0.80, 0.80, 0.78)
BACK: Colour = (0.50, 0.50, 0.49)
IN_SHELF = 0.72  # of the light reaches what stands under the next board


@dataclass(frozen=True, slots=True)
class Furniture:
    """Something that stands on the floor. ``polygon`` is its outline on the floor plan in metres.

    A rectangle with ``style`` "shelf" carries boards on both long sides; "auto" chooses by shape
    and height.
    """

    id: str
    polygon: tuple[tuple[float, float], ...]
    height_m: float = 1.4
    style: Style = "auto"


@dataclass(frozen=True, slots=True)
class Row:
    """One product's place on a shelf: a facing.

    ``side`` 0 or 1 is the long side it is on (0: the one on the right hand of who walks from the
    polygon's first to its second point along the longer sides), ``level`` counts boards from
    below, ``start_m`` and ``width_m`` run along the side.
    """

    id: str
    furniture: str
    side: int
    level: int
    start_m: float
    width_m: float


class Shelf:
    """A shelf's own frame: x along its longer side, y across, z up, origin in its middle."""

    def __init__(self, furniture: Furniture) -> None:
        corners = np.array(furniture.polygon, np.float64) * [1.0, -1.0]
        first, second = corners[1] - corners[0], corners[2] - corners[1]
        long = first if np.linalg.norm(first) >= np.linalg.norm(second) else second
        self.length = float(np.linalg.norm(long))
        self.depth = float(min(np.linalg.norm(first), np.linalg.norm(second)))
        self.height = furniture.height_m
        self.middle = corners.mean(axis=0)
        self.turn = about_z(math.atan2(long[1], long[0]))
        self.levels = max(1, round((self.height - PLINTH_M) / 0.38))
        self.gap = (self.height - PLINTH_M) / self.levels

    def placed(self, part: Part) -> Part:
        """From the shelf's frame to the stage."""
        return part.moved((float(self.middle[0]), float(self.middle[1]), 0.0), self.turn)

    def span(self, row: Row, share: float = 1.0) -> tuple[Floats, Floats]:
        """The corners (3,) and (3,) of a row's space, ``share`` of its width from the start."""
        x = row.start_m - self.length / 2
        z = PLINTH_M + row.level * self.gap
        near, far = PANEL_M / 2, self.depth / 2 - 0.02
        y = (-far, -near) if row.side == 0 else (near, far)
        low = np.array([x, y[0], z])
        return low, np.array([x + row.width_m * share, y[1], z + self.gap * 0.85])


def is_shelf(furniture: Furniture) -> bool:
    """Whether products can stand on it."""
    shape = shapely.Polygon(furniture.polygon)
    straight = len(furniture.polygon) == 4
    straight = straight and shape.area > 0.98 * shape.minimum_rotated_rectangle.area
    if furniture.style == "auto":
        return straight and furniture.height_m >= SHELF_FROM_M
    if furniture.style == "shelf" and not straight:
        raise BadInput("bad-fixture", furniture.id, "expected a shelf of four right angles")
    return furniture.style == "shelf"


def default_rows(furniture: Furniture) -> list[Row]:
    """Rows about 0.8 m wide on every board of both sides."""
    shelf = Shelf(furniture)
    count = max(1, round(shelf.length / 0.8))
    width = (shelf.length - 2 * BOARD_M) / count
    return [
        Row(f"{furniture.id}-{side}-{level}-{n}", furniture.id, side, level,
            BOARD_M + n * width, width)
        for side in (0, 1) for level in range(shelf.levels) for n in range(count)
    ]  # fmt: skip


def row_place(furniture: Furniture, row: Row) -> tuple[float, float, float]:
    """The middle of the row's front on the floor plan, metres: where a hand reaches to."""
    shelf = Shelf(furniture)
    low, high = shelf.span(row)
    middle = (low + high) / 2
    middle[1] = low[1] if row.side == 0 else high[1]
    x, y, z = (shelf.turn @ middle).tolist()
    return float(x + shelf.middle[0]), -float(y + shelf.middle[1]), float(z)


def furnish(
    things: Sequence[Furniture], rows: Sequence[Row], stock: Mapping[str, float], seed: int
) -> tuple[Part | None, Part | None]:
    """What is seen (every product by itself), and what hides people (each row as one box).

    ``stock`` is the share of each row that is filled, from 0 to 1; 1 for those left out.
    """
    seen: list[Part] = []
    hides: list[Part] = []
    for thing in things:
        if is_shelf(thing):
            shelf = Shelf(thing)
            frame = shelf.placed(_frame(shelf))
            mine = [row for row in rows if row.furniture == thing.id]
            seen.append(frame)
            hides.append(frame)
            for row in mine:
                products = _products(shelf, row, stock.get(row.id, 1.0), seed)
                if products is None:
                    continue
                low, high = products.points.min(axis=0), products.points.max(axis=0)
                whole = boxes(low[None], high[None], np.array([PAINT]))
                seen.append(shelf.placed(products))
                hides.append(shelf.placed(whole))
        else:
            block = _block(thing, seed)
            seen.append(block)
            hides.append(block)
    if not seen:
        return None, None
    return Part.joined(seen), Part.joined(hides)


def _frame(shelf: Shelf) -> Part:
    half, deep = shelf.length / 2, shelf.depth / 2
    inner, front = half - BOARD_M, deep - 0.01
    parts = [
        box((-inner, -PANEL_M / 2, 0), (inner, PANEL_M / 2, shelf.height - 0.01), BACK),
        box((-inner, -front, 0), (inner, front, PLINTH_M - BOARD_M), (0.35, 0.35, 0.37)),
        box((-half, -deep, 0), (-half + BOARD_M, deep, shelf.height), (0.70, 0.71, 0.72)),
        box((half - BOARD_M, -deep, 0), (half, deep, shelf.height), (0.70, 0.71, 0.72)),
    ]
    for level in range(shelf.levels):
        z = PLINTH_M + level * shelf.gap
        parts.append(box((-inner, -front, z - BOARD_M), (inner, front, z), PAINT))
        strip = z - 0.045, z + 0.003  # of prices
        parts += [
            box((-inner, y, strip[0]), (inner, y + 0.005, strip[1]), (0.93, 0.90, 0.72))
            for y in (-front - 0.005, front)
        ]
    return Part.joined(parts)


def _products(shelf: Shelf, row: Row, share: float, seed: int) -> Part | None:
    """One to three kinds of goods, side by side from the row's start; None for an empty row."""
    key = int.from_bytes(row.id.encode()[-24:], "big")
    rng = np.random.default_rng([seed, key])
    low, high = shelf.span(row)
    lows, highs, colours = [], [], []
    kinds = int(rng.integers(1, 4)) if row.width_m > 0.5 else 1
    for kind in range(kinds):
        start = low[0] + row.width_m * kind / kinds
        room = row.width_m / kinds
        each = float(rng.uniform(0.06, 0.14))
        tall = (high[2] - low[2]) * float(rng.uniform(0.45, 0.95))
        deep = (high[1] - low[1]) * float(rng.uniform(0.75, 0.97))
        print_, paper = rng.uniform(0.1, 0.9, 3), np.full(3, rng.uniform(0.35, 0.9))
        colour = IN_SHELF * (paper + (print_ - paper) * rng.uniform(0.15, 0.75))
        label = IN_SHELF * (paper + (print_ - paper) * rng.uniform(0.0, 0.9))
        fits = max(1, int(room / (each + 0.008)))
        for n in range(round(fits * min(max(share, 0.0), 1.0))):
            x = start + n * room / fits
            back = row.side == 1  # goods stand at the front edge, back to back with the others
            y0, y1 = (high[1] - deep, high[1]) if back else (low[1], low[1] + deep)
            middle = low[2] + tall * 0.62
            lows += [[x, y0, low[2]], [x + 0.004, y0, middle]]
            right = x + room / fits * 0.93
            highs += [[right, y1, middle], [right - 0.004, y1, low[2] + tall]]
            colours += [colour, label]
    if not lows:
        return None
    return boxes(np.array(lows), np.array(highs), np.array(colours))


def _block(thing: Furniture, seed: int) -> Part:
    """An outline pulled up to its height, with a lighter top."""
    outline = shapely.geometry.polygon.orient(shapely.Polygon([(x, -y) for x, y in thing.polygon]))
    ring = np.array(outline.exterior.coords)[:-1]
    rng = np.random.default_rng([seed, len(ring), round(1000 * thing.height_m)])
    paint = np.array([(0.52, 0.42, 0.33), (0.62, 0.62, 0.64), (0.42, 0.47, 0.52)])[rng.integers(3)]
    points: list[list[float]] = []
    normals: list[list[list[float]]] = []
    triangles: list[list[int]] = []
    for a, b in zip(ring, np.roll(ring, -1, axis=0), strict=True):
        first = 4 * len(normals)
        points += [[*a, 0.0], [*b, 0.0], [*b, thing.height_m], [*a, thing.height_m]]
        way = (b - a) / max(float(np.linalg.norm(b - a)), 1e-9)
        normals.append([[way[1], -way[0], 0.0]] * 4)
        triangles += [[first, first + 1, first + 2], [first, first + 2, first + 3]]
    sides = len(points)
    faces = list(np.concatenate(normals))
    for piece in shapely.get_parts(shapely.constrained_delaunay_triangles(outline)):
        corners = np.array(shapely.geometry.polygon.orient(piece).exterior.coords)[:3]
        triangles.append([len(points), len(points) + 1, len(points) + 2])
        points += [[*corner, thing.height_m] for corner in corners]
        faces += [np.array([0.0, 0.0, 1.0])] * 3
    colour = np.repeat(paint[None], len(points), axis=0)
    colour[sides:] = np.clip(paint * 1.5, 0, 1)
    return Part(
        np.array(points),
        np.array(faces),
        colour,
        np.zeros(len(points), np.intp),
        np.array(triangles, np.uint32),
    )
