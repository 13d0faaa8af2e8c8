"""Shelves, counters and other things that stand in the shop, and the products on them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import shapely

from miseban.sim.render.mesh import Colour, Floats, Part, about_z, box, boxes
from miseban.sim.rows import BOARD_M, PANEL_M, PLINTH_M, SHELF_FROM_M, Row, ShelfFrame, is_rectangle
from miseban.vocabulary.errors import BadInput

Style = Literal["auto", "shelf", "counter", "plain"]
PAINT: Colour = (0.88, 0.88, 0.86)
BACK: Colour = (0.62, 0.62, 0.61)
IN_SHELF = 0.80  # of the light reaches what stands under the next board


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


class Shelf(ShelfFrame):
    """A shelf's own frame, and how it is placed on the stage."""

    def __init__(self, furniture: Furniture) -> None:
        super().__init__(furniture.polygon, furniture.height_m)
        self.middle = np.array(self.centre, np.float64)
        self.turn = about_z(self.angle)

    def placed(self, part: Part) -> Part:
        """From the shelf's frame to the stage."""
        return part.moved((float(self.middle[0]), float(self.middle[1]), 0.0), self.turn)

    def span(self, row: Row, share: float = 1.0) -> tuple[Floats, Floats]:
        """The corners (3,) and (3,) of a row's space, ``share`` of its width from the start."""
        low, high = self.extent(row)
        return np.array(low), np.array([low[0] + row.width_m * share, *high[1:]])


def is_shelf(furniture: Furniture) -> bool:
    """Whether products can stand on it."""
    straight = is_rectangle(furniture.polygon)
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
    return Shelf(furniture).front(row)


def frame(shelf: Shelf) -> Part:
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


def standing(furniture: Furniture, row: Row, share: float, seed: int) -> Floats:
    """(N, 2) from where to where, in parts of the row's width, packages stand that are left when
    ``share`` of it is filled: those of ``products``."""
    shelf = Shelf(furniture)
    packages = _packages(shelf, row, seed)
    spans = (packages.lows[::3, 0], packages.highs[::3, 0])  # of three parts each
    along = (np.stack(spans, axis=1) - shelf.span(row)[0][0]) / row.width_m
    left: Floats = along[packages.left(share)]
    return left


@dataclass(frozen=True, slots=True)
class _Packages:
    """Of a full row, three parts each, foot, band and head: their corners (3 N, 3) and paints (3 N,
    3). ``order`` (N,) are the numbers of the packages, those first that are left last."""

    lows: Floats
    highs: Floats
    colours: Floats
    order: list[int]

    def left(self, share: float) -> list[int]:
        """The packages of a row that is filled by ``share``; none only if that is nothing."""
        count = math.ceil(len(self.order) * min(max(share, 0.0), 1.0) - 1e-9)
        return self.order[:count]


def products(shelf: Shelf, row: Row, share: float, seed: int) -> Part | None:
    """What stands in a row; None for an empty one."""
    packages = _packages(shelf, row, seed)
    left = packages.left(share)
    if not left:
        return None
    shown = np.zeros((len(packages.order), 3), bool)
    shown[left] = True
    there = shown.ravel()
    return boxes(packages.lows[there], packages.highs[there], packages.colours[there])


def _packages(shelf: Shelf, row: Row, seed: int) -> _Packages:
    """Kinds of goods, side by side from the row's start.

    Packages are small, mostly pale, with a printed band, so that a shelf seen from afar is a fine
    pattern: patches of one colour as large as a person's clothes are not what shelves look like.
    """
    key = int.from_bytes((row.goods or row.id).encode()[-24:], "big")
    rng = np.random.default_rng([seed, key])
    low, high = shelf.span(row)
    lows, highs, colours, order = [], [], [], []
    # One height and depth a row, so that one box hides just what all its packages do.
    tall = (high[2] - low[2]) * float(rng.uniform(0.65, 0.95))
    deep = (high[1] - low[1]) * float(rng.uniform(0.85, 0.97))
    kinds = max(1, round(row.width_m / float(rng.uniform(0.16, 0.26))))
    for kind in range(kinds):
        start = low[0] + row.width_m * kind / kinds + row.slid_m
        room = row.width_m / kinds
        each = float(rng.uniform(0.05, 0.10))
        print_, paper = rng.uniform(0.1, 0.9, 3), np.full(3, rng.uniform(0.6, 0.9))
        foot, band, head = (
            IN_SHELF * (paper + (print_ - paper) * rng.uniform(0.0, most))
            for most in (0.3, 0.6, 0.2)
        )
        fits = max(1, int(room / (each + 0.008)))
        for n in range(fits):
            order.append((n, kind))
            x = start + n * room / fits
            back = row.side == 1  # goods stand at the front edge, back to back with the others
            y0, y1 = (high[1] - deep, high[1]) if back else (low[1], low[1] + deep)
            right = x + room / fits * 0.93
            z = low[2] + tall * np.array([0.0, 0.3, 0.65, 1.0])
            for step, paint in enumerate((foot, band, head)):
                lows.append([x, y0, z[step]])
                highs.append([right, y1, z[step + 1]])
                colours.append(paint)
    if row.pale:
        colours = [paint + row.pale * (np.array(PAINT) - paint) for paint in colours]
    first = sorted(range(len(order)), key=order.__getitem__)
    return _Packages(np.array(lows), np.array(highs), np.array(colours), first)


def block(thing: Furniture, seed: int) -> Part:
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
