"""The hub's doors for browsers and programs: HTTP, with TLS, until a signal ends it."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import threading
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import uvicorn
from fastapi import FastAPI

from miseban.camera.process.logs import log
from miseban.camera.process.memory import settled
from miseban.hub.api.watching import end_streams
from miseban.hub.ending import ended
from miseban.hub.tls import TlsFiles, uvicorn_settings
from miseban.vocabulary.errors import BadInput, MisebanError

_LOG = log("serving")
RENEW_S = 86_400.0
STOP_S = 5
"""Seconds that requests under way have when the hub stops; streams are cut at once after that."""


def serve(
    app: FastAPI,
    host: str,
    port: int,
    tls: TlsFiles | None,
    *,
    on_reload: Callable[[], None] = lambda: None,
    on_ready: Callable[[int], None] = lambda _: None,
    until: threading.Event | None = None,
    beside: Callable[[], Coroutine[Any, Any, None]] | None = None,
    renew: Callable[[], TlsFiles | None] = lambda: None,
) -> bool:
    """Serves until SIGINT, SIGTERM or ``until``, and returns whether one of these signals came,
    before ``until`` or while it closed; SIGHUP calls ``on_reload`` in a thread. Signals
    are heard in the main thread only. ``beside`` runs in the same loop and is cancelled at the
    end; when it fails, so does this, and whoever watches the process starts it anew. ``on_ready``
    is told the port, once the door is open (``port`` 0: a free one). ``renew`` is asked for the
    certificate each day: connections that come after that get the new one.

    Raises ``BadInput`` (``listen``) where the address cannot be had.
    """
    config = uvicorn.Config(
        app,
        host=host or "::",
        port=port,
        log_config=None,
        access_log=False,  # it would tell who looked at what
        server_header=False,
        date_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=STOP_S,
        limit_concurrency=500,
        h11_max_incomplete_event_size=32_768,
        **(uvicorn_settings(tls) if tls else {}),
    )
    with settled(), _listening(host, port) as listening:
        return asyncio.run(
            _serve(_Server(config), app, listening, on_reload, on_ready, until, beside, renew)
        )


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in (host or "::") else socket.AF_INET
    listening = socket.socket(family)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if not host:  # both kinds of address
            listening.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        listening.bind((host or "::", port))
        listening.listen(256)
    except OSError as error:
        listening.close()
        what = f"expected an address that is free here, found: {error.strerror or error}"
        raise BadInput("listen", f"{host or '*'}:{port}", what) from None
    return listening


class _Server(uvicorn.Server):
    """Signals are ours: uvicorn would end the process by them."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def _serve(
    server: _Server,
    app: FastAPI,
    listening: socket.socket,
    on_reload: Callable[[], None],
    on_ready: Callable[[int], None],
    until: threading.Event | None,
    beside: Callable[[], Coroutine[Any, Any, None]] | None,
    renew: Callable[[], TlsFiles | None],
) -> bool:
    loop = asyncio.get_running_loop()
    told = False

    def stop() -> None:
        server.should_exit = True
        end_streams(app)

    def told_to_stop() -> None:
        nonlocal told
        told = True
        stop()

    def reload() -> None:
        loop.run_in_executor(None, on_reload)

    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, told_to_stop)
        loop.add_signal_handler(signal.SIGHUP, reload)

    async def renew_daily() -> None:
        while True:
            await asyncio.sleep(RENEW_S)
            try:
                files = await asyncio.to_thread(renew)
                if files is not None and server.config.ssl is not None:
                    server.config.ssl.load_cert_chain(files.certificate, files.key)
            except (MisebanError, OSError) as error:
                _LOG.error("the certificate was not renewed", why=str(error))

    tasks = [asyncio.create_task(renew_daily())]
    if beside is not None:
        tasks.append(asyncio.create_task(beside()))
    failed: BaseException | None = None
    serving = asyncio.create_task(server.serve([listening]))
    while not server.started and not serving.done():
        await asyncio.sleep(0.01)
    if server.started:
        on_ready(listening.getsockname()[1])
        _LOG.info("serving", address=f"{listening.getsockname()[0]}:{listening.getsockname()[1]}")
    while not serving.done():
        failed = next((t.exception() for t in tasks if t.done() and not t.cancelled()), None)
        if failed is not None or (until is not None and until.is_set()):
            stop()
        await asyncio.wait([serving], timeout=0.2)
    await ended(*tasks)
    await serving
    if failed is not None:
        raise failed
    return told
