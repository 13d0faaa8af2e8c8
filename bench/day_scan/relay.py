"""Stands between two parts of the shop and writes down every byte that they say to each other."""

from __future__ import annotations

import contextlib
import itertools
import socket
import ssl
import threading
from pathlib import Path


class Relay:
    """Passes connections to ``port`` on to ``target`` (a port of 127.0.0.1). Each direction of each
    connection becomes a file of ``folder``. With ``ca`` the target speaks TLS, and what is inside
    of it is written down; here nothing is encrypted."""

    def __init__(self, target: int, folder: Path, ca: Path | None = None) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._target, self._folder, self._ca = target, folder, ca
        self._number = itertools.count()
        self._open: list[socket.socket] = []
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])
        threading.Thread(target=self._run, daemon=True).start()

    def close(self) -> None:
        for one in (self._listening, *self._open):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _run(self) -> None:
        while True:
            try:
                near, _ = self._listening.accept()
            except OSError:
                return
            try:
                far = self._call()
            except OSError:
                near.close()
                continue
            self._open += (near, far)
            number = next(self._number)
            for way, a, b in (("out", near, far), ("in", far, near)):
                file = self._folder / f"{number:05d}-{way}"
                threading.Thread(target=self._pass, args=(a, b, file), daemon=True).start()

    def _call(self) -> socket.socket:
        far = socket.create_connection(("127.0.0.1", self._target), timeout=10)
        far.settimeout(None)
        if self._ca is None:
            return far
        context = ssl.create_default_context(cafile=str(self._ca))
        return context.wrap_socket(far, server_hostname="localhost")

    def _pass(self, a: socket.socket, b: socket.socket, file: Path) -> None:
        with file.open("wb", buffering=0) as out, contextlib.suppress(OSError, ValueError):
            while data := a.recv(65_536):
                out.write(data)
                b.sendall(data)
        for one in (a, b):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
