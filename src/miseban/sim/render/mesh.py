"""Triangles: lofts through elliptical rings, and boxes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]
Colour = tuple[float, float, float]
"""Red, green, blue, from 0 to 1: how much of white light the surface gives back."""


@dataclass(frozen=True, slots=True)
class Mesh:
    """What is drawn: ``points`` (V, 3), ``rgba`` (V, 4) uint8, ``triangles`` (T, 3)."""

    points: Floats
    rgba: NDArray[np.uint8]
    triangles: NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of surface before it is placed and lit.

    ``points`` and outward ``normals`` (V, 3), ``colour`` (V, 3) from 0 to 1, ``tag`` (V,) whatever
    the maker needs to know of each point (a bone), ``triangles`` (T, 3) counter-clockwise as seen
    from outside.
    """

    points: Floats
    normals: Floats
    colour: Floats
    tag: NDArray[np.intp]
    triangles: NDArray[np.uint32]

    @classmethod
    def joined(cls, parts: Sequence[Self]) -> Self:
        """All of them as one."""
        starts = np.cumsum([0, *(len(p.points) for p in parts[:-1])])
        return cls(
            np.concatenate([p.points for p in parts]),
            np.concatenate([p.normals for p in parts]),
            np.concatenate([p.colour for p in parts]),
            np.concatenate([p.tag for p in parts]),
            np.concatenate(
                [p.triangles + np.uint32(s) for p, s in zip(parts, starts, strict=True)]
            ),
        )

    def single(self) -> Part:
        """The same in single precision, which is quicker to turn and to light."""
        points, normals, colour = (
            v.astype(np.float32) for v in (self.points, self.normals, self.colour)
        )
        return Part(points, normals, colour, self.tag, self.triangles)

    def moved(
        self, offset: tuple[float, float, float] = (0, 0, 0), turn: Floats | None = None
    ) -> Part:
        """Turned by a rotation matrix (3, 3), then shifted."""
        points, normals = self.points, self.normals
        if turn is not None:
            points, normals = points @ turn.T, normals @ turn.T
        return Part(points + np.array(offset), normals, self.colour, self.tag, self.triangles)


def about_x(angle: float) -> Floats:
    """Rotation (3, 3) about x, in radians."""
    c, s = math.cos(angle), math.sin(angle)
    return np.array([[1, 0, 0], [0, c, -s], [0, s, c]], np.float64)


def about_y(angle: float) -> Floats:
    """Rotation (3, 3) about y, in radians: z towards x."""
    c, s = math.cos(angle), math.sin(angle)
    return np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]], np.float64)


def about_z(angle: float) -> Floats:
    """Rotation (3, 3) about z, in radians: x towards y."""
    c, s = math.cos(angle), math.sin(angle)
    return np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]], np.float64)


def loft(
    rings: Sequence[Sequence[float]], colour: Colour | Floats, tag: int = 0, around: int = 12
) -> Part:
    """A skin over elliptical rings stacked along z, closed at both ends.

    The skin's ``around`` points lie a little outside the ellipse, so that its outline is as wide,
    on average, as the ellipse's. A ring is (z, half depth along x, half width along y, and where
    its middle is: x, y; the last two may be left out). ``colour`` is one for all or one per ring
    (K, 3).
    """
    table = np.array([[*ring, 0.0, 0.0][:5] for ring in rings], np.float64)
    if table[0, 0] > table[-1, 0]:
        return loft(rings[::-1], np.asarray(colour)[::-1] if _many(colour) else colour, tag, around)
    angle = np.arange(around) / around * 2 * np.pi
    table[:, 1:3] *= math.pi / around / math.sin(math.pi / around)
    skin = np.empty((len(table), around, 3))
    skin[..., 0] = table[:, 3:4] + table[:, 1:2] * np.cos(angle)
    skin[..., 1] = table[:, 4:5] + table[:, 2:3] * np.sin(angle)
    skin[..., 2] = table[:, 0:1]
    ends = table[[0, -1]][:, [3, 4, 0]]
    points = np.concatenate([skin.reshape(-1, 3), ends])
    here = np.arange(around, dtype=np.uint32)
    after = np.roll(here, -1)
    triangles = []
    for ring in range(len(table) - 1):
        low, high = ring * around, (ring + 1) * around
        triangles.append(np.stack([low + here, low + after, high + here], 1))
        triangles.append(np.stack([low + after, high + after, high + here], 1))
    bottom, top = len(table) * around, len(table) * around + 1
    last = (len(table) - 1) * around
    triangles.append(np.stack([after, here, np.full_like(here, bottom)], 1))
    triangles.append(np.stack([last + here, last + after, np.full_like(here, top)], 1))
    paint = np.broadcast_to(np.asarray(colour, np.float64), (len(table), 3))
    shades = np.concatenate([np.repeat(paint, around, axis=0), paint[[0, -1]]])
    corners = np.concatenate(triangles).astype(np.uint32)
    normals = np.concatenate([_across(skin), [[0.0, 0.0, -1.0], [0.0, 0.0, 1.0]]])
    return Part(points, normals, shades, np.full(len(points), tag), corners)


