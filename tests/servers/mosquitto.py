"""A real MQTT broker for the tests: Debian's ``mosquitto`` on a free loopback port of its own.

    with Mosquitto(folder) as broker:
        ... "mqtt://127.0.0.1", broker.port ...
        broker.kill(); broker.forget(); broker.start()

Without the program the test is skipped; where ``CI`` is set that is a failure.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Self

import pytest

PROGRAM = shutil.which("mosquitto", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


def need_mosquitto() -> None:
    """Skips the test where there is no mosquitto; fails it in CI."""
    if PROGRAM is not None:
        return
    what = "needs the program mosquitto (Debian: apt-get install mosquitto)"
    if os.environ.get("CI"):
        pytest.fail(what)
    pytest.skip(what)


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Mosquitto:
    """A broker with its own folder for configuration and state, started anew as often as wanted.

    ``users`` (name to password) closes it to others; ``acl`` is the text of an access list. With
    ``certificate`` (PEM files: certificate, key) it speaks TLS. ``lines`` are further lines of its
    configuration. ``port`` stays the same over restarts.
    """

    def __init__(
        self,
        folder: Path,
        *,
        users: Mapping[str, str] | None = None,
        acl: str | None = None,
        certificate: tuple[Path, Path] | None = None,
        lines: tuple[str, ...] = (),
        persistent: bool = True,
        port: int | None = None,
    ) -> None:
        need_mosquitto()
        self.folder, self.port = folder, port or free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self.state = folder / "state"
        self.state.mkdir(parents=True, exist_ok=True)
        self.config = folder / "mosquitto.conf"
        written = [f"listener {self.port} 127.0.0.1", f"allow_anonymous {str(not users).lower()}"]
        if os.geteuid() == 0:
            written.append("user root")  # else it changes to a user who may not read our folder
        if persistent:
            written += ["persistence true", f"persistence_location {self.state}/",
                        "autosave_interval 1"]  # fmt: skip
        if certificate is not None:
            written += [f"certfile {certificate[0]}", f"keyfile {certificate[1]}"]
        if users:
            self.set_users(users)
            written.append(f"password_file {self.folder / 'passwords'}")
        if acl is not None:
            self.set_acl(acl)
            written.append(f"acl_file {self.folder / 'acl'}")
        self.config.write_text("\n".join([*written, *lines, ""]))

    def set_users(self, users: Mapping[str, str]) -> None:
        """Writes the password file; a running broker reads it at ``reload``."""
        file = self.folder / "passwords"
        file.write_text("".join(f"{user}:{password}\n" for user, password in users.items()))
        file.chmod(0o600)
        program = shutil.which("mosquitto_passwd") or "mosquitto_passwd"
        subprocess.run([program, "-U", file], check=True, capture_output=True)

    def set_acl(self, text: str) -> None:
        """Writes the access list; a running broker reads it at ``reload``."""
        (self.folder / "acl").write_text(text)
        (self.folder / "acl").chmod(0o600)

    @property
    def address(self) -> str:
        return f"mqtt://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Returns when it listens."""
        assert PROGRAM is not None
        assert self._process is None
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [PROGRAM, "-c", self.config], stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        end = time.monotonic() + 15
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                gone = self._process.poll() is not None
                if gone or time.monotonic() > end:
                    told = (self.folder / "log").read_text("utf-8", "replace")[-2000:]
                    self.kill()
                    raise RuntimeError(f"mosquitto did not start:\n{told}") from None
                time.sleep(0.02)
            else:
                return

    def stop(self) -> None:
        """Lets it write its state and end."""
        self._end(kill=False)

    def kill(self) -> None:
        """``kill -9``: it loses what it has not saved."""
        self._end(kill=True)

    def reload(self) -> None:
        """Makes it read its password file and access list again."""
        assert self._process is not None
        self._process.send_signal(1)  # SIGHUP

    def forget(self) -> None:
        """Deletes its state: sessions, subscriptions, queued messages."""
        assert self._process is None
        shutil.rmtree(self.state)
        self.state.mkdir()

    def _end(self, *, kill: bool) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        if kill:
            process.kill()
        else:
            process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop()
