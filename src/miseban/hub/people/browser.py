"""What a browser must be told and asked, so that no other page acts in somebody's name.

Cookies go to no script, to no other site and, over TLS, to no other host and over no plain line
(``__Host-``). Every request that changes something must come from a page of ours (``Origin``) and,
with a session, bring the session's own CSRF token.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import urlsplit

from miseban.hub.people.handed_out import csrf_of, same
from miseban.hub.people.identity import Refused

CSRF_HEADER: Final = "X-CSRF-Token"
SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_DEVICE_S: Final = 180 * 24 * 3600
_DEFAULT_PORTS: Final = {"https": 443, "http": 80}


@dataclass(frozen=True, slots=True)
class Cookies:
    """The names and headers of the two cookies. ``tls``: whether pages come over TLS; without it
    the hub listens on the box itself only."""

    tls: bool

    @property
    def session(self) -> str:
        return self._name("session")

    @property
    def device(self) -> str:
        return self._name("device")

    def keep_session(self, secret: str) -> str:
        """The value of a ``Set-Cookie``. It goes when the browser is closed; when it ends for good
        the hub knows."""
        return self._header(self.session, secret)

    def keep_device(self, secret: str) -> str:
        return self._header(self.device, secret, f"; Max-Age={_DEVICE_S}")

    def drop_session(self) -> str:
        return self._header(self.session, "", "; Max-Age=0")

    def read(self, cookies: Mapping[str, str]) -> tuple[str | None, str | None]:
        """Session and device among the cookies of a request."""
        return cookies.get(self.session), cookies.get(self.device)

    def _name(self, what: Literal["session", "device"]) -> str:
        return f"__Host-miseban-{what}" if self.tls else f"miseban-{what}"

    def _header(self, name: str, value: str, more: str = "") -> str:
        secure = "; Secure" if self.tls else ""
        return f"{name}={value}; Path=/; HttpOnly; SameSite=Strict{secure}{more}"


class Origins:
    """The addresses under which this hub's pages are opened."""

    def __init__(self, names: Iterable[str], port: int, *, tls: bool) -> None:
        """``names``: host names and addresses, IPv6 without brackets."""
        self._scheme = "https" if tls else "http"
        self._port = port
        self._names = frozenset(name.casefold().rstrip(".") for name in names)

    def is_host(self, host: str) -> bool:
        """Whether a ``Host`` header names us. One that does not may be a name that somebody else
        has pointed at our address (DNS rebinding)."""
        return self._is_ours(f"{self._scheme}://{host}")

    def check(
        self,
        method: str,
        *,
        origin: str | None,
        fetch_site: str | None,
        session: str | None,
        csrf: str | None,
    ) -> None:
        """Whether a request that no token vouches for may change something: ``origin`` and
        ``fetch_site`` are its headers ``Origin`` and ``Sec-Fetch-Site``, ``session`` its cookie,
        ``csrf`` its ``X-CSRF-Token``. Every browser sends one of the first two. Raises ``Refused``
        (``csrf``)."""
        if method.upper() in SAFE_METHODS:
            return
        if fetch_site is not None and fetch_site != "same-origin":
            raise Refused("csrf", "request", "comes from a page of another site")
        if origin is not None and not self._is_ours(origin):
            raise Refused("csrf", "request", "comes from a page of another site")
        if origin is None and fetch_site is None:
            raise Refused("csrf", "request", "does not say which page it comes from (Origin)")
        if session is not None and not same(csrf or "", csrf_of(session)):
            raise Refused("csrf", "request", f"lacks the session's {CSRF_HEADER}")

    def _is_ours(self, address: str) -> bool:
        try:
            found = urlsplit(address)
            port = found.port or _DEFAULT_PORTS.get(found.scheme)
        except ValueError:
            return False
        name = (found.hostname or "").casefold().rstrip(".")
        plain = not (found.path or found.query or found.fragment or "@" in found.netloc)
        return plain and found.scheme == self._scheme and port == self._port and name in self._names
