"""Random secrets that are handed out once: only their hashes are kept."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import zlib
from typing import Final

TOKEN_PREFIX: Final = "msb_"  # noqa: S105 (no secret)
"""How an API token begins, so that a search for leaked ones finds it."""
_CSRF = b"miseban csrf token"


def new_secret() -> str:
    """256 random bits, as 43 letters, digits, ``-`` and ``_``."""
    return secrets.token_urlsafe(32)


def new_token() -> str:
    """A secret of an API token: the prefix, the secret and eight digits of a check sum, by which a
    scanner tells it from a word that only looks like one."""
    secret = new_secret()
    return f"{TOKEN_PREFIX}{secret}{_check_sum(secret)}"


def is_token(text: str) -> bool:
    """Whether it has the form of one; says nothing about whether it is in force."""
    body = text.removeprefix(TOKEN_PREFIX)
    return text != body and len(body) == 51 and _check_sum(body[:43]) == body[43:]


def hash_of(secret: str) -> str:
    """SHA-256, as 64 hexadecimal digits. 256 random bits need no slow hash."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def new_id() -> str:
    """16 hexadecimal digits; never given twice, and no secret."""
    return secrets.token_hex(8)


def csrf_of(session: str) -> str:
    """What a page of the session must send along with every change. It cannot be told from
    outside, since the session's cookie cannot be read there."""
    return hmac.new(session.encode(), _CSRF, hashlib.sha256).hexdigest()


def same(one: str, other: str) -> bool:
    """Whether two secrets are one, in a time that does not tell how much of them agrees."""
    return hmac.compare_digest(one.encode(), other.encode())


def _check_sum(secret: str) -> str:
    return f"{zlib.crc32(secret.encode('utf-8', 'replace')):08x}"
