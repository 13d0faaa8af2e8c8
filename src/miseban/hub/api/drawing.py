"""``/api/v1/shop/drawings`` and ``PATCH /api/v1/shop/file``: what is drawn in the shop file, and
tables of it set one by one, everything else in it left as it stands."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from miseban.hub.api.needs import By, Route, TheHub, needs
from miseban.hub.api.problems import responses
from miseban.hub.api.shop import IfMatch, Set
from miseban.hub.api.shop_text import checked, etag_of, need_match, read, set_text
from miseban.hub.people.rights import Right
from miseban.hub.shop_file.edits import Edit, Kind, edited
from miseban.space.floor_geometry import View
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.shop import Camera, Shop, parse_shop, redact

router = APIRouter(prefix="/api/v1/shop", tags=["shop"], route_class=Route)
Matrix = list[list[float]]


class Drawings(BaseModel):
    """``shop`` is the shop file as JSON, keys as in the file, passwords starred. ``to_pixel``: by
    camera, the matrix (3, 3) that takes metres of the plan, x, y and 1, to its picture; for those
    that know their floor. ``etag`` is for ``If-Match``."""

    shop: dict[str, Any]
    to_pixel: dict[str, Matrix]
    etag: str


class TableEdit(BaseModel):
    """The table of that ``kind`` and ``id`` shall say ``put`` and nothing more; null: it shall go.
    ``floor`` is the size of the plan, under ``[shop]``. A facing is one of ``shelf``; a shelf's own
    facings are edited by themselves, and a new shelf comes with its first in the same request."""

    model_config = ConfigDict(extra="forbid")

    kind: Kind
    id: Annotated[str, Field(min_length=1, max_length=64)]
    put: dict[str, Any] | None
    shelf: Annotated[str | None, Field(max_length=64)] = None


class TableEdits(BaseModel):
    """All of them or none. ``check``: only whether they could be set."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"edits": [{"kind": "zone", "id": "milk", "put": None}], "check": True}]
        },
    )

    edits: Annotated[list[TableEdit], Field(min_length=1, max_length=200)]
    check: bool = False


@router.get(
    "/drawings",
    summary="What is drawn in the shop file",
    dependencies=[needs(Right.SET_SHOP)],
    responses=responses(400, 401, 403, 404),
)
def drawings(hub: TheHub, response: Response) -> Drawings:
    """As the file stands now. One with a mistake is a 400 that names table and key."""
    text = read(hub.files.shop)
    shop = parse_shop(text, "shop.toml")
    etag = etag_of(text)
    response.headers["ETag"] = etag
    seen = {camera.id: matrix_of(camera) for camera in shop.cameras if camera.floor_points}
    return Drawings(shop=_shown(shop), to_pixel=seen, etag=etag)


@router.patch(
    "/file",
    summary="Set tables of the shop file",
    dependencies=[needs(Right.SET_SHOP)],
    responses=responses(400, 401, 403, 404, 412, 422),
)
def patch_shop(body: TableEdits, hub: TheHub, by: By, if_match: IfMatch = None) -> Set:
    """Every other line stays as it is, comments too. Checked as a whole before it is written; a
    mistake is a 400 that names table and key, and nothing is written then."""
    with hub.setting:
        before = read(hub.files.shop)
        need_match(if_match, before)
        known = {camera.id: camera for camera in parse_shop(before, "shop.toml").cameras}
        text = edited(before, [_edit(one, known) for one in body.edits])
        if body.check:
            checked(hub, by, text)
            return Set(etag=etag_of(before))
        set_text(hub, by, text, before)
    hub.changed("shop")
    return Set(etag=etag_of(text))


def matrix_of(camera: Camera) -> Matrix:
    """From metres to pixels."""
    rows = np.linalg.inv(View.of(camera).homography.matrix)
    found: Matrix = rows.tolist()
    return found


def _shown(shop: Shop) -> dict[str, Any]:
    # Without what the file leaves out: what is sent back then does not add it.
    data = shop.model_dump(mode="json", by_alias=True, exclude_unset=True, exclude_none=True)
    for camera in data.get("camera", []):
        camera["source"] = redact(camera["source"])
    return data


def _edit(one: TableEdit, known: dict[str, Camera]) -> Edit:
    if (one.kind == "facing") != (one.shelf is not None):
        raise BadInput(
            "shop-edit", f"{one.kind} {one.id}", "a facing, and nothing else, has a shelf"
        )
    wanted = one.put
    if wanted is not None:
        wanted = {key: value for key, value in wanted.items() if value is not None}
        held = known.get(one.id) if one.kind == "camera" else None
        if held is not None and wanted.get("source") == redact(held.source):
            wanted["source"] = held.source  # what was shown with stars was not changed
    return Edit(one.kind, one.id, wanted, one.shelf)
