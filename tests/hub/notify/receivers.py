"""Servers on loopback that stand for a push service, a webhook's receiver and a mail server. They
speak HTTP and SMTP over real sockets."""

from __future__ import annotations

import base64
import hashlib
import hmac
import socketserver
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

LOOPBACK = ("127.0.0.0/8",)


@dataclass(frozen=True, slots=True)
class Received:
    path: str
    headers: dict[str, str]  # names in small letters
    body: bytes


@dataclass(slots=True)
class Receiver:
    """``answer`` decides what each request gets: a status, or a status and headers."""

    url: str = ""
    received: list[Received] = field(default_factory=list)
    answer: Callable[[Received], int | tuple[int, dict[str, str]]] = lambda _: 201


def verify(found: Mapping[str, str], body: bytes, key: str, now_s: float) -> str:
    """What a webhook's receiver does, by Standard Webhooks 1.0: the id of the message, under which
    it is to be taken once. Raises ``ValueError`` unless it is signed with ``key`` and new."""
    try:
        message_id, timestamp_s = found["webhook-id"], int(found["webhook-timestamp"])
        signatures = found["webhook-signature"].split(" ")
    except (KeyError, ValueError):
        raise ValueError("expected webhook-id, webhook-timestamp and webhook-signature") from None
    if abs(now_s - timestamp_s) > 300:
        raise ValueError("expected a message of now")
    secret = base64.b64decode(key.removeprefix("whsec_"), validate=True)
    signed = f"{message_id}.{timestamp_s}.".encode() + body
    right = "v1," + base64.b64encode(hmac.digest(secret, signed, hashlib.sha256)).decode()
    if not any(hmac.compare_digest(right, one) for one in signatures):
        raise ValueError("expected a signature with this secret")
    return message_id


@contextmanager
def http_receiver() -> Iterator[Receiver]:
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            names = {name.lower(): value for name, value in self.headers.items()}
            got = Received(self.path, names, self.rfile.read(length))
            receiver.received.append(got)
            answer = receiver.answer(got)
            status, more = answer if isinstance(answer, tuple) else (answer, {})
            self.send_response(status)
            for name, value in more.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with _served(ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as port:
        receiver.url = f"http://127.0.0.1:{port}"
        yield receiver


@contextmanager
def smtp_receiver() -> Iterator[tuple[int, list[str]]]:
    """The port of a mail server, and the mails it has taken. Enough of RFC 5321 to take one."""
    mails: list[str] = []

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self._say("220 here")
            while line := self.rfile.readline().decode().strip():
                word = line.split(" ")[0].upper()
                if word == "DATA":
                    self._say("354 go on")
                    mails.append(self._mail())
                    self._say("250 taken")
                elif word == "QUIT":
                    self._say("221 bye")
                    return
                else:
                    self._say("250 good")

        def _mail(self) -> str:
            lines = []
            while (line := self.rfile.readline().decode()) != ".\r\n":
                lines.append(line)
            return "".join(lines)

        def _say(self, text: str) -> None:
            self.wfile.write(f"{text}\r\n".encode())

    with _served(socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)) as port:
        yield port, mails


@contextmanager
def _served(server: socketserver.TCPServer) -> Iterator[int]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield int(server.server_address[1])
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
