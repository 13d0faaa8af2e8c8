"""``/api/v1/shop/coverage``: which floor the cameras see, and where one more would show most."""

from __future__ import annotations

from typing import Annotated, Any, Final

import numpy as np
from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, Field

from miseban.hub.api.answering import Turns
from miseban.hub.api.needs import By, Route, TheHub, needs
from miseban.hub.api.problems import Trouble, responses
from miseban.hub.api.shop_text import etag_of, read
from miseban.hub.people.rights import Right
from miseban.hub.people.throttle import Limit
from miseban.journal.waited import still_waited
from miseban.space.coverage import (
    Coverage,
    Hanging,
    Posture,
    cover,
    figures,
    figures_of,
    place_more,
)
from miseban.vocabulary.shop import parse_shop
from miseban.vocabulary.shop.fixture import USUAL_M

router = APIRouter(prefix="/api/v1/shop", tags=["shop"], route_class=Route)
ASKS: Final = Limit(20, 3.0)
"""Twenty at once for each account, then one every three seconds: each works out the whole floor."""
_MOST_SAID = 9
Share = Annotated[float, Field(ge=0, le=1)]


class Unseen(BaseModel):
    """Floor in one piece that no camera sees, of 1 m² and more, around ``x``, ``y``; ``zones`` are
    those (ids) that have a part in it."""

    m2: float
    x: float
    y: float
    zones: list[str]


class SeenFloor(BaseModel):
    """Of the floor that is free, the share that one camera and more see, that two and more see, and
    ``gaps``, the largest first. ``rows``: a sign for each square, from the plan's top left corner:
    how many cameras see somebody there (``9``: nine or more), ``.`` where no floor is free."""

    by_one: Share
    by_two: Share
    gaps: list[Unseen]
    rows: list[str]


class Postures(BaseModel):
    """Somebody who stands, 1.6 m, and who lies, 0.25 m."""

    stands: SeenFloor
    lies: SeenFloor


class OneMore(BaseModel):
    """The camera that would show most of who lies, and the shares that would then be seen of them.
    It looks ``down_deg`` below the horizon; ``looks_at`` is in the middle of its picture."""

    x: float
    y: float
    height_m: float
    angle_deg: float
    down_deg: float
    looks_at: tuple[float, float]
    by_one: Share
    by_two: Share


class Covered(BaseModel):
    """As ``miseban coverage`` tells it, of the shop file as it stands now; metres, on squares of
    ``step_m``. ``cameras``: square metres that each sees of who stands. The cameras of ``steep``
    look straight down and are taken to hang 3 m up. ``no_height`` fixtures do not say how high they
    are: taken as ``usual_m``. ``more`` is null where it was not asked for, or where two cameras see
    everything. ``etag`` is of the file, as in ``/shop/drawings``."""

    step_m: float
    floor_m2: float
    seen: Postures
    cameras: dict[str, float]
    without_floor_points: list[str]
    steep: list[str]
    no_height: int
    usual_m: float
    more: OneMore | None
    etag: str


def _turns_of(request: Request) -> Turns:
    """Not those of questions: a large floor takes seconds of a core, and dashboards do not wait for
    it."""
    found: Turns = request.app.state.coverage_turns
    return found


@router.get(
    "/coverage",
    summary="Which floor the cameras see",
    dependencies=[needs(Right.SET_SHOP)],
    responses=responses(400, 401, 403, 404, 422, 429, 503),
)
async def coverage(
    hub: TheHub,
    by: By,
    request: Request,
    response: Response,
    turns: Annotated[Turns, Depends(_turns_of)],
    more: Annotated[bool, Query(description="Where one more would show most.")] = False,
) -> Covered:
    """Of who stands and of who lies. A shop file without a floor is a 404. One is worked out at a
    time; what takes over 20 s, with the wait for those before it, is a 503."""
    wait_s = hub.tries.take([(("coverage", by.identity.account), ASKS)], hub.now())
    if wait_s:
        headers = {"Retry-After": str(wait_s)}
        raise Trouble("throttled", "too many in a row: wait a moment", headers=headers)

    def work() -> Covered:
        text = read(hub.files.shop)
        shop = parse_shop(text, "shop.toml")
        if shop.shop.floor is None:
            raise Trouble("not-found", "the shop file has no floor ([shop] floor)")
        return _told(cover(shop, heed=still_waited), etag_of(text), more=more)

    covered = await turns.take(work, request.is_disconnected)
    response.headers["ETag"] = covered.etag
    return covered


def _told(now: Coverage, etag: str, *, more: bool) -> Covered:
    told = figures(now)
    for posture, seen in told["seen"].items():
        seen["rows"] = _rows(now, posture)
    return Covered.model_validate(
        {
            **told,
            "step_m": now.step_m,
            "steep": sorted(now.steep),
            "no_height": sum("height_m" not in f.model_fields_set for f in now.shop.fixtures),
            "usual_m": USUAL_M,
            "more": _one_more(now) if more else None,
            "etag": etag,
        }
    )


def _one_more(now: Coverage) -> dict[str, Any] | None:
    hanging = Hanging()
    return next((figures_of(one, hanging) for one in place_more(now, 1, hanging)), None)


def _rows(now: Coverage, posture: Posture) -> list[str]:
    floor = now.shop.shop.floor
    assert floor is not None  # noqa: S101 - else there is no coverage
    columns, rows = (max(1, round(side / now.step_m)) for side in (floor.width_m, floor.depth_m))
    signs = np.full((rows, columns), ".", "U1")
    column, row = np.floor(now.places / now.step_m).astype(np.int64).T
    signs[row, column] = np.minimum(now.by[posture], _MOST_SAID).astype("U1")
    return ["".join(line) for line in signs.tolist()]
