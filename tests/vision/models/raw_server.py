"""A server on loopback that says byte for byte what a test tells it, as no HTTP library would."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator

Answer = Callable[[socket.socket, str], None]
"""Is given the connection and the request's head, and may say anything."""


@contextlib.contextmanager
def raw_server(answer: Answer) -> Iterator[str]:
    """Its address. Each connection is answered in a thread of its own, and closed after."""
    listening = socket.create_server(("127.0.0.1", 0))
    listening.settimeout(0.05)
    over = threading.Event()
    threads: list[threading.Thread] = []

    def serve_one(connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            connection.settimeout(5)
            head = b""
            while b"\r\n\r\n" not in head and (more := connection.recv(4096)):
                head += more
            answer(connection, head.decode())

    def serve() -> None:
        while not over.is_set():
            try:
                connection, _ = listening.accept()
            except TimeoutError:
                continue
            threads.append(threading.Thread(target=serve_one, args=(connection,)))
            threads[-1].start()

    threads.append(threading.Thread(target=serve))
    threads[0].start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/model.onnx"
    finally:
        over.set()
        for thread in threads:
            thread.join(timeout=10)
        listening.close()


def says(text: str | bytes) -> Answer:
    """Sends that and closes."""
    body = text.encode() if isinstance(text, str) else text
    return lambda connection, _: connection.sendall(body)
