"""Where the hub's broker is, and who we are to it."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from miseban.vocabulary.errors import BadInput

FORM = "mqtt://[USER@]HOST[:PORT] or mqtts://[USER@]HOST[:PORT]"


@dataclass(frozen=True, slots=True)
class HubAddress:
    """``ca`` is a file with the certificates that are believed, in PEM; without one those of the
    system are."""

    host: str
    port: int
    tls: bool = False
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    ca: Path | None = None

    @property
    def shown(self) -> str:
        """Without any secret."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"mqtt{'s' * self.tls}://{host}:{self.port}"

    def tls_context(self) -> ssl.SSLContext | None:
        """None without TLS. Certificate and name are checked, always."""
        return ssl.create_default_context(cafile=self.ca) if self.tls else None


def parse_hub(
    address: str, *, password_file: Path | None = None, ca: Path | None = None
) -> HubAddress:
    """Reads ``FORM``. Raises ``BadInput`` (``hub``), also for a password in the address: there
    every process of the machine can read it."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as error:
        raise BadInput("hub", "--hub", f"expected {FORM}: {error}") from None
    extra = parts.path not in ("", "/") or parts.query or parts.fragment
    if parts.scheme not in ("mqtt", "mqtts") or not parts.hostname or extra:
        raise BadInput("hub", "--hub", f"expected {FORM}")
    if parts.password is not None:
        raise BadInput("hub", "--hub", "expected no password here, where others see it: it goes "
                       "into a file, --password-file")  # fmt: skip
    tls = parts.scheme == "mqtts"
    user = unquote(parts.username) if parts.username else None
    password = _password(password_file) if password_file else None
    if password is not None and user is None:
        raise BadInput("hub", "--hub", f"expected a user for the password: {FORM}")
    if ca is not None and not tls:
        raise BadInput("hub", "--ca", "expected mqtts:// with it")
    found = HubAddress(parts.hostname, port or (8883 if tls else 1883), tls, user, password, ca)
    try:
        found.tls_context()
    except (OSError, ssl.SSLError) as error:
        raise BadInput("hub", ca or "--hub", f"expected certificates in PEM: {error}") from None
    return found


def _password(file: Path) -> str:
    try:
        text = file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput("hub", file, f"cannot be read: {error}") from None
    if not text:
        raise BadInput("hub", file, "expected a password, found nothing")
    return text
