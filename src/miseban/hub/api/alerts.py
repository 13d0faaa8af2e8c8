"""``/api/v1/alerts``: what somebody should see to, and who does."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.concurrency import run_in_threadpool

from miseban.hub.alerts.rules import Language
from miseban.hub.api.needs import Asked, By, Route, TheHub, needs
from miseban.hub.api.problems import Trouble, responses
from miseban.hub.hub import Hub
from miseban.hub.live import AlertNow
from miseban.hub.notify.messages import Words
from miseban.hub.people.rights import Right

router = APIRouter(prefix="/api/v1/alerts", tags=["alerts"], route_class=Route)
Id = Annotated[str, Path(min_length=1, max_length=64, description="Of the alert.")]
_ANSWERS = responses(401, 403, 404, 422)


class AlertTold(AlertNow):
    """An alert with the words in which people are told of it."""

    title: str
    body: str


@router.get(
    "",
    summary="Open alerts",
    dependencies=[needs(Right.SEE_COUNT)],
    responses=responses(401, 403, 422),
)
def open_alerts(
    hub: TheHub,
    by: By,
    lang: Annotated[Language | None, Query(description="Else that of the rules.")] = None,
) -> list[AlertTold]:
    """The oldest first. Those about help are there for those who may see help."""
    words = Words(lang or hub.rules.language, hub.shop)
    told = []
    for notice in hub.alerts.notices():
        if _may_see(by, notice.alert):
            message = words.message(notice)
            shown = notice.alert.model_dump()
            told.append(AlertTold(**shown, title=message.title, body=message.body))
    return told


@router.post(
    "/{alert}/accept",
    summary="I am going",
    dependencies=[needs(Right.ANSWER_ALERTS)],
    responses=_ANSWERS,
)
def accept(alert: Id, hub: TheHub, by: By) -> AlertNow:
    """Who comes second changes nothing."""
    _seen(hub, by, alert)
    return hub.alerts.accept(alert, by.identity.account, hub.now())


@router.post(
    "/{alert}/done",
    summary="It is done",
    dependencies=[needs(Right.ANSWER_ALERTS)],
    responses=_ANSWERS,
)
def done(alert: Id, hub: TheHub, by: By) -> AlertNow:
    """The alert is over."""
    _seen(hub, by, alert)
    return hub.alerts.done(alert, by.identity.account, hub.now())


@router.post(
    "/{alert}/escalate",
    summary="Somebody else must see to it",
    dependencies=[needs(Right.ANSWER_ALERTS)],
    responses=_ANSWERS,
)
async def escalate(alert: Id, hub: TheHub, by: By) -> AlertNow:
    """Tells the next in its rule, or the managers."""
    _seen(hub, by, alert)
    account = by.identity.account
    notices = await run_in_threadpool(hub.alerts.escalate, alert, account, hub.now())
    hub.deliver(notices)  # in the loop: it only begins
    return notices[0].alert


def _may_see(by: Asked, alert: AlertNow) -> bool:
    return alert.about != "help" or by.may(Right.SEE_ASSIST)


def _seen(hub: Hub, by: Asked, alert_id: str) -> None:
    """An alert that one may not see is as if it were not there."""
    if not any(one.alert == alert_id and _may_see(by, one) for one in hub.alerts.open()):
        raise Trouble("alert", "expected an open alert, found none of that id", where="alert")
