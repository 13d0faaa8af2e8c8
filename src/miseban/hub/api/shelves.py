"""``/api/v1/shelves``: what staff say of a facing, for its camera to learn from."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict

from miseban.hub.api.needs import Route, TheHub, needs
from miseban.hub.api.problems import Trouble, responses
from miseban.hub.intake.lessons import sources_of
from miseban.hub.people.rights import Right
from miseban.vocabulary.events import ShelfConfirmed
from miseban.vocabulary.identifiers import EventIds, Name
from miseban.vocabulary.lessons import Lesson, Taught
from miseban.vocabulary.shop.problem import did_you_mean, shown

router = APIRouter(prefix="/api/v1/shelves", tags=["shelves"], route_class=Route)
_IDS = EventIds()


class Said(BaseModel):
    """How the facing looks now."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    state: Taught


class Confirmed(Said):
    """What is kept of it: not who said so."""

    shelf: Name
    facing: Name
    time: datetime


@router.post(
    "/{shelf}/{facing}/confirmed",
    summary="Say how a facing looks",
    dependencies=[needs(Right.ANSWER_ALERTS)],
    responses=responses(401, 403, 404, 422),
)
def confirm(
    shelf: Annotated[Name, Path(description="Id of the shelf.")],
    facing: Annotated[Name, Path(description="Id of the facing on it.")],
    said: Said,
    hub: TheHub,
) -> Confirmed:
    """Staff look at a facing and say whether it is full, low or empty. It counts as such until its
    camera sees it change, and the camera learns from its next clear look at it. A camera that
    cannot be reached now does not hear of it later: by then the facing may look otherwise."""
    known = {f"{one.id}/{place.id}": one for one in hub.shop.shelves for place in one.facings}
    found = known.get(f"{shelf}/{facing}")
    if found is None:
        name = f"{shelf}/{facing}"
        what = f"expected a facing of the shop file, found {shown(name)}"
        raise Trouble("facing", what + did_you_mean(name, list(known)), where="facing")
    now = hub.now()
    event = ShelfConfirmed(
        id=_IDS.at(now.timestamp()), time=now, shop=hub.shop.shop.id, camera=None,
        shelf=shelf, facing=facing, state=said.state,
    )  # fmt: skip
    hub.journal.append([event])
    lesson = Lesson(shelf=shelf, facing=facing, state=said.state)
    hub.lessons.tell(sources_of(hub.shop, found.camera), lesson)
    return Confirmed(shelf=shelf, facing=facing, state=said.state, time=now)
