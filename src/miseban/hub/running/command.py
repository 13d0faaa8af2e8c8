"""What ``miseban hub`` and ``miseban run`` do: a box, its doors, and what cameras deliver to it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, nullcontext
from pathlib import Path
from typing import Any, Literal

from miseban.hub.api.app import create_app
from miseban.hub.running.box import Box, open_box
from miseban.hub.running.logs import log, start_logging
from miseban.hub.running.serving import serve
from miseban.hub.running.settings import Settings, load_settings
from miseban.hub.tls import TlsFiles, given_certificate, own_certificate

_LOG = log("hub")

Beside = Callable[[Box], AbstractContextManager[Any]]
"""What runs beside the hub while it serves."""


def run_hub(
    shop_file: Path,
    settings_file: Path | None,
    *,
    data: Path | None = None,
    listen: str | None = None,
    log_form: Literal["json", "text"] | None = None,
    beside: Beside = lambda _: nullcontext(),
    until: threading.Event | None = None,
    on_ready: Callable[[Box, int], None] = lambda _box, _port: None,
) -> None:
    """Runs a hub until a signal or ``until``; ``data`` and ``listen`` stand above the settings.

    Raises ``BadInput`` for whatever is wrong with what it was given.
    """
    settings = load_settings(settings_file, data=data, listen=listen)
    start_logging(log_form)
    with ExitStack() as running:
        box = running.enter_context(open_box(shop_file, settings))
        pem = _pem(settings, box)
        running.enter_context(beside(box))
        first = box.hub.people.doors.first_link(box.hub.now())

        def ready(port: int) -> None:
            if first is not None:  # on the screen of whoever starts it, never in a log
                base = box.hub.door.url.rsplit(":", 1)[0]
                print(f"Set up the first manager: {base}:{port}{first.path}", flush=True)
            on_ready(box, port)

        serve(
            create_app(box.hub),
            settings.host,
            settings.port,
            pem,
            on_reload=box.reload_quietly,
            on_ready=ready,
            until=until,
        )
    _LOG.info("closed")


def _pem(settings: Settings, box: Box) -> TlsFiles | None:
    """The certificate to serve with: given, or of our own."""
    if not settings.tls.on:
        return None
    names = sorted(box.hub.door.hosts)
    now = box.hub.now()
    if settings.tls.certificate is not None and settings.tls.key is not None:
        return given_certificate(settings.tls.certificate, settings.tls.key, names, now)
    return own_certificate(settings.data / "tls", box.hub.shop.shop.id, names, now)
