"""Calls from the hub to addresses that others gave: web push endpoints and webhooks.

Invariant: nothing is sent to the hub's own machine (loopback, and any address that it has) or to
what only it can reach (link-local with the metadata services of clouds, multicast, reserved,
tunnels), whatever name that has, and whatever the name says a moment later: the address that was
checked is the one that is called. Only the settings make exceptions.
Redirects are not followed, and neither proxies nor netrc of the environment are used.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import socket
from collections.abc import Callable, Coroutine, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import httpx

from miseban.vocabulary.errors import BadInput, Failed

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Own = Callable[[Address], bool]
Resolve = Callable[[str, int], Coroutine[Any, Any, list[str]]]

TIMEOUT_S: Final = 10.0
LONGEST_URL: Final = 2048
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_TUNNELS = tuple(map(ipaddress.ip_network, ("2001::/32", "64:ff9b:1::/48")))
"""Teredo and local NAT64: who is called is another address within."""
_NOBODYS = ipaddress.IPv4Address("192.0.2.1"), ipaddress.IPv6Address("2001:db8::1")
"""Of examples only (RFC 5737, RFC 3849)."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the status, and how long the other asks to be left alone."""

    status: int
    retry_after_s: float | None = None


def networks(texts: Iterable[str], where: object) -> tuple[Network, ...]:
    """``["10.0.0.0/8", "127.0.0.1"]`` as networks. Raises ``BadInput`` (``network``)."""
    found = []
    for text in texts:
        try:
            found.append(ipaddress.ip_network(text))
        except ValueError:
            what = f'expected an address or a network such as "10.0.0.0/8", found {text!r:.60}'
            raise BadInput("network", where, what) from None
    return tuple(found)


def of_this_machine(address: Address) -> bool:
    """Whether an interface of this machine has ``address``."""
    nobodys = _NOBODYS[address.version == 6]
    if _binds(address) and not _binds(nobodys):
        return True
    # Some machines let one bind to any address (ip_nonlocal_bind). No packet is sent by this.
    with contextlib.suppress(OSError), socket.socket(_family(address), socket.SOCK_DGRAM) as probe:
        probe.connect((str(address), 9))
        return ipaddress.ip_address(probe.getsockname()[0].partition("%")[0]) == address
    return False


def _binds(address: Address) -> bool:
    with contextlib.suppress(OSError), socket.socket(_family(address), socket.SOCK_DGRAM) as probe:
        probe.bind((str(address), 0))
        return True
    return False


def _family(address: Address) -> socket.AddressFamily:
    return socket.AF_INET if address.version == 4 else socket.AF_INET6


def reachable(
    address: Address, *, local: bool, allowed: Iterable[Network], own: Own | None = None
) -> bool:
    """Whether the hub may call ``address``. ``local``: also those of the shop's own network, but
    for what is the machine's ``own``."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is None and address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
        if inner is not None:
            return reachable(inner, local=local, allowed=allowed, own=own)
    if any(address in network for network in allowed):
        return True
    if (
        address.is_loopback
        or address.is_link_local
        or address.is_multicast
        or address.is_unspecified
        or address.is_reserved
        or any(address in network for network in _TUNNELS)
        or (own is not None and own(address))
    ):
        return False
    return address.is_global or (local and address.is_private)


def check_url(url: str, *, insecure: bool = False) -> tuple[str, int]:
    """Host and port of a URL that may be called. ``insecure``: also ``http``. Raises ``BadInput``
    (``address``), without the URL: it may hold a secret."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise BadInput("address", "url", "expected an address, found none") from None
    schemes = ("https", "http") if insecure else ("https",)
    if len(url) > LONGEST_URL or not url.isascii() or any(c <= " " for c in url):
        raise BadInput("address", "url", "expected an address of ASCII, 2048 characters at most")
    if parts.scheme not in schemes or not parts.hostname or parts.username is not None:
        what = f"expected {' or '.join(schemes)}://HOST/PATH without a user"
        raise BadInput("address", "url", what)
    return parts.hostname, port or (443 if parts.scheme == "https" else 80)


class Outgoing:
    """Sends. ``allowed`` are networks that may be called although they are the machine's own;
    ``local`` whether the shop's network (private addresses) may be."""

    def __init__(
        self,
        *,
        local: bool,
        allowed: Iterable[Network] = (),
        insecure: bool = False,
        resolve: Resolve | None = None,
        own: Own = of_this_machine,
        verify: Any = True,
    ) -> None:
        self._local, self._allowed, self._insecure = local, tuple(allowed), insecure
        self._resolve, self._own = resolve or _look_up, own
        self._client = httpx.AsyncClient(
            timeout=TIMEOUT_S, follow_redirects=False, trust_env=False, verify=verify
        )

    async def close(self) -> None:
        await self._client.aclose()

    async def post(
        self, url: str, body: bytes, headers: Mapping[str, str], *, local: bool = True
    ) -> Answer:
        """Sends ``body``; without ``local`` to no address of the shop's network whatever the
        settings say of that. Raises ``BadInput`` (``address``) for what may not be called and
        ``Failed`` (``unreachable``) when nobody answers."""
        host, port = check_url(url, insecure=self._insecure)
        address = await self._address(host, port, local and self._local)
        named = f"[{address}]" if address.version == 6 else str(address)
        parts = urlsplit(url)
        asked = parts._replace(netloc=f"{named}:{port}", fragment="").geturl()
        host_header = parts.netloc
        try:
            async with self._client.stream(
                "POST",
                asked,
                content=body,
                headers={**headers, "Host": host_header},
                extensions={"sni_hostname": host},
            ) as response:
                # The answer's body is not read: nothing in it matters, and it may have no end.
                wait = response.headers.get("Retry-After")
                return Answer(response.status_code, _seconds(wait))
        except (httpx.HTTPError, OSError) as error:
            raise Failed("unreachable", host, f"{type(error).__name__} {error!s:.120}") from None

    async def _address(self, host: str, port: int, local: bool) -> Address:
        try:
            found = [ipaddress.ip_address(host)]
        except ValueError:
            try:
                async with asyncio.timeout(TIMEOUT_S):
                    names = await self._resolve(host, port)
            except (OSError, TimeoutError, UnicodeError):
                raise Failed("unreachable", host, "its name is not known") from None
            found = [ipaddress.ip_address(name.partition("%")[0]) for name in names]
        if not found:
            raise Failed("unreachable", host, "its name is not known")
        # All of them: a name with a good and a bad address is up to something.
        for address in found:
            if not reachable(address, local=local, allowed=self._allowed, own=self._own):
                what = "expected an address outside of this machine (allow in notify.toml excepts)"
                raise BadInput("address", host, what)
        return found[0]


async def _look_up(host: str, port: int) -> list[str]:
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))


def _seconds(text: str | None) -> float | None:
    """Of ``Retry-After`` in seconds; a date, or nonsense, is left out."""
    if text is not None and text.isascii() and text.isdigit() and len(text) < 8:
        return float(text)
    return None
