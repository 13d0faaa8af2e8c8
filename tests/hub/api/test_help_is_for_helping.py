"""A call for help is planted, and every route is asked for it by everybody who may not see it."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.routing import APIRoute

from miseban.hub.api.openapi import api_routes, methods_of
from miseban.hub.api.questions import MODELS, name_of
from miseban.hub.people.rights import ROLE_RIGHTS, ROLES, Right, Role
from miseban.vocabulary.events import EVENT_CLASSES, HelpEnded, HelpNeeded, HelpStep
from tests.hub.api.hubs import HELP_MARK, NOW, Place, a_morning, open_hub

pytestmark = pytest.mark.anyio
MARK = "zq5e1f"
"""In every text of every help event: ids, calls, alerts, the zone and the rule. No hash has it."""
SEES = [role for role in ROLES if Right.SEE_ASSIST in ROLE_RIGHTS[role]]
BLIND = [role for role in ROLES if role not in SEES]


def planted() -> list[Any]:
    """Calls of every kind of event of class assist, in the middle of the figures of others."""
    common: dict[str, Any] = {"shop": "shop", "time": NOW - timedelta(minutes=5)}
    step: dict[str, Any] = {"alert": f"{MARK}-alert", "help": HELP_MARK, "rule": f"rule-{MARK}"}
    return [
        HelpNeeded(
            id=f"{MARK}-needed", help=HELP_MARK, kind="fall", place=(1.0, 2.0), unit="m",
            zone="milk", visit=f"{MARK}-visit", confidence=0.5, **common,
        ),
        HelpStep(id=f"{MARK}-step", step="raised", zone=f"zone-{MARK}", **step, **common),
        HelpStep(id=f"{MARK}-told", step="delivered", channel=f"channel-{MARK}", **step, **common),
        HelpEnded(id=f"{MARK}-ended", help=f"{MARK}-other", **common),
    ]  # fmt: skip


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder: Path = tmp_path_factory.mktemp("hub")
    with open_hub(folder) as found:
        found.keep(*a_morning(), *planted())
        found.hub.journal.compact(NOW)
        found.clock.at += timedelta(minutes=2)
        notices = found.hub.alerts.tick(found.clock.at, 0.0)
        notices += found.hub.alerts.tick(found.clock.at, 600.0)
        assert [one.alert.about for one in notices if one.alert.help == HELP_MARK]
        yield found


def ways(route: APIRoute, place: Place) -> Iterator[tuple[str, dict[str, Any]]]:
    """Ways to call a route that give as much as it has: long times, every type, every question."""
    path = route.path
    alerts = [alert.alert for alert in place.hub.alerts.open()] or ["none"]
    nobodys = ["0" * (32 if route.path.startswith("/api/v1/push") else 16)]
    wanted = [alerts if name == "alert" else nobodys for name in route.param_convertors]
    day = {"since": "2026-03-01T00:00:00Z", "until": "2026-03-04T00:00:00Z"}
    params: list[dict[str, Any]] = [day] if path.startswith("/api/v1/events") else [{}]
    if "/questions/" in path:
        again = {"compare_since": day["since"], "compare_until": day["until"]}
        params = [day | again, day | {"format": "csv"}]
    if path.startswith("/api/v1/events"):
        params += [day | {"types": [kind]} for kind in EVENT_CLASSES]
        params += [day | {"types": list(EVENT_CLASSES)}, day | {"format": "csv"}]
    for filled in itertools.product(*wanted):
        url = path
        for name, value in zip(route.param_convertors, filled, strict=True):
            url = url.replace("{" + name + "}", value)
        for one in params:
            yield url, one


async def everything(
    place: Place, role: Role, methods: tuple[str, ...] = ("GET", "POST", "PUT", "PATCH", "DELETE")
) -> Iterator[tuple[str, bytes]]:
    """What all routes answer to ``role``: what was called, and headers and body."""
    found = []
    async with place.client(role) as client:
        for route in api_routes(place.app):
            if route.path in ("/api/v1/live/events", "/api/v1/live/screen"):
                continue  # they never end: tests/hub/api/test_live.py, test_screen.py
            for method in sorted({*methods_of(route)} & {*methods}):
                for url, params in ways(route, place):
                    response = await client.request(method, url, params=params)
                    headers = repr(dict(response.headers)).encode()
                    found.append((f"{method} {url} {params}", headers + response.content))
    return iter(found)


@pytest.mark.parametrize("role", BLIND)
async def test_nobody_else_can_ask_for_help_data(place: Place, role: Role) -> None:
    told = 0
    for where, data in await everything(place, role):
        told += 1
        assert MARK.encode() not in data, where
        assert HELP_MARK.encode() not in data, where
    assert told > 100


@pytest.mark.parametrize("role", SEES)
async def test_the_search_would_find_it(place: Place, role: Role) -> None:
    """Those who may see help do, by several routes: so the mark is there to be found."""
    seen = {where.split()[1] for where, data in await everything(place, role, ("GET",)) if
            HELP_MARK.encode() in data}  # fmt: skip
    assert {"/api/v1/live/help", "/api/v1/events", "/api/v1/alerts"} <= seen


async def test_a_question_about_help_needs_the_right_and_no_other_tells_of_it(
    place: Place,
) -> None:
    """The answers to a marketer are the same, to the byte, with and without calls for help."""
    day = {"since": "2026-03-01T00:00:00Z", "until": "2026-03-04T00:00:00Z"}
    names = [name_of(model) for model in MODELS]
    async with place.client("marketer") as client, place.client("staff") as staff:
        got = {n: await client.get(f"/api/v1/questions/{n}", params=day) for n in names}
        assert got["help"].status_code == 403
        assert (await staff.get("/api/v1/questions/help", params=day)).status_code == 200
        before = {n: r.content for n, r in got.items() if r.status_code == 200}
        more = [event.model_copy(update={"id": f"{event.id}-more"}) for event in planted()]
        place.keep(*more)
        place.hub.journal.compact(NOW)
        for name, content in before.items():
            again = await client.get(f"/api/v1/questions/{name}", params=day)
            assert _figures(again.json()) == _figures_of(content), name


def _figures(answer: dict[str, Any]) -> dict[str, Any]:
    """Without the moment of the newest event, which a call for help moves as any other does."""
    return {key: value for key, value in answer.items() if key != "as_of"}


def _figures_of(content: bytes) -> dict[str, Any]:
    return _figures(json.loads(content))
