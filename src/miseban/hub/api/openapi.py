"""The description of the whole API: what each route needs, and the one shape of errors."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any, Final

from fastapi import APIRouter, FastAPI, Request
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from starlette.responses import JSONResponse

from miseban.hub.api.needs import Needs, Route, declared, open_to_all
from miseban.hub.api.problems import Problem, responses
from miseban.hub.people.browser import CSRF_HEADER

router = APIRouter(route_class=Route)
URL: Final = "/api/v1/openapi.json"
_DESCRIPTION: Final = """The hub of one shop. Errors are `application/problem+json` (RFC 9457).

A person logs in at `/api/v1/sessions` and gets a cookie; every change then needs the header
`X-CSRF-Token`. A program sends `Authorization: Bearer TOKEN`. `x-rights` says what a route needs;
`x-session` that a token will not do."""
_MONEY = {
    "anyOf": [{"type": "number"}, {"type": "string"}],
    "description": "In units of the currency, with its decimals: 120 (yen), 1.99 (euro).",
}
_RECEIPT_FILE: Final[dict[str, Any]] = {
    "title": "ReceiptFile",
    "type": "object",
    "additionalProperties": False,
    "required": ["receipts"],
    "properties": {
        "receipts": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["till", "receipt", "time", "lines"],
                "properties": {
                    "till": {"type": "string"},
                    "receipt": {"type": "string", "maxLength": 64},
                    "time": {"type": "string", "format": "date-time"},
                    "business_day": {"type": "string", "format": "date"},
                    "currency": {"type": "string", "pattern": "^[A-Z]{3}$"},
                    "lines": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "additionalProperties": False,
                            "required": ["gtin", "quantity"],
                            "properties": {
                                "gtin": {"type": "string", "maxLength": 32},
                                "quantity": {"type": "number"},
                                "price": _MONEY,
                                "amount": _MONEY,
                                "name": {"type": "string"},
                            },
                        },
                    },
                },
            },
        }
    },
    "examples": [
        {
            "receipts": [
                {
                    "till": "till-1",
                    "receipt": "0001",
                    "time": "2026-04-01T09:30:00+09:00",
                    "currency": "JPY",
                    "lines": [{"gtin": "4901234567894", "quantity": 2, "price": 120}],
                }
            ]
        }
    ],
}


def describe(app: FastAPI) -> None:
    """Makes ``app.openapi()`` tell of rights, and of problems where FastAPI would tell of its own
    kind of error."""

    def told() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _described(app)
        return app.openapi_schema

    app.openapi = told  # type: ignore[method-assign]


def _described(app: FastAPI) -> dict[str, Any]:
    told = get_openapi(
        title="miseban",
        version=version("miseban"),
        description=_DESCRIPTION,
        routes=app.routes,
    )
    parts = told.setdefault("components", {})
    schemas = parts.setdefault("schemas", {})
    schemas.pop("HTTPValidationError", None)
    schemas.pop("ValidationError", None)
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas |= problem.pop("$defs", {})
    schemas["Problem"] = problem
    schemas["ReceiptFile"] = _RECEIPT_FILE
    parts["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer"},
        "session": {
            "type": "apiKey",
            "in": "cookie",
            "name": "__Host-miseban-session",
            "description": f"Every change also needs the header {CSRF_HEADER}.",
        },
    }
    for route in api_routes(app):
        for method in methods_of(route):
            operation = told["paths"].get(route.path, {}).get(method.lower())
            if operation is not None:
                _rights(operation, route)
                _problems(operation)
    return told


def api_routes(app: FastAPI) -> list[APIRoute]:
    """Every route that the app has. Raises ``TypeError`` where something is served by another
    kind, which could not say what it needs."""
    found = []
    for route in app.routes:
        if not isinstance(route, APIRoute):
            raise TypeError(f"{route!r} is no route of the API")
        found.append(route)
    return found


def methods_of(route: APIRoute) -> list[str]:
    """Its HTTP methods, sorted."""
    return sorted(route.methods or ())


@router.get(URL, include_in_schema=False, dependencies=[open_to_all("it is in the docs as well")])
def openapi(request: Request) -> JSONResponse:
    """The description itself."""
    return JSONResponse(request.app.openapi())


def _rights(operation: dict[str, Any], route: APIRoute) -> None:
    declaration = declared(route)
    if not isinstance(declaration, Needs):
        operation["security"] = []
        operation["x-open"] = declaration.why
        return
    ways: list[dict[str, list[str]]] = [{"session": []}]
    if not declaration.session:
        ways.insert(0, {"token": []})
    operation["security"] = ways
    operation["x-rights"] = [str(right) for right in declaration.rights]
    if declaration.session:
        operation["x-session"] = True


def _problems(operation: dict[str, Any]) -> None:
    """What any request may be answered with, and every error in its one form."""
    told = operation.setdefault("responses", {})
    always = (400, 408, 413, 422) if "requestBody" in operation else (400,)
    for status, response in responses(*always).items():
        told.setdefault(str(status), response)
    for status, response in told.items():
        content = response.get("content", {})
        if status == "422" and "application/json" in content:
            response["content"] = responses(422)[422]["content"]
