"""The API against its own description: whatever is sent, by whomever, no error of the server comes
back, and what comes back is what was described."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from miseban.hub.api.openapi import api_routes, methods_of
from miseban.hub.people.browser import CSRF_HEADER
from miseban.hub.people.rights import ROLES
from tests.hub.api.hubs import Place

CHECKS: Final = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
EXAMPLES: Final = 8
STREAMS: Final = ("/api/v1/live/events", "/api/v1/live/screen")
"""They never end, which the test client waits for; test_live.py and test_screen.py read them."""


@schemathesis.serializer("application/toml")
def as_toml(_: Any, value: Any) -> bytes:
    """Whatever is sent instead of TOML."""
    return value.encode() if isinstance(value, str) else str(value).encode()


def whoever(place: Place) -> dict[str, dict[str, str]]:
    """Headers of everybody: tokens and sessions of all roles, and nobody."""
    found: dict[str, dict[str, str]] = {"nobody": {"Sec-Fetch-Site": "same-origin"}}
    for role in ROLES:
        found[f"{role}'s token"] = {"Authorization": f"Bearer {place.tokens[role]}"}
        begun = place.log_in(role)
        cookie = f"{place.hub.door.cookies.session}={begun.session}"
        headers = {"Cookie": cookie, CSRF_HEADER: begun.csrf, "Sec-Fetch-Site": "same-origin"}
        found[f"{role}'s session"] = headers
    return found


def operations(place: Place) -> Iterator[Any]:
    schema = schemathesis.openapi.from_dict(place.app.openapi())
    schema.app = place.app
    found: Any
    for found in schema.get_all_operations():
        operation = found.ok()
        if operation.path not in STREAMS:
            yield operation


def test_every_route_is_described_with_its_rights(place: Place) -> None:
    told = place.app.openapi()
    for route in api_routes(place.app):
        for method in methods_of(route) if route.include_in_schema else ():
            operation = told["paths"][route.path][method.lower()]
            assert operation["summary"], route.path
            assert ("x-open" in operation) == (operation["security"] == [])
            assert ("x-rights" in operation) != ("x-open" in operation)
            if "x-rights" in operation:
                assert {"401", "403"} <= operation["responses"].keys() or not operation["x-rights"]


def test_whatever_is_sent_the_answer_is_as_described(place: Place) -> None:
    who = whoever(place)
    # A password that opens nothing costs a try; more than a few are a 429, which is described too.
    for operation in operations(place):
        positive = operation.as_strategy()
        negative = operation.as_strategy(generation_mode=schemathesis.GenerationMode.NEGATIVE)
        statuses: set[int] = set()

        @settings(
            max_examples=EXAMPLES,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=st.one_of(positive, negative), by=st.sampled_from(sorted(who)))
        def run(case: Any, by: str) -> None:
            response = case.call_and_validate(
                base_url="http://localhost", headers=who[by], checks=CHECKS
            )
            statuses.add(response.status_code)  # noqa: B023

        run()
        assert statuses, operation.label


def test_a_right_call_of_every_route_that_reads_is_answered_as_described(place: Place) -> None:
    who = whoever(place)
    day = {"since": "2026-03-01T00:00:00Z", "until": "2026-03-03T00:00:00Z"}
    params: dict[str, list[dict[str, str]]] = {
        "/api/v1/events": [day],
        "/api/v1/events/file": [day, day | {"format": "csv"}],
    }
    answered = set()
    for operation in operations(place):
        if operation.method != "get" or "{" in operation.path:
            continue
        session = operation.definition.raw.get("x-session", False)
        theirs = operation.path.startswith(("/api/v1/audit", "/api/v1/privacy/requests"))
        role = "privacy_officer" if theirs else "manager"
        headers = who[f"{role}'s session" if session else f"{role}'s token"]
        asks = "/questions/" in operation.path
        forms = [day, day | {"format": "csv"}] if asks else params.get(operation.path, [{}])
        for query in forms:
            case = operation.Case(query=query)
            response = case.call(base_url="http://localhost", headers=headers)
            case.validate_response(response, checks=CHECKS)
            expected = 404 if operation.path.endswith("/notice") else 200
            assert response.status_code == expected, (operation.label, response.text)
        answered.add(operation.path)
    assert len(answered) > 25


@pytest.mark.anyio
async def test_an_error_inside_tells_nothing_of_it(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: object) -> None:
        raise RuntimeError("a secret of the code")

    monkeypatch.setattr(type(place.hub.people.tokens), "authenticate", breaks)
    transport = httpx.ASGITransport(place.app, raise_app_exceptions=False)
    headers = {"Authorization": f"Bearer {place.tokens['manager']}"}
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        response = await client.get("/api/v1/live", headers=headers)
    assert response.status_code == 500
    assert response.json()["code"] == "internal"
    assert "secret" not in response.text
    assert response.headers["x-content-type-options"] == "nosniff"
