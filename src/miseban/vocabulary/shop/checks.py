"""What one table of the shop file says about another: references, pictures, the floor."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Protocol, TypeVar

import numpy as np
from shapely import Polygon as ShapelyPolygon
from shapely import box

from miseban.vocabulary.shop.camera import Camera
from miseban.vocabulary.shop.geometry import Points
from miseban.vocabulary.shop.geometry import shown as shown_point
from miseban.vocabulary.shop.pinhole import over, plane_homography
from miseban.vocabulary.shop.problem import Place, Problem, did_you_mean, shown
from miseban.vocabulary.shop.seen_floor import Misfit, impossible
from miseban.vocabulary.shop.shelf import Shelf
from miseban.vocabulary.shop.tables import Floor, Tables
from miseban.vocabulary.shop.zone import Zone


class _HasId(Protocol):
    @property
    def id(self) -> str: ...


_Row = TypeVar("_Row", bound=_HasId)


def misfits(shop: Tables) -> list[Problem]:
    """Everything in ``shop`` that contradicts something else in it, in the order of the tables."""
    return [
        *_ids(shop),
        *_cameras(shop),
        *_drawings(shop),
        *_shelves(shop),
        *_tills(shop),
        *_help(shop),
        *_fixtures(shop),
    ]


def _ids(shop: Tables) -> Iterator[Problem]:
    yield from _twice(("camera",), shop.cameras)
    yield from _twice(("line",), shop.lines)
    yield from _twice(("zone",), shop.zones)
    yield from _twice(("shelf",), shop.shelves)
    for number, shelf in enumerate(shop.shelves):
        yield from _twice(("shelf", number, "facing"), shelf.facings)
    yield from _twice(("till",), shop.tills)
    yield from _twice(("fixture",), shop.fixtures)


def _twice(table: Place, rows: Iterable[_HasId]) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for number, row in enumerate(rows):
        if row.id in first:
            found = f"{shown(row.id)}, which number {first[row.id] + 1} has too"
            yield Problem((*table, number, "id"), "an id of its own", found, "twice")
        first.setdefault(row.id, number)


def _cameras(shop: Tables) -> Iterator[Problem]:
    for number, camera in enumerate(shop.cameras):
        if camera.anchor == "upright" and not camera.floor_points:
            expected = 'floor_points for anchor = "upright"'
            yield Problem(("camera", number, "floor_points"), expected, "none")
        for spot, point in enumerate(camera.floor_points):
            place: Place = ("camera", number, "floor_points", spot)
            yield from _in_picture((*place, "pixel"), (point.pixel,), camera)
            if shop.shop.floor is not None:
                yield from _on_floor((*place, "floor_m"), (point.floor_m,), shop.shop.floor)
        yield from _lens(number, camera)


def _lens(number: int, camera: Camera) -> Iterator[Problem]:
    """Floor points as some lens over a floor can have seen them."""
    if not camera.floor_points:
        return
    pairs = tuple((*point.pixel, *point.floor_m) for point in camera.floor_points)
    misfit = _seen(pairs, camera.resolution, camera.anchor != "centre")
    if misfit is not None:
        place: Place = ("camera", number, "floor_points")
        at = place if misfit.point is None else (*place, misfit.point)
        yield Problem(at, misfit.expected, misfit.found)


@lru_cache(maxsize=512)
def _seen(
    pairs: tuple[tuple[float, float, float, float], ...], size: tuple[int, int], upright: bool
) -> Misfit | None:
    """Remembered, since a shop is often checked again with the same cameras."""
    table = np.array(pairs, np.float64)
    return impossible(table[:, :2], table[:, 2:], size, upright=upright)


def _drawings(shop: Tables) -> Iterator[Problem]:
    """Lines and zones: on a camera's picture, or else on the floor."""
    for number, line in enumerate(shop.lines):
        yield from _drawn(("line", number), "points", line.camera, line.points, shop)
    for number, zone in enumerate(shop.zones):
        if zone.kind == "private" and zone.camera is None:
            expected = "a camera, in whose picture a private zone is blacked out"
            yield Problem(("zone", number, "camera"), expected, "none", "private-on-plan")
        else:
            yield from _drawn(("zone", number), "polygon", zone.camera, zone.polygon, shop)
            yield from _crew(number, zone, shop)


