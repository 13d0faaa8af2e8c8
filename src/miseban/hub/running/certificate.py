"""Which certificate a hub of given settings serves with, and under which names."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from miseban.hub.hub import Door
from miseban.hub.running.settings import Settings
from miseban.hub.tls import TlsFiles, given_certificate, own_certificate

_EVERYWHERE: Final = {"", "0.0.0.0", "::"}  # noqa: S104 (these are no names)


def hosts_of(settings: Settings) -> frozenset[str]:
    """The names and addresses by which the hub may be called."""
    return Door().hosts | set(settings.hosts) | ({settings.host} - _EVERYWHERE)


def certificate_of(settings: Settings, shop: str, now: datetime) -> TlsFiles:
    """The one that was given, or one of the hub's own. Raises ``BadInput`` and ``Failed``
    (``tls``)."""
    names = sorted(hosts_of(settings))
    given = settings.tls
    if given.certificate is not None and given.key is not None:
        return given_certificate(given.certificate, given.key, names, now)
    return own_certificate(settings.data / "tls", shop, names, now)
