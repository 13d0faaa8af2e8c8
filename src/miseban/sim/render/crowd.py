"""All figures of a scene as one mesh, and which points are whose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from miseban.sim.render.body import body_of
from miseban.sim.render.look import Look, look_of
from miseban.sim.render.mesh import Floats, Part
from miseban.sim.render.posing import place_bones
from miseban.sim.render.things import things_of
from miseban.sim.state import Figure

MOST_KEPT = 96  # bodies kept between frames; they differ by look, height and load
SHADOW_RING = 12


@dataclass(frozen=True, slots=True)
class Made:
    """A figure's surface in its bones' frames. The first ``body`` points and ``skin`` triangles
    are the person, the rest is what they push or carry."""

    look: Look
    part: Part
    body: int
    skin: int


@dataclass(frozen=True, slots=True)
class Crowd:
    """Everybody's surface on the stage. Figure i has points ``first[i]`` to ``first[i + 1]``, of
    which the first ``body[i]`` are the person; likewise ``corner`` and ``skin`` for triangles."""

    points: Floats
    normals: Floats
    colour: Floats
    triangles: NDArray[np.uint32]
    first: NDArray[np.intp]
    body: NDArray[np.intp]
    corner: NDArray[np.intp]
    skin: NDArray[np.intp]


class Wardrobe:
    """Makes figures, and keeps the last ones made."""

    def __init__(self) -> None:
        self._made: dict[tuple[object, ...], Made] = {}

    def made(self, figure: Figure) -> Made:
        """The figure's surface, whatever its posture."""
        seated = figure.posture == "sit"
        staff = figure.kind == "staff"
        key = (figure.appearance, figure.height_m, figure.carries, seated, staff)
        if key not in self._made:
            if len(self._made) >= MOST_KEPT:
                self._made.pop(next(iter(self._made)))
            look = look_of(figure)
            body, things = body_of(figure, look), things_of(figure)
            whole = body if things is None else Part.joined([body, things])
            self._made[key] = Made(look, whole.single(), len(body.points), len(body.triangles))
        return self._made[key]

    def crowd(self, figures: Sequence[Figure]) -> Crowd:
        """All of them, at least one, as they stand, walk and reach."""
        made = [self.made(f) for f in figures]
        turns, at = (v.astype(np.float32) for v in place_bones(figures, [m.look for m in made]))
        points, normals = [], []
        for row, one in enumerate(made):
            bone = one.part.tag
            turn = turns[row][bone]
            points.append(np.einsum("vij,vj->vi", turn, one.part.points) + at[row][bone])
            normals.append(np.einsum("vij,vj->vi", turn, one.part.normals))
        first = np.cumsum([0, *(len(m.part.points) for m in made)])
        corner = np.cumsum([0, *(len(m.part.triangles) for m in made)])
        triangles = np.concatenate(
            [m.part.triangles + np.uint32(s) for m, s in zip(made, first, strict=False)]
        )
        return Crowd(
            np.concatenate(points),
            np.concatenate(normals),
            np.concatenate([m.part.colour for m in made]),
            triangles,
            first,
            np.array([m.body for m in made], np.intp),
            corner,
            np.array([m.skin for m in made], np.intp),
        )


def shadows(crowd: Crowd) -> tuple[Floats, NDArray[np.uint32]]:
    """A flat shape under each figure: points (N, 3) just above the floor, triangles."""
    angle = np.arange(SHADOW_RING) / SHADOW_RING * 2 * np.pi
    ring = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    here = np.arange(SHADOW_RING, dtype=np.uint32)
    fan = np.stack([np.zeros_like(here), 1 + here, 1 + np.roll(here, -1)], axis=1)
    points, triangles = [], []
    for number, (start, count) in enumerate(zip(crowd.first, crowd.body, strict=False)):
        flat = crowd.points[start : start + count : 3, :2]
        middle, spread = flat.mean(axis=0), flat.std(axis=0)
        outline = middle + ring * np.maximum(1.5 * spread, 0.16)
        both = np.concatenate([middle[None], outline])
        points.append(np.column_stack([both, np.full(len(both), 0.006)]))
        triangles.append(fan + np.uint32(number * (SHADOW_RING + 1)))
    return np.concatenate(points), np.concatenate(triangles)
