"""Where people are in a camera's picture, without drawing it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from miseban.sim.projection import FloorView
from miseban.sim.render import Lens, Pose
from miseban.sim.render.lens import NEAR_M
from miseban.sim.render.lens import stage as on_stage
from miseban.sim.seen.shapes import FALLEN, SHAPES, TOP, Bodies
from miseban.sim.stage import Stage
from miseban.vocabulary.shop import Camera
from miseban.vocabulary.shop.hiding import Hiding

Floats = NDArray[np.float64]

WIDTH_HEIGHTS = 0.3
"""Breadth of the shoulders with the arms, in body heights (about 0.5 m)."""
DEPTH_M = 0.3
"""How deep a body is, from front to back."""
BALLS = ((0.06, 0.1), (0.45, 0.16), (0.75, 0.16), (0.97, 0.05))
"""A person as feet, hips, chest and head: balls on a line upright, their heights and radii in
body heights."""
HIDDEN = 0.95
"""Whoever has this part of the height behind furniture is not seen."""


@dataclass(frozen=True, slots=True)
class Looked:
    """``xyxy`` (N, 4) is where each of N people is in the picture, NaN for those not in it;
    ``shown`` (N,) the part of each that no furniture hides."""

    xyxy: Floats
    shown: Floats


class View(Protocol):
    """One camera."""

    @property
    def camera(self) -> Camera: ...

    def look(self, place: Floats, tall: Floats, bodies: Bodies | None = None) -> Looked:
        """People at (N, 2) metres on the floor, (N,) metres tall when upright; all are, unless
        ``bodies`` says how they hold themselves."""
        ...


class FlatView:
    """A camera of which only the floor points are known. Whoever stands in the picture is in it,
    and nothing hides anybody."""

    def __init__(self, floor: FloorView) -> None:
        self.camera, self._floor = floor.camera, floor

    def look(self, place: Floats, tall: Floats, bodies: Bodies | None = None) -> Looked:
        """See ``View`` and ``boxes``."""
        inside = _inside(self._floor.to_pixel(place), self.camera)
        xyxy = np.full((len(place), 4), np.nan)
        xyxy[inside] = boxes(self._floor, place[inside], tall[inside])
        for held, shape, ahead in _held(bodies, inside):
            xyxy[held] = self._held(place[held], tall[held], shape, ahead)
        return Looked(xyxy, np.ones(len(place)))

    def _held(self, place: Floats, tall: Floats, shape: int, ahead: Floats) -> Floats:
        """(N, 4) boxes around the balls of a shape, as ``boxes`` around the upright; the bottom's
        middle (or the box's) is where somebody is said to be, unless he or she lies there."""
        largest, smallest = self._floor.stretch(place)
        upright = np.sqrt(np.maximum(largest**2 - smallest**2, 0.0))
        xyxy = np.full((len(place), 4), [np.inf, np.inf, -np.inf, -np.inf])
        for along, up, radius in SHAPES[shape]:
            middle = self._floor.to_pixel(place + ahead * (along * tall)[:, None])
            middle[:, 1] -= up * tall * upright
            _around(xyxy, middle, radius * tall * largest)
        if shape == FALLEN:
            return xyxy
        x, y = self._floor.to_pixel(place).T
        if self.camera.anchor == "centre":
            half = (xyxy[:, 2:] - xyxy[:, :2]) / 2
            return np.stack([x - half[:, 0], y - half[:, 1], x + half[:, 0], y + half[:, 1]], 1)
        half_m = np.maximum(x - xyxy[:, 0], xyxy[:, 2] - x)
        return np.stack([x - half_m, np.minimum(xyxy[:, 1], y - 1.0), x + half_m, y], axis=1)


class PosedView:
    """A camera whose place is known: a pinhole, and furniture that hides people.

    Boxes are as a detector draws them where the camera's anchor is "upright". Near the edges of a
    picture people lean, and the middle of such a box's bottom edge is not where they stand; where
    the camera's anchor says it is ("feet", or "centre" the middle), the box is moved and widened
    until that is true, so that what is counted from exact boxes is exact. Of somebody who lies the
    place is in the middle of the body: nobody's box ends there, and it stays whole.
    """

    def __init__(self, stage: Stage, camera: Camera, pose: Pose | None = None) -> None:
        self.camera, self._stage = camera, stage
        self._pose = pose or stage.poses[camera.id]
        self._lens = Lens(self._pose, camera.resolution)
        room = stage.room
        self._hiding = Hiding(
            self._pose.position, stage.scenario.fixtures, room.width_m, room.depth_m
        )

    def turned(self, right_deg: float, down_deg: float, roll_deg: float) -> PosedView:
        """The same after somebody bumped into it."""
        pose = self._pose.nudged(right_deg, down_deg, roll_deg)
        return PosedView(self._stage, self.camera, pose)

    def look(self, place: Floats, tall: Floats, bodies: Bodies | None = None) -> Looked:
        """See ``View``. Each ball's picture is taken for a circle, around where its middle is seen
        and of its radius at that depth; the box holds them all."""
        xyxy = np.full((len(place), 4), np.nan)
        top = tall if bodies is None else tall * _tops(bodies)
        hidden = self._hiding.height_m(place) / np.maximum(top, 0.01)
        inside = _inside(self._feet(place), self.camera) & (hidden < HIDDEN)
        near = np.flatnonzero(inside)
        xyxy[near] = self._anchored(self._boxes(place[near], tall[near]), place[near])
        for held, shape, ahead in _held(bodies, inside):
            found = self._held(place[held], tall[held], shape, ahead)
            xyxy[held] = found if shape == FALLEN else self._anchored(found, place[held])
        return Looked(xyxy, np.clip(1.0 - hidden, 0.0, 1.0))

    def _anchored(self, xyxy: Floats, place: Floats) -> Floats:
        """The boxes with the camera's anchor on the place where people stand."""
        if self.camera.anchor == "upright":
            return xyxy
        x, y = self._feet(place).T
        x1, y1, x2, y2 = xyxy.T
        if self.camera.anchor == "centre":
            x_by, y_by = x - (x1 + x2) / 2, y - (y1 + y2) / 2
            return np.stack([x1 + x_by, y1 + y_by, x2 + x_by, y2 + y_by], axis=1)
        half = np.maximum(x - x1, x2 - x)
        return np.stack([x - half, np.minimum(y1, y - 1.0), x + half, y], axis=1)

    def _feet(self, place: Floats) -> Floats:
        points = on_stage(np.column_stack([place, np.zeros(len(place))]))
        pixels, depth = self._lens.project(points)
        feet: Floats = np.where((depth > NEAR_M)[:, None], pixels, np.nan)
        return feet

    def _boxes(self, place: Floats, tall: Floats) -> Floats:
        xyxy = np.full((len(place), 4), [np.inf, np.inf, -np.inf, -np.inf])
        for height, radius in BALLS:
            self._ball(xyxy, place, tall * height, tall * radius)
        return xyxy

    def _held(self, place: Floats, tall: Floats, shape: int, ahead: Floats) -> Floats:
        xyxy = np.full((len(place), 4), [np.inf, np.inf, -np.inf, -np.inf])
        for along, up, radius in SHAPES[shape]:
            self._ball(xyxy, place + ahead * (along * tall)[:, None], tall * up, tall * radius)
        return xyxy

    def _ball(self, xyxy: Floats, place: Floats, up: Floats, radius: Floats) -> None:
        """Widens the boxes so that they hold one ball more each."""
        focal = self._lens.width / 2 / self._lens.tangent[0]
        middle, depth = self._lens.project(on_stage(np.column_stack([place, up])))
        wide: Floats = np.asarray(radius * focal / np.maximum(depth, NEAR_M), np.float64)
        _around(xyxy, np.asarray(middle, np.float64), wide)


def views_of(cameras: Sequence[Camera], stage: Stage | None = None) -> list[View]:
    """The best view there is of each camera, all of which have floor points or a pose."""
    posed = stage.poses if stage is not None else {}
    return [
        PosedView(stage, camera)
        if stage is not None and camera.id in posed
        else FlatView(FloorView(camera))
        for camera in cameras
    ]


def _held(
    bodies: Bodies | None, inside: NDArray[np.bool_]
) -> Iterator[tuple[NDArray[np.int64], int, Floats]]:
    """Of those ``inside`` (N,) who are not upright: which, in which shape, and (M, 2) where they
    look, a metre ahead."""
    if bodies is None or not bodies.shape.any():
        return
    for shape in SHAPES:
        which = np.flatnonzero(inside & (bodies.shape == shape))
        if len(which):
            looks = bodies.heading[which]
            yield which, shape, np.stack([np.cos(looks), np.sin(looks)], axis=1)


def _tops(bodies: Bodies) -> Floats:
    """(N,) how high each is, in body heights."""
    top = np.array([TOP.get(shape, 1.0) for shape in range(max(SHAPES) + 1)])
    result: Floats = top[bodies.shape]
    return result


def _around(xyxy: Floats, middle: Floats, radius: Floats) -> None:
    """Widens the boxes (N, 4) so that they hold circles around (N, 2) pixels."""
    np.minimum(xyxy[:, :2], middle - radius[:, None], out=xyxy[:, :2])
    np.maximum(xyxy[:, 2:], middle + radius[:, None], out=xyxy[:, 2:])


def _inside(pixels: Floats, camera: Camera) -> NDArray[np.bool_]:
    x, y = pixels.T
    mask: NDArray[np.bool_] = (x >= 0) & (x <= camera.width) & (y >= 0) & (y <= camera.height)
    return mask


def boxes(view: FloorView, floor_m: Floats, height_m: Floats) -> Floats:
    """(N, 4) boxes of people at (N, 2) metres, (N,) tall; NaN behind the camera.

    As in a picture taken from far at the camera's slant (scaled orthographic projection): the
    floor is stretched by s along the picture's rows and by s times the sine of the slant across,
    so what is upright is stretched by s times the cosine, the root of the difference of squares.
    The bottom's middle is where the person stands (the box's middle, where the camera's anchor
    says so).
    """
    feet = view.to_pixel(floor_m)
    largest, smallest = view.stretch(floor_m)
    upright = np.sqrt(np.maximum(largest**2 - smallest**2, 0.0))
    tall = height_m * upright + DEPTH_M * smallest
    half = np.maximum(WIDTH_HEIGHTS * height_m, DEPTH_M) * largest / 2
    x, y = feet.T
    bottom = y + tall / 2 if view.camera.anchor == "centre" else y
    return np.stack([x - half, bottom - tall, x + half, bottom], axis=1)
