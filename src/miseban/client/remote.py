"""A shop whose journal lies at a hub: the same questions, over HTTP."""

from __future__ import annotations

import json
import ssl
import time
from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import httpx
from pydantic import BaseModel, TypeAdapter, ValidationError

from miseban.client.questions import Shop
from miseban.insight.questions import Answer, Question
from miseban.vocabulary.errors import BadInput, Failed
from miseban.vocabulary.events import EVENTS, Event

TIMEOUT_S: Final = 30.0
TRIES: Final = 3
"""Of what only reads. Nothing that changes anything is ever sent twice."""
WAIT_S: Final = 0.5
"""Before the second try, doubled before the third, unless the hub says how long."""
_AGAIN: Final = (429, 502, 503, 504)
_LONGEST_WAIT_S: Final = 10.0
_ANSWER: Final = TypeAdapter(Answer)
_PAGE: Final = 1000


class NotAllowed(BadInput):
    """The token is not in force (``log-in``), or has not the right (``right``)."""


class Unreachable(Failed):
    """The hub did not answer (``unreachable``), or not in time (``timeout``)."""


class RemoteShop(Shop):
    """A shop's hub at ``address``, asked with an API token. May be used by one thread at a time.

    The hub's certificate is checked, by the system's authorities or by those in ``ca``, a PEM file:
    a hub that made its own has it in its folder (docs/api.md). Methods raise ``NotAllowed``,
    ``BadInput`` where the question is wrong, ``Unreachable``, and ``Failed`` (``hub``) where the
    hub itself is in trouble.
    """

    def __init__(
        self,
        address: str,
        *,
        token: str,
        ca: str | Path | None = None,
        timeout_s: float = TIMEOUT_S,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        """Raises ``BadInput`` for what is no address, token or file of authorities."""
        url = _checked(address)
        if not token.isascii() or not token.strip():
            raise BadInput("token", "token", "expected an API token")
        self._client = httpx.Client(
            base_url=url,
            headers={"Authorization": f"Bearer {token.strip()}", "Accept": "application/json"},
            timeout=timeout_s,
            verify=_authorities(ca),
            transport=transport,
            follow_redirects=False,  # the token goes to this address and to no other
        )

    @property
    def id(self) -> str:
        return str(self._shop["id"])

    @property
    def timezone(self) -> str:
        return str(self._shop["timezone"])

    @cached_property
    def _shop(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self._get("/api/v1/shop", {}))
        return found

    def ask(self, question: Question) -> Answer:
        told = _parameters(question)
        try:
            return _ANSWER.validate_json(self._get(f"/api/v1/questions/{question.question}", told))
        except ValidationError:
            raise _not_ours(self._client.base_url) from None

    def events(
        self,
        types: Collection[str] | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int | None = None,
    ) -> Iterator[Event]:
        """Single events, in order of time, as far as the token may see them. Read page by page: a
        connection that is lost on the way goes on where it was."""
        if types is not None and not types:
            return  # a query cannot say "of no type"
        told: dict[str, Any] = {
            "since": (since or datetime.min.replace(tzinfo=UTC)).isoformat(),
            "until": (until or datetime.max.replace(tzinfo=UTC)).isoformat(),
        }
        if types is not None:
            told["types"] = sorted(types)
        left = limit
        while left is None or left > 0:
            told["limit"] = min(_PAGE, left) if left is not None else _PAGE
            page = json.loads(self._get("/api/v1/events", told))
            for one in page["events"]:
                yield EVENTS.validate_python(one)
            if left is not None:
                left -= len(page["events"])
            if page["next"] is None:
                return
            told["cursor"] = page["next"]

    def close(self) -> None:
        self._client.close()

    def _get(self, path: str, told: dict[str, Any]) -> bytes:
        """The body of the answer. A GET changes nothing, so that it is sent again where the hub was
        not reached or is busy."""
        wait_s = WAIT_S
        for left in range(TRIES - 1, -1, -1):
            try:
                response = self._client.get(path, params=told)
            except httpx.TimeoutException:
                error: Failed = Unreachable(
                    "timeout", self._where, "the hub did not answer in time"
                )
            except (httpx.HTTPError, OSError) as reason:
                what = f"the hub is not to be reached: {reason or type(reason).__name__}"
                error = Unreachable("unreachable", self._where, what)
            else:
                if response.status_code == 200:
                    return response.content
                if response.status_code not in _AGAIN or not left:
                    raise _error(response, self._where)
                wait_s = _asked_to_wait(response, wait_s)
                time.sleep(wait_s)
                wait_s *= 2
                continue
            if not left:
                raise error from None
            time.sleep(wait_s)
            wait_s *= 2
        raise AssertionError("the last try either returns or raises")

    @property
    def _where(self) -> str:
        return str(self._client.base_url)


def _checked(address: str) -> httpx.URL:
    try:
        url = httpx.URL(address)
    except (httpx.InvalidURL, TypeError):
        url = httpx.URL("")
    local = url.host in ("localhost", "127.0.0.1", "::1")
    if not url.host or url.scheme not in ("https", "http") or url.userinfo or url.query:
        raise BadInput("address", "address", "expected an address such as https://hub.example")
    if url.scheme == "http" and not local:
        what = "expected https: over http anybody on the way could read the token"
        raise BadInput("address", "address", what)
    return url


def _authorities(ca: str | Path | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=None if ca is None else str(ca))
    except (OSError, ssl.SSLError) as error:
        what = f"expected a PEM file of certificates: {error.strerror or error}"
        raise BadInput("ca", str(ca), what) from None


def _parameters(question: Question) -> dict[str, Any]:
    """As the hub's route has them: the comparison laid flat."""
    told = question.model_dump(mode="json", exclude={"question", "compare"}, exclude_none=True)
    if question.compare is not None:
        told["compare_since"] = question.compare.since.isoformat()
        told["compare_until"] = question.compare.until.isoformat()
    return told


def _asked_to_wait(response: httpx.Response, wait_s: float) -> float:
    asked = response.headers.get("Retry-After", "")
    return min(float(asked) if asked.isdigit() else wait_s, _LONGEST_WAIT_S)


class _Problem(BaseModel):
    code: str
    detail: str


def _error(response: httpx.Response, where: str) -> BadInput | Failed:
    try:
        told = _Problem.model_validate_json(response.content)
    except ValidationError:
        return _not_ours(where)
    if response.status_code in (401, 403):
        return NotAllowed(told.code, where, told.detail)
    if response.status_code < 500:
        return BadInput(told.code, where, told.detail)
    return Failed("hub", where, f"{told.code}: {told.detail}")


def _not_ours(where: object) -> Failed:
    return Failed("hub", where, "what answers there is no hub, or another version of it")