def ball(
    centre: tuple[float, float, float],
    half: tuple[float, float, float],
    colour: Colour,
    tag: int = 0,
    around: int = 12,
) -> Part:
    """An ellipsoid: half its size along x, y and z."""
    turn = np.linspace(-0.46 * np.pi, 0.46 * np.pi, 3 if around < 5 else 4 if around < 7 else 7)
    rings = [(half[2] * np.sin(a), half[0] * np.cos(a), half[1] * np.cos(a)) for a in turn.tolist()]
    return loft(rings, colour, tag, around).moved(centre)


def box(
    low: tuple[float, float, float],
    high: tuple[float, float, float],
    colour: Colour,
    tag: int = 0,
) -> Part:
    """A box from one corner to the opposite one, with sharp edges."""
    return boxes(np.array([low], np.float64), np.array([high], np.float64), np.array([colour]), tag)


def boxes(low: Floats, high: Floats, colour: Floats, tag: int = 0) -> Part:
    """Many boxes at once: corners ``low`` and ``high`` (N, 3), ``colour`` (N, 3)."""
    both = np.stack([low, high], axis=1)  # (N, 2, 3)
    count = len(low)
    points = np.empty((count, 6, 4, 3))
    normals = np.zeros((count, 6, 4, 3))
    order = np.empty((6, 2, 3), np.uint32)
    for face in range(6):
        axis, side = divmod(face, 2)
        u, v = (axis + 1) % 3, (axis + 2) % 3
        points[:, face, :, axis] = both[:, side, None, axis]
        points[:, face, :, u] = both[:, [0, 1, 1, 0], u]
        points[:, face, :, v] = both[:, [0, 0, 1, 1], v]
        normals[:, face, :, axis] = 1.0 if side else -1.0
        order[face] = [[0, 1, 2], [0, 2, 3]] if side else [[0, 2, 1], [0, 3, 2]]
        order[face] += np.uint32(face * 4)
    triangles = order.reshape(1, 12, 3) + np.arange(count, dtype=np.uint32)[:, None, None] * 24
    return Part(
        points.reshape(-1, 3),
        normals.reshape(-1, 3),
        np.repeat(np.asarray(colour, np.float64), 24, axis=0),
        np.full(count * 24, tag),
        triangles.reshape(-1, 3).astype(np.uint32),
    )


def _many(colour: Colour | Floats) -> bool:
    return np.ndim(colour) == 2


def _across(skin: Floats) -> Floats:
    """Outward normals (K * around, 3) of a skin of rings (K, around, 3)."""
    along = np.roll(skin, -1, axis=1) - np.roll(skin, 1, axis=1)
    up = np.empty_like(skin)
    up[1:-1] = skin[2:] - skin[:-2]
    up[0], up[-1] = skin[1] - skin[0], skin[-1] - skin[-2]
    out = np.cross(along, up).reshape(-1, 3)
    result: Floats = out / np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-12)
    return result
