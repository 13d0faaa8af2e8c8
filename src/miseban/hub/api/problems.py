"""Errors as ``application/problem+json`` (RFC 9457), all of one shape."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError, ResponseValidationError
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.responses import Response

from miseban.hub.api.headers import HEADERS
from miseban.hub.people.identity import Refused
from miseban.vocabulary.errors import BadInput, MisebanError
from miseban.vocabulary.shop.problem import BadTable

MEDIA_TYPE: Final = "application/problem+json"
_STATUS: Final[Mapping[str, int]] = {
    "log-in": 401,
    "link": 403,
    "csrf": 403,
    "right": 403,
    "throttled": 429,
    "busy": 429,
    "account": 404,
    "last-manager": 409,
    "alert": 404,
    "facing": 404,
    "no-such-alert": 404,
    "webhook": 404,
    "changed": 412,
    "read-only": 409,
    "answered": 409,
    "not-looked": 409,
    "held": 409,
    "not-found": 404,
    "media-type": 415,
    "too-large": 413,
    "too-slow": 408,
    "journal-full": 507,
    "timeout": 503,
}
"""Status of an error's code; what is not here is a 400 if the input was bad, else a 500."""


class Fault(BaseModel):
    """One thing that is wrong with a request: where in it, and what was expected."""

    model_config = ConfigDict(frozen=True)

    where: str
    what: str


class Problem(BaseModel):
    """An error. ``code`` is stable, for programs; ``detail`` is a sentence for people."""

    model_config = ConfigDict(
        frozen=True,
        json_schema_extra={
            "examples": [
                {
                    "type": "urn:miseban:problem:right",
                    "title": "Forbidden",
                    "status": 403,
                    "code": "right",
                    "detail": "this needs the right see.assist",
                    "where": None,
                    "errors": [],
                    "reason": None,
                    "values": {},
                }
            ]
        },
    )

    type: str = Field(description="`urn:miseban:problem:` and the code.")
    title: str = Field(description="What the status means.")
    status: int = Field(ge=400, le=599)
    code: str
    detail: str
    where: str | None = Field(default=None, description="What of the request it is about.")
    errors: tuple[Fault, ...] = ()
    reason: str | None = Field(
        default=None, description="What kind of mistake it is, in a file's table."
    )
    values: dict[str, str] = Field(
        default_factory=dict, description="With `reason`: `table`, `id`, `key`, `limit`, `found`."
    )


class Trouble(HTTPException):
    """Raised to answer with a problem. (FastAPI lets nothing else through while it reads a
    body.)"""

    def __init__(
        self,
        code: str,
        detail: str,
        *,
        status: int | None = None,
        where: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(status or _STATUS.get(code, 400), detail, dict(headers or {}))
        self.code, self.where = code, where


def problem(
    code: str,
    detail: str,
    status: int,
    *,
    where: str | None = None,
    errors: Sequence[Fault] = (),
    headers: Mapping[str, str] | None = None,
    table: BadTable | None = None,
) -> Response:
    """The response; ``table`` says of a mistake in a file where it lies, by its parts."""
    told = Problem(
        type=f"urn:miseban:problem:{code}",
        title=HTTPStatus(status).phrase,
        status=status,
        code=code,
        detail=detail,
        where=where,
        errors=tuple(errors),
        reason=table.reason if table else None,
        values=table.values if table else {},
    )
    more = dict(headers or {})
    if status == HTTPStatus.UNAUTHORIZED:
        more.setdefault("WWW-Authenticate", "Bearer")
    return Response(told.model_dump_json(), status, more, MEDIA_TYPE)


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """For the description of a route: which errors it answers with."""
    return {
        status: {
            "description": HTTPStatus(status).phrase,
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status in statuses
    }


def answer_with_problems(app: FastAPI) -> None:
    """From now on every error of ``app`` is a problem, and none tells of the code."""
    app.add_exception_handler(MisebanError, _known)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(ResponseValidationError, _unknown)
    app.add_exception_handler(Exception, _unknown)


def of_error(error: MisebanError) -> Response:
    """The problem of an error that was raised on purpose."""
    other = 400 if isinstance(error, BadInput) else 500
    status = _STATUS.get(error.code, other)
    detail = str(error) if status < 500 else error.what
    headers = {}
    if isinstance(error, Refused) and error.retry_after_s:
        headers["Retry-After"] = str(error.retry_after_s)
    if isinstance(error, Refused):
        detail = error.what
    table = error if isinstance(error, BadTable) else None
    return problem(error.code, detail, status, where=error.where, headers=headers, table=table)


def of_http(error: HTTPException) -> Response:
    """The problem of an error that has a status, ``Trouble`` or not."""
    status, headers = error.status_code, error.headers
    if isinstance(error, Trouble):
        return problem(error.code, error.detail, status, where=error.where, headers=headers)
    code = HTTPStatus(status).phrase.lower().replace(" ", "-").replace("'", "")
    return problem(code, str(error.detail), status, headers=headers)


async def _known(_: Request, error: Exception) -> Response:
    assert isinstance(error, MisebanError)  # noqa: S101
    return of_error(error)


async def _http(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101
    return of_http(error)


async def _invalid(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101
    faults = [
        Fault(where=".".join(map(str, one["loc"])), what=str(one["msg"]) + _hint(one))
        for one in error.errors()
    ]
    first = faults[0]
    detail = f"{first.where}: {first.what}"
    return problem("invalid", detail, 422, where=first.where, errors=faults)


def _hint(one: Mapping[str, Any]) -> str:
    """What is meant by a time that nobody can read, where that is known."""
    if one["type"] == "timezone_aware":
        return ", as in 2026-04-07T00:00:00%2B09:00"
    # In an address a plus sign stands for a space.
    if one["type"].startswith("datetime") and re.search(r"\d \d\d:\d\d$", str(one.get("input"))):
        return " (in an address the + of an offset is written %2B)"
    return ""


async def _unknown(_: Request, __: Exception) -> Response:
    """What went wrong is in the hub's own log, and nowhere else."""
    what = "the hub could not do this; its log says why"
    return problem("internal", what, 500, headers=HEADERS)  # here no middleware adds them
