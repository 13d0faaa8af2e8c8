"""``/api/v1/cameras``: a look into a camera for who sets it up, and where its floor is."""

from __future__ import annotations

import re
from typing import Annotated, Final

import numpy as np
from fastapi import APIRouter, Path
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from miseban.camera.calibration.points import MOST, check_enough, check_points
from miseban.camera.process.opening import is_live
from miseban.camera.trial.asking import look_into
from miseban.camera.trial.told import Code, Look, Looked
from miseban.hub.api.needs import Asked, By, Route, TheHub, needs
from miseban.hub.api.problems import Trouble, responses
from miseban.hub.api.shop_text import read
from miseban.hub.hub import Hub
from miseban.hub.people.rights import Right
from miseban.hub.people.throttle import Limit
from miseban.space.calibration.clicks import from_clicks
from miseban.space.homography import Homography
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.policies import load_policy
from miseban.vocabulary.shop import Camera, Shop, parse_shop, redact
from miseban.vocabulary.shop.source import FORMS, source_form

router = APIRouter(prefix="/api/v1/cameras", tags=["cameras"], route_class=Route)
LOOKS: Final = Limit(10, 15.0)
"""Looks into cameras for each account: ten at once, then one every fifteen seconds. Nobody
searches a network with that."""
Id = Annotated[str, Path(max_length=64, description="Of the camera.")]
Spot = tuple[float, float]
Floats = NDArray[np.float64]


class Address(BaseModel):
    """Where a camera would be, as ``source`` in the shop file; with the stars of a password for one
    that is there already. Only such forms are opened, never any other protocol."""

    model_config = ConfigDict(
        extra="forbid",
        hide_input_in_errors=True,
        json_schema_extra={"examples": [{"source": "rtsp://10.0.0.7/main"}]},
    )

    source: Annotated[str, Field(min_length=1, max_length=1024)]


class Checked(BaseModel):
    """``code`` is ``ok``, or why not; ``detail`` says it in a sentence. ``fps`` as measured.
    ``live``: a camera can be there, that ``miseban run`` counts; else it is a recording."""

    code: Code
    detail: str
    width: int | None
    height: int | None
    fps: float | None
    live: bool = False


class Still(BaseModel):
    """``picture`` is a JPEG in base64, of the place without people, laid over ``width`` and
    ``height`` of the shop file; none where ``code`` is not ``ok``."""

    code: Code
    detail: str
    width: int | None
    height: int | None
    picture: str | None
    seconds: float | None


class Blocks(BaseModel):
    """``rows`` of colours from the top, laid over ``width`` and ``height`` of the shop file; none
    where ``code`` is not ``ok``."""

    code: Code
    detail: str
    width: int | None
    height: int | None
    rows: list[list[str]] | None


class Pair(BaseModel):
    """One spot of the floor, in the picture and on the plan."""

    model_config = ConfigDict(extra="forbid")

    pixel: Spot
    floor_m: Spot


class Pairs(BaseModel):
    model_config = ConfigDict(extra="forbid")

    points: Annotated[list[Pair], Field(max_length=MOST)]


class Calibrated(BaseModel):
    """``residual_cm`` is how far places on the floor are likely to be off, ``points_cm`` how far
    each point lies from where the others put it (null: they cannot say, as with four). ``problem``:
    why the shop file would not take them, and ``suspect`` which point, from 0, the others say is
    wrong: then ``points_cm`` is how far each lies from where all but that one put it. The camera
    hangs ``height_m`` above the floor, looks ``tilt_deg`` down and sees ``angle_deg`` across.
    ``to_pixel`` takes metres to the picture."""

    residual_cm: float | None
    points_cm: list[float | None]
    problem: str | None
    suspect: int | None = None
    height_m: float | None
    tilt_deg: float | None
    angle_deg: float | None
    to_pixel: list[list[float]] | None


@router.post(
    "/check",
    summary="Whether a camera answers at an address",
    dependencies=[needs(Right.SET_SHOP)],
    responses=responses(400, 401, 403, 404, 422, 429),
)
def check(body: Address, hub: TheHub, by: By) -> Checked:
    """Opens it for some seconds, in a process of its own. It stands in the audit log."""
    shop = parse_shop(read(hub.files.shop), "shop.toml")
    source = next((c.source for c in shop.cameras if redact(c.source) == body.source), body.source)
    if source_form(source) is None:
        return Checked(code="form", detail=f"expected {FORMS}", width=None, height=None, fps=None)
    seen = _look(hub, by, source, None)
    return Checked(
        code=seen.code, detail=redact(seen.detail), width=seen.width, height=seen.height,
        fps=None if seen.fps is None else round(seen.fps, 1), live=is_live(source),
    )  # fmt: skip


@router.post(
    "/{camera}/still",
    summary="A picture of the place without people",
    dependencies=[needs(Right.SET_SHOP)],
    responses=responses(400, 401, 403, 404, 429),
)
def still(camera: Id, hub: TheHub, by: By) -> Still:
    """Made anew each time, from half a minute of the camera's view at most: only what was free of
    people is in it, private zones are black, and it is kept nowhere."""
    found = _camera(hub, camera)[1]
    seen = _look(hub, by, found.source, camera)
    return Still(
        code=seen.code, detail=redact(seen.detail), width=seen.width, height=seen.height,
        picture=seen.picture, seconds=seen.seconds,
    )  # fmt: skip