def _crew(number: int, zone: Zone, shop: Tables) -> Iterator[Problem]:
    """A crew area drawn on a picture whose place on the floor is known lies on the floor."""
    camera, floor = _find(shop.cameras, zone.camera or ""), shop.shop.floor
    if zone.kind != "crew" or camera is None or not camera.floor_points or floor is None:
        return
    pixels, floor_m = (
        np.array([getattr(p, key) for p in camera.floor_points]) for key in ("pixel", "floor_m")
    )
    there = over(plane_homography(pixels, floor_m), np.array(zone.polygon, np.float64))
    place: Place = ("zone", number, "polygon")
    above = np.flatnonzero(np.isnan(there[:, 0]))
    if len(above):
        found = f"{shown_point(zone.polygon[above[0]])} above its horizon (point {above[0] + 1})"
        yield Problem(place, f"the floor in the picture of camera {shown(camera.id)}", found)
    elif not ShapelyPolygon(there).convex_hull.intersects(box(0, 0, floor.width_m, floor.depth_m)):
        x, y = there.mean(axis=0).round(1).tolist()
        expected = f"an area on the floor (x 0 to {floor.width_m:g} m, y 0 to {floor.depth_m:g} m)"
        found = f"one around {shown_point((x, y))} m"
        yield Problem(place, expected, f"{found}, by the floor points of {shown(camera.id)}")


def _drawn(
    table: Place, key: str, camera_id: str | None, points: Points, shop: Tables
) -> Iterator[Problem]:
    if camera_id is not None:
        camera = _find(shop.cameras, camera_id)
        if camera is None:
            yield _nothing_there((*table, "camera"), "[[camera]]", camera_id, shop.cameras)
        else:
            yield from _in_picture((*table, key), points, camera)
    elif shop.shop.floor is None:
        expected = "a camera, or [shop] floor for a drawing in metres"
        yield Problem((*table, "camera"), expected, "neither")
    else:
        yield from _on_floor((*table, key), points, shop.shop.floor)


def _shelves(shop: Tables) -> Iterator[Problem]:
    for number, shelf in enumerate(shop.shelves):
        camera = _find(shop.cameras, shelf.camera)
        if camera is None:
            place: Place = ("shelf", number, "camera")
            yield _nothing_there(place, "[[camera]]", shelf.camera, shop.cameras)
            continue
        if shelf.zone is not None:
            yield from _seen_zone(("shelf", number, "zone"), shelf.zone, shop)
        for spot, facing in enumerate(shelf.facings):
            place = ("shelf", number, "facing", spot, "polygon")
            yield from _in_picture(place, facing.polygon, camera)
        yield from _overlapping(number, shelf)


OVERLAP = 0.3
"""Of the smaller of two facings may lie in the other, drawn by hand as they are."""


def _overlapping(number: int, shelf: Shelf) -> Iterator[Problem]:
    """Facings of a shelf drawn over each other: nobody could tell whose goods are seen."""
    before: list[tuple[str, ShapelyPolygon]] = []
    for spot, facing in enumerate(shelf.facings):
        outline = ShapelyPolygon(facing.polygon)
        for name, other in before:
            common = outline.intersection(other).area
            if common > OVERLAP * min(outline.area, other.area):
                place: Place = ("shelf", number, "facing", spot, "polygon")
                found = f"{shown(facing.id)} over {shown(name)}"
                yield Problem(place, "a place of its own in the picture", found)
                break
        before.append((facing.id, outline))


