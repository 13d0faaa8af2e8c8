"""A simulated camera: scenes to pictures, and exactly where everybody is in them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import cv2
import numpy as np
from numpy.typing import NDArray

from miseban.sim.render.bones import Bone
from miseban.sim.render.boxes import FINER, Boxes, boxes_of, nobody
from miseban.sim.render.canvas import draw
from miseban.sim.render.crowd import Crowd, Wardrobe, shadows
from miseban.sim.render.detail import OUTLINE, Detail, detail_for
from miseban.sim.render.faults import Conditions, Spoiler
from miseban.sim.render.furnishing import Furnishing
from miseban.sim.render.furniture import Furniture, default_rows, is_shelf
from miseban.sim.render.hiding import seen_of, towards
from miseban.sim.render.lens import NEAR_M, Lens, Pose
from miseban.sim.render.light import STEPS_AN_HOUR, Light, lit
from miseban.sim.render.look import Look, look_of
from miseban.sim.render.mesh import Mesh, Part
from miseban.sim.render.room import Room, picture_of
from miseban.sim.rows import Row
from miseban.sim.state import Figure, Scene
from miseban.vocabulary.errors import BadInput

MOST_FIGURES = 250
THING, SHADOW = 254, 255  # identities that are not people; 0 is what stands there for good
SHADE = 0.74  # of the light is left in a shadow


@dataclass(slots=True)
class _Backdrop:
    key: tuple[int, int]
    lit: NDArray[np.uint8]
    shaded: NDArray[np.uint8]


class RenderedCamera:
    """One camera in one shop.

    ``resolution`` is (width, height). ``rows`` are the products' places; a shelf that has none
    gets some. ``hour`` is the shop's time of day at ``time_s`` = 0. ``seed`` decides what the goods
    and the noise look like, ``looks`` what people wear. A ``backdrop`` (H, W, 3) uint8 BGR is seen
    behind people instead of the room; what stands in the room still hides them. Raises
    ``BadInput`` without Panda3D, for a camera outside the room, or for a row of no shelf.
    """

    def __init__(
        self,
        room: Room,
        furniture: Sequence[Furniture],
        pose: Pose,
        resolution: tuple[int, int] = (640, 360),
        *,
        rows: Sequence[Row] = (),
        conditions: Conditions | None = None,
        hour: float = 12.0,
        seed: int = 0,
        looks: Callable[[Figure], Look] = look_of,
        backdrop: NDArray[np.uint8] | None = None,
    ) -> None:
        self.room, self.furniture, self.pose = room, tuple(furniture), pose
        self.resolution, self.hour, self.seed = resolution, hour, seed
        self.lens = Lens(pose, resolution)
        _check(room, self.furniture, pose, rows)
        owned = {row.furniture for row in rows}
        self.rows = list(rows)
        for thing in self.furniture:
            if is_shelf(thing) and thing.id not in owned:
                self.rows += default_rows(thing)
        self._stock: dict[str, float] = {}
        self._stock_version = 0
        self._wardrobe = Wardrobe(looks)
        self._photo = backdrop
        self._spoiler = Spoiler(conditions or Conditions(), resolution, seed)
        self._backdrop: _Backdrop | None = None
        self._room: tuple[int, NDArray[np.uint8]] | None = None
        self._size = (resolution[0] * FINER, resolution[1] * FINER)
        # What the camera never shows is not kept: of a shop's goods, nine tenths.
        shown = partial(towards, lens=self.lens)
        self._goods = Furnishing(self.furniture, self.rows, seed, shown)
        self._look_behind()

    def stock(self, shares: Mapping[str, float]) -> None:
        """How full rows are from now on, by id: 1 full, 0 empty. The others stay."""
        unknown = sorted(set(shares) - {row.id for row in self.rows})
        if unknown:
            raise BadInput(
                "unknown-facing", "stock of a rendered camera", f"found no row {unknown[0]!r}"
            )
        changed = {k: v for k, v in shares.items() if self._stock.get(k, 1.0) != v}
        if changed:
            self._stock |= changed
            self._stock_version += 1
            self._look_behind()

    def exchange(self, rows: Sequence[Row]) -> None:
        """These take the place of those of their ids."""
        self._goods.exchange(rows)
        self._stock_version += 1
        self._look_behind()

    def _look_behind(self) -> None:
        hides = self._goods.hides(self._stock)
        self._hides = None if hides is None else seen_of(hides, self.lens, self._size)

    def frame(self, scene: Scene) -> NDArray[np.uint8]:
        """The picture at ``scene.time_s``: (H, W, 3) uint8 BGR. Same scene, same bytes."""
        return self.frame_and_boxes(scene, boxes=False)[0]

    def boxes(self, scene: Scene) -> Boxes:
        """Where everybody is in the picture of ``scene``."""
        return self.frame_and_boxes(scene, picture=False)[1]

    def frame_and_boxes(
        self, scene: Scene, *, picture: bool = True, boxes: bool = True
    ) -> tuple[NDArray[np.uint8], Boxes]:
        """Both from one drawing, which is quicker. What is not asked for comes back empty."""
        light = self._light(scene.time_s)
        scene = self._in_view(scene)
        crowd = self._wardrobe.crowd(scene.figures) if scene.figures else None
        drawn = self._draw(crowd, light) if crowd is not None else None
        found, seen = nobody(), np.empty((0, 0, 3), np.uint8)
        who = None if drawn is None else np.asarray(cv2.extractChannel(drawn, 3), np.uint8)
        if boxes and crowd is not None and who is not None:
            outlines = [OUTLINE] * len(scene.figures)
            alone = self._wardrobe.surface(crowd, outlines, normals=False)
            found = boxes_of(scene, alone, who, self.lens, self._size)
        if picture:
            fine = self._compose(drawn, who, light)
            small = cv2.resize(fine, self.resolution, interpolation=cv2.INTER_AREA)
            seen = self._spoiler.apply(np.asarray(small, np.uint8), scene.time_s)
        return seen, found

    def _light(self, time_s: float) -> Light:
        step = int((self.hour + time_s / 3600) % 24 * STEPS_AN_HOUR)
        return Light(step / STEPS_AN_HOUR, self.room.daylight_from)

    def _in_view(self, scene: Scene) -> Scene:
        """Without those who are surely out of sight, so that identities last."""
        if not scene.figures:
            return scene
        middle = np.array([[f.x, -f.y, f.height_m / 2] for f in scene.figures])
        seen = (middle - self.lens.eye) @ self.lens.axes.T
        reach = 1.6 * np.array([f.height_m for f in scene.figures])
        across, down = self.lens.tangent
        kept = seen[:, 1] > -reach
        kept &= np.abs(seen[:, 0]) < np.maximum(seen[:, 1], 0) * across + 2.5 * reach
        kept &= np.abs(seen[:, 2]) < np.maximum(seen[:, 1], 0) * down + 2.5 * reach
        figures = tuple(f for f, keep in zip(scene.figures, kept, strict=True) if keep)
        if len(figures) > MOST_FIGURES:
            raise BadInput(
                "too-many-figures",
                f"rendered camera at {scene.time_s:g} s",
                f"expected at most {MOST_FIGURES} people in view, found {len(figures)}",
            )
        return Scene(scene.time_s, figures)

    def _draw(self, crowd: Crowd, light: Light) -> NDArray[np.uint8]:
        """Everybody, hidden by the furniture: (2H, 2W, 4), BGR and identity."""
        everybody = self._wardrobe.surface(crowd, self._details(crowd))
        count = len(everybody.body)
        rgba = np.full((len(everybody.points), 4), THING, np.uint8)
        # Light hardly changes along a limb: once a bone is enough.
        falls = light.at(crowd.at.reshape(-1, 3)).astype(np.float32)[everybody.bone]
        rgba[:, :3] = lit(falls, everybody.normals, everybody.colour) * 255 + 0.5
        for number, (start, body) in enumerate(zip(everybody.first, everybody.body, strict=False)):
            rgba[start : start + body, 3] = number + 1
        dark, fans = shadows(crowd)
        points, paints, corners = [everybody.points, dark], [rgba], [everybody.triangles]
        paints.append(np.full((len(dark), 4), SHADOW, np.uint8))
        corners.append(fans + np.uint32(len(everybody.points)))
        if self._hides is not None:
            points.append(self._hides.points)
            paints.append(self._hides.rgba)
            corners.append(self._hides.triangles + np.uint32(len(everybody.points) + len(dark)))
        assert count <= MOST_FIGURES  # noqa: S101 - else a person would be a thing or a shadow
        mesh = Mesh(np.concatenate(points), np.concatenate(paints), np.concatenate(corners))
        return draw(self._size, self.lens, mesh)

    def _details(self, crowd: Crowd) -> list[Detail]:
        """How finely everybody is drawn: by how tall they would stand in the picture."""
        far = (crowd.at[:, Bone.PELVIS] - self.lens.eye) @ self.lens.axes[1]
        scale = self.resolution[1] / 2 / self.lens.tangent[1] / np.maximum(far, NEAR_M)
        return [
            detail_for(f.height_m * s) for f, s in zip(crowd.figures, scale.tolist(), strict=True)
        ]

    def _compose(
        self, drawn: NDArray[np.uint8] | None, who: NDArray[np.uint8] | None, light: Light
    ) -> NDArray[np.uint8]:
        """People and shadows over the empty shop, at the finer size."""
        empty = self._empty(light)
        if drawn is None or who is None:
            return empty.lit
        fine = empty.lit.copy()
        cv2.copyTo(empty.shaded, np.asarray(cv2.inRange(who, SHADOW, SHADOW)), fine)
        people = cv2.inRange(who, 1, THING)
        cv2.copyTo(cv2.cvtColor(drawn, cv2.COLOR_BGRA2BGR), people, fine)
        return fine

    def _empty(self, light: Light) -> _Backdrop:
        """The shop without people; drawn anew when the light or the stock has changed."""
        key = (int(light.hour * STEPS_AN_HOUR), self._stock_version)
        if self._backdrop is None or self._backdrop.key != key:
            if self._photo is not None:
                lit = np.asarray(cv2.resize(self._photo, self._size), np.uint8)
            else:
                lit = self._bare(light)
            goods = None if self._photo is not None else self._goods.seen(self._stock)
            if goods is not None:
                drawn = draw(self._size, self.lens, _bright(goods, light))
                there = cv2.extractChannel(drawn, 3)
                cv2.copyTo(cv2.cvtColor(drawn, cv2.COLOR_BGRA2BGR), there, lit)
            shaded = np.asarray(cv2.convertScaleAbs(lit, alpha=SHADE), np.uint8)
            self._backdrop = _Backdrop(key, lit, shaded)
        return self._backdrop

    def _bare(self, light: Light) -> NDArray[np.uint8]:
        """A picture of the room alone, to draw on. Goods come and go more often than the light
        changes: the last one is kept."""
        step = int(light.hour * STEPS_AN_HOUR)
        if self._room is None or self._room[0] != step:
            self._room = step, picture_of(self.room, self.lens, self._size, light)
        return self._room[1].copy()


def _bright(part: Part, light: Light) -> Mesh:
    rgba = np.full((len(part.points), 4), 255, np.uint8)
    rgba[:, :3] = light.shade(part.points, part.normals, part.colour) * 255 + 0.5
    return Mesh(part.points, rgba, part.triangles)


def _check(room: Room, furniture: Sequence[Furniture], pose: Pose, rows: Sequence[Row]) -> None:
    x, y, z = pose.position
    if not (0 <= x <= room.width_m and 0 <= y <= room.depth_m and 0 < z <= room.height_m):
        raise BadInput(
            "bad-pose",
            "rendered camera",
            f"expected a position within the room of {room.width_m:g} x {room.depth_m:g} x "
            f"{room.height_m:g} m, found {x:g}, {y:g}, {z:g}",
        )
    shelves = {thing.id for thing in furniture if is_shelf(thing)}
    for row in rows:
        if row.furniture not in shelves:
            raise BadInput("bad-facing", row.id, f"expected a shelf, found {row.furniture!r}")
