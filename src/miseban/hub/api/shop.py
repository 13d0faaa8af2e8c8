"""``/api/v1/shop``: the shop file."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Body, Header, Response
from pydantic import BaseModel

from miseban.hub.api.needs import By, Route, TheHub, needs
from miseban.hub.api.problems import responses
from miseban.hub.api.shop_text import etag_of, need_match, read, set_text
from miseban.hub.api.starred import starred, unstarred
from miseban.hub.people.rights import Right
from miseban.vocabulary.shop import Shelf

router = APIRouter(prefix="/api/v1", tags=["shop"], route_class=Route)
TOML: Final = "application/toml"
Toml = Annotated[str, Body(media_type=TOML, max_length=4_000_000, examples=['[shop]\nid = "s"\n'])]
IfMatch = Annotated[
    str | None, Header(max_length=80, description="The `ETag` that was read: nobody else's change "
                       "is lost.")
]  # fmt: skip
TEXT: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {TOML: {"schema": {"type": "string"}}}}
}


class Area(BaseModel):
    """A line, zone, shelf or till, and its name for people."""

    id: str
    name: str
    kind: str | None = None


class Stand(BaseModel):
    """A product's place on a shelf; ``polygon`` is where it is in the picture of the shelf's
    camera, so that facings can be shown beside each other as they stand."""

    id: str
    name: str
    gtin: str | None
    capacity: int | None
    polygon: list[tuple[float, float]]


class ShelfSeen(Area):
    """A shelf and the facings on it."""

    facings: list[Stand]


class ShopSeen(BaseModel):
    """What everybody may know of the shop: what stands in answers, and its names."""

    id: str
    name: str
    timezone: str
    policy: str
    lines: list[Area]
    zones: list[Area]
    shelves: list[ShelfSeen]
    tills: list[Area]
    cameras: list[Area]


class Set(BaseModel):
    """What was set is in force at once, or says when."""

    etag: str


@router.get(
    "/shop",
    summary="The shop and its places",
    dependencies=[needs(Right.SEE_COUNT)],
    responses=responses(401, 403),
)
def shop(hub: TheHub) -> ShopSeen:
    """Without where its cameras are on the network."""
    it = hub.shop
    return ShopSeen(
        id=it.shop.id,
        name=it.shop.name,
        timezone=it.shop.timezone,
        policy=it.shop.policy,
        lines=[Area(id=one.id, name=one.name) for one in it.lines],
        zones=[Area(id=one.id, name=one.name, kind=one.kind) for one in it.zones],
        shelves=[_shelf(one) for one in it.shelves],
        tills=[Area(id=one.id, name=one.name) for one in it.tills],
        cameras=[Area(id=one.id, name=one.name) for one in it.cameras],
    )


def _shelf(shelf: Shelf) -> ShelfSeen:
    facings = [
        Stand(
            id=one.id, name=one.name, gtin=one.gtin, capacity=one.capacity,
            polygon=list(one.polygon),
        )
        for one in shelf.facings
    ]  # fmt: skip
    return ShelfSeen(id=shelf.id, name=shelf.name, facings=facings)


@router.get(
    "/shop/file",
    summary="The shop file",
    dependencies=[needs(Right.SET_SHOP)],
    response_class=Response,
    responses={**TEXT, **responses(400, 401, 403, 404)},
)
def shop_file(hub: TheHub) -> Response:
    """As TOML. Passwords in the sources of cameras are starred; what is sent back with the stars
    keeps them. A file that is no TOML cannot be shown: where it is wrong is told with a 400."""
    text = read(hub.files.shop)
    return toml_answer(starred(text), etag_of(text))


@router.put(
    "/shop/file",
    summary="Set the shop file",
    dependencies=[needs(Right.SET_SHOP)],
    responses=responses(400, 401, 403, 404, 409, 412, 413, 422),
)
def set_shop(body: Toml, hub: TheHub, by: By, if_match: IfMatch = None) -> Set:
    """Checked before it is written; a mistake is a 400 that names table and key. A new policy or
    notice needs ``set.privacy`` too, and the shop's id stays."""
    with hub.setting:
        before = read(hub.files.shop)
        need_match(if_match, before)
        text = unstarred(body, before)
        set_text(hub, by, text, before)
    hub.changed("shop")
    return Set(etag=etag_of(text))


def toml_answer(text: str, etag: str) -> Response:
    """A file as it is, and its tag for ``If-Match``."""
    return Response(text, media_type=TOML, headers={"ETag": etag})
