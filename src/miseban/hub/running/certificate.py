"""Which certificate a hub of given settings serves with, and under which names."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from miseban.camera.process.logs import log
from miseban.hub.hub import Door
from miseban.hub.running.settings import Settings
from miseban.hub.tls import TlsFiles, given_certificate, own_certificate
from miseban.vocabulary.errors import MisebanError

_EVERYWHERE: Final = {"", "0.0.0.0", "::"}  # noqa: S104 (these are no names)
_LOG = log("hub")


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


class Renewal:
    """Asked each day for the ``certificate``, renewed where it is time. ``changed`` is called when
    it is another one than the ``first``, for who reads the files himself: the broker; where that
    fails, again the next day."""

    def __init__(
        self,
        certificate: Callable[[], TlsFiles | None],
        changed: Callable[[], None],
        first: TlsFiles | None,
    ) -> None:
        self._certificate, self._changed = certificate, changed
        self._known = _read(first)

    def __call__(self) -> TlsFiles | None:
        files = self._certificate()
        found = _read(files)
        if found != self._known:
            try:
                self._changed()
            except MisebanError as error:
                _LOG.error("the broker was not told of the new certificate", why=str(error))
            else:
                self._known = found
        return files


def _read(files: TlsFiles | None) -> bytes | None:
    return None if files is None else files.certificate.read_bytes()