def _tills(shop: Tables) -> Iterator[Problem]:
    for number, till in enumerate(shop.tills):
        yield from _till_zone(("till", number, "queue"), till.queue, "queue", shop)
        yield from _till_zone(("till", number, "service"), till.service, "counter", shop)


def _help(shop: Tables) -> Iterator[Problem]:
    """Places without help are zones that people are seen in; nothing is named twice."""
    if shop.help is None:
        return
    for number, zone_id in enumerate(shop.help.off):
        place: Place = ("help", "off", number)
        yield from _seen_zone(place, zone_id, shop)
        if zone_id in shop.help.off[:number]:
            yield Problem(place, "each zone once", f"{shown(zone_id)} again")
    for number, kind in enumerate(shop.help.kinds):
        if kind in shop.help.kinds[:number]:
            yield Problem(("help", "kinds", number), "each kind once", f"{shown(kind)} again")


def _seen_zone(place: Place, zone_id: str, shop: Tables) -> Iterator[Problem]:
    zone = _find(shop.zones, zone_id)
    if zone is None:
        seen = [one for one in shop.zones if one.kind != "private"]
        yield _nothing_there(place, "[[zone]]", zone_id, seen)
    elif zone.kind == "private":
        expected = "a zone in which people are seen"
        yield Problem(place, expected, f'{shown(zone_id)} of kind "private"')


def _till_zone(place: Place, zone_id: str, kind: str, shop: Tables) -> Iterator[Problem]:
    zone = _find(shop.zones, zone_id)
    if zone is None:
        right = [z for z in shop.zones if z.kind == kind]
        yield _nothing_there(place, f'[[zone]] of kind "{kind}"', zone_id, right)
    elif zone.kind != kind:
        found = f'"{zone_id}" of kind "{zone.kind}"'
        yield Problem(place, f'a zone of kind "{kind}"', found, "zone-kind", kind)


def _find(rows: Sequence[_Row], wanted: str) -> _Row | None:
    return next((row for row in rows if row.id == wanted), None)


def _nothing_there(place: Place, table: str, wanted: str, rows: Iterable[_HasId]) -> Problem:
    ids = [row.id for row in rows]
    listed = f"{', '.join(ids[:8])}{', ...' if len(ids) > 8 else ''}" if ids else "there is none"
    found = shown(wanted) + did_you_mean(wanted, ids)
    return Problem(place, f"the id of a {table} ({listed})", found, "not-there", listed)


def _in_picture(place: Place, points: Points, camera: Camera) -> Iterator[Problem]:
    """The picture's border belongs to it: x from 0 to width, y from 0 to height."""
    width, height = camera.resolution
    expected = (
        f"points in the picture of camera {shown(camera.id)} (x 0 to {width}, y 0 to {height})"
    )
    yield from _within(place, points, width, height, expected, "outside-picture")


def _fixtures(shop: Tables) -> Iterator[Problem]:
    for number, fixture in enumerate(shop.fixtures):
        place: Place = ("fixture", number, "polygon")
        if shop.shop.floor is None:
            yield Problem(place, "[shop] floor for a drawing in metres", "none")
            return
        yield from _on_floor(place, fixture.polygon, shop.shop.floor)


def _on_floor(place: Place, points: Points, floor: Floor) -> Iterator[Problem]:
    width, depth = floor.width_m, floor.depth_m
    expected = f"points on the floor (x 0 to {width:g} m, y 0 to {depth:g} m)"
    yield from _within(place, points, width, depth, expected, "outside-plan")


def _within(
    place: Place, points: Points, x_max: float, y_max: float, expected: str, reason: str
) -> Iterator[Problem]:
    """At most one problem a shape: the first point that lies outside."""
    for number, (x, y) in enumerate(points, start=1):
        if not (0 <= x <= x_max and 0 <= y <= y_max):
            which = f" (point {number})" if len(points) > 1 else ""
            limit = f"0 – {x_max:g}, 0 – {y_max:g}"
            yield Problem(place, expected, f"{shown_point((x, y))}{which}", reason, limit)
            return