@router.post(
    "/{camera}/blocks",
    summary="A camera's view in blocks larger than a face",
    dependencies=[needs(Right.SET_SHOP)],
    responses=responses(400, 401, 403, 404, 429),
)
def blocks(camera: Id, hub: TheHub, by: By) -> Blocks:
    """For where a picture without people cannot be had, and only as far as the policy allows. At
    most 32 colours across, made beside the lens; everybody who is seen is one colour, private zones
    are black, and it is kept nowhere."""
    found = _camera(hub, camera)[1]
    policy = load_policy(
        hub.shop.shop.policy
    )  # the one in force; the process asks that of the file
    if not policy.coarse_still.on:
        raise Trouble("no-still", f"the policy {policy.name} does not allow it", status=403)
    seen = _look(hub, by, found.source, camera, coarse=True)
    return Blocks(
        code=seen.code, detail=redact(seen.detail), width=seen.width, height=seen.height,
        rows=None if seen.blocks is None else [list(row) for row in seen.blocks.rows],
    )  # fmt: skip


@router.post(
    "/{camera}/calibrate",
    summary="Where a camera's floor is, by pairs of points",
    dependencies=[needs(Right.SET_SHOP)],
    responses=responses(400, 401, 403, 404, 422),
)
def calibrate(camera: Id, body: Pairs, hub: TheHub) -> Calibrated:
    """Nothing is saved. A point outside the picture or the plan is a 400 that names it."""
    shop, found = _camera(hub, camera)
    pixels = np.array([p.pixel for p in body.points], np.float64).reshape(-1, 2)
    floor_m = np.array([p.floor_m for p in body.points], np.float64).reshape(-1, 2)
    check_points(pixels, floor_m, found, shop, camera)
    n = len(body.points)
    try:
        check_enough(pixels, floor_m, camera)
        laid = Homography.from_points(pixels, floor_m, camera)
    except BadInput as error:
        return _unknown(error.what, n)
    size = (float(found.width), float(found.height))
    floor = shop.shop.floor
    rows = np.linalg.inv(laid.matrix)
    matrix: list[list[float]] = rows.tolist()
    try:
        clicked = from_clicks(
            pixels, floor_m, size, (floor.width_m, floor.depth_m) if floor else None, camera
        )
        Shop.checked(_with_points(shop, camera, body.points), "shop.toml")
    except BadInput as error:
        found_at = re.search(r": point (\d+)$", error.where)
        suspect = int(found_at[1]) - 1 if found_at else None
        return _unknown(error.what, n).model_copy(
            update={
                "points_cm": _away_cm(pixels, floor_m, suspect),
                "suspect": suspect,
                "to_pixel": matrix,
            }
        )
    lens = clicked.camera
    return Calibrated(
        residual_cm=_rounded(clicked.residual_cm),
        points_cm=[_rounded(one) for one in clicked.left_out_cm.tolist()],
        problem=None,
        height_m=_rounded(lens.height_m, 2),
        tilt_deg=_rounded(float(np.degrees(lens.tilt))),
        angle_deg=_rounded(lens.angle_deg),
        to_pixel=matrix,
    )


def _look(hub: Hub, by: Asked, source: str, camera: str | None, *, coarse: bool = False) -> Looked:
    """One at a time in the whole hub. Raises ``Trouble`` (``throttled``, ``busy``)."""
    now = hub.now()
    wait_s = hub.tries.take([(("look", by.identity.account), LOOKS)], now)
    if wait_s:
        headers = {"Retry-After": str(wait_s)}
        raise Trouble("throttled", f"too many in a row: wait {wait_s} s", headers=headers)
    if not hub.looking_in.acquire(blocking=False):
        what = "somebody is looking into a camera just now: try again in a moment"
        raise Trouble("busy", what, headers={"Retry-After": "10"})
    try:
        act = "camera.check" if camera is None else "camera.still"
        act = "camera.blocks" if coarse else act
        hub.people.audit.note(by.actor, act, (camera or redact(source))[:200], now)
        assert hub.files.shop is not None  # noqa: S101 (it was read)
        file = hub.files.shop.absolute()
        return look_into(Look(address=source, shop_file=file, camera=camera, coarse=coarse))
    finally:
        hub.looking_in.release()


def _camera(hub: Hub, name: str) -> tuple[Shop, Camera]:
    """As the file stands now. Raises ``Trouble`` (``not-found``)."""
    shop = parse_shop(read(hub.files.shop), "shop.toml")
    for one in shop.cameras:
        if one.id == name:
            return shop, one
    raise Trouble("not-found", "there is no such camera in the shop file")


def _with_points(shop: Shop, name: str, points: list[Pair]) -> dict[str, object]:
    data = shop.model_dump(by_alias=True)
    for camera in data["camera"]:
        if camera["id"] == name:
            camera["floor_points"] = [{"pixel": p.pixel, "floor_m": p.floor_m} for p in points]
    return data


def _away_cm(pixels: Floats, floor_m: Floats, suspect: int | None) -> list[float | None]:
    """How far each of (N, 2) points lies from where all of them, but the suspect, put it."""
    others = np.arange(len(pixels)) != (-1 if suspect is None else suspect)
    try:
        fitted = Homography.from_points(pixels[others], floor_m[others])
    except BadInput:
        return [None] * len(pixels)
    away = 100 * np.linalg.norm(fitted.to_floor(pixels) - floor_m, axis=1)
    return [_rounded(one) for one in away.tolist()]


def _unknown(problem: str, n: int) -> Calibrated:
    return Calibrated(
        residual_cm=None, points_cm=[None] * n, problem=problem, height_m=None, tilt_deg=None,
        angle_deg=None, to_pixel=None,
    )  # fmt: skip


def _rounded(value: float | None, digits: int = 1) -> float | None:
    return None if value is None or not np.isfinite(value) else round(value, digits)
