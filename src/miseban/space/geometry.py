"""One camera's part of the shop file, on the picture and on the floor, ready to be asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from miseban.space.homography import Homography
from miseban.space.polygons import Codes, Polygons
from miseban.space.segments import Crossing, Polylines
from miseban.space.settings import SpaceSettings
from miseban.space.steps import Steps
from miseban.space.upright import Upright
from miseban.vocabulary.shop import Line, Shop, Zone
from miseban.vocabulary.tracks import TrackRows

Floats = NDArray[np.float64]


class CameraGeometry:
    """Lines and zones of one camera. Those drawn on the picture come first (pixels), then those
    drawn on the floor (metres), which need the camera's floor points.

    ``zones`` and ``lines`` are in that order; indices everywhere in ``space`` refer to them.
    """

    def __init__(self, shop: Shop, camera: str, settings: SpaceSettings) -> None:
        self._settings = settings
        self.camera = shop.camera(camera)
        width, height = self.camera.resolution
        self.size = (float(width), float(height))
        self.homography: Homography | None = None
        self._upright: Upright | None = None
        if self.camera.floor_points:
            where = f'[[camera]] "{camera}" floor_points'
            self.homography = Homography.from_points(
                [p.pixel for p in self.camera.floor_points],
                [p.floor_m for p in self.camera.floor_points],
                where=where,
            )
            if self.camera.anchor == "upright":
                self._upright = Upright(self.homography, self.size, where)
        floor = shop.shop.floor
        self.floor_size = (
            (floor.width_m, floor.depth_m) if floor is not None and self.homography else None
        )
        on_picture = [z for z in shop.zones_of(camera) if z.kind != "private"]
        on_floor = list(shop.floor_zones()) if self.homography else []
        self.zones: list[Zone] = [*on_picture, *on_floor]
        self._picture_zones = Polygons([over_the_edge(z.polygon, self.size) for z in on_picture])
        self._floor_zones = Polygons([z.polygon for z in on_floor])
        self._private = Polygons([z.polygon for z in shop.zones_of(camera) if z.kind == "private"])
        picture_lines = list(shop.lines_of(camera))
        floor_lines = list(shop.floor_lines()) if self.homography else []
        self.lines: list[Line] = [*picture_lines, *floor_lines]
        self._picture_lines = Polylines([to_the_edge(ln.points, self.size) for ln in picture_lines])
        self._floor_lines = Polylines([line.points for line in floor_lines])

    def steps_of(self, rows: TrackRows) -> Steps:
        """Where each person stands, by the camera's ``anchor``: bottom centre of the box, where its
        plumb line ends, or its centre for cameras that look straight down."""
        x1, y1, x2, y2 = rows.xyxy.T
        if self._upright is not None:
            xy = self._upright.feet(rows.xyxy)
        else:
            y = y2 if self.camera.anchor == "feet" else (y1 + y2) / 2
            xy = np.stack([(x1 + x2) / 2, y], axis=1)
        # Boxes reach a little over the edge; the place where someone stands lies in the picture.
        xy = np.clip(xy, 0.0, self.size)
        floor = self.homography.to_floor(xy) if self.homography else np.full((len(rows), 2), np.nan)
        height, spread = np.maximum(y2 - y1, 1.0), np.zeros(len(rows))
        return Steps(rows.time_s, rows.track, rows.xyxy, xy, floor, height, spread)

    def private(self, rows: TrackRows) -> NDArray[np.bool_]:
        """(N,): whether the middle of the box lies in a private zone."""
        if not len(self._private):
            return np.zeros(len(rows), bool)
        middle = (rows.xyxy[:, :2] + rows.xyxy[:, 2:]) / 2
        result: NDArray[np.bool_] = np.any(self._private.inside(middle), axis=1)
        return result

    def codes(self, steps: Steps) -> Codes:
        """(N, Z) of ``polygons.OUTSIDE``, ``NEAR`` or ``INSIDE``."""
        s = self._settings
        parts = []
        if len(self._picture_zones):
            parts.append(self._picture_zones.codes(steps.xy, steps.height * s.zone_band_heights))
        if len(self._floor_zones):
            band = np.full(len(steps), s.zone_band_m)
            parts.append(self._floor_zones.codes(steps.floor, band))
        return parts[0] if len(parts) == 1 else np.concatenate(parts, axis=1)

    def border_s(self, steps: Steps, i: int, z: int, *, entering: bool) -> float:
        """When, during step ``i``, the path passed the border of zone ``z``; the step's end where
        it came from nowhere."""
        k = z - len(self._picture_zones)
        polygons, index, start, end = (
            (self._picture_zones, z, steps.from_xy[i], steps.xy[i])
            if k < 0
            else (self._floor_zones, k, steps.from_floor[i], steps.floor[i])
        )
        time_s, from_s = float(steps.time_s[i]), float(steps.from_s[i])
        if time_s == from_s or not np.isfinite(start + end).all() or (start == end).all():
            return time_s
        fraction = polygons.border_fraction(index, start, end, entering=entering)
        return from_s + fraction * (time_s - from_s)

    def crossings(self, steps: Steps) -> list[Crossing]:
        found = self._picture_lines.crossings(steps.from_xy, steps.xy)
        n = len(self._picture_lines)
        if len(self._floor_lines):
            found += [
                Crossing(c.step, c.line + n, c.fraction, c.sign)
                for c in self._floor_lines.crossings(steps.from_floor, steps.floor)
            ]
        return found

    def line_distance(self, steps: Steps, i: int, line: int) -> tuple[float, float]:
        """Distance from line ``line`` after step ``i``, and the band around it."""
        k = line - len(self._picture_lines)
        if k < 0:
            band = float(steps.height[i]) * self._settings.line_band_heights
            return self._picture_lines.distance(line, steps.xy[i]), band
        return self._floor_lines.distance(k, steps.floor[i]), self._settings.line_band_m

    def last_band(self, scale: float) -> list[float]:
        """The band around each line for a person whose last box was ``scale`` pixels high."""
        on_picture = scale * self._settings.line_band_heights
        return [on_picture] * len(self._picture_lines) + [self._settings.line_band_m] * len(
            self._floor_lines
        )

    @property
    def unit(self) -> Literal["m", "px"]:
        """Of trails: metres where the floor is known."""
        return "px" if self.homography is None else "m"

    def camera_of(self, drawn: Line | Zone) -> str:
        """This camera counts all, on the floor too."""
        del drawn
        return self.camera.id

    def watchers(self, zone: Zone) -> tuple[str]:
        """Nobody else looks."""
        del zone
        return (self.camera.id,)


def to_the_edge(points: Sequence[Sequence[float]], size: tuple[float, float]) -> Floats:
    """A line drawn to within two pixels of the picture's edge is meant to reach it: its end is
    moved just outside, so that nobody at the very edge slips past."""
    line = np.asarray(points, float).copy()
    for end, inner in ((0, 1), (-1, -2)):
        if (line[end] <= 2).any() or (line[end] >= np.subtract(size, 2)).any():
            way = line[end] - line[inner]
            line[end] += way * (4.0 / np.hypot(*way))
    return line


def over_the_edge(polygon: Sequence[Sequence[float]], size: tuple[float, float]) -> Floats:
    """Corners drawn to within two pixels of the picture's edge are moved outside: boxes end at
    the edge, and so do the places of people whose feet are below it."""
    points = np.asarray(polygon, float)
    points = np.where(points <= 2, points - 4, points)
    result: Floats = np.where(points >= np.subtract(size, 2), points + 4, points)
    return result
