"""``/api/v1/shop/plan``: where everything of the shop is on its floor, to be drawn."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from miseban.hub.api.drawing import Matrix, matrix_of
from miseban.hub.api.needs import Route, TheHub, needs
from miseban.hub.api.problems import Trouble, responses
from miseban.hub.people.rights import Right
from miseban.space.floor_geometry import View
from miseban.space.laying import laid, views_of
from miseban.vocabulary.shop import Line, Shop, Zone

router = APIRouter(prefix="/api/v1/shop", tags=["shop"], route_class=Route)
Spot = tuple[float, float]
_SIGNS = 3
"""Digits after the point: millimetres."""


class Drawn(BaseModel):
    """A shape on the floor, in metres from its top left corner, x to the right and y down."""

    id: str
    name: str
    kind: str = ""
    polygon: list[Spot]


class Passed(BaseModel):
    """A line: who passes from its left to its right, seen along it, goes in."""

    id: str
    name: str
    points: list[Spot]
    entrance: bool


class Seeing(BaseModel):
    """A camera that knows its floor: ``to_pixel`` is the matrix (3, 3) that takes metres of the
    plan, x, y and 1, to its picture of ``width`` by ``height`` pixels."""

    id: str
    name: str
    width: int
    height: int
    to_pixel: Matrix


class Plan(BaseModel):
    """``zones`` and ``lines`` are those that have a place on the floor: drawn on the plan, or on
    the picture of a camera that knows its floor; such cameras are ``cameras``."""

    width_m: float
    depth_m: float
    fixtures: list[Drawn]
    zones: list[Drawn]
    lines: list[Passed]
    cameras: list[Seeing]
    left_out: Annotated[list[str], Field(description="Zones and lines without such a place.")]


@router.get(
    "/plan",
    summary="The floor plan",
    dependencies=[needs(Right.SEE_COUNT)],
    responses=responses(401, 403, 404),
)
def plan(hub: TheHub) -> Plan:
    """In metres. A shop file without a floor is a 404."""
    found = plan_of(hub.shop)
    if found is None:
        raise Trouble("not-found", "the shop file has no floor ([shop] floor)")
    return found


def plan_of(shop: Shop) -> Plan | None:
    """None without ``[shop] floor``."""
    floor = shop.shop.floor
    if floor is None:
        return None
    views = views_of(shop)
    zones, lines, left_out = [], [], []
    for zone in shop.zones:
        spots = _spots(zone, views)
        if spots is None:
            left_out.append(zone.id)
        elif zone.kind != "private":
            zones.append(Drawn(id=zone.id, name=zone.name, kind=zone.kind, polygon=spots))
    for line in shop.lines:
        spots = _spots(line, views)
        if spots is None:
            left_out.append(line.id)
        else:
            lines.append(Passed(id=line.id, name=line.name, points=spots, entrance=line.entrance))
    fixtures = [Drawn(id=one.id, name=one.name, polygon=list(one.polygon)) for one in shop.fixtures]
    cameras = [
        Seeing(
            id=one.id, name=one.name, width=one.width, height=one.height, to_pixel=matrix_of(one)
        )
        for one in shop.cameras
        if one.floor_points
    ]
    return Plan(
        width_m=floor.width_m, depth_m=floor.depth_m, fixtures=fixtures, zones=zones, lines=lines,
        cameras=cameras, left_out=left_out,
    )  # fmt: skip


def _spots(drawn: Line | Zone, views: dict[str, View]) -> list[Spot] | None:
    points = laid(drawn, views)
    if points is None:
        return None
    return [(round(float(x), _SIGNS), round(float(y), _SIGNS)) for x, y in points]
