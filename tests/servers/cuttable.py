"""A network that can be cut: a TCP proxy on a loopback port, in a thread."""

from __future__ import annotations

import selectors
import socket
import threading
from typing import Self


class Cuttable:
    """Passes connections on to ``target`` (a port of 127.0.0.1) while it is whole.

    ``cut`` resets every connection and refuses new ones; ``hang`` swallows all bytes silently, as a
    broken cable does; ``mend`` makes new connections work again.
    """

    def __init__(self, target: int) -> None:
        self._target = target
        self._state = "whole"
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._peers: dict[socket.socket, socket.socket] = {}
        self._lock = threading.Lock()
        self._over = False
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def cut(self) -> None:
        with self._lock:
            self._state = "cut"
            self._drop_all()

    def hang(self) -> None:
        with self._lock:
            self._state = "hung"

    def mend(self) -> None:
        """Connections of before are gone, new ones work."""
        with self._lock:
            if self._state == "hung":
                self._drop_all()
            self._state = "whole"

    def close(self) -> None:
        self._over = True
        self._thread.join(5)
        with self._lock:
            self._drop_all()
            self._listener.close()
            self._selector.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def _run(self) -> None:
        while not self._over:
            for key, _ in self._selector.select(0.05):
                with self._lock:
                    if key.fileobj is self._listener:
                        self._accept()
                    elif isinstance(key.fileobj, socket.socket):
                        self._pass_on(key.fileobj)

    def _accept(self) -> None:
        near, _ = self._listener.accept()
        if self._state != "whole":
            near.close()
            return
        try:
            far = socket.create_connection(("127.0.0.1", self._target), timeout=2)
        except OSError:
            near.close()
            return
        for one, other in ((near, far), (far, near)):
            one.settimeout(5)
            self._peers[one] = other
            self._selector.register(one, selectors.EVENT_READ)

    def _pass_on(self, one: socket.socket) -> None:
        other = self._peers.get(one)
        if other is None:
            return
        try:
            data = one.recv(262_144)
            if data and self._state != "hung":
                other.sendall(data)
        except OSError:
            data = b""
        if not data:
            self._drop(one)

    def _drop(self, one: socket.socket) -> None:
        other = self._peers.pop(one)
        del self._peers[other]
        for end in (one, other):
            self._selector.unregister(end)
            end.close()

    def _drop_all(self) -> None:
        while self._peers:
            self._drop(next(iter(self._peers)))
