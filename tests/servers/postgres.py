"""A real PostgreSQL for the tests: a cluster of our own on a free loopback port, gone at the end.

PostgreSQL refuses to run as root, so there it runs as ``postgres`` or ``nobody``.
"""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pg8000.native
import pytest


@dataclass(frozen=True)
class Postgres:
    """A running server; ``user`` may do everything there."""

    port: int
    user: str
    password: str

    def url(self, database: str) -> str:
        return f"postgresql+pg8000://{self.user}:{self.password}@127.0.0.1:{self.port}/{database}"

    def run(self, *statements: str) -> None:
        """Statements in the one database there is, each in a transaction of its own."""
        connection = pg8000.native.Connection(
            self.user, "127.0.0.1", "postgres", self.port, self.password, ssl_context=False
        )
        try:
            for statement in statements:
                connection.run(statement)
        finally:
            connection.close()

    def emptied(self) -> str:
        """The address of the database, with nothing in it any more. One database for all: a new
        one is a thousand files on the disk."""
        self.run(
            "SET client_min_messages = error",
            "SET lock_timeout = '10s'",
            "DROP SCHEMA public CASCADE",
            "CREATE SCHEMA public",
        )
        return self.url("postgres")


def program(name: str) -> Path | None:
    """Debian keeps them out of the path; the newest version is taken."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=_version)
    usual = shutil.which(name)
    return found[-1] if found else Path(usual) if usual else None


def needed() -> tuple[Path, Path]:
    """``initdb`` and ``pg_ctl``; the test is skipped where they lack, and fails in CI."""
    initdb, pg_ctl = program("initdb"), program("pg_ctl")
    if initdb is None or pg_ctl is None:
        if os.environ.get("CI") == "true":
            pytest.fail("PostgreSQL is not installed (Debian: postgresql)")
        pytest.skip("PostgreSQL is not installed (Debian: postgresql)")
    return initdb, pg_ctl


@contextmanager
def postgres() -> Iterator[Postgres]:
    """Starts it (about two seconds) and stops it."""
    initdb, pg_ctl = needed()
    # Not below pytest's own folder, which nobody else may enter.
    folder = Path(tempfile.mkdtemp(prefix="miseban-postgres-"))
    account = _unprivileged()
    server = Postgres(_free_port(), "shop", secrets.token_hex(16))
    try:
        secret = folder / "password"
        secret.write_text(server.password)
        if account is not None:
            for path in (folder, secret):
                os.chown(path, account.pw_uid, account.pw_gid)
        data = folder / "data"
        told = ("--auth=scram-sha-256", f"--pwfile={secret}", "--no-sync", "--encoding=UTF8")
        _as(account, initdb, "-D", data, "-U", server.user, "--locale=C", *told)
        settings = {
            "port": server.port, "listen_addresses": "127.0.0.1", "fsync": "off",
            "unix_socket_directories": folder, "shared_buffers": "16MB", "max_connections": 40,
        }  # fmt: skip
        options = " ".join(f"-c {name}={value}" for name, value in settings.items())
        start = ("-D", data, "-l", folder / "log", "-w", "-t", "60", "-o", options, "start")
        _as(account, pg_ctl, *start)
        try:
            yield server
        finally:
            _as(account, pg_ctl, "-D", data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _as(account: pwd.struct_passwd | None, *command: str | Path) -> None:
    done = subprocess.run(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd="/",
        user=account.pw_uid if account else None,
        group=account.pw_gid if account else None,
        extra_groups=[] if account else None,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def _unprivileged() -> pwd.struct_passwd | None:
    """Whom it runs as; none: as we are."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    return known.get("postgres") or known["nobody"]


def _version(path: Path) -> int:
    name = path.parts[-3]
    return int(name) if name.isdecimal() else 0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
