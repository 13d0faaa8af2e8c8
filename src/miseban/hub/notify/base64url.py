"""Base64 for URLs without padding (RFC 4648, 5), as web push writes keys and tokens."""

from __future__ import annotations

import base64
import binascii
import re

_ALPHABET = re.compile(r"[A-Za-z0-9_-]*")


def encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    """Raises ``ValueError`` for anything else; padding is taken too."""
    text = text.rstrip("=")
    if not _ALPHABET.fullmatch(text):
        raise ValueError("expected base64url")
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error as error:
        raise ValueError("expected base64url") from error
