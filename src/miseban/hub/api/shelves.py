"""``/api/v1/shelves``: what staff say of a facing, for its camera to learn from."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, Field

from miseban.hub.api.needs import Route, TheHub, needs
from miseban.hub.api.problems import Trouble, responses
from miseban.hub.hub import Hub
from miseban.hub.intake.lessons import sources_of
from miseban.hub.people.rights import Right
from miseban.vocabulary.events import ShelfConfirmed
from miseban.vocabulary.identifiers import EventIds, Name
from miseban.vocabulary.lessons import Lesson, Taught
from miseban.vocabulary.shop import Shelf
from miseban.vocabulary.shop.problem import did_you_mean, shown

router = APIRouter(prefix="/api/v1/shelves", tags=["shelves"], route_class=Route)
_IDS = EventIds()


class Said(BaseModel):
    """How the facing looks now."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    state: Taught


class References(BaseModel):
    """What is full now, `"all"` or by their ids, and what is empty; `"all"` leaves the empty ones
    out."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    full: Literal["all"] | Annotated[list[Name], Field(max_length=500)] = []
    empty: Annotated[list[Name], Field(max_length=500)] = []


class Referred(BaseModel):
    """The facings of `shelf` of which it is kept, in the order of the shop file."""

    model_config = ConfigDict(frozen=True)

    shelf: Name
    full: list[Name]
    empty: list[Name]
    time: datetime


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
    found = _facing(hub, shelf, facing)
    now = hub.now()
    _say(hub, found, [Lesson(shelf=shelf, facing=facing, state=said.state)], now)
    return Confirmed(shelf=shelf, facing=facing, state=said.state, time=now)


@router.post(
    "/{shelf}/references",
    summary="Say which facings are full and empty",
    dependencies=[needs(Right.SET_SHOP)],
    responses=responses(400, 401, 403, 404, 422),
)
def refer(
    shelf: Annotated[Name, Path(description="Id of the shelf.")], said: References, hub: TheHub
) -> Referred:
    """Whoever sets a camera up looks at a shelf and says which facings are full now, and which are
    empty. How each looks at the camera's next clear look, within a minute, is from then on what
    full, or empty, looks like there. It is kept as what staff say is."""
    found = next((one for one in hub.shop.shelves if one.id == shelf), None)
    if found is None or "state" not in found.tells:
        what = f'expected a shelf that tells "state", found {shown(shelf)}'
        told = [one.id for one in hub.shop.shelves if "state" in one.tells]
        raise Trouble("facing", what + did_you_mean(shelf, told), where="shelf")
    for facing in {*said.empty, *(() if said.full == "all" else said.full)}:
        _facing(hub, shelf, facing)
    empty = [one.id for one in found.facings if one.id in said.empty]
    full = [
        one.id
        for one in found.facings
        if (one.id not in empty if said.full == "all" else one.id in said.full)
    ]
    both = sorted(set(full) & set(empty))
    if both or not full + empty:
        what = "expected each facing once, as full or as empty"
        raise Trouble(
            "invalid", f"{what}, found {shown(both[0]) if both else 'none'}", where="full"
        )
    now = hub.now()
    states: list[tuple[str, Taught]] = [(one, "full") for one in full]
    states += [(one, "empty") for one in empty]
    lessons = [Lesson(shelf=shelf, facing=one, state=so, reference=True) for one, so in states]
    _say(hub, found, lessons, now)
    return Referred(shelf=shelf, full=full, empty=empty, time=now)


def _facing(hub: Hub, shelf: str, facing: str) -> Shelf:
    """The shelf, if it has that facing. Raises ``Trouble`` (``facing``)."""
    known = {f"{one.id}/{place.id}": one for one in hub.shop.shelves for place in one.facings}
    found = known.get(f"{shelf}/{facing}")
    if found is None:
        name = f"{shelf}/{facing}"
        what = f"expected a facing of the shop file, found {shown(name)}"
        raise Trouble("facing", what + did_you_mean(name, list(known)), where="facing")
    return found


def _say(hub: Hub, shelf: Shelf, lessons: Sequence[Lesson], now: datetime) -> None:
    """Keeps what was said of facings, and tells the shelf's camera."""
    hub.journal.append([
        ShelfConfirmed(
            id=_IDS.at(now.timestamp()), time=now, shop=hub.shop.shop.id, camera=None,
            shelf=one.shelf, facing=one.facing, state=one.state,
        )
        for one in lessons
    ])  # fmt: skip
    sources = sources_of(hub.shop, shelf.camera)
    for one in lessons:
        hub.lessons.tell(sources, one)
