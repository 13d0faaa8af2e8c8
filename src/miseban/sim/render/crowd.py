"""All figures of a scene as one mesh, and which points are whose."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from miseban.sim.render.body import body_of
from miseban.sim.render.bones import Bone
from miseban.sim.render.detail import Detail
from miseban.sim.render.look import Look, look_of
from miseban.sim.render.mesh import Floats, Part
from miseban.sim.render.posing import place_bones
from miseban.sim.render.things import things_of
from miseban.sim.state import Figure

MOST_KEPT = 256  # bodies kept between frames; they differ by look, height, load and detail
SHADOW_RING = 12


@dataclass(frozen=True, slots=True)
class Made:
    """A figure's surface in its bones' frames. The first ``body`` points and ``skin`` triangles
    are the person, the rest is what they push or carry."""

    part: Part
    body: int
    skin: int


@dataclass(frozen=True, slots=True)
class Surface:
    """Everybody's surface on the stage. Figure i has points ``first[i]`` to ``first[i + 1]``, of
    which the first ``body[i]`` are the person; likewise ``corner`` and ``skin`` for triangles.
    ``bone`` (V,) counts through all bones of all figures."""

    points: Floats
    normals: Floats
    colour: Floats
    bone: NDArray[np.intp]
    triangles: NDArray[np.uint32]
    first: NDArray[np.intp]
    body: NDArray[np.intp]
    corner: NDArray[np.intp]
    skin: NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Crowd:
    """Everybody where they are: rotations ``turns`` (F, B, 3, 3) and origins ``at`` (F, B, 3) of
    all bones on the stage, and what they look like."""

    figures: Sequence[Figure]
    looks: Sequence[Look]
    turns: Floats
    at: Floats


class Wardrobe:
    """Makes figures, and keeps the last ones made. ``looks`` says what somebody looks like."""

    def __init__(self, looks: Callable[[Figure], Look] = look_of) -> None:
        self._look_of = looks
        self._made: dict[tuple[object, ...], Made] = {}
        self._looks: dict[tuple[object, ...], Look] = {}

    def crowd(self, figures: Sequence[Figure]) -> Crowd:
        """All of them, at least one, as they stand, walk and reach."""
        looks = [self._look(f) for f in figures]
        turns, at = (v.astype(np.float32) for v in place_bones(figures, looks))
        return Crowd(figures, looks, turns, at)

    def surface(self, crowd: Crowd, details: Sequence[Detail], normals: bool = True) -> Surface:
        """Everybody's surface, each as finely as told; normals are zero if not asked for."""
        made = [
            self._one(f, look, d)
            for f, look, d in zip(crowd.figures, crowd.looks, details, strict=True)
        ]
        first = np.cumsum([0, *(len(m.part.points) for m in made)])
        corner = np.cumsum([0, *(len(m.part.triangles) for m in made)])
        frame = np.concatenate([m.part.tag + len(Bone) * row for row, m in enumerate(made)])
        turn = crowd.turns.reshape(-1, 3, 3)[frame]
        points = np.concatenate([m.part.points for m in made])
        facing = np.zeros_like(points)
        if normals:
            outward = np.concatenate([m.part.normals for m in made])
            facing = np.einsum("vij,vj->vi", turn, outward)
        return Surface(
            np.einsum("vij,vj->vi", turn, points) + crowd.at.reshape(-1, 3)[frame],
            facing,
            np.concatenate([m.part.colour for m in made]),
            frame,
            np.concatenate(
                [m.part.triangles + np.uint32(s) for m, s in zip(made, first, strict=False)]
            ),
            first,
            np.array([m.body for m in made], np.intp),
            corner,
            np.array([m.skin for m in made], np.intp),
        )

    def _look(self, figure: Figure) -> Look:
        key = (figure.appearance, figure.carries, figure.posture == "sit", figure.kind == "staff")
        if key not in self._looks:
            if len(self._looks) >= MOST_KEPT:
                self._looks.pop(next(iter(self._looks)))
            self._looks[key] = self._look_of(figure)
        return self._looks[key]

    def _one(self, figure: Figure, look: Look, detail: Detail) -> Made:
        """The figure's surface, whatever its posture."""
        seated = figure.posture == "sit"
        staff = figure.kind == "staff"
        key = (
            figure.appearance, figure.height_m, figure.carries, seated, staff, figure.holds, detail
        )  # fmt: skip
        if key not in self._made:
            if len(self._made) >= MOST_KEPT:
                self._made.pop(next(iter(self._made)))
            body, things = body_of(figure, look, detail), things_of(figure, detail)
            whole = body if things is None else Part.joined([body, things])
            self._made[key] = Made(whole.single(), len(body.points), len(body.triangles))
        return self._made[key]


def shadows(crowd: Crowd) -> tuple[Floats, NDArray[np.uint32]]:
    """A flat shape under each figure: points (N, 3) just above the floor, triangles."""
    angle = np.arange(SHADOW_RING) / SHADOW_RING * 2 * np.pi
    ring = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    flat = crowd.at[:, : Bone.BASE, :2]
    middle, spread = flat.mean(axis=1), flat.std(axis=1)
    outline = middle[:, None] + ring * np.maximum(1.7 * spread, 0.16)[:, None]
    both = np.concatenate([middle[:, None], outline], axis=1)
    points = np.concatenate([both, np.full_like(both[..., :1], 0.006)], axis=2)
    here = np.arange(SHADOW_RING, dtype=np.uint32)
    fan = np.stack([np.zeros_like(here), 1 + here, 1 + np.roll(here, -1)], axis=1)
    starts = np.arange(len(both), dtype=np.uint32) * np.uint32(SHADOW_RING + 1)
    return points.reshape(-1, 3), (fan + starts[:, None, None]).reshape(-1, 3)
