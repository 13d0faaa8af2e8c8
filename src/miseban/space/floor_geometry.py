"""All lines and zones of a shop on its floor: drawn there, or on a picture that is laid on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from miseban.space.geometry import over_the_edge, to_the_edge
from miseban.space.homography import Homography
from miseban.space.horizon import below_horizon
from miseban.space.polygons import Codes, Polygons
from miseban.space.segments import Crossing, Polylines
from miseban.space.settings import SpaceSettings
from miseban.space.steps import Steps
from miseban.vocabulary.floor import FloorRows
from miseban.vocabulary.shop import Camera, Line, Shop, Zone

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class View:
    """A camera and how its picture lies on the floor."""

    camera: Camera
    homography: Homography

    @classmethod
    def of(cls, camera: Camera) -> View:
        """Raises ``BadInput`` for floor points that determine nothing."""
        pixel, floor_m = zip(*((p.pixel, p.floor_m) for p in camera.floor_points), strict=True)
        where = f'[[camera]] "{camera.id}" floor_points'
        return cls(camera, Homography.from_points(pixel, floor_m, where=where))

    def laid(self, drawn: Line | Zone) -> Floats | None:
        """(N, 2) metres of what is drawn on the picture: a homography keeps lines straight. A line
        is cut at the horizon; None for a zone that reaches above it."""
        size = (float(self.camera.width), float(self.camera.height))
        if isinstance(drawn, Line):
            ways = (to_the_edge(drawn.points, size), np.array(drawn.points, float))
        else:
            ways = (over_the_edge(drawn.polygon, size), np.array(drawn.polygon, float))
        for points in ways:  # moved out of the picture a corner may lie in the sky
            floor = self.homography.to_floor(points)
            if np.isfinite(floor).all():
                return floor
        return below_horizon(self.homography, ways[0]) if isinstance(drawn, Line) else None

    def sees(self, floor_m: Floats) -> bool:
        """Whether the place (2,) lies in the picture, give or take a pixel."""
        x, y = self.homography.to_pixel(floor_m[None])[0].tolist()
        return bool(-1 <= x <= self.camera.width + 1 and -1 <= y <= self.camera.height + 1)


class FloorGeometry:
    """Lines and zones of the floor in metres. Those drawn on the floor plan, and those drawn on
    the pictures of ``cameras`` that can be laid on the floor; ``left_lines`` and
    ``left_zones`` are the ids of what cannot.

    The bands around lines and zones are as wide as on one camera's floor, or as the place is
    uncertain (``line_band_spreads``, ``zone_band_spreads``), within bounds.
    """

    unit: Literal["m", "px"] = "m"

    def __init__(self, shop: Shop, cameras: tuple[str, ...], settings: SpaceSettings) -> None:
        self._settings = settings
        self.views = {name: View.of(shop.camera(name)) for name in cameras}
        floor = shop.shop.floor
        self.size = (floor.width_m, floor.depth_m) if floor is not None else None
        self.left_lines: set[str] = set()
        self.left_zones: set[str] = set()
        self.zones: list[Zone] = []
        self.lines: list[Line] = []
        polygons: list[Floats] = []
        polylines: list[Floats] = []
        for zone in shop.zones:
            points = self._laid(zone, zone.polygon)
            if points is not None and zone.kind != "private":
                self.zones.append(zone)
                polygons.append(points)
        for line in shop.lines:
            points = self._laid(line, line.points)
            if points is not None:
                self.lines.append(line)
                polylines.append(points)
        self._polygons, self._polylines = Polygons(polygons), Polylines(polylines)
        self._watchers = {
            zone.id: self._looking_at(zone, points)
            for zone, points in zip(self.zones, polygons, strict=True)
        }

    def _laid(self, drawn: Line | Zone, points: tuple[tuple[float, float], ...]) -> Floats | None:
        if drawn.camera is None:
            return np.array(points, float)
        view = self.views.get(drawn.camera)
        if view is None:
            return None
        laid = view.laid(drawn)
        if laid is None:
            (self.left_lines if isinstance(drawn, Line) else self.left_zones).add(drawn.id)
        return laid

    def _looking_at(self, zone: Zone, points: Floats) -> tuple[str, ...]:
        if zone.camera is not None:
            return (zone.camera,)
        middle = points.mean(axis=0)
        return tuple(name for name, view in self.views.items() if view.sees(middle))

    def steps_of(self, rows: FloorRows) -> Steps:
        """Where each visit is."""
        n = len(rows)
        return Steps(
            rows.time_s, rows.visit, np.empty((n, 0)), rows.xy, rows.xy, np.ones(n), rows.spread_m
        )

    def codes(self, steps: Steps) -> Codes:
        """(N, Z) of ``polygons.OUTSIDE``, ``NEAR`` or ``INSIDE``."""
        s = self._settings
        band = np.maximum(
            s.zone_band_m, np.minimum(steps.spread * s.zone_band_spreads, s.zone_band_most_m)
        )
        return self._polygons.codes(steps.xy, band)

    def border_s(self, steps: Steps, i: int, z: int, *, entering: bool) -> float:
        """When, during step ``i``, the path passed the border of zone ``z``."""
        start, end = steps.from_xy[i], steps.xy[i]
        time_s, from_s = float(steps.time_s[i]), float(steps.from_s[i])
        if time_s == from_s or (start == end).all():
            return time_s
        fraction = self._polygons.border_fraction(z, start, end, entering=entering)
        return from_s + fraction * (time_s - from_s)

    def crossings(self, steps: Steps) -> list[Crossing]:
        """Where steps pass lines, in order of steps."""
        return self._polylines.crossings(steps.from_xy, steps.xy)

    def line_distance(self, steps: Steps, i: int, line: int) -> tuple[float, float]:
        """Metres from line ``line`` after step ``i``, and the band around it."""
        return self._polylines.distance(line, steps.xy[i]), self._line_band(float(steps.spread[i]))

    def last_band(self, scale: float) -> list[float]:
        """The band around each line for a visit whose last place was uncertain by ``scale``."""
        return [self._line_band(scale)] * len(self.lines)

    def camera_of(self, drawn: Line | Zone) -> str | None:
        """The camera on whose picture it is drawn, none for the floor plan."""
        return drawn.camera

    def watchers(self, zone: Zone) -> tuple[str, ...]:
        """The camera of the picture; of the floor plan, all that have its middle in the picture."""
        return self._watchers[zone.id]

    def _line_band(self, spread_m: float) -> float:
        s = self._settings
        return max(s.line_band_m, min(spread_m * s.line_band_spreads, s.line_band_most_m))


def fused_cameras(shop: Shop, cameras: Sequence[str]) -> tuple[str, ...]:
    """Those of ``cameras`` that see one floor together: all with floor points, if two or more."""
    known = tuple(name for name in cameras if shop.camera(name).floor_points)
    return known if len(known) > 1 else ()
