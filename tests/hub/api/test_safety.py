"""What holds for every request: hosts, sizes, times, headers, one shape of errors."""

from __future__ import annotations

import socket
import time
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from starlette.types import Message, Receive, Scope, Send

from miseban.hub.api import metrics, safety
from miseban.hub.api.problems import Problem
from tests.hub.api.hubs import Place, open_hub
from tests.hub.api.serving import served

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 200),
        ("LOCALHOST:8443", 200),
        ("127.0.0.1", 200),
        ("[::1]:80", 200),
        ("localhost.", 200),
        ("evil.example", 400),
        ("localhost.evil.example", 400),
        ("localhost@evil.example", 400),
        ("localhost:port", 400),
        ("[::1", 400),
        ("", 400),
    ],
)
async def test_only_the_hubs_own_names_are_answered(place: Place, host: str, status: int) -> None:
    async with place.client() as client:
        response = await client.get("/healthz", headers={"Host": host})
    assert response.status_code == status


@pytest.mark.parametrize(
    ("reached", "host", "status"),
    [
        ("192.0.2.7", "192.0.2.7:8443", 200),
        ("::ffff:192.0.2.7", "192.0.2.7:8443", 200),
        ("2001:db8::7", "[2001:db8::7]:8443", 200),
        ("192.0.2.7", "192.0.2.8:8443", 400),
        ("192.0.2.7", "evil.example:8443", 400),
        ("evil.example", "evil.example", 400),
        ("/run/hub.sock", "/run/hub.sock", 400),
    ],
)
async def test_the_address_at_which_it_is_reached_needs_no_name(
    place: Place, reached: str, host: str, status: int
) -> None:
    async def at(scope: Scope, receive: Receive, send: Send) -> None:
        await place.app({**scope, "server": (reached, 8443)}, receive, send)

    transport = httpx.ASGITransport(app=at)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        response = await client.get("/healthz", headers={"Host": host})
    assert response.status_code == status
    if status == 400:
        assert response.json()["code"] == "host"
        assert "\n" not in response.json()["detail"]


async def test_every_answer_has_the_headers_that_keep_a_browser_safe(place: Place) -> None:
    async with place.client("staff") as client:
        for path in ("/healthz", "/api/v1/live", "/nothing", "/api/v1/audit"):
            headers = (await client.get(path)).headers
            assert "default-src 'none'" in headers["content-security-policy"]
            assert "frame-ancestors 'none'" in headers["content-security-policy"]
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["referrer-policy"] == "no-referrer"
            assert headers["cache-control"] == "no-store"
            assert "access-control-allow-origin" not in headers
            assert "strict-transport-security" not in headers  # without TLS


async def test_other_pages_are_not_let_in_by_a_preflight(place: Place) -> None:
    async with place.client("staff") as client:
        headers = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
        response = await client.options("/api/v1/alerts", headers=headers)
    assert response.status_code == 405
    assert not [name for name in response.headers if name.startswith("access-control")]


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nothing", 404, "not-found"),
        ("GET", "/api/v1/live/", 404, "not-found"),
        ("DELETE", "/healthz", 405, "method-not-allowed"),
        ("GET", "/api/v1/people", 401, "log-in"),
        ("GET", "/api/v1/events?limit=0", 422, "invalid"),
        ("GET", "/api/v1/events?since=x&until=y", 422, "invalid"),
        ("GET", "/api/v1/audit", 403, "right"),
        ("PUT", "/api/v1/shop/file", 403, "right"),
    ],
)
async def test_errors_have_one_shape(
    place: Place, method: str, path: str, status: int, code: str
) -> None:
    async with place.client(None if status == 401 else "staff") as client:
        response = await client.request(method, path)
    assert response.headers["content-type"] == "application/problem+json"
    told = Problem.model_validate_json(response.content)
    assert (response.status_code, told.status, told.code) == (status, status, code)
    assert told.type == f"urn:miseban:problem:{code}"
    if status == 401:
        assert response.headers["www-authenticate"] == "Bearer"


async def test_a_body_over_the_limit_is_refused_by_its_length_and_by_its_bytes(
    place: Place,
) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(safety.SMALL // 1000 + 2):
            yield b"x" * 1000

    async with place.client("manager") as client:
        for content in (b"x" * (safety.SMALL + 1), pieces()):
            response = await client.post(
                "/api/v1/sessions", content=content, headers={"Content-Type": "application/json"}
            )  # fmt: skip
            assert response.status_code == 413
            assert response.json()["code"] == "too-large"


def test_a_body_that_never_comes_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(safety, "BODY_S", 0.3)
    with open_hub(tmp_path) as place, served(place.app) as url:
        address = urlsplit(url)
        with socket.create_connection((address.hostname, address.port or 0), 10) as line:
            line.sendall(
                b"POST /api/v1/sessions HTTP/1.1\r\nHost: localhost\r\n"
                b"Sec-Fetch-Site: same-origin\r\nAuthorization: Bearer "
                + place.tokens["manager"].encode()
                + b"\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"
            )
            begun_s = time.monotonic()
            assert line.recv(100).startswith(b"HTTP/1.1 408 ")
            assert time.monotonic() - begun_s < 5


def test_with_tls_cookies_are_bound_to_the_host_and_plain_lines_are_over(tmp_path: Path) -> None:
    with open_hub(tmp_path, tls=True) as place:
        assert place.hub.door.cookies.session == "__Host-miseban-session"
        transport = httpx.ASGITransport(place.app)

        async def ask() -> httpx.Response:
            async with httpx.AsyncClient(
                transport=transport, base_url="https://localhost"
            ) as client:
                return await client.get("/healthz")

        import anyio

        response = anyio.run(ask)
        assert "max-age=" in response.headers["strict-transport-security"]


async def test_health_says_nothing_of_the_shop(place: Place) -> None:
    async with place.client() as client:
        assert (await client.get("/healthz")).json() == {"status": "ok"}


async def test_metrics_count_routes_and_not_addresses(place: Place) -> None:
    async with place.client("installer") as client:
        for path in ("/secret-of-somebody", "/api/v1/live"):
            await client.get(path)
        text = (await client.get("/metrics")).text
    assert 'miseban_http_requests_total{method="GET",route="/api/v1/live",status="200"}' in text
    assert "secret-of-somebody" not in text


async def test_an_answer_that_breaks_off_is_counted_once() -> None:
    async def breaks_off(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise RuntimeError("gone")

    async def receive() -> Message:
        return {}

    async def send(_: Message) -> None:
        pass

    def counted(status: str) -> float:
        return float(metrics.REQUESTS.labels("GET", "none", status)._value.get())

    before = counted("200"), counted("500")
    with pytest.raises(RuntimeError):
        await metrics.Measured(breaks_off)({"type": "http", "method": "GET"}, receive, send)
    assert (counted("200"), counted("500")) == (before[0] + 1, before[1])
