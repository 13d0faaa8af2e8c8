"""TLS of the hub: certificates of our own, or files that were given and are checked.

Own ones lie in a folder: ``authority.pem`` (to be installed on the shop's devices),
``authority.key``, ``server.pem``, ``server.key``; keys with mode 600. The server's is renewed
before it ends and when it lacks a name.
"""

from __future__ import annotations

import re
import ssl
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

from miseban.hub import certificates as made
from miseban.vocabulary.errors import BadInput, Failed
from miseban.vocabulary.whole_files import alone, write_whole

RENEWED: Final = timedelta(days=30)
"""How long before its end a certificate of our own is made anew."""
CIPHERS: Final = "ECDHE+AESGCM:ECDHE+CHACHA20"
"""Of TLS 1.2: with forward secrecy alone. Those of TLS 1.3 are all right."""
_HOST: Final = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))*")


@dataclass(frozen=True, slots=True)
class TlsFiles:
    """``authority`` is what a client must trust; None where files were given."""

    certificate: Path
    key: Path
    authority: Path | None


def own_certificate(folder: Path, shop: str, names: Sequence[str], now: datetime) -> TlsFiles:
    """The files in ``folder``, made or renewed where that is needed; ``names`` are the host names
    and addresses under which the hub is opened. Where the authority must be made anew (it ends, or
    may not sign for a name), devices must be told to trust it again. Raises ``BadInput`` (``tls``)
    for a name that is none, ``Failed`` (``tls``) where the folder cannot be used."""
    wanted = _checked(names)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with alone(folder / "authority.pem"):
            return _renewed(folder, shop, wanted, now)
    except OSError as error:
        raise Failed("tls", folder, f"cannot be used: {error.strerror or error}") from None


def given_certificate(
    certificate: Path, key: Path, names: Sequence[str], now: datetime
) -> TlsFiles:
    """Files that somebody else made, as they are. Raises ``BadInput`` (``tls``): the key is not of
    the certificate or others can read it, the certificate is not in force, or it is for none of
    ``names``."""
    found = _read_certificate(certificate)
    private = _read_key(key)
    if stat.S_IMODE(key.stat().st_mode) & 0o077:
        mode = f"{stat.S_IMODE(key.stat().st_mode):03o}"
        raise BadInput(
            "tls", key, f"expected a key that only its owner can read (600), found {mode}"
        )
    if found.public_key() != private.public_key():
        raise BadInput("tls", key, f"is not the key of {certificate}")
    if now >= found.not_valid_after_utc:
        raise BadInput("tls", certificate, f"ended on {found.not_valid_after_utc:%Y-%m-%d}")
    if now < found.not_valid_before_utc:
        raise BadInput("tls", certificate, f"begins on {found.not_valid_before_utc:%Y-%m-%d}")
    known, wanted = made.names_of(found), _checked(names)
    if not any(_is_for(known, name) for name in wanted):
        what = f"is for {', '.join(sorted(known)) or 'no name'}, expected one of"
        raise BadInput("tls", certificate, f"{what} {', '.join(wanted)}")
    return TlsFiles(certificate, key, None)


def uvicorn_settings(files: TlsFiles) -> dict[str, Any]:
    """Arguments of ``uvicorn.Config``: TLS 1.2 or newer, with forward secrecy."""
    return {
        "ssl_certfile": str(files.certificate),
        "ssl_keyfile": str(files.key),
        "ssl_version": ssl.PROTOCOL_TLS_SERVER,
        "ssl_ciphers": CIPHERS,
    }


def _renewed(folder: Path, shop: str, names: list[str], now: datetime) -> TlsFiles:
    paths = {name: folder / name for name in _FILES}
    authority, by = _kept(paths["authority.pem"], paths["authority.key"])
    if (
        authority is None
        or by is None
        or not _serves(authority, now)
        or not all(made.permits(authority, name) for name in names)
    ):
        by = made.new_key()
        authority = made.make_authority(by, shop, names, now)
        _write_key(paths["authority.key"], by)
        write_whole(paths["authority.pem"], made.certificate_pem(authority))
    server, key = _kept(paths["server.pem"], paths["server.key"])
    if (
        server is None
        or key is None
        or not _serves(server, now)
        or not set(names) <= made.names_of(server)
        or not _signed(server, authority)
    ):
        key = made.new_key()
        server = made.make_server(key, names, authority, by, now)
        _write_key(paths["server.key"], key)
        write_whole(paths["server.pem"], made.certificate_pem(server))
    return TlsFiles(paths["server.pem"], paths["server.key"], paths["authority.pem"])


_FILES: Final = ("authority.pem", "authority.key", "server.pem", "server.key")


def _kept(certificate: Path, key: Path) -> tuple[x509.Certificate | None, made.Key | None]:
    """What lies there; nothing where it is not whole, or the two do not belong together (a power
    cut between them): it is made anew."""
    if not (certificate.exists() and key.exists()):
        return None, None
    try:
        found, private = _read_certificate(certificate), _read_key(key)
    except BadInput:
        return None, None
    if not isinstance(private, ec.EllipticCurvePrivateKey):
        return None, None
    if found.public_key() != private.public_key():
        return None, None
    key.chmod(0o600)
    return found, private


def _serves(certificate: x509.Certificate, now: datetime) -> bool:
    return certificate.not_valid_before_utc <= now < certificate.not_valid_after_utc - RENEWED


def _signed(certificate: x509.Certificate, authority: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(authority)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _write_key(path: Path, key: made.Key) -> None:
    write_whole(path, made.key_pem(key), mode=0o600)


def _read_certificate(path: Path) -> x509.Certificate:
    """The first one in the file: the others are the chain above it."""
    try:
        return x509.load_pem_x509_certificates(path.read_bytes())[0]
    except OSError as error:
        raise BadInput("tls", path, f"cannot be read: {error.strerror or error}") from None
    except ValueError:
        raise BadInput("tls", path, "expected a certificate in PEM, found none") from None


def _read_key(path: Path) -> PrivateKeyTypes:
    try:
        return serialization.load_pem_private_key(path.read_bytes(), None)
    except OSError as error:
        raise BadInput("tls", path, f"cannot be read: {error.strerror or error}") from None
    except TypeError:
        raise BadInput("tls", path, "expected a key without a password") from None
    except (ValueError, UnsupportedAlgorithm):
        raise BadInput("tls", path, "expected a private key in PEM, found none") from None


def _checked(names: Sequence[str]) -> list[str]:
    """In lower case, each once, in their order."""
    wanted: list[str] = []
    for name in names:
        address = made.as_address(name.partition("%")[0])
        text = name.casefold().rstrip(".") if address is None else str(address)
        if address is None and (len(text) > 253 or not _HOST.fullmatch(text)):
            raise BadInput(
                "tls", "names", f"expected a host name or an address, found {name!r:.80}"
            )
        if text not in wanted:
            wanted.append(text)
    if not wanted:
        raise BadInput("tls", "names", "expected a host name or an address, found none")
    return wanted


def _is_for(known: set[str], name: str) -> bool:
    return name in known or "*." + name.partition(".")[2] in known
