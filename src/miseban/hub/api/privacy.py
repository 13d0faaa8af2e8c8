"""``/api/v1/privacy``: the policy in force, and the notice."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter

from miseban.hub.api.needs import Route, TheHub, open_to_all
from miseban.hub.api.problems import Trouble, responses
from miseban.vocabulary.policies import Policy, load_policy
from miseban.vocabulary.shop import Notice

router = APIRouter(prefix="/api/v1/privacy", tags=["privacy"], route_class=Route)
_WHY: Final = "visitors may know what is in force, and it hangs in the shop"


@router.get("/policy", summary="The policy in force", dependencies=[open_to_all(_WHY)])
def policy(hub: TheHub) -> Policy:
    """What is collected, how long it is kept, and why."""
    return load_policy(hub.shop.shop.policy)


@router.get(
    "/notice",
    summary="The notice on record",
    dependencies=[open_to_all(_WHY)],
    responses=responses(404),
)
def notice(hub: TheHub) -> Notice:
    """What visitors were told. None on record is a 404."""
    if hub.shop.notice is None:
        raise Trouble("not-found", "there is no notice on record")
    return hub.shop.notice
