"""Stands for the push service of one phone, on loopback: what it was handed, and when."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec

from miseban.hub.database import open_database
from miseban.hub.notify import base64url
from miseban.hub.notify.encryption import decrypt, public_bytes
from miseban.hub.notify.outgoing import Outgoing, networks
from miseban.hub.notify.subscriptions import Subscriptions
from miseban.hub.notify.vapid import Vapid
from miseban.hub.notify.webpush import WebPush
from miseban.hub.people.identity import CONSOLE
from miseban.hub.people.people import People


class PushService:
    """``handed`` are the moments (of ``perf_counter``) by alert, once it was stopped."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.auth = os.urandom(16)
        self.received: list[tuple[float, bytes]] = []

    def handed(self) -> dict[str, float]:
        found = {}
        for when, body in self.received:
            found[json.loads(decrypt(body, self.key, self.auth))["alert"]] = when
        return found

    def web_push(self, folder: Path) -> WebPush:
        """Of a hub at which one member of the staff has asked for messages on this phone."""
        engine = open_database(f"sqlite:///{folder / 'hub.db'}")
        account, _ = People(engine).accounts.invite("hana", "staff", CONSOLE, datetime.now(UTC))
        subscriptions = Subscriptions(engine)
        key = base64url.encode(public_bytes(self.key.public_key()))
        auth = base64url.encode(self.auth)
        now = datetime.now(UTC)
        subscriptions.add(account.id, f"{self.url}/phone", key, auth, now, insecure=True)
        out = Outgoing(local=False, allowed=networks(["127.0.0.1"], "bench"), insecure=True)
        vapid = Vapid.open(folder, "mailto:bench@example.com")
        return WebPush(subscriptions, vapid, out, lambda: datetime.now(UTC))


@contextmanager
def push_service() -> Iterator[PushService]:
    """Takes whatever is sent to it."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            service.received.append((time.perf_counter(), body))
            self.send_response(201)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    service = PushService(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
